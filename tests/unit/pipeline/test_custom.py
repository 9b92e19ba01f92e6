"""A task's own metric in the life of a submission: what it is given, and what becomes of what it says."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from arena.catalog.tasks import load_task
from arena.metrics.table import METRICS
from arena.model.metric import CustomMetric, Metric, Needs, in_sandbox_only
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.custom import Aligned, custom_scores, log_path
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from arena.sandbox.custom import RESULT
from arena.sandbox.interface import Exited, Finished, SandboxFailedError, SandboxUnavailableError
from arena.worker import scratch_folder
from tests.conftest import ANSWERS, FakeLauncher, finished, predictions, write_files
from tests.unit.pipeline.conftest import kept

OWN = "metric.py:score"
TABLE = '[metric.custom]\ntitle = "Own"\ngreater_is_better = false\nneeds = "label"\nlow = 0\nhigh = 1\n'


def scores(public: float = 0.25, private: float = 0.5, overall: float = 0.375) -> Finished:
    """How a metric ends that gives these."""
    said = {"scores": {"public": public, "private": private, "overall": overall}}
    return finished({RESULT: json.dumps(said).encode()}, log=b"")


def refused(text: str, split: str = "public") -> Finished:
    """How a metric ends that refuses the predictions."""
    return finished({RESULT: json.dumps({"refused": text, "split": split}).encode()}, log=b"")


@pytest.fixture
def own(task: Task, stages: Stages) -> Task:
    """The task ``fruit``, ranked by a metric of its own, with accuracy beside it."""
    path = task.root / "task.toml"
    text = path.read_text(encoding="utf-8").replace(
        'name = "accuracy"\nalso = ["f1"]', f'name = "{OWN}"\nalso = ["f1"]'
    )
    path.write_text(f"{text}{TABLE}", encoding="utf-8")
    write_files(task.root, {"metric.py": "def score(solution, submission, row_id_column_name): ...\n"})
    loaded = load_task(task.root.parents[1], "fruit", METRICS)
    stages.vault.put_answers(loaded, ANSWERS)
    return loaded


def hand(own: Task, stages: Stages, folder: Path, files: Mapping[str, bytes | str] | None = None) -> Graded:
    """Grade a submission to the task."""
    source = write_files(folder / "mine", files or {"mine.csv": predictions()})
    with scratch_folder(stages.state) as scratch:
        return grade(source, task=own, team="rahim", stages=stages, scratch=scratch)


def test_scored(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """Its scores stand beside those of built-in metrics: the public one on the record, all of them in the vault."""
    launcher.will(scores())
    graded = hand(own, stages, tmp_path)
    assert graded.record is not None
    assert graded.record.feedback == {OWN: 0.25, "f1": pytest.approx(6 / 7)}
    assert graded.messages[0].params == {"metric": "Own", "score": "0.25000"}
    exact = stages.vault.scores("fruit", graded.record.id)
    assert [exact[split][OWN] for split in ("public", "private", "overall")] == [0.25, 0.5, 0.375]
    assert graded.record.usage.charged == 0, "what scoring takes is charged"


def test_what_it_is_given(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """For each split the truth and the predictions in one order, as text: nothing of other columns or tasks."""
    launcher.will(scores())
    hand(own, stages, tmp_path)
    (job,) = launcher.jobs
    header, rest = job.stdin.split(b"\n", 1)
    told = json.loads(header)
    assert [name for name, *_ in told["splits"]] == ["public", "private", "overall"]
    size = told["splits"][0][1]
    assert rest[:size] == b"id,ripe\n" + b"".join(
        f"{101 + row},{digit}\n".encode() for row, digit in enumerate("101101")
    )
    assert rest[size : 2 * size] == b"id,ripe\n" + b"".join(
        f"{101 + row},{digit}\n".encode() for row, digit in enumerate("101100")
    )
    assert job.module == "metric"
    assert job.masks == ()


def test_after_a_program(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """The program and the metric are two jobs: neither is in the other's sandbox."""
    launcher.will(finished({"submission.csv": predictions()}), scores())
    graded = hand(own, stages, tmp_path, {"main.py": ""})
    assert graded.outcome is Outcome.SCORED
    program, metric = launcher.jobs
    assert (program.module, metric.module) == ("program", "metric")
    assert program.stdin == b""
    assert not {mount.source for mount in program.mounts} & {mount.source for mount in metric.mounts}


