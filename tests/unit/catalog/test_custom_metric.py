"""A task may bring a metric of its own, if it says what that is."""

import math
from pathlib import Path

import pytest

from arena.metrics.table import metrics_of
from arena.model.metric import Needs
from tests.unit.catalog.conftest import line_of, load, problems

OWN = "metric.py:score"
TABLE = ["[metric.custom]", 'title = "Weighted error"', "greater_is_better = false", 'needs = "label"']


@pytest.fixture
def with_metric(root: Path) -> Path:
    """The workspace, whose task has a ``metric.py``."""
    path = root / "tasks" / "fruit" / "metric.py"
    path.write_text("import math\n\n\ndef score(solution, submission, row_id_column_name):\n    return 0.5\n", "utf-8")
    return root


def _changes(*lines: str, name: str = OWN, also: str = "[]") -> dict[str, str]:
    return {"name": f'name = "{name}"', "also": "\n".join([f"also = {also}", *lines])}


def test_described(with_metric: Path) -> None:
    """What the task says of its metric is what arena knows of it; what it leaves out has a default."""
    task = load(with_metric, **_changes(*TABLE, also='["f1"]'))
    assert task.custom is not None
    metric = task.custom.metric
    assert (metric.name, metric.title, metric.direction, metric.needs) == (
        OWN,
        "Weighted error",
        "minimize",
        Needs.LABEL,
    )
    assert (metric.low, metric.high) == (-math.inf, math.inf)
    assert (task.custom.function, task.custom.budget.wall_seconds) == ("score", 60)
    assert [each.name for each in metrics_of(task)] == [OWN, "f1"]


def test_beside_a_built_in_one(with_metric: Path) -> None:
    """It may be shown beside the metric that ranks, with limits of its own."""
    lines = [*TABLE, "low = 0", "high = 10", "wall_seconds = 5", 'memory = "1 GiB"']
    task = load(with_metric, **_changes(*lines, name="accuracy", also=f'["{OWN}"]'))
    assert task.custom is not None
    assert (task.custom.metric.low, task.custom.metric.high) == (0, 10)
    assert (task.custom.budget.wall_seconds, task.custom.budget.memory_bytes) == (5, 1024**3)
    assert task.metrics == ("accuracy", OWN)


def test_it_must_not_be_computed_in_this_process(with_metric: Path) -> None:
    """Nobody can call it here by mistake."""
    task = load(with_metric, **_changes(*TABLE))
    with pytest.raises(RuntimeError):
        metrics_of(task)[0].score([1], [1])


def test_its_code_belongs_to_the_task_s_version(with_metric: Path) -> None:
    """Another line of code, or another range, is another version; without a metric of its own nothing changes."""
    plain = load(with_metric).digest
    (with_metric / "tasks" / "fruit" / "metric.py").unlink()
    assert load(with_metric).digest != plain  # It counts as soon as it is there.
    (with_metric / "tasks" / "fruit" / "metric.py").write_text("def score(a, b, c): return 1.0\n", encoding="utf-8")
    first = load(with_metric, **_changes(*TABLE)).digest
    (with_metric / "tasks" / "fruit" / "metric.py").write_text("def score(a, b, c): return 2.0\n", encoding="utf-8")
    assert load(with_metric).digest != first


@pytest.mark.parametrize(
    ("changes", "start", "reason"),
    [
        (_changes(), "[metric]", "'metric.py:score' is a metric of the task's own, which nothing describes"),
        (_changes(*TABLE, name="accuracy"), "[metric.custom]", "the task names no metric of its own"),
        (
            _changes(*TABLE, also='["metric.py:other"]'),
            "[metric.custom]",
            "the task names several metrics of its own",
        ),
        (_changes(*TABLE, name="metric.py:scor"), "[metric.custom]", "metric.py has no function `scor`"),
        (_changes(*TABLE, "low = 1", "high = 1"), "low", "`low` is not below `high`"),
        (_changes(*TABLE, also='["rmse"]'), "also", "the metrics need different predictions: label and number"),
        (_changes(*TABLE[:3], 'needs = "probability"', name=OWN), None, None),
    ],
)
def test_faults(with_metric: Path, changes: dict[str, str], start: str | None, reason: str | None) -> None:
    """What does not fit is told with its line and a fix, before anything is run."""
    if reason is None:
        assert load(with_metric, **changes).data.needs is Needs.PROBABILITY
        return
    found = [problem for problem in problems(with_metric, **changes) if "no metric" not in problem.reason or start]
    assert [(problem.line, problem.reason) for problem in found if problem.reason == reason] == [
        (line_of(with_metric, str(start)), reason)
    ]
    assert all(problem.fix for problem in found)


def test_no_file(root: Path) -> None:
    """Without ``metric.py`` there is nothing to run."""
    (problem,) = problems(root, **_changes(*TABLE))
    assert problem.reason == "metric.py is missing, or is no text"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('needs = "cases"', "needs"),
        ('needs = "cats"', "needs"),
        ("low = nan", "low"),
        ("greater_is_better = 2", "greater_is_better"),
        ("wall_seconds = 0", "wall_seconds"),
        ("direction = 1", "direction"),
    ],
)
def test_values(with_metric: Path, line: str, key: str) -> None:
    """A value of the wrong type, or a key that there is not, is told on its line."""
    kept = [each for each in TABLE if not each.startswith(key)]
    found = problems(with_metric, **_changes(*kept, line))
    assert {problem.line for problem in found} == {line_of(with_metric, key)}


def test_a_direction_is_not_guessed(with_metric: Path) -> None:
    """What only the author knows must be said."""
    found = problems(with_metric, **_changes(TABLE[0]))
    assert {problem.fix for problem in found} == {
        f"add `metric.custom.{key}`" for key in ("title", "greater_is_better", "needs")
    }


@pytest.mark.parametrize("rule", ["rounded", "ladder"])
def test_no_standard_error(with_metric: Path, rule: str) -> None:
    """Of a metric of the task's own no standard error is known, so the rules that need one are refused."""
    (problem,) = problems(with_metric, **_changes(*TABLE), rule=f'feedback = "{rule}"')
    assert (problem.line, problem.fix) == (line_of(with_metric, "feedback"), 'set `feedback = "exact"`')
