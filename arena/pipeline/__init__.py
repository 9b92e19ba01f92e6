"""The life of one submission; ``grade`` tells it from top to bottom."""
