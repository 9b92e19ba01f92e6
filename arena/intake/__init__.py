"""Intake: hostile bytes in, a frozen, content-addressed submission or reasons out; then whether it is admitted."""
