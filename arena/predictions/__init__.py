"""Predictions: hostile bytes in, an aligned table or reasons out."""
