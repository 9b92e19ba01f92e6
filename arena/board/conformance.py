"""What every ledger must do. For whoever writes another one.

``python -m arena.board.conformance files`` tries a ledger of arena's; ``python -m arena.board.conformance
my_package.my_module:open_mine`` one of your own: a function that takes an empty folder and which records count, and
returns a ``Ledger`` that keeps what it is given there. It is called several times with one folder: what one ledger has
appended, the others see. Exit code 1 if a case fails.
"""

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from arena.board.interface import Counts, Entry, Ledger, entry_of, every
from arena.board.ledger import FileLedger
from arena.board.sql_ledger import SqlLedger
from arena.errors import InfrastructureError
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record, record_id
from arena.model.submission import Kind

Open = Callable[[Counts], Ledger]
# What must hold, what was found, what should have been.
Checks = Iterator[tuple[str, object, object]]

LEDGERS: dict[str, Callable[[Path, Counts], Ledger]] = {
    "files": lambda folder, counts: FileLedger(folder / "records", counts),
    "sql": lambda folder, counts: SqlLedger.open(folder / "records.sqlite3", counts),
}
_TASK, _DIGEST, _START = "fruit", "ab" * 32, datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
# A signature's form is all that a ledger looks at; whether it holds, ``counts`` says.
_SIGNED, _OTHERWISE = f"{'1' * 16}:{'0' * 128}", f"{'2' * 16}:{'0' * 128}"


def _record(number: int, team: str = "rahim", *, minute: int = 0, later_s: float = 5, task: str = _TASK) -> Record:
    """A record; ``minute`` is when it was received, and so many seconds later it was graded."""
    digest, received_at = f"{number:064x}", _START + timedelta(minutes=minute)
    return Record(
        id=record_id(team=team, submission_digest=digest, task_digest=_DIGEST, evaluation=1),
        task=task,
        task_digest=_DIGEST,
        team=team,
        submission_digest=digest,
        kind=Kind.PREDICTIONS,
        evaluation=1,
        received_at=received_at,
        graded_at=received_at + timedelta(seconds=later_s),
        outcome=Outcome.SCORED,
        message=Message.of("run.scored", metric="Accuracy", score="0.50000"),
        feedback={"accuracy": 0.5},
        usage=Usage(),
        environment=Environment(arena="0", python="3", runtime_digest="cd" * 32, seed=7),
        protections=(),
        supersedes=None,
        signature=None,
    )


def _signed_one(record: Record) -> bool:
    return record.signature == _SIGNED


def kept(open_ledger: Open) -> Checks:
    """What one has appended, another one finds."""
    record, ledger = _record(1), open_ledger(every)
    yield "append says that it made it", ledger.append(record), True
    for name, each in (("the one", ledger), ("another one", open_ledger(every))):
        yield f"{name} gets it", each.get(_TASK, record.id), record
        yield f"{name} lists it", list(each.records(_TASK)), [record]


def once(open_ledger: Open) -> Checks:
    """The first record of an evaluation stays, whoever comes second, and signed or not."""
    for number, signature in ((1, None), (2, _SIGNED)):
        record = replace(_record(number), signature=signature)
        open_ledger(every).append(record)
        second = replace(record, feedback={"accuracy": 1.0})
        yield "a second append makes nothing", open_ledger(every).append(second), False
        yield "the first stays", open_ledger(every).get(_TASK, record.id), record
    yield "nothing is there twice", open_ledger(every).count(), 2


def missing(open_ledger: Open) -> Checks:
    """What is not there is no error."""
    ledger = open_ledger(every)
    yield "no record", ledger.get(_TASK, "ab" * 16), None
    yield "no entry", ledger.entry(_TASK, "ab" * 16), None
    yield "no records", (list(ledger.records(_TASK)), ledger.of_team(_TASK, "x"), ledger.find(_TASK, "a")), ([], [], [])
    yield "no time", ledger.latest(_TASK), None
    yield "nothing at all", (list(ledger.entries()), ledger.count(), list(ledger.checkpoints())), ([], 0, [])


def in_order(open_ledger: Open) -> Checks:
    """Records come in order of id, a team's in order of receipt, and those of other tasks never."""
    ledger = open_ledger(every)
    mine = [_record(number, minute=(7 * number) % 20) for number in range(20)]
    others = [_record(number, "karim", minute=3) for number in range(5)]
    for record in (*mine, *others, _record(99, task="other", minute=99)):
        ledger.append(record)
    together = sorted((*mine, *others), key=lambda record: record.id)
    yield "by id", list(ledger.records(_TASK)), together
    yield "by receipt", ledger.of_team(_TASK, "rahim"), sorted(mine, key=lambda record: (record.received_at, record.id))
    yield "the newest", ledger.latest(_TASK), _START + timedelta(minutes=19)
    prefix = mine[0].id[:1]
    yield "by prefix", ledger.find(_TASK, prefix), [record for record in together if record.id.startswith(prefix)]
    yield "by the whole id", ledger.find(_TASK, mine[3].id), [mine[3]]


