"""One ledger made of another one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.board.copy import Copied, copy
from arena.board.interface import Entry, Ledger, entry_of
from arena.board.ledger import FileLedger
from arena.board.signed import signed
from arena.board.sql_ledger import SqlLedger
from arena.model.record import Record
from tests.conftest import make_signer
from tests.unit.board.test_record_file import records

_OPEN: dict[str, Callable[[Path], Ledger]] = {
    "files": lambda folder: FileLedger(folder / "records"),
    "sql": lambda folder: SqlLedger.open(folder / "records.sqlite3"),
}


def _held(ledger: Ledger) -> dict[tuple[str, str], bytes]:
    return {(entry.task, entry.name): entry.data for entry in ledger.entries()}


def _entry(record: Record, number: int) -> Entry:
    """Any record at all, under a name that a record may have: a copy does not ask what the bytes say."""
    one = entry_of(signed(record, make_signer()) if number % 2 else replace(record, signature=None))
    return replace(one, task="fruit", name=f"{number:032x}{one.name[len(record.id) :]}")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records, max_size=5), st.sampled_from(["files", "sql"]), st.integers(0, 1))
def test_lossless(tmp_path_factory: pytest.TempPathFactory, found: list[Record], kind: str, there: int) -> None:
    """From files to a database and back, or the other way, each entry and checkpoint has the same name and bytes."""
    folder = tmp_path_factory.mktemp("copies")
    other = "sql" if kind == "files" else "files"
    first, second, third = (_OPEN[each](folder / str(n)) for n, each in enumerate((kind, other, kind)))
    entries = [_entry(record, number) for number, record in enumerate(found)]
    first.put_all(entries)
    first.put_checkpoint("ab", b"{}")
    second.put_all(entries[:there])
    ticks: list[int] = []
    new = len(entries) - min(there, len(entries))
    assert copy(first, second, tick=ticks.append) == Copied(
        entries=new, present=len(entries) - new, checkpoints=1, left_out=()
    )
    assert sum(ticks) == len(entries)
    copy(second, third)
    assert _held(first) == _held(second) == _held(third) == {(e.task, e.name): e.data for e in entries}
    assert list(third.checkpoints()) == [("ab", b"{}")]
    for ledger in (first, second, third):
        ledger.close()


def test_broken_entry(tmp_path: Path) -> None:
    """What is no record is copied too where it has a record's name: `verify` finds in the copy what it finds here."""
    source, target = _OPEN["files"](tmp_path), _OPEN["sql"](tmp_path)
    source.put(Entry(task="fruit", name="ab" * 16, data=b"<<<<<<< HEAD", place="there"))
    copy(source, target)
    assert _held(target) == {("fruit", "ab" * 16): b"<<<<<<< HEAD"}
    target.close()
