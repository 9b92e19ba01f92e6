"""What the tests of the pipeline look at."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from arena.model.record import Record
from arena.model.task import Task
from arena.pipeline.grade import grade
from arena.pipeline.stages import Stages
from arena.worker import scratch_folder
from tests.conftest import Clock, records_of, table, write_files

# 80 public rows, then 20 private ones; the public ones are 1 as often as 0.
WIDE_TRUTH = "10" * 40 + "1101" * 5
WIDE = tuple(range(101, 201))
PUBLIC = 80

Give = Callable[..., Record]


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, which need not be there."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def kept(stages: Stages) -> dict[str, list[Path]]:
    """What counts of a grading: records, exact scores and logs."""
    return {
        "records": files_below(records_of(stages)),
        "scores": files_below(stages.vault.folder / "fruit" / "scores"),
        "logs": files_below(stages.state / "logs"),
    }


def answers() -> bytes:
    """The hidden split of a hundred rows."""
    rows = (
        f"{n},{d},{'Public' if r < PUBLIC else 'Private'}"
        for r, (n, d) in enumerate(zip(WIDE, WIDE_TRUTH, strict=True))
    )
    return table("id,ripe,Usage", *rows)


def right_on(rows: int, *, private: str = "1" * 20) -> str:
    """Digits that are right on the first ``rows`` public rows and wrong on the others."""
    turned = WIDE_TRUTH[:PUBLIC].translate(str.maketrans("01", "10"))
    return WIDE_TRUTH[:rows] + turned[rows:] + private


@pytest.fixture
def wide(task: Task, stages: Stages) -> Task:
    """The task with a hundred hidden rows, under a ladder, and with no quota that tests meet."""
    wider = replace(task, digest="ef" * 32, board=replace(task.board, feedback="ladder"))
    (task.public_dir / "test.csv").write_bytes(table("id,weight,name", *(f"{n},1,x" for n in WIDE)))
    stages.vault.put_answers(wider, answers())
    return replace(wider, submissions=replace(wider.submissions, per_day=1000))


@pytest.fixture
def give(tmp_path: Path, wide: Task, stages: Stages, clock: Clock) -> Give:
    """Hand digits in for a team, a minute after the last; return the record."""

    def hand(
        digits: str, team: str = "rahim", *, task: Task = wide, again: bool = False, at: Stages = stages
    ) -> Record:
        clock.move(minutes=0 if again else 1)
        content = table("id,ripe", *(f"{name},{digit}" for name, digit in zip(WIDE, digits, strict=True)))
        source = write_files(tmp_path / f"given-{len(list(tmp_path.glob('given-*')))}", {"submission.csv": content})
        with scratch_folder(at.state) as scratch:
            record = grade(source, task=task, team=team, stages=at, scratch=scratch, again=again).record
        assert record is not None
        return record

    return hand