def counting(open_ledger: Open) -> Checks:
    """What does not count is nowhere to be seen, keeps nobody's place, and is told by number."""
    ledger = open_ledger(_signed_one)
    refused = [replace(_record(1, minute=9), signature=_OTHERWISE), _record(1), _record(2, minute=8)]
    ledger.put_all([entry_of(record) for record in refused])
    yield "not got", ledger.get(_TASK, refused[0].id), None
    yield "not listed", (list(ledger.records(_TASK)), ledger.of_team(_TASK, "rahim")), ([], [])
    yield "no time", ledger.latest(_TASK), None
    record = replace(_record(1), signature=_SIGNED)
    yield "its place is free", ledger.append(record), True
    yield "what counts is seen", (list(ledger.records(_TASK)), ledger.get(_TASK, record.id)), ([record], record)
    yield "how many are refused", (ledger.refused(_TASK), ledger.count()), (3, 4)


def twice(open_ledger: Open) -> Checks:
    """Of two records of one evaluation the first that was graded counts, in whatever order they came."""
    for number in (1, 2):
        first = replace(_record(number, later_s=1), signature=_SIGNED)
        second = replace(_record(number, later_s=2), signature=_OTHERWISE)
        for record in (first, second)[:: 1 if number == 1 else -1]:
            open_ledger(every).put(entry_of(record))
        ledger = open_ledger(every)
        yield "got", ledger.get(_TASK, first.id), first
        yield "listed", ledger.find(_TASK, first.id), [first]
        yield "of its team", first in ledger.of_team(_TASK, "rahim"), True
        yield "the other one is none of it", second in ledger.of_team(_TASK, "rahim"), False
    yield "both are kept", open_ledger(every).count(), 4


def as_they_are(open_ledger: Open) -> Checks:
    """Entries are kept as bytes, in order, and no name is given to two contents."""
    ledger = open_ledger(every)
    entries = sorted((entry_of(_record(number)) for number in range(9)), key=lambda entry: entry.name)
    yield "how many were made", (ledger.put_all(entries[:8]), ledger.put_all(entries)), (8, 1)
    yield "put again", ledger.put(entries[0]), False
    found = [(entry.task, entry.name, entry.data) for entry in open_ledger(every).entries()]
    yield "the same bytes", found, [(entry.task, entry.name, entry.data) for entry in entries]
    one = ledger.entry(_TASK, entries[4].name)
    yield "one of them", one and one.data, entries[4].data
    yield "other bytes are refused", _refused(lambda: ledger.put(replace(entries[0], data=b"{}"))), "ledger.differs"


def unreadable(open_ledger: Open) -> Checks:
    """An entry that is no record, or another one's, is an error for who looks at records, and kept all the same."""
    ledger, good = open_ledger(every), _record(1)
    ledger.append(good)
    name = entry_of(_record(2)).name
    for number, data in enumerate((b"{", entry_of(_record(3)).data)):
        other = f"task-{number}"
        ledger.put(Entry(task=other, name=name, data=data, place="there"))
        yield "an error", _refused(lambda task=other: list(ledger.records(task))), "ledger.unreadable"  # type: ignore[misc]
    yield "all are kept", open_ledger(every).count(), 3
    yield "other tasks are not concerned", list(open_ledger(every).records(_TASK)), [good]


def stated(open_ledger: Open) -> Checks:
    """Checkpoints are kept as bytes, beside the records and not among them."""
    ledger = open_ledger(every)
    yield "made once", [ledger.put_checkpoint(name, name.encode()) for name in ("bb", "aa", "bb")], [True, True, False]
    yield "in order", list(open_ledger(every).checkpoints()), [("aa", b"aa"), ("bb", b"bb")]
    yield "other bytes are refused", _refused(lambda: ledger.put_checkpoint("aa", b"x")), "ledger.differs"
    yield "no entries", (list(ledger.entries()), ledger.count()), ([], 0)


CASES: tuple[Callable[[Open], Checks], ...] = (
    *(kept, once, missing, in_order, counting, twice, as_they_are, unreadable, stated),
)


def _refused(call: Callable[[], object]) -> str | None:
    try:
        call()
    except InfrastructureError as error:
        return error.message_id
    return None


def fault(case: Callable[[Open], Checks], open_ledger: Open) -> str | None:
    """What is wrong in a case, or ``None``; ``open_ledger`` opens the same place, empty at first, each time."""
    for what, found, expected in case(open_ledger):
        if found != expected:
            return f"{what}: {found!r} instead of {expected!r}"
    return None


def _named(name: str) -> Callable[[Path, Counts], Ledger]:
    if name in LEDGERS:
        return LEDGERS[name]
    module, _, function = name.partition(":")
    try:
        made: Callable[[Path, Counts], Ledger] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise SystemExit(f"no ledger {name!r} ({error}); name {', '.join(LEDGERS)} or module:function") from None
    return made


def main() -> None:
    """Try the ledger that the first argument names."""
    _, *names = sys.argv
    if len(names) != 1:
        raise SystemExit(f"usage: python -m arena.board.conformance {{{'|'.join(LEDGERS)}|module:function}}")
    make, failed = _named(names[0]), 0
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="arena-conformance-") as folder:
            found = fault(case, lambda counts, place=Path(folder): make(place, counts))  # type: ignore[misc]
        failed += found is not None
        sys.stdout.write(f"{'ok  ' if found is None else 'FAIL'}  {case.__name__}{f': {found}' if found else ''}\n")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
