"""What grading costs beside the sandbox's own run: intake, check, score, record and publish, a submission.

A scratch workspace holds the Titanic, 101 prediction files and 11 programs, each of a team of its own, and grading
runs over them in one process. The overhead is its wall time less the sandboxes' own, divided by the submissions. The
baseline is the shortest honest grader: pandas reads each file, aligns it by id and scores it with the same scikit-learn
functions on the same three splits; no validation, no record, no board. Both have imported their libraries before the
clock starts. Run: ``make benchmark``.
"""

import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from arena.authoring.build import ensure_built
from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace, init_workspace, open_workspace
from arena.intake.shelf import Entry, entries
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.boards import publish_boards
from arena.pipeline.stages import Stages
from arena.worker import grade_all

ROOT = Path(__file__).resolve().parent.parent
PREDICTIONS = 101
PROGRAMS = 11
LIMIT_MS = 50.0
PROGRAM = """
import csv, os
rows = list(csv.DictReader(open(os.environ["ARENA_INPUT"] + "/test.csv")))
with open("submission.csv", "w") as out:
    print("PassengerId,Survived", file=out)
    for row in rows:
        print(row["PassengerId"], int(row["Sex"] == "female"), sep=",", file=out)
"""


def fill(workspace: Path) -> list[Path]:
    """Write the submissions; return the prediction files."""
    source = ROOT / "tasks" / "titanic" / "public" / "gender_submission.csv"
    head, *rows = source.read_text(encoding="utf-8").split()
    draw = random.Random(20)  # noqa: S311 - any mixture does
    files = []
    for number in range(PREDICTIONS):
        path = workspace / "submissions" / "titanic" / f"table-{number}" / "first" / "submission.csv"
        path.parent.mkdir(parents=True)
        flipped = [f"{row[:-1]}{1 - int(row[-1])}" if draw.random() < number / 200 else row for row in rows]
        path.write_text("\n".join([head, *flipped]) + "\n", encoding="utf-8")
        files.append(path)
    for number in range(PROGRAMS):
        path = workspace / "submissions" / "titanic" / f"program-{number}" / "first" / "main.py"
        path.parent.mkdir(parents=True)
        path.write_text(f"# {number}\n{PROGRAM}", encoding="utf-8")
    return files


def baseline_seconds(files: list[Path]) -> float:
    """The shortest honest grader's wall time."""
    import pandas as pd
    from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

    source = ROOT / "tasks" / "titanic" / "source"
    truth = pd.read_csv(source / "solution.csv").merge(pd.read_csv(source / "usage.csv"), on="PassengerId")
    started = time.perf_counter()
    for path in files:
        joined = truth.merge(pd.read_csv(path), on="PassengerId", suffixes=("", "_predicted"))
        public = joined["Usage"] == "Public"
        for rows in (joined[public], joined[~public], joined):
            for function in (accuracy_score, f1_score, balanced_accuracy_score):
                function(rows["Survived"], rows["Survived_predicted"])
    return time.perf_counter() - started


def overhead_ms(name: str, everything: list[Entry], task: Task, stages: Stages, workspace: Workspace) -> float:
    """Grade and publish all submissions of one sort; print and return the overhead of each.

    The first one is not counted: as the baseline does before it is timed, it imports what the others use.
    """
    first, *chosen = [entry for entry in everything if entry.team.startswith(name)]
    list(grade_all([first], load=lambda _: task, stages=stages, again=False))
    started = time.perf_counter()
    results = list(grade_all(chosen, load=lambda _: task, stages=stages, again=False))
    publish_boards([task], stages, workspace.leaderboard)
    wall = time.perf_counter() - started
    records = [result.graded.record for result in results if result.graded.record]
    assert len(records) == len(chosen)
    inside = sum(record.usage.wall_s for record in records)
    each = (wall - inside) / len(chosen) * 1000
    print(f"{len(chosen):>4} {name}s   {each:6.2f} ms overhead each, {inside / len(chosen):.3f} s in the sandbox each")
    return each


def main() -> None:
    """Measure and print; exit 1 past the limit."""
    with tempfile.TemporaryDirectory(prefix="arena-benchmark-") as folder:
        os.environ["ARENA_VAULT"] = f"{folder}/vault"
        root = Path(folder) / "workspace"
        root.mkdir()
        init_workspace(root, name="benchmark", zone="UTC")
        shutil.copytree(ROOT / "tasks" / "titanic", root / "tasks" / "titanic")
        files = fill(root)
        workspace = open_workspace(root)
        stages = assemble(workspace)
        task = load_task(root, "titanic", METRICS)
        ensure_built(task, stages.vault, stages.launcher)
        stages.masks(task)
        baseline_seconds(files[:2])  # imports
        plain = baseline_seconds(files) / len(files) * 1000
        everything = list(entries(workspace.submissions))
        tables = overhead_ms("table", everything, task, stages, workspace)
        print(f"     baseline {plain:6.2f} ms each; ratio {tables / plain:.2f}")
        stages.expect(len(everything))
        started = time.perf_counter()
        stages.launcher(task)
        print(f"     starting the warm server took {time.perf_counter() - started:.1f} s, once, and is not counted")
        programs = overhead_ms("program", everything, task, stages, workspace)
        print(f"at most {LIMIT_MS} ms each are allowed")
        stages.close()
        sys.exit(max(tables, programs) > LIMIT_MS)


if __name__ == "__main__":
    main()
