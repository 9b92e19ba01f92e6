"""The ledger where there is no store: its entries follow from the records. Pure.

Continuous integration keeps nothing between two runs but the records, and a learner's machine has no more than those.
What they cannot show is what runs at this moment, so nothing is ever reserved here.
"""

from collections.abc import Iterable

from arena.allowance.account import Entry, EntryKind, micros, seconds_of
from arena.model.outcome import Fault
from arena.model.record import Record


def entries(records: Iterable[Record]) -> list[Entry]:
    """A reservation and its settlement for each record that cost something, in seconds of its own unit.

    Only the first evaluation of the same files of a team costs it something: what is graded again, or under a new
    version of the task, is graded for the instructor. Nor is anything charged for a fault that is not the
    submission's. Which attempt at an evaluation it was is not told; it is named number 0.
    """
    first: dict[tuple[str, str, str], Record] = {}
    for record in sorted(records, key=lambda record: (record.graded_at, record.evaluation, record.id)):
        first.setdefault((record.team, record.task, record.submission_digest), record)
    return [entry for record in first.values() if _is_charged(record) for entry in _entries(record)]


def _is_charged(record: Record) -> bool:
    return record.outcome.fault in {Fault.NONE, Fault.SUBMISSION} and micros(record.usage.charged) > 0


def _entries(record: Record) -> list[Entry]:
    reserved = Entry(
        attempt=f"{record.id}.0",
        kind=EntryKind.RESERVE,
        team=record.team,
        task=record.task,
        device_class=record.usage.device_class,
        unit=record.usage.unit,
        seconds=seconds_of(micros(record.usage.charged)),
        at=record.received_at,
    )
    settled = Entry(
        attempt=reserved.attempt,
        kind=EntryKind.SETTLE,
        team=reserved.team,
        task=reserved.task,
        device_class=reserved.device_class,
        unit=reserved.unit,
        seconds=reserved.seconds,
        at=record.graded_at,
    )
    return [reserved, settled]
