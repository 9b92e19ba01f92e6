"""Records as files."""

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board import record_file
from arena.errors import InfrastructureError
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record
from arena.model.submission import Kind
from tests.unit.board.conftest import make_record

_hex = st.text("0123456789abcdef", min_size=16, max_size=64)
_text = st.text(st.characters(codec="utf-8"), max_size=30)
_seconds = st.integers(0, 10**12).map(lambda micro: micro / 10**6)
_moments = st.datetimes(
    min_value=datetime(2000, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
_finite = st.floats(allow_nan=False, allow_infinity=False)
_teams = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\Z").filter(lambda team: "--" not in team)
records = st.builds(
    Record,
    id=_hex,
    task=_text,
    task_digest=_hex,
    team=_teams,
    submission_digest=_hex,
    kind=st.none() | st.sampled_from(Kind),
    evaluation=st.integers(1, 10**6),
    received_at=_moments,
    graded_at=_moments,
    outcome=st.sampled_from(Outcome),
    message=st.builds(
        Message, _text, st.dictionaries(_text, _text | st.integers(-(2**63), 2**63) | _finite, max_size=4)
    ),
    feedback=st.dictionaries(_text, _finite, max_size=4),
    usage=st.builds(
        Usage,
        charged=_seconds,
        wall_s=_seconds,
        cpu_s=_seconds,
        peak_memory_bytes=st.integers(0, 2**50),
        unit=_text,
        device_class=_text,
    ),
    environment=st.builds(Environment, arena=_text, python=_text, runtime_digest=_text, seed=st.integers(0, 2**32)),
    protections=st.lists(_text, max_size=4).map(tuple),
    supersedes=st.none() | _hex,
    signature=st.none() | _text,
    confusion=st.sampled_from([(), ((3, 1), (0, 2))]),
    reason=st.none() | _text,
)


@given(records)
def test_round_trip(record: Record) -> None:
    """What is read from a record's file is the record that was written, and writing it again gives the same bytes."""
    written = record_file.dump(record)
    assert record_file.load(written, "file") == record
    assert record_file.dump(record_file.load(written, "file")) == written


def _places(data: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in data.items():
        yield (*path, key)
        if isinstance(value, dict) and key not in {"params", "feedback"}:
            yield from _places(value, (*path, key))


_PLAIN: dict[str, Any] = record_file.to_json(make_record())
_PLACES = list(_places(_PLAIN))


def _changed(path: tuple[str, ...], change: str) -> bytes:
    data = copy.deepcopy(_PLAIN)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if change == "missing":
        del inner[path[-1]]
    elif change == "renamed":
        inner[f"{path[-1]}_"] = inner.pop(path[-1])
    else:
        inner[path[-1]] = [["altered"]]
    return json.dumps(data).encode()


@pytest.mark.parametrize("change", ["missing", "renamed", "altered"])
def test_strict(change: str) -> None:
    """A record that lacks a field, has one too many or one of another type is refused, and the file is named."""
    assert len(_PLACES) > 20
    for path in _PLACES:
        with pytest.raises(InfrastructureError) as caught:
            record_file.load(_changed(path, change), "records/fruit/ab/x.json")
        assert caught.value.message_id == "ledger.unreadable"
        assert caught.value.params["file"] == "records/fruit/ab/x.json"
        assert set(path) & set(str(caught.value.params["reason"]).replace(":", ".").split(".")), path


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", 2),
        ("id", "../../etc/passwd"),
        ("id", "AB" * 16),
        ("task_digest", ""),
        ("supersedes", "x"),
        ("evaluation", 0),
        ("outcome", "won"),
        ("kind", "quiz"),
        ("team", "=cmd|' /C calc'!A0"),
        ("team", "\x1b[2J"),
        ("team", "Rahim"),
        ("team", ""),
        ("received_at", "2025-06-01T06:00:00"),
        ("feedback", {"accuracy": float("nan")}),
        ("feedback", {"accuracy": float("inf")}),
        ("feedback", {"accuracy": "high"}),
        ("confusion", [[1, 2]]),
        ("confusion", [[-1]]),
        ("confusion", [[0] * 21] * 21),
        ("usage", {**_PLAIN["usage"], "charged": float("nan")}),
        ("usage", {**_PLAIN["usage"], "wall_s": float("inf")}),
        ("message", {"id": "run.scored", "params": {"score": float("nan")}}),
    ],
)
def test_values(field: str, value: object) -> None:
    """A field with a value that no grader writes is refused: other schema, ids that are none, naive times, NaN."""
    with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
        record_file.load(json.dumps({**_PLAIN, field: value}).encode(), "file")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b"<<<<<<< HEAD\n{}\n=======\n"])
def test_no_json(data: bytes) -> None:
    """Bytes that are no JSON object, a merge's conflict among them, are refused and not a crash."""
    with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
        record_file.load(data, "file")


def test_no_reason() -> None:
    """Without a reason the field is not written: a record from before it existed keeps its bytes and its signature."""
    assert "reason" not in _PLAIN
    assert (
        record_file.to_json(replace(make_record(), reason="the labels were wrong"))["reason"] == "the labels were wrong"
    )


def test_no_invented_number() -> None:
    """A score that is no number can never be written into a record."""
    with pytest.raises(ValueError, match="JSON"):
        record_file.dump(make_record(feedback={"accuracy": float("nan")}))
