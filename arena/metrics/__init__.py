"""Metrics: what each declares, and scores per split."""
