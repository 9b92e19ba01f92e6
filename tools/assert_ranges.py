"""Assert that every baseline's score over all hidden rows falls in the range that its task states.

``python tools/assert_ranges.py WORKSPACE``, after grading it; the scores come from the vault, which is where
``ARENA_VAULT`` says. Ranges stand in ``tasks/<task>/baselines.toml``: for each team ``between``, a map from metric to
the least and the greatest score, and where a baseline must do better than another one ``above``, a map from team to
metric to the least difference. An exercise needs none: its baselines pass every case.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from arena.catalog.workspace import open_workspace
from arena.vault.plain import PlainVault

workspace = open_workspace(Path(sys.argv[1]))
vault = PlainVault.open(workspace.root, workspace.name)


def records(task: str) -> list[dict[str, Any]]:
    """All of a task's records."""
    return [json.loads(path.read_bytes()) for path in workspace.leaderboard.glob(f"records/{task}/*/*.json")]


def held(task: str) -> Iterator[str | None]:
    """Each demand of the task on its baselines: what is wrong, or ``None``."""
    stated = workspace.root / "tasks" / task / "baselines.toml"
    ranges = tomllib.loads(stated.read_text(encoding="utf-8")) if stated.exists() else {}
    scores = {record["team"]: vault.scores(task, record["id"]).get("overall", {}) for record in records(task)}
    for team in {path.name for path in (workspace.root / "submissions" / task).iterdir()} - set(ranges):
        yield f"{task}: {team} has no range"
    for team, demanded in ranges.items():
        for metric, (low, high) in demanded["between"].items():
            score = scores.get(team, {}).get(metric)
            within = score is not None and low <= score <= high
            yield None if within else f"{task}: {team}: {metric} is {score}, and not between {low} and {high}"
        for other, least in demanded.get("above", {}).items():
            for metric, gap in least.items():
                one, two = (scores.get(name, {}).get(metric) for name in (team, other))
                above = one is not None and two is not None and one - two >= gap
                yield None if above else f"{task}: {team}: {metric} is {one}, and not {gap} above the {two} of {other}"


def passed(task: str) -> Iterator[str | None]:
    """Whether each baseline of an exercise passes all cases: what is wrong, or ``None``."""
    shares = {record["team"]: record["feedback"].get("cases_passed") for record in records(task)}
    for team in (path.name for path in (workspace.root / "submissions" / task).iterdir()):
        share = shares.get(team)
        yield None if share == 1.0 else f"{task}: {team} passes {share} of the cases, and not all"


tasks = sorted(path.parent for path in workspace.root.glob("tasks/*/task.toml"))
kinds = {task.name: tomllib.loads((task / "task.toml").read_text(encoding="utf-8"))["kind"] for task in tasks}
found = [fault for task, kind in kinds.items() for fault in (passed if kind == "exercise" else held)(task)]
faults = [fault for fault in found if fault]
if faults or not found:
    sys.exit("\n".join(faults) or "no task demands anything of its baselines")
print(f"{len(found)} scores over all hidden rows and cases are in their ranges")
