"""An index changes nothing but what things cost."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.board import checkpoints
from arena.board.conformance import CASES, Checks, Open, fault
from arena.board.copy import copy
from arena.board.indexed import IndexedLedger
from arena.board.interface import Counts, Entry, Ledger, entry_of, every
from arena.board.ledger import FileLedger
from arena.board.signed import counting, signed
from arena.board.sql_ledger import SqlLedger
from arena.board.standings import every_board
from arena.board.verify import verify
from arena.metrics.table import METRICS
from arena.model import merkle
from arena.model.record import Record
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import START, make_record, state
from tests.unit.board.test_live import BOTH, CLOSING, POINTS
from tests.unit.board.test_standings import ACCURACY, LAST, TASK

GRADER, OTHER, STRANGER = make_signer(), make_signer("other"), make_signer("stranger")
TRUST = trust_in(GRADER, OTHER)
KINDS = ("files", "sql")


def _base(kind: str, folder: Path, counts: Counts) -> Ledger:
    return FileLedger(folder / "records", counts) if kind == "files" else SqlLedger.open(folder / "db.sqlite3", counts)


def _open(kind: str, folder: Path, counts: Counts = every, *, basis: str = "") -> IndexedLedger:
    def reliable(one: checkpoints.Checkpoint) -> bool:
        return checkpoints.refusal(one, TRUST) is None

    base = _base(kind, folder, counts)
    return IndexedLedger.open(base, folder / "index.sqlite3", counts=counts, basis=basis, reliable=reliable)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("kind", KINDS)
def test_conformance(kind: str, case: Callable[[Open], Checks], tmp_path: Path) -> None:
    assert fault(case, lambda counts: _open(kind, tmp_path, counts)) is None


_records = st.builds(
    make_record,
    team=st.sampled_from(["asha", "babul", "baseline-a", "reference"]),
    submission=st.integers(1, 3),
    evaluation=st.integers(1, 2),
    minute=st.integers(0, 4),
    feedback=st.fixed_dictionaries(
        {"accuracy": st.sampled_from([0.25, 0.5, 0.75])}, optional={"rmse": st.sampled_from([1.0, 2.0])}
    ),
)
_graders = st.sampled_from([GRADER, OTHER, STRANGER])
_steps = st.lists(st.tuples(_records, _graders, st.booleans()), max_size=8)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_steps, st.sampled_from(KINDS), st.sampled_from([TASK, LAST, CLOSING, POINTS]))
def test_the_same_board(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Record, object, bool]], kind: str, task: object
) -> None:
    """After each record of any grader, and each that goes, the board is that of all records that count."""
    assert isinstance(task, type(TASK))
    folder, counts = tmp_path_factory.mktemp("index"), counting(TRUST)
    ledger, writer = _open(kind, folder, counts), _base(kind, folder, counts)
    for record, grader, goes in steps:
        assert isinstance(grader, type(GRADER))
        entry = entry_of(signed(record, grader))
        writer.put(entry)
        if goes and kind == "files":
            ledger.board(task, BOTH)
            (folder / "records" / entry.task / entry.name[:2] / f"{entry.name}.json").unlink()
        fresh = _base(kind, folder, counts)
        records = list(fresh.records("fruit"))
        board = every_board(records, task, BOTH)
        assert (ledger.board(task, BOTH) or every_board([], task, BOTH)) == board
        assert ledger.latest("fruit") == fresh.latest("fruit")
        assert ledger.refused("fruit") == fresh.refused("fruit")
        assert ledger.of_team("fruit", "asha") == fresh.of_team("fruit", "asha")
        fresh.close()
    again = _open(kind, folder, counts)
    assert again.board(task, BOTH) == ledger.board(task, BOTH)
    assert again.rebuild() == ledger.count()
    assert ledger.board(task, BOTH) == again.board(task, BOTH)
    for each in (ledger, again, writer):
        each.close()


class _Counting(FileLedger):
    """Counts the entries that are read."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        object.__setattr__(self, "number", [0])

    def entry(self, task: str, name: str) -> Entry | None:
        """One entry."""
        self.number[0] += 1  # type: ignore[attr-defined]
        return super().entry(task, name)

    def records(self, task: str) -> Iterator[Record]:
        """All are too many."""
        raise AssertionError(task)


def test_what_is_read(tmp_path: Path) -> None:
    """One record more costs reading its team's records, whatever the others have; a second process reads none."""
    base = _Counting(tmp_path / "records")
    index = tmp_path / "index.sqlite3"
    ledger = IndexedLedger.open(base, index, counts=every, basis="", reliable=lambda _: True)
    for number in range(60):
        ledger.append(make_record(team=f"team-{number % 20}", submission=number, minute=number))
    ledger.board(TASK, ACCURACY)
    before = base.number[0]  # type: ignore[attr-defined]
    ledger.append(make_record(team="team-3", submission=99, minute=99, feedback={"accuracy": 0.9}))
    board = ledger.board(TASK, ACCURACY)
    assert board is not None
    assert board.rows[0].team == "team-3"
    # The new one when it is found, and the four of the team.
    assert base.number[0] - before == 1 + 4  # type: ignore[attr-defined]
    other = IndexedLedger.open(base, index, counts=every, basis="", reliable=lambda _: True)
    before = base.number[0]  # type: ignore[attr-defined]
    assert other.board(TASK, ACCURACY) == board
    assert base.number[0] == before  # type: ignore[attr-defined]
    for each in (ledger, other):
        each.close()


