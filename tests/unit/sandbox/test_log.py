"""Head and tail of a log in bounded memory."""

import re

from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.log import HeadAndTail

_chunks = st.lists(st.binary(max_size=40), max_size=30)
_limits = st.integers(0, 100)


def _kept(chunks: list[bytes], limit: int) -> HeadAndTail:
    log = HeadAndTail(limit)
    for chunk in chunks:
        log.add(chunk)
    return log


@given(_chunks, _limits)
def test_head_and_tail(chunks: list[bytes], limit: int) -> None:
    """A log that fits is kept whole; else its first and last half are, and a line says how many bytes are missing."""
    whole, half = b"".join(chunks), max(limit // 2, 1)
    value = _kept(chunks, limit).value()
    if len(whole) <= 2 * half:
        assert value == whole
        return
    left_out = len(whole) - 2 * half
    assert value == whole[:half] + f"\n… {left_out} bytes left out …\n".encode() + whole[-half:]


@given(_chunks, _limits)
def test_total(chunks: list[bytes], limit: int) -> None:
    """Every byte is counted, kept or not."""
    assert _kept(chunks, limit).total == sum(map(len, chunks))


@given(st.binary(max_size=300), _limits, st.integers(1, 50))
def test_portions(data: bytes, limit: int, size: int) -> None:
    """How the bytes were cut into portions on their way does not show."""
    portions = [data[start : start + size] for start in range(0, len(data), size)]
    assert _kept(portions, limit).value() == _kept([data], limit).value()


def test_memory_is_bounded() -> None:
    """A flood of a thousand times the limit leaves no more than the limit and the line about the rest."""
    value = _kept([b"x" * 1000] * 1000, 1000).value()
    assert len(value) < 1100
    assert re.search(b"\n\xe2\x80\xa6 999000 bytes left out", value)
