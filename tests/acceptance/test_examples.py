"""Every built-in task's example submissions end as its ``examples/expected.toml`` says, in the real sandbox."""

import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.authoring.build import ensure_built
from arena.catalog.tasks import load_task, task_ids
from arena.catalog.workspace import init_workspace, open_workspace
from arena.exercises.result import load_results
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.grade import cases_path, grade
from arena.pipeline.stages import Stages
from arena.sandbox.interface import SandboxUnavailableError

ROOT = Path(__file__).resolve().parents[2]


def _examples() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for task_id in task_ids(ROOT):
        listed = tomllib.loads((ROOT / "tasks" / task_id / "examples" / "expected.toml").read_text(encoding="utf-8"))
        found += [(task_id, example) for example in listed["example"]]
    return found


EXAMPLES = _examples()


@pytest.fixture(scope="module")
def graders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Task, Stages]]]:
    """Each task with stages of a scratch workspace, its answers built."""
    folder = tmp_path_factory.mktemp("examples")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENA_VAULT", str(folder / "vault"))
        root = folder / "workspace"
        root.mkdir()
        init_workspace(root, name="examples", zone="UTC")
        shutil.copytree(ROOT / "tasks", root / "tasks", dirs_exist_ok=True)
        stages = assemble(open_workspace(root))
        # As on a shelf of so many: packages are imported once and not for each.
        stages.expect(len(EXAMPLES))
        found = {}
        try:
            for task_id in task_ids(root):
                task = load_task(root, task_id, METRICS)
                ensure_built(task, stages.vault, stages.launcher)
                found[task_id] = (task, stages)
            yield found
        except SandboxUnavailableError as error:
            pytest.skip(f"no sandbox on this machine: {error}")
        finally:
            stages.close()


@pytest.mark.sandbox
@pytest.mark.parametrize(("task_id", "example"), EXAMPLES, ids=[f"{t}/{e['path']}" for t, e in EXAMPLES])
def test_an_example_ends_as_expected(
    task_id: str, example: dict[str, Any], graders: dict[str, tuple[Task, Stages]], tmp_path: Path
) -> None:
    """An example's outcome, reason, score and failing cases are those that its task declares."""
    task, stages = graders[task_id]
    team = "example-" + "".join(char if char.isalnum() else "-" for char in example["path"])[:30].strip("-")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    graded = grade(task.root / "examples" / example["path"], task=task, team=team, stages=stages, scratch=scratch)
    assert graded.outcome.value == example["outcome"]
    if "reason" in example:
        assert graded.messages[0].id == example["reason"]
    if task.metric in example:
        assert graded.record is not None
        scores = stages.vault.scores(task.id, graded.record.id)
        # An exercise has one score, over its public and hidden cases together.
        score = scores.get("overall", scores["public"])[task.metric]
        assert score == pytest.approx(example[task.metric], rel=1e-12, abs=1e-12)
    if "failed" in example:
        assert graded.record is not None
        failed: dict[str, list[str]] = {}
        for result in load_results(cases_path(stages.state, graded.record.id).read_bytes()):
            if not result.passed:
                failed.setdefault(result.function, []).append(result.name["en"])
        assert sorted(failed) == sorted(example["failed"])
        listed = example.get("failed_cases", failed)
        assert {name: sorted(cases) for name, cases in failed.items()} == {n: sorted(c) for n, c in listed.items()}


def test_every_example_file_is_listed() -> None:
    """No example lies about without an expected outcome."""
    for task_id in task_ids(ROOT):
        folder = ROOT / "tasks" / task_id / "examples"
        listed = {example["path"] for name, example in EXAMPLES if name == task_id}
        there = {
            path.relative_to(folder).as_posix() for group in ("good", "bad") for path in (folder / group).iterdir()
        }
        assert there == listed
