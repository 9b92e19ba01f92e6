"""Hands in files that are named like modules of Python and of the harness; only its own process may take them."""

from kit import hand_in

hand_in()
