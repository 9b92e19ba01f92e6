"""Sizes in bytes, for people."""

_UNITS = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))


def human_size(size: int) -> str:
    """``2776`` as ``2.71 KiB``: three digits, binary units."""
    for unit, factor in _UNITS:
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} B"
