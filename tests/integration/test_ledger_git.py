"""Twelve graders at once, each in a clone of its own, and a real remote: git never asks, and nothing is lost.

Every clone also holds one and the same submission, which all of them grade. Nothing here needs the sandbox: what is
handed in are predictions, and the answers are in the vault.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arena.catalog.tasks import load_task
from arena.catalog.workspace import init_workspace, open_workspace
from arena.metrics.table import METRICS
from arena.signing.keyring import new_key
from arena.vault.plain import PlainVault
from tests.conftest import ANSWERS, GUESS, isolate, predictions, write_files, write_trust, write_workspace

WRITERS, ROUNDS = 12, 3
COMMON = 1
WRITER = Path(__file__).parent / "programs" / "ledger_writer.py"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class World:
    """A bare remote, a clone for each writer, and what every process is given."""

    folder: Path
    environment: dict[str, str]

    def clone(self, name: str) -> Path:
        """A clone of the remote, as it is now if it is not there yet."""
        path = self.folder / name
        if not path.exists():
            self.git(self.folder, "clone", "-q", "remote.git", name)
        return path

    def git(self, folder: Path, *arguments: str) -> str:
        """Run git."""
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True).stdout

    def arena(self, clone: Path, *arguments: str, key: str = "") -> Any:
        """What a command prints as JSON in a clone."""
        command = [sys.executable, "-m", "arena", "-C", str(clone), *arguments, "--json"]
        done = subprocess.run(command, env=self.of(key), capture_output=True, text=True, check=False)
        assert done.returncode in {0, 5}, done.stderr
        return json.loads(done.stdout)

    def of(self, key: str) -> dict[str, str]:
        """The environment of an account with that key."""
        return {**self.environment, "ARENA_KEYS": str(self.folder / "keys" / key)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The remote holds a workspace that trusts twelve keys, and one submission."""
    folder = tmp_path_factory.mktemp("world")
    with pytest.MonkeyPatch.context() as patch:
        isolate(patch, folder)
        for name, value in (
            ("ARENA_SCOPE", "0"),
            ("PYTHONPATH", str(ROOT)),
            ("GIT_CONFIG_GLOBAL", os.devnull),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            *(
                (f"GIT_{who}_{what}", f"{what.lower()}@example")
                for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")
            ),
        ):
            patch.setenv(name, value)
        signers = []
        for number in range(WRITERS):
            patch.setenv("ARENA_KEYS", str(folder / "keys" / f"writer-{number}"))
            signers.append(new_key(f"writer-{number}"))
        built = World(folder, dict(os.environ))
        source = folder / "source"
        init_workspace(source, name="class", zone="UTC")
        write_workspace(source, changes={"per_day = 3": "per_day = 100"})
        write_trust(source, *signers)
        write_files(source / "submissions" / "fruit" / "common", {"a.csv": predictions(GUESS)})
        with (source / ".gitignore").open("a", encoding="utf-8") as file:
            # Boards are made anew from the ledger; only the ledger is merged.
            file.write("/leaderboard/*\n!/leaderboard/records/\n")
        PlainVault.open(source, "class").put_answers(load_task(source, "fruit", METRICS), ANSWERS)
        built.git(source, "init", "-q", "-b", "main")
        built.git(source, "add", ".")
        built.git(source, "commit", "-qm", "A class")
        built.git(folder, "clone", "-q", "--bare", "source", "remote.git")
        yield built


