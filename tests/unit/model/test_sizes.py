"""Sizes are shown in binary units with three digits."""

import pytest

from arena.model.sizes import human_size


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (2776, "2.71 KiB"),
        (20 * 1024**2, "20 MiB"),
        (3 * 1024**3 // 2, "1.5 GiB"),
        (900 * 1024**3, "900 GiB"),
    ],
)
def test_human_size(size: int, shown: str) -> None:
    """The largest unit that fits is taken."""
    assert human_size(size) == shown
