"""The page on adding a metric, followed to the letter in a copy of the repository: four places, then a task by it."""

import csv
import json
import re
import sys
from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from tests.acceptance.test_docs import ROOT, Block, environment, fresh_copy, run, steps

HOW_TO = ROOT / "docs" / "how-to"
PLACES = [
    "arena/metrics/regression.py",
    "arena/metrics/table.py",
    "tests/unit/metrics/references.py",
    "docs/reference/metrics.md",
]
_DIFF = re.compile(r"^```diff (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_METRIC = re.compile(r"^```toml\n(\[metric\]\n.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(name: str) -> str:
    """The page's text."""
    return (HOW_TO / name).read_text(encoding="utf-8")


def apply(diff: str, file: Path) -> None:
    """Make the change that a block shows: its lines without ``+`` must stand in the file, once and in one piece."""
    lines = diff.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    after = "".join(f"{line[1:]}\n" for line in lines)
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file} does not hold what the page shows:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository in which someone has followed both pages."""
    copy = fresh_copy(tmp_path_factory.mktemp("metric") / "arena")
    for place, diff in _DIFF.findall(text_of("add-a-metric.md")):
        apply(diff, copy / place)
    for step in steps(text_of("add-a-task-by-hand.md")):
        if isinstance(step, Block):
            (copy / step.path).parent.mkdir(parents=True, exist_ok=True)
            (copy / step.path).write_text(step.content, encoding="utf-8")
    definition = copy / "tasks" / "mangoes" / "task.toml"
    (chosen,) = _METRIC.findall(text_of("add-a-metric.md"))
    head, _, rest = definition.read_text(encoding="utf-8").partition("[metric]\n")
    definition.write_text(f"{head}{chosen}\n[budget]\n{rest.partition('[budget]')[2].lstrip()}", encoding="utf-8")
    return copy


def _run(copy: Path, command: str, folder: Path) -> tuple[int, str]:
    """The exit code and output of a command whose ``arena`` is the copy's."""
    done = run(copy, command, {**environment(folder), "PYTHONPATH": str(copy), "PYTHON": sys.executable})
    return done.returncode, done.stdout


def test_a_metric_touches_four_places() -> None:
    assert [place for place, _ in _DIFF.findall(text_of("add-a-metric.md"))] == PLACES


def test_a_task_touches_its_folder_alone() -> None:
    """Beside it there are only submissions to it."""
    blocks = [step.path for step in steps(text_of("add-a-task-by-hand.md")) if isinstance(step, Block)]
    assert {path.split("/", 2)[0] + "/" + path.split("/", 2)[1] for path in blocks} == {
        "tasks/mangoes",
        "submissions/mangoes",
    }


def test_the_project_s_tests_hold_the_new_metric(copy: Path, tmp_path: Path) -> None:
    """Those of its reference, its direction, its range and its row run without a further line, and pass."""
    tests = "tests/unit/metrics tests/acceptance/test_documented.py"
    code, printed = _run(copy, f'"$PYTHON" -m pytest -v {tests} -k "max_error or table"', tmp_path)
    assert code == 0, printed
    for held in ("reference_says", "direction_is_true", "range_is_true", "tells_its_title"):
        assert re.search(rf"{held}.*max_error.* PASSED", printed), held


@pytest.mark.sandbox
def test_a_task_is_ranked_by_the_new_metric(copy: Path, tmp_path: Path) -> None:
    """The sample submission's score is the largest error on the public rows, computed here from the source data."""
    arena = '"$PYTHON" -m arena'
    code, printed = _run(
        copy,
        f"{arena} task build mangoes >&2 && "
        f"{arena} submit mangoes tasks/mangoes/public/sample_submission.csv --team teacher --json 2>/dev/null",
        tmp_path,
    )
    if code == InfrastructureError.exit_code:
        pytest.skip(f"no sandbox on this machine: {printed[-500:]}")
    assert code == 0, printed
    record = json.loads(printed[printed.index("{") :])
    with (copy / "tasks" / "mangoes" / "source" / "mangoes.csv").open(encoding="utf-8", newline="") as file:
        errors = [abs(float(row["weight_g"]) - 200) for row in csv.DictReader(file) if row["part"] == "Public"]
    assert record["feedback"]["max_error"] == max(errors)
    assert list(record["feedback"]) == ["max_error", "rmse", "mae"]