@pytest.fixture(scope="module")
def written(world: World) -> set[str]:
    """All writers at once; every file of the ledger that any of them made."""
    writers = []
    for number in range(WRITERS):
        name = f"writer-{number}"
        command = [sys.executable, str(WRITER), str(world.clone(name)), name, str(ROUNDS)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        writers.append(subprocess.Popen(command, env=world.of(name), text=True, **pipes))  # type: ignore[call-overload]
    made: set[str] = set()
    for writer in writers:
        printed, said = writer.communicate(timeout=600)
        assert writer.returncode == 0, said
        files = set(printed.split())
        assert not files & made
        made |= files
    return made


def _ledger(clone: Path) -> dict[str, bytes]:
    return {
        path.relative_to(clone).as_posix(): path.read_bytes()
        for path in (clone / "leaderboard" / "records").rglob("*.json")
    }


def _boards(clone: Path) -> dict[str, bytes]:
    """All that is published. Which of two graders signed the same comparisons first is no part of a board."""
    found = {path.name: path.read_bytes() for path in (clone / "leaderboard").iterdir() if path.is_file()}
    compared = json.loads(found["fruit.comparisons.json"])
    return {**found, "fruit.comparisons.json": json.dumps({**compared, "signature": None}).encode()}


def test_nothing_is_lost(world: World, written: set[str]) -> None:
    """Each file that any writer made is in the remote, and no other; each of the merges went through by itself."""
    ledger = _ledger(world.clone("fresh"))
    assert set(ledger) == written
    records = [name for name in ledger if "_checkpoints" not in name]
    ids = {Path(name).name.partition(".")[0] for name in records}
    assert len(ids) == WRITERS * ROUNDS + COMMON
    assert len(records) > len(ids), "no two writers graded the common submission: the test did not run in parallel"


def test_it_is_sound(world: World, written: set[str]) -> None:
    """The merged ledger verifies: what was graded twice is told and is no fault; the next checkpoint joins all."""
    del written
    clone = world.clone("checked")
    report = world.arena(clone, "ledger", "verify")
    assert report["sound"], report["findings"]
    assert {finding["fault"] for finding in report["findings"]} == {"graded_twice"}
    assert report["uncovered"] == 0
    name = world.arena(clone, "ledger", "checkpoint", key="writer-0")["last"]
    report = world.arena(clone, "ledger", "verify")
    assert (report["sound"], report["last"]) == (True, name)
    assert len(name) == 1


def test_the_same_board_from_every_side(world: World, written: set[str]) -> None:
    """Whichever clone publishes, in whatever order its records came, the board is the same, byte for byte."""
    del written
    boards = []
    for name in ("writer-0", "writer-7", "fresh"):
        clone = world.clone(name)
        world.git(clone, "pull", "-q", "--no-rebase", "--no-edit")
        # Those of the last round that this clone has not seen are on no shelf of its own: all is graded already.
        world.arena(clone, "grade", key="writer-0")
        boards.append(_boards(clone))
    assert boards[0] == boards[1] == boards[2]
    rows = json.loads(boards[0]["fruit.json"])["rows"]
    assert len(rows) == WRITERS + COMMON
    assert sum(row["submissions"] for row in rows) == WRITERS * ROUNDS + COMMON


def test_either_side_of_one_merge(world: World, written: set[str]) -> None:
    """Two clones that each pull from the other, without a remote between them, come to one ledger and one board."""
    del written
    left, right = world.clone("left"), world.clone("right")
    for clone, key in ((left, "writer-1"), (right, "writer-2")):
        write_files(clone / "submissions" / "fruit" / "both", {"x.csv": predictions("010101010101")})
        write_files(clone / "submissions" / "fruit" / key, {"y.csv": predictions("001100110011")})
        world.arena(clone, "grade", key=key)
        world.git(clone, "add", "leaderboard/records")
        world.git(clone, "commit", "-qm", key)
    before = {**_ledger(left), **_ledger(right)}
    world.git(left, "pull", "-q", "--no-rebase", "--no-edit", str(right), "main")
    world.git(right, "pull", "-q", "--no-rebase", "--no-edit", str(left), "main")
    assert _ledger(left) == _ledger(right) == before
    for clone in (left, right):
        world.arena(clone, "grade", key="writer-3")
    assert _boards(left) == _boards(right)


def test_a_removed_record_shows(world: World, written: set[str]) -> None:
    """A commit that takes a record away merges as silently as any other, and is found by name."""
    del written
    clone = world.clone("thief")
    victim = next(path for path in sorted((clone / "leaderboard/records/fruit").rglob("*.json")))
    world.git(clone, "rm", "-q", str(victim))
    world.git(clone, "commit", "-qm", "Tidy up")
    report = world.arena(clone, "ledger", "verify")
    assert [(finding["fault"], finding["file"]) for finding in report["findings"] if finding["fails"]] == [
        ("missing", f"fruit/{victim.stem}")
    ]


def test_open_workspace(world: World) -> None:
    """The fixture's workspace is what it says: every writer's key is trusted."""
    assert len(open_workspace(world.clone("fresh")).trust.keys) == WRITERS
