"""Assert that grading a fresh clone executed every baseline and published exactly the tracked boards."""

import json
import subprocess
import sys
from pathlib import Path

workspace = Path(sys.argv[1])
records = [json.loads(path.read_bytes()) for path in workspace.glob("leaderboard/records/*/*/*.json")]
submissions = [path for path in workspace.glob("submissions/*/*/*") if path.is_dir()]
executed = [record for record in records if record["usage"]["wall_s"] > 0]
needs_run = [path for path in submissions if not any(path.glob("*.csv"))]
unscored = [record["team"] for record in records if record["outcome"] != "scored"]

if unscored:
    sys.exit(f"not scored: {unscored}")
if len(records) != len(submissions) or len(executed) != len(needs_run):
    sys.exit(f"{len(records)} records of {len(submissions)} submissions, {len(executed)} executed of {len(needs_run)}")
changed = subprocess.run(
    ["git", "-C", str(workspace), "status", "--porcelain"],  # noqa: S607
    capture_output=True,
    text=True,
    check=True,
).stdout
if changed:
    sys.exit(f"the published boards differ from the tracked ones:\n{changed}")
print(f"{len(records)} submissions graded, {len(executed)} of them executed; the boards equal the tracked ones")
