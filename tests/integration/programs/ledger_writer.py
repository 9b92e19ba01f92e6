"""One grader of several, in a clone of its own: grade, commit the ledger, pull, push, again and again.

Arguments: the clone, the writer's team, and how many rounds. Prints the name of each file of the ledger that it made.
A merge that asks anything is an error, and its exit code is this program's.
"""

import random
import subprocess
import sys
from pathlib import Path

from tests.conftest import TRUTH, predictions

LEDGER = "leaderboard/records"
TRIES = 200


def git(clone: Path, *arguments: str) -> str:
    """Run git; what it refuses is an error here, with all that it said."""
    done = subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def pushed(clone: Path) -> bool:
    """Whether the remote took what is here; it does not where somebody else was quicker."""
    return subprocess.run(["git", "-C", str(clone), "push", "-q"], capture_output=True, check=False).returncode == 0


def hand_in(clone: Path, team: str, number: int) -> None:
    """Put a submission on the shelf: another one in every round, right on so many rows."""
    right = random.Random(f"{team} {number}").randrange(1 << len(TRUTH))  # noqa: S311 - the same in every run
    digits = "".join(str(int(digit) ^ (right >> at & 1)) for at, digit in enumerate(TRUTH))
    folder = clone / "submissions" / "fruit" / team
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{number}.csv").write_bytes(predictions(digits))


def main() -> None:
    """Write."""
    clone, team, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    made: set[str] = set()
    for number in range(rounds):
        hand_in(clone, team, number)
        subprocess.run([sys.executable, "-m", "arena", "-C", str(clone), "grade", "--json"], check=True, stdout=-3)
        git(clone, "add", LEDGER)
        made.update(git(clone, "diff", "--cached", "--name-only", "--diff-filter=A").split())
        if git(clone, "diff", "--cached", "--name-only", "--diff-filter=a"):
            raise SystemExit("a file of the ledger was changed or removed")
        git(clone, "commit", "-qm", f"{team} {number}")
        for _ in range(TRIES):
            git(clone, "pull", "-q", "--no-rebase", "--no-edit")
            if pushed(clone):
                break
        else:
            raise SystemExit("the remote was never free")
    sys.stdout.write("\n".join(sorted(made)))


if __name__ == "__main__":
    main()
