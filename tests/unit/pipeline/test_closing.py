"""A task is closed once, whole, and only when it may be."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from arena.board.final_file import as_closed, read_final
from arena.errors import ArenaError, DeniedError, InfrastructureError, TaskError, UsageError
from arena.intake.picks import write_picks
from arena.model.record import Record
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published
from arena.pipeline.closing import Closed, close
from arena.pipeline.stages import Stages
from arena.vault.plain import PlainVault
from tests.conftest import TRUTH, Clock, Hand, predictions, records_of
from tests.unit.pipeline.test_killed import Killed

Close = Callable[..., Closed]
NAMES = ["fruit.final.csv", "fruit.final.json", "fruit.final.md"]


@pytest.fixture
def closing(task: Task, clock: Clock) -> Task:
    """The task, which closes in an hour."""
    return replace(task, board=replace(task.board, closes=clock.moment.replace(hour=clock.moment.hour + 1)))


@pytest.fixture
def folder(stages: Stages) -> Path:
    """Where boards are published."""
    return records_of(stages).parent


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where picks lie."""
    return tmp_path / "shelf"


@pytest.fixture
def shut(closing: Task, stages: Stages, folder: Path, shelf: Path) -> Close:
    """Close the task."""

    def do(reason: str | None = None, *, at: Stages = stages, task: Task = closing) -> Closed:
        return close(task, at, folder=folder, shelf=shelf, reason=reason)

    return do


@pytest.fixture
def two(hand_in: Hand, clock: Clock) -> list[Record]:
    """Two teams: who leads on the public rows falls behind on the private ones."""
    found = []
    for team, digits in (("asha", TRUTH[:6] + "110100"), ("babul", "000000" + TRUTH[6:])):
        record = hand_in(predictions(digits), team).record
        assert record is not None
        found.append(record)
        clock.move(minutes=1)
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("fruit.final.*")}


@pytest.mark.usefixtures("two")
def test_close(shut: Close, clock: Clock, folder: Path, closing: Task, stages: Stages) -> None:
    """After the time the private board is published with the shake-up, and the public one says that it is closed."""
    publish_boards([closing], stages, folder)
    clock.move(hours=2)
    closed = shut()
    assert closed.is_new
    assert [(row["team"], row["private"], row["shake_up"]) for row in closed.final["rows"]] == [
        ("babul", 1.0, 1),
        ("asha", 0.0, -1),
    ]
    assert closed.final["closed_at"] == closing.board.closes.isoformat()  # type: ignore[union-attr]  # it has one
    assert sorted(_files(folder)) == NAMES
    board = published(folder, "fruit")
    assert board is not None
    assert (board["closed"], [row["team"] for row in board["rows"]]) == (True, ["asha", "babul"])
    assert "[final](fruit.final.md)" in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("two")
def test_too_early(shut: Close, folder: Path, clock: Clock, closing: Task) -> None:
    """Before the time, up to the very moment, nothing is closed and nothing is written."""
    for moment in (clock.moment, closing.board.closes):
        assert moment is not None
        clock.moment = moment
        with pytest.raises(DeniedError, match=r"close\.too_early"):
            shut()
    assert _files(folder) == {}


@pytest.mark.usefixtures("two")
def test_with_a_reason(shut: Close, clock: Clock, folder: Path, closing: Task) -> None:
    """With a reason it closes now; the reason is published, and the task is closed from this moment on."""
    closed = shut("a fire")
    assert (closed.final["reason"], closed.final["closed_at"]) == ("a fire", clock.moment.isoformat())
    assert "a fire" in (folder / "fruit.final.md").read_text(encoding="utf-8")
    assert as_closed(closing, folder).board.closes == clock.moment
    assert not shut("another").is_new
    assert read_final(folder, "fruit")["reason"] == "a fire"  # type: ignore[index]  # it is there


@pytest.mark.usefixtures("two")
def test_a_reason_that_is_not_needed(shut: Close, clock: Clock) -> None:
    """After its time a task closes at its time, whatever reason is given."""
    clock.move(hours=2)
    assert shut("habit").final["reason"] is None


@pytest.mark.usefixtures("two")
def test_no_time(shut: Close, task: Task, folder: Path) -> None:
    """A task that names no time closes by a reason alone."""
    with pytest.raises(UsageError, match=r"close\.no_time"):
        shut(task=task)
    assert shut("the course is over", task=task).is_new
    assert as_closed(task, folder).board.closes is not None


def test_nothing(shut: Close, clock: Clock) -> None:
    """Where nothing was scored there is nothing to close."""
    clock.move(hours=2)
    with pytest.raises(UsageError, match=r"close\.nothing"):
        shut()


@pytest.mark.usefixtures("two")
def test_no_vault(shut: Close, stages: Stages, tmp_path: Path) -> None:
    """Without the answers nobody can close."""
    elsewhere = PlainVault(root=tmp_path / "empty", workspace="class")
    with pytest.raises(TaskError, match=r"answers\.none"):
        shut("now", at=replace(stages, vault=elsewhere))


