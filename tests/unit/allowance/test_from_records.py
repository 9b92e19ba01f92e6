"""The ledger that records tell is the one that the store kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from arena.allowance import from_records
from arena.allowance.account import balance, micros
from arena.allowance.week import week_of
from arena.board.record_file import dump, load
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Fault, Outcome
from arena.model.record import Environment, Record, record_id
from tests.unit.allowance.conftest import LIVES, MONDAY, TEAMS, UNITS, Life, lived

_DEVICES = {"gpu_s": "nvidia-h100", "cpu_slot_s": "cpu"}


def record(number: int, life: Life, outcome: Outcome = Outcome.SCORED) -> Record:
    """The record of an attempt, as the pipeline writes it: read back from its file."""
    digest = f"{number:064x}"
    made = Record(
        id=record_id(team=life.team, submission_digest=digest, task_digest="a" * 64, evaluation=1),
        task="fruit",
        task_digest="a" * 64,
        team=life.team,
        submission_digest=digest,
        kind=None,
        evaluation=1,
        received_at=life.at,
        graded_at=life.at + timedelta(days=5),
        outcome=outcome,
        message=Message.of("run.crashed", code=1),
        feedback={},
        usage=Usage(charged=min(life.seconds, life.used or 0), unit=life.unit, device_class=_DEVICES[life.unit]),
        environment=Environment(arena="1", python="3.11", runtime_digest="b" * 64, seed=1),
        protections=(),
        supersedes=None,
        signature=None,
    )
    return load(dump(made), "record.json")


def _again(first: Record, *, days: int) -> Record:
    return replace(
        first,
        id=f"{int(first.id[:8], 16) ^ days:032x}",
        evaluation=first.evaluation + 1,
        graded_at=first.graded_at + timedelta(days=days),
        usage=replace(first.usage, charged=first.usage.charged + 7),
    )


@given(LIVES, st.none() | st.floats(min_value=1, max_value=1000))
def test_records_and_store_agree(lives: Sequence[Life], limit: float | None) -> None:
    """Once nothing runs and what died was refunded, every account is the same from both."""
    book, admitted = lived(lives, limit)
    records = []
    for number, life in enumerate(lives):
        attempt = f"e{number}.1"
        if attempt not in admitted:
            continue
        if life.used is None:
            book.refund(attempt, life.at)
        elif not life.fault:
            records.append(record(number, life))
    found = from_records.entries(records)
    for team in TEAMS:
        for unit in UNITS:
            for days in (0, 7, 14):
                at = MONDAY + timedelta(days=days)
                week = week_of(at, UTC, "monday")
                stored = book.account(team, unit, at)
                assert balance(found, team=team, unit=unit, week=week, limit=limit) == stored


@given(LIVES, st.randoms(use_true_random=False))
def test_grading_again_costs_the_team_nothing(lives: Sequence[Life], chance: object) -> None:
    """Later evaluations of the same files add nothing, in whatever order the records are read."""
    first = [record(number, life) for number, life in enumerate(lives)]
    both = first + [_again(each, days=3) for each in first]
    chance.shuffle(both)  # type: ignore[attr-defined]
    expected = from_records.entries(first)
    found = from_records.entries(both)
    assert sorted(found, key=lambda each: (each.attempt, each.kind.value)) == sorted(
        expected, key=lambda each: (each.attempt, each.kind.value)
    )


def test_faults_that_are_not_the_submissions_are_not_charged() -> None:
    """A record of such an outcome, should one ever be written, costs nothing; neither does one where nothing ran."""
    life = Life(team="rahim", unit="cpu_slot_s", seconds=10, used=4, fault=False, at=MONDAY, repeats=1)
    for outcome in Outcome:
        found = from_records.entries([record(1, life, outcome)])
        charged = outcome.fault in {Fault.NONE, Fault.SUBMISSION}
        assert [micros(each.seconds) for each in found] == ([4_000_000] * 2 if charged else [])
    assert from_records.entries([record(1, replace(life, used=0.0))]) == []
