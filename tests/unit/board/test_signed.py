"""Whose signature makes a record count."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from arena.board import record_file
from arena.board.signed import Refusal, counting, refusal, refusal_of_bytes, signed
from arena.model.record import Record
from arena.model.trust import Trust
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import START, make_record
from tests.unit.board.test_record_file import records

GRADER, STRANGER = make_signer(), make_signer("stranger")
TRUST = trust_in(GRADER)


@given(records)
def test_round_trip(record: Record) -> None:
    """A signed record verifies when it is read from its file, whatever it holds."""
    kept = record_file.dump(signed(replace(record, signature=None), GRADER))
    assert refusal(record_file.load(kept, "file"), TRUST) is None


def test_over_all_but_itself() -> None:
    """What stood as the signature before is not signed."""
    record = make_record()
    assert signed(record, GRADER) == signed(replace(record, signature="x"), GRADER)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (make_record(), Refusal.UNSIGNED),
        (signed(make_record(), STRANGER), Refusal.UNTRUSTED),
        (replace(make_record(), signature="so be it"), Refusal.UNTRUSTED),
        (replace(signed(make_record(), GRADER), feedback={"accuracy": 0.51}), Refusal.FORGED),
        (replace(make_record(), signature=signed(make_record(submission=2), GRADER).signature), Refusal.FORGED),
        (signed(make_record(), GRADER), None),
    ],
)
def test_refused(record: Record, why: Refusal | None) -> None:
    """What is not signed, signed by a stranger, altered, or bears another record's signature never counts."""
    assert refusal(record, TRUST) is why
    assert counting(TRUST)(record) == (why is None)


def test_another_text() -> None:
    """Another text of the same time counts alike, and is found by who holds the bytes against the signature."""
    record = signed(make_record(), GRADER)
    data = record_file.dump(record).replace(b"+00:00", b"-00:00")
    assert record_file.load(data, "file") == record
    assert refusal(record_file.load(data, "file"), TRUST) is None
    assert refusal_of_bytes(data, record, TRUST) is Refusal.FORGED
    assert refusal_of_bytes(record_file.dump(record), record, TRUST) is None


def test_practice() -> None:
    """Where no key is trusted every record counts, signed or not."""
    assert all(map(counting(Trust()), [make_record(), signed(make_record(), STRANGER)]))


@pytest.mark.parametrize("minutes", [-10, 0, 10])
@pytest.mark.parametrize("field", ["received_at", "graded_at"])
def test_revoked(field: str, minutes: int) -> None:
    """A revoked key's records count if they were received and graded before it was revoked, and not from then on."""
    until = START + timedelta(days=1)
    trust = trust_in(GRADER, revoked={GRADER.name: until})
    record = replace(make_record(), **{field: until + timedelta(minutes=minutes)})  # type: ignore[arg-type]
    assert refusal(signed(record, GRADER), trust) is (None if minutes < 0 else Refusal.REVOKED)