def test_scores_are_missing(two: list[Record], shut: Close, stages: Stages, folder: Path) -> None:
    """A record whose exact scores are not in this vault is named, and nothing is published."""
    (stages.vault.folder / "fruit" / "scores" / f"{two[0].id}.json").unlink()
    with pytest.raises(TaskError, match=r"close\.no_scores") as caught:
        shut("now")
    assert caught.value.params["records"] == two[0].id[:12]
    assert _files(folder) == {}


def test_scores_differ(two: list[Record], shut: Close, stages: Stages, folder: Path) -> None:
    """So is one that says another public score than the vault."""
    exact = stages.vault.scores("fruit", two[1].id)
    stages.vault.put_scores("fruit", two[1].id, {**exact, "public": {**exact["public"], "accuracy": 0.75}})
    with pytest.raises(TaskError, match=r"close\.altered") as caught:
        shut("now")
    assert caught.value.params["records"] == two[1].id[:12]
    assert _files(folder) == {}


@pytest.mark.usefixtures("two")
def test_again(shut: Close, folder: Path, clock: Clock) -> None:
    """Closed again, nothing changes; files that are missing or torn are written anew."""
    clock.move(hours=2)
    shut()
    before = _files(folder)
    (folder / "fruit.final.md").unlink()
    (folder / "fruit.final.csv").write_bytes(b"torn")
    assert not shut().is_new
    assert _files(folder) == before


@pytest.mark.usefixtures("two")
def test_late(shut: Close, hand_in: Hand, clock: Clock, closing: Task, stages: Stages) -> None:
    """What comes after the close is on the public board as late, and changes nothing of the final one."""
    clock.move(hours=2)
    shut()
    folder = records_of(stages).parent
    before = _files(folder)
    hand_in(predictions(TRUTH), "chitra")
    publish_boards([closing], stages, folder)
    board = published(folder, "fruit")
    assert board is not None
    assert ([row["team"] for row in board["late"]], len(board["rows"])) == (["chitra"], 2)
    assert not shut().is_new
    assert _files(folder) == before


@pytest.mark.usefixtures("two")
def test_changed_since(shut: Close, folder: Path, hand_in: Hand, clock: Clock) -> None:
    """A record that turns up with a time before the close is named by team, and the published close stays."""
    shut("now")
    before = _files(folder)
    clock.move(seconds=-30)
    hand_in(predictions("0" * 12), "chitra")
    with pytest.raises(InfrastructureError, match=r"close\.changed") as caught:
        shut()
    assert "chitra" in str(caught.value.params["teams"]).split(", ")
    assert _files(folder) == before


def test_picks(two: list[Record], shut: Close, shelf: Path, hand_in: Hand, folder: Path) -> None:
    """Picks count as they were at the close; what a team writes later does not."""
    better = hand_in(predictions("000000" + "001000"), "asha").record
    assert better is not None
    write_picks(shelf, task="fruit", team="asha", digests=[two[0].submission_digest])
    closed = shut("now")
    (row,) = (row for row in closed.final["rows"] if row["team"] == "asha")
    assert (row["selected"], row["picks"]) == (True, [two[0].submission_digest[:16]])
    write_picks(shelf, task="fruit", team="asha", digests=[better.submission_digest])
    assert not shut().is_new
    assert read_final(folder, "fruit") == json.loads(json.dumps(closed.final))


@dataclass(frozen=True, slots=True, kw_only=True)
class AtScores(PlainVault):
    """Killed while it reveals."""

    def scores(self, task: str, record: str) -> dict[str, dict[str, float]]:
        """Give nothing."""
        raise Killed(task, record)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("left", [[], NAMES[1:2], NAMES[1:]])
def test_killed(shut: Close, stages: Stages, folder: Path, left: list[str]) -> None:
    """Killed while it reads, or with only some files written, it leaves no half close; the next call completes it."""
    with pytest.raises(Killed):
        shut("now", at=replace(stages, vault=AtScores(root=stages.vault.root, workspace=stages.vault.workspace)))
    assert _files(folder) == {}
    shut("now")
    whole = _files(folder)
    for name in set(NAMES) - set(left):
        (folder / name).unlink()
    again = shut("now")
    assert again.is_new is (not left)
    assert {name: data for name, data in _files(folder).items() if name in left or left} == (whole if left else {})
    assert sorted(_files(folder)) == NAMES


def test_unreadable(folder: Path, closing: Task) -> None:
    """A final board that a merge broke is reported by name, and does not count as none."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fruit.final.json").write_bytes(b"<<<<<<< HEAD")
    with pytest.raises(ArenaError, match=r"ledger\.unreadable"):
        as_closed(closing, folder)


def test_open(folder: Path, closing: Task) -> None:
    """A task that was not closed is as its definition says."""
    assert as_closed(closing, folder) is closing
    del folder
