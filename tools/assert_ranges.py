"""Assert that every baseline's score over all hidden rows falls in the range that its task states.

``python tools/assert_ranges.py WORKSPACE``, after grading it; the scores come from the vault, which is where
``ARENA_VAULT`` says. Ranges stand in ``tasks/<task>/baselines.toml``: for each team ``between``, a map from metric to
the least and the greatest score, and where a baseline must do better than another one ``above``, a map from team to
metric to the least difference.
"""

import json
import sys
import tomllib
from pathlib import Path

from arena.catalog.workspace import open_workspace
from arena.vault.plain import PlainVault

workspace = open_workspace(Path(sys.argv[1]))
vault = PlainVault.open(workspace.root, workspace.name)
faults, held = [], 0
for file in sorted(workspace.root.glob("tasks/*/baselines.toml")):
    task = file.parent.name
    records = (json.loads(path.read_bytes()) for path in workspace.leaderboard.glob(f"records/{task}/*/*.json"))
    scores = {record["team"]: vault.scores(task, record["id"]).get("overall", {}) for record in records}
    for team, demanded in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for metric, (low, high) in demanded["between"].items():
            held += 1
            score = scores.get(team, {}).get(metric)
            if score is None or not low <= score <= high:
                faults.append(f"{task}: {team}: {metric} is {score}, and not between {low} and {high}")
        for other, least in demanded.get("above", {}).items():
            for metric, gap in least.items():
                held += 1
                one, two = (scores.get(name, {}).get(metric) for name in (team, other))
                if one is None or two is None or one - two < gap:
                    faults.append(f"{task}: {team}: {metric} is {one}, and not {gap} above the {two} of {other}")
if faults or not held:
    sys.exit("\n".join(faults) or "no task states a range")
print(f"{held} scores over all hidden rows are in their ranges")
