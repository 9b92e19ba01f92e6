"""Signatures: what is signed, by which key, and where the private half lies."""
