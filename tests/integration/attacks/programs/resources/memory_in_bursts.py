"""Takes 300 MiB for an instant again and again, between two looks of a slow guard; the limit must end it."""

from kit import MIB, children, held


def burst() -> None:
    """Take and leave."""
    for _ in range(40):
        area = held(150 * MIB)
        area.close()


children(1, burst)
burst()
