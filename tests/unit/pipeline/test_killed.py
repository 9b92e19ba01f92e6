"""A grader that is killed between two steps leaves a whole record or nothing that counts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import pytest

from arena.board.ledger import FileLedger
from arena.model.outcome import Outcome
from arena.model.record import Record
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from arena.vault.plain import Answers, PlainVault
from arena.worker import scratch_folder, sweep
from tests.conftest import Clock, FakeLauncher, finished, predictions, records_of, write_files
from tests.unit.pipeline.conftest import files_below, kept


class Killed(BaseException):
    """What a signal does, as far as one process can show it."""


@dataclass(frozen=True, slots=True)
class BeforeAppend(FileLedger):
    """Killed before the record is written."""

    def append(self, record: Record) -> bool:
        """Keep nothing."""
        raise Killed(record.id)


@dataclass(frozen=True, slots=True)
class AfterAppend(FileLedger):
    """Killed after the record is written."""

    def append(self, record: Record) -> bool:
        """Keep the record."""
        super(AfterAppend, self).append(record)
        raise Killed(record.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAnswers(PlainVault):
    """Killed while it scores."""

    def answers(self, task: Task) -> Answers:
        """Give nothing."""
        raise Killed(task.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeScores(PlainVault):
    """Killed before the exact scores are kept."""

    def put_scores(self, task: str, record: str, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Keep nothing."""
        raise Killed(task, record, scores)


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterScores(PlainVault):
    """Killed after the exact scores are kept."""

    def put_scores(self, task: str, record: str, scores: Mapping[str, Mapping[str, float]]) -> None:
        """Keep the scores."""
        super(AfterScores, self).put_scores(task, record, scores)
        raise Killed(task, record)


def _at(stages: Stages, step: str) -> Stages:
    """The stages, with one that is killed at a step."""
    ledgers = {"before the record": BeforeAppend, "after the record": AfterAppend}
    vaults = {"at the answers": AtAnswers, "before the scores": BeforeScores, "after the scores": AfterScores}
    if step in ledgers:
        return replace(stages, ledger=ledgers[step](records_of(stages)))
    if step in vaults:
        return replace(stages, vault=vaults[step](root=stages.vault.root, workspace=stages.vault.workspace))

    def killed(*_: object) -> NoReturn:
        raise Killed(step)

    return replace(stages, **{step: killed})  # type: ignore[arg-type]  # a field that is called


STEPS = [
    "now",
    "launcher",
    "masks",
    "at the answers",
    "runtime",
    "before the scores",
    "after the scores",
    "before the record",
]


def _grade(source: Path, task: Task, stages: Stages) -> Graded:
    with scratch_folder(stages.state) as scratch:
        return grade(source, task=task, team="rahim", stages=stages, scratch=scratch)


@pytest.fixture
def source(tmp_path: Path, launcher: FakeLauncher) -> Path:
    """A program whose run will leave a good table."""
    launcher.will(finished({"submission.csv": predictions()}))
    return write_files(tmp_path / "program", {"main.py": "print('hello')"})


@pytest.mark.parametrize("step", STEPS)
def test_before_the_record(source: Path, task: Task, stages: Stages, clock: Clock, step: str) -> None:
    """Killed at any step before the record, no record is there, and the next run completes as if it were the first."""
    with pytest.raises(Killed):
        _grade(source, task, _at(stages, step))
    assert kept(stages)["records"] == []
    publish_boards([task], stages, source.parent / "boards")
    assert published(source.parent / "boards", "fruit") is None
    sweep(stages.state)
    assert files_below(stages.state / "scratch") == []
    clock.move(minutes=5)
    graded = _grade(source, task, stages)
    assert (graded.outcome, graded.is_new) == (Outcome.SCORED, True)
    assert graded.record is not None
    assert graded.record.evaluation == 1
    assert graded.record.received_at == clock.moment
    assert {name: len(paths) for name, paths in kept(stages).items()} == {"records": 1, "scores": 1, "logs": 1}


def test_after_the_record(source: Path, task: Task, stages: Stages, launcher: FakeLauncher) -> None:
    """Killed after the record, it is whole: the next run finds it with scores and log, and runs nothing."""
    with pytest.raises(Killed):
        _grade(source, task, _at(stages, "after the record"))
    before = {name: [path.read_bytes() for path in paths] for name, paths in kept(stages).items()}
    assert {name: len(data) for name, data in before.items()} == {"records": 1, "scores": 1, "logs": 1}
    graded = _grade(source, task, stages)
    assert (graded.outcome, graded.is_new) == (Outcome.SCORED, False)
    assert len(launcher.jobs) == 1
    assert {name: [path.read_bytes() for path in paths] for name, paths in kept(stages).items()} == before


@pytest.mark.parametrize("step", STEPS)
def test_again_before_the_record(source: Path, task: Task, stages: Stages, step: str) -> None:
    """A rescore that is killed leaves the older evaluation as it stands."""
    first = _grade(source, task, stages).record
    with pytest.raises(Killed), scratch_folder(stages.state) as scratch:
        grade(source, task=task, team="rahim", stages=_at(stages, step), scratch=scratch, again=True)
    assert list(FileLedger(records_of(stages)).records("fruit")) == [first]
    assert _grade(source, task, stages).record == first


def test_lost_race(source: Path, task: Task, stages: Stages, clock: Clock) -> None:
    """Of two graders on two machines the first record stands, and the second says that its own is not new."""

    @dataclass(frozen=True, slots=True)
    class Blind(FileLedger):
        """Sees the ledger as it was before the other grader wrote to it."""

        def get(self, task: str, record: str) -> Record | None:
            """Find nothing."""
            del task, record
            return None

    first = _grade(source, task, stages).record
    clock.move(minutes=1)
    second = _grade(source, task, replace(stages, ledger=Blind(records_of(stages))))
    assert second.is_new is False
    assert list(FileLedger(records_of(stages)).records("fruit")) == [first]