@pytest.mark.parametrize(
    "run",
    [
        finished(ending=Exited(1), log=b"Traceback: the answer of 101 is 1"),
        finished({RESULT: b'{"scores": "1"}'}, log=b"answers"),
        scores(public=float("nan")),
        scores(private=1.5),
        scores(overall=-0.5),
    ],
)
def test_its_failure_is_the_task_s(
    own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path, run: Finished
) -> None:
    """A metric that fails, or gives no number in its range, leaves no record, costs nothing, and shows nothing."""
    launcher.will(run)
    graded = hand(own, stages, tmp_path)
    assert (graded.outcome, graded.record) == (Outcome.TASK_ERROR, None)
    assert kept(stages)["records"] == []
    said = json.dumps(dict(graded.messages[0].params))
    assert "answer" not in said.replace("answers", "")
    assert graded.messages[0].id in {"metric.custom_failed", "metric.out_of_range"}


def test_what_it_prints_is_the_operator_s(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """What a metric prints goes into a file of the grader's alone, also when it scores, and into no other log."""
    launcher.will(replace(scores(), log=b"the truth is 101101\n"))
    graded = hand(own, stages, tmp_path)
    path = log_path(stages.state, "fruit")
    assert path.read_bytes() == b"the truth is 101101\n"
    assert path.stat().st_mode & 0o077 == 0
    assert graded.record is not None
    logs = [each for each in kept(stages)["logs"] if each != path]
    assert all(b"truth" not in each.read_bytes() for each in logs)


def test_refused(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """What the metric says to the participant is the reason of invalid predictions, on one line and without escapes."""
    said = refused("Column ripe\x1b[2J must be\nnumeric. " + "x" * 900)
    launcher.will(said, said)
    graded = hand(own, stages, tmp_path)
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert graded.record is not None
    message = graded.messages[0]
    assert message.id == "predictions.metric_refused"
    reason = str(message.params["reason"])
    assert reason.startswith(r"Column ripe\x1b[2J must be\nnumeric.")
    assert len(reason) <= 200


@pytest.mark.parametrize("split", ["private", "overall", "elsewhere"])
def test_refused_on_hidden_rows(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path, split: str) -> None:
    """What is said of rows that the learner may not know of is not said."""
    launcher.will(refused("row 107 is 0", split), refused("row 107 is 0", split))
    graded = hand(own, stages, tmp_path)
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert (graded.messages[0].id, dict(graded.messages[0].params)) == ("predictions.metric_refused_some", {})


def test_a_broken_sandbox_is_tried_again(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path) -> None:
    """A sandbox that breaks by itself costs the submission nothing, nor its score."""
    launcher.will(SandboxFailedError("sandbox.failed", detail="x"), scores())
    assert hand(own, stages, tmp_path).outcome is Outcome.SCORED


@pytest.mark.parametrize(
    "error", [SandboxFailedError("sandbox.failed", detail="x"), SandboxUnavailableError("sandbox.no_bwrap", reason="x")]
)
def test_no_sandbox(own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path, error: Exception) -> None:
    """Where none runs, that is the machine's fault, and nothing is recorded."""
    launcher.will(error)
    with pytest.raises(type(error)):
        hand(own, stages, tmp_path)
    assert kept(stages)["records"] == []


def _rows(y_true: object, y_pred: object) -> Aligned:
    public = np.array([True, True, False])
    return Aligned(ids=("1", "2", "3"), y_true=np.asarray(y_true), y_pred=np.asarray(y_pred), is_public=public)


def _tables(  # noqa: PLR0917 - a case
    own: Task, stages: Stages, launcher: FakeLauncher, needs: Needs, labels: tuple[str, ...], rows: Aligned
) -> tuple[list[list[str]], bytes]:
    """Which columns are text, and the overall tables."""
    targets = ("north", "east") if needs.takes_targets else ("ripe",)
    metric = Metric(name=OWN, title="Own", greater_is_better=True, low=0, high=1, needs=needs, score=in_sandbox_only)
    task = replace(own, work=replace(own.data, needs=needs, labels=labels, target=targets))
    launcher.will(scores())
    custom_scores(task, CustomMetric(metric=metric, function="score", budget=task.budget), rows, stages)
    header, rest = launcher.jobs[-1].stdin.split(b"\n", 1)
    told = json.loads(header)
    sizes = [size for _, *pair in told["splits"] for size in pair]
    return told["text"], rest[sum(sizes[:4]) :]


@pytest.mark.parametrize(
    ("needs", "labels", "rows", "text", "tables"),
    [
        (
            Needs.LABEL,
            ("no", "01"),
            _rows([1, 0, 1], [0, 0, 1]),
            [["ripe"], ["ripe"]],
            b"id,ripe\n1,01\n2,no\n3,01\nid,ripe\n1,no\n2,no\n3,01\n",
        ),
        (
            Needs.PROBABILITY,
            ("no", "yes"),
            _rows([1, 0, 1], [0.1 + 0.2, 0.0, 1.0]),
            [["ripe"], []],
            b"id,ripe\n1,yes\n2,no\n3,yes\nid,ripe\n1,0.30000000000000004\n2,0\n3,1\n",
        ),
        (
            Needs.PROBABILITIES,
            ("a", "b,c"),
            _rows([1, 0, 1], [[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]]),
            [["ripe"], []],
            b'id,ripe\n1,"b,c"\n2,a\n3,"b,c"\nid,a,"b,c"\n1,0.5,0.5\n2,1,0\n3,0.25,0.75\n',
        ),
        (
            Needs.NUMBERS,
            (),
            _rows([[1.0, 2.5], [3.0, 4.5], [5.0, -6.5]], [[0.0, -0.0], [1e300, 0.5], [2.0, 3.0]]),
            [[], []],
            b"id,north,east\n1,1,2.5\n2,3,4.5\n3,5,-6.5\nid,north,east\n1,0,0\n2,1e+300,0.5\n3,2,3\n",
        ),
    ],
)
def test_tables(  # noqa: PLR0917 - a case
    own: Task,
    stages: Stages,
    launcher: FakeLauncher,
    needs: Needs,
    labels: tuple[str, ...],
    rows: Aligned,
    text: list[list[str]],
    tables: bytes,
) -> None:
    """What is predicted becomes the table that a person would have written, exactly; labels of words are text."""
    assert _tables(own, stages, launcher, needs, labels, rows) == (text, tables)


def test_rankings(own: Task, stages: Stages, launcher: FakeLauncher) -> None:
    """Names in an order are separated by spaces, and are text even where one is a number."""
    names = np.empty(3, dtype=object)
    names[:] = [(1, 0), (0,), ()]
    rows = Aligned(ids=("1", "2", "3"), y_true=names, y_pred=names, is_public=np.array([True, True, False]))
    text, tables = _tables(own, stages, launcher, Needs.RANKING, ("7", "8"), rows)
    assert text == [["ripe"], ["ripe"]]
    assert tables == 2 * b"id,ripe\n1,8 7\n2,7\n3,\n"


@pytest.mark.parametrize(
    "said_of_others",
    [
        refused("Row 2 is 0, not 1."),
        refused("Row 2 is 1, not 0.", "overall"),
        scores(),
        finished(ending=Exited(1), log=b"Traceback"),
    ],
)
def test_a_refusal_that_depends_on_answers(
    own: Task, stages: Stages, launcher: FakeLauncher, tmp_path: Path, said_of_others: Finished
) -> None:
    """What the metric would not have said with other answers is not shown: not even one digit tells of them."""
    launcher.will(refused("Row 2 is 1, not 0."), said_of_others)
    graded = hand(own, stages, tmp_path)
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert (graded.messages[0].id, dict(graded.messages[0].params)) == ("predictions.metric_refused_some", {})
    given = [job.stdin.split(b"\n", 1)[1].splitlines() for job in launcher.jobs]
    assert given[0][:7] == [b"id,ripe", b"101,1", b"102,0", b"103,1", b"104,1", b"105,0", b"106,1"]
    assert given[1][:7] == [b"id,ripe", b"101,0", b"102,1", b"103,0", b"104,0", b"105,1", b"106,0"]
    assert given[0][7:14] == given[1][7:14], "other predictions were asked about"
