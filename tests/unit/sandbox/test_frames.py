"""The report of a sandbox's process 1, which is read as hostile bytes."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.frames import Report, ReportReader
from arena.sandbox.interface import SandboxFailedError

STARTED = b'{"started": true}\n'
_names = st.text(min_size=1, max_size=10)


def _header(**parts: object) -> bytes:
    return json.dumps({"status": 0, "disk_full": False, "outputs": [], **parts}).encode() + b"\n"


def _read(data: bytes, size: int = 1 << 16, max_bytes: int = 1000) -> ReportReader:
    reader = ReportReader(max_bytes=max_bytes)
    for start in range(0, len(data), size):
        reader.feed(data[start : start + size])
    return reader


@given(
    st.integers(0, 2**16),
    st.booleans(),
    st.dictionaries(_names, st.binary(max_size=50) | st.sampled_from(["missing", "link"]), max_size=5),
    st.integers(1, 40),
)
def test_round_trip(status: int, disk_full: bool, files: dict[str, bytes | str], size: int) -> None:  # noqa: FBT001
    """A report comes through whole, in whatever portions it arrives: outputs by name, faults by name."""
    outputs = {name: data for name, data in files.items() if isinstance(data, bytes)}
    faults = {name: fault for name, fault in files.items() if isinstance(fault, str)}
    listed = [
        {"name": name, "size": len(data)} if isinstance(data, bytes) else {"name": name, "fault": data}
        for name, data in files.items()
    ]
    header = _header(status=status, disk_full=disk_full, outputs=listed)
    reader = _read(STARTED + header + b"".join(outputs.values()), size)
    assert reader.started
    assert reader.finish() == Report(status=status, disk_full=disk_full, outputs=outputs, faults=faults)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Bytes of any kind are a report, none, or a fault of the sandbox; never another error."""
    with contextlib.suppress(SandboxFailedError):
        reader = _read(data)
        assert reader.finish() is None or reader.started


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_items = st.fixed_dictionaries({}, optional={"name": _json, "size": _json, "fault": _json})


@given(
    _json
    | st.fixed_dictionaries(
        {"outputs": _json | st.lists(_items | _json, max_size=4)}, optional={"status": _json, "disk_full": _json}
    ),
    st.binary(max_size=30),
)
def test_any_header(header: object, body: bytes) -> None:
    """A header that is JSON of any shape is a report of no more than came, none, or a fault of the sandbox."""
    reader = _read(STARTED + json.dumps(header).encode() + b"\n" + body)
    with contextlib.suppress(SandboxFailedError):
        report = reader.finish()
        assert report is None or sum(map(len, report.outputs.values())) <= len(body)


@pytest.mark.parametrize(
    "header",
    [
        _header(status=float("inf"), outputs=[{"name": "x", "size": 4}]),
        _header(status="9" * 5000, outputs=[{"name": "x", "size": 4}]),
        _header(outputs=[{"name": "x", "size": float("inf")}]),
        _header(outputs=[{"name": "x", "size": -4}, {"name": "y", "size": 8}]),
        _header(outputs=[{"name": "x"}]),
        _header(outputs=[{"size": 4}]),
        _header(outputs=4),
        _header(outputs=["fault"]),
        b"[" * 60_000 + b"\n",
        b"\xff\n",
        b"{}\n",
        b"null\n",
    ],
)
def test_unreadable(header: bytes) -> None:
    """A header that no process 1 of ours writes is a fault of the sandbox, whatever it does to a parser."""
    with pytest.raises(SandboxFailedError):
        _read(STARTED + header + b"1234").finish()


@pytest.mark.parametrize("body", [b"", b"123", b"12345"])
def test_wrong_length(body: bytes) -> None:
    """A body that is shorter or longer than its header claims is no report: the end came before the whole."""
    reader = _read(STARTED + _header(outputs=[{"name": "x", "size": 4}]) + body)
    assert reader.finish() is None


@pytest.mark.parametrize("data", [b"", b'{"star', STARTED, STARTED + b'{"status": 0'])
def test_ended_early(data: bytes) -> None:
    """A sandbox that was ended before its report gave none; whether it had started is still known."""
    reader = _read(data)
    assert reader.finish() is None
    assert reader.started == data.startswith(STARTED)


@pytest.mark.parametrize("line", [b"{}\n", b'{"started": false}\n', b"hello\n", b"\n", b' {"started": true}\n'])
def test_first_line(line: bytes) -> None:
    """Anything but the one first line that process 1 writes is a fault of the sandbox at once."""
    with pytest.raises(SandboxFailedError):
        _read(line)


def test_too_long() -> None:
    """A report that grows past what was asked for is cut off while it comes, before and after the first line."""
    flood = b"x" * (1000 + 64 * 1024 + 1)
    for data in (flood, STARTED + flood, STARTED + _header() + flood):
        with pytest.raises(SandboxFailedError):
            _read(data)
