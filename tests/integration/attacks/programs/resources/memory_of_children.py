"""Takes 480 MiB in six children, none of which is over the limit; the sum must count."""

from kit import MIB, children, held, hold


def take() -> None:
    """Hold 80 MiB."""
    area = held(80 * MIB)
    hold()
    assert area


children(6, take)
hold()