@pytest.mark.parametrize("kind", KINDS)
def test_other_keys(kind: str, tmp_path: Path) -> None:
    """When the workspace trusts other keys, what counts is found out anew."""
    record = signed(make_record(), GRADER)
    first = _open(kind, tmp_path, counting(TRUST), basis="both")
    first.append(record)
    assert first.board(TASK, ACCURACY) is not None
    first.close()
    second = _open(kind, tmp_path, counting(trust_in(OTHER)), basis="one")
    assert second.board(TASK, ACCURACY) is None
    assert (second.refused("fruit"), second.latest("fruit")) == (1, None)
    second.close()


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000])
def test_broken(content: bytes, tmp_path: Path) -> None:
    """An index that cannot be read is made anew."""
    (tmp_path / "index.sqlite3").write_bytes(content)
    ledger = _open("files", tmp_path)
    ledger.append(make_record())
    board = ledger.board(TASK, ACCURACY)
    assert board is not None
    assert len(board.rows) == 1
    ledger.close()


def test_rebuilt_by_another(tmp_path: Path) -> None:
    """Who has boards in memory sees that another process has made the index anew."""
    ledger, other = _open("files", tmp_path), _open("files", tmp_path)
    for number in range(5):
        ledger.append(make_record(team=f"team-{number}", submission=number))
        ledger.board(TASK, ACCURACY)
    (tmp_path / "records").rename(tmp_path / "gone")
    copy(FileLedger(tmp_path / "gone"), ledger)
    other.rebuild()
    other.append(make_record(team="late", submission=99))
    board = ledger.board(TASK, ACCURACY)
    assert board is not None
    assert len(board.rows) == 6
    for each in (ledger, other):
        each.close()


def test_no_records(tmp_path: Path) -> None:
    """A task without records has no board."""
    ledger = _open("files", tmp_path)
    assert ledger.board(TASK, ACCURACY) is None
    ledger.append(replace(make_record(), task="other"))
    assert ledger.board(TASK, ACCURACY) is None
    ledger.close()


def test_views_are_apart(tmp_path: Path) -> None:
    """A board under another rule, by other metrics or after another close is not made of the first one's rows."""
    ledger = _open("files", tmp_path)
    for number, accuracy in enumerate((0.9, 0.4)):
        feedback = {"accuracy": accuracy, "rmse": 1.0 + number}
        ledger.append(make_record(submission=number, minute=3 * number, feedback=feedback))
    found = [ledger.board(task, [METRICS["accuracy"]]) for task in (TASK, LAST, CLOSING)]
    assert [board.rows[0].scores["accuracy"] for board in found if board] == [0.9, 0.4, 0.9]
    assert [board.rows[0].submissions for board in found if board] == [2, 2, 1]
    ledger.close()


def _keys(ledger: Ledger, names: Sequence[str]) -> dict[str, str]:
    return {f"{entry.task}/{entry.name}": entry.digest for entry in ledger.read("fruit", names)}


@pytest.mark.parametrize("kind", KINDS)
def test_checkpoint(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint states what counts and no one has stated yet; a first one over many comes as a chain."""
    monkeypatch.setattr("arena.board.indexed.MOST_ADDED", 10)
    ledger = _open(kind, tmp_path, counting(TRUST))
    records = [signed(make_record(submission=number), GRADER) for number in range(25)]
    stranger = entry_of(signed(make_record(submission=99), STRANGER))
    ledger.put_all([*map(entry_of, records), stranger])
    made = ledger.checkpoint(GRADER, START)
    known = {name: checkpoints.load(name, data) for name, data in ledger.checkpoints()}
    assert [len(known[name].added) for name in made] == [10, 10, 5]
    assert [known[name].count for name in made] == [10, 20, 25]
    assert known[made[-1]].root == merkle.root(_keys(ledger, [entry_of(record).name for record in records]))
    assert (ledger.checkpoint(GRADER, START), ledger.last_checkpoints()) == ([], made[-1:])
    report = verify(ledger, TRUST)
    assert [finding.place.endswith(stranger.name + (".json" if kind == "files" else "")) for finding in report.findings]
    assert len(report.findings) == 1
    ledger.close()


@pytest.mark.parametrize("kind", KINDS)
def test_checkpoints_of_others(kind: str, tmp_path: Path) -> None:
    """Others' checkpoints are gone on from where they can be relied on; after a merge the next one joins them."""
    ledger, left, right = (_open(kind, tmp_path / name, counting(TRUST)) for name in ("joined", "left", "right"))
    for number, side in enumerate((left, right)):
        for submission in (0, 1, 10 + number):
            side.append(signed(make_record(submission=submission), (GRADER, OTHER)[number]))
        side.checkpoint((GRADER, OTHER)[number], START)
        copy(side, ledger)
    stranger = state(ledger, STRANGER)
    ledger.put_checkpoint("0" * 64, b"garbage")
    before = ledger.last_checkpoints()
    assert before == sorted([*left.last_checkpoints(), *right.last_checkpoints()])
    (joined,) = ledger.checkpoint(GRADER, START)
    one = next(checkpoints.load(name, data) for name, data in ledger.checkpoints() if name == joined)
    assert (one.previous, one.added, one.count) == (tuple(before), {}, ledger.count())
    assert {f.place for f in verify(ledger, TRUST).findings if f.fault.fails} == {
        f"checkpoint {stranger}",
        f"checkpoint {'0' * 64}",
    }
    anew = _open(kind, tmp_path / "joined", counting(TRUST))
    anew.rebuild()
    assert anew.last_checkpoints() == [joined]
    assert anew.checkpoint(GRADER, START) == []
    for each in (ledger, left, right, anew):
        each.close()
