"""``arena task close`` killed at any moment: nothing is closed, or all of it, and the next call completes the rest."""

import json
import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from tests.integration.conftest import TASK, Arena, guess, table

_KILLS = 12
NAMES = [f"{TASK}.final.{ending}" for ending in ("csv", "json", "md")]


@pytest.fixture
def graded(arena: Arena) -> Arena:
    """Eight teams, graded; the task has closed since."""
    for number in range(8):
        arena.shelve(f"team-{number}", "first.csv", table(guess(number)))
    said = arena.say("grade", "--json")
    assert said.code == 0, said.text
    definition = arena.root / "tasks" / TASK / "task.toml"
    text = definition.read_text(encoding="utf-8")
    definition.write_text(f"{text}\n[board]\ncloses = 2999-01-01T00:00:00+06:00\n", encoding="utf-8")
    return arena


def _copy(graded: Arena, folder: Path) -> Arena:
    shutil.copytree(graded.root, folder / "class")
    return Arena(root=folder / "class", vault=graded.vault, home=graded.home)


def _files(arena: Arena) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (arena.root / "leaderboard").iterdir() if path.is_file()}


def _timeless(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files without the moment of the close, which is each call's own."""
    final = json.loads(files[NAMES[1]])
    moments = {final["closed_at"].encode(), final["closed_at"][:16].replace("T", " ").encode()}
    found = dict(files)
    for moment in moments:
        found = {name: data.replace(moment, b"") for name, data in found.items()}
    return found


def test_killed_at_any_moment(graded: Arena, tmp_path: Path) -> None:
    """Whenever it is killed, each file is whole; called again it ends as an undisturbed close does."""
    calm = _copy(graded, tmp_path / "calm")
    said = calm.say("task", "close", TASK, "--now", "a test")
    assert said.code == 0, said.text
    whole = _timeless(_files(calm))
    assert set(NAMES) <= set(whole)
    draw, disturbed = random.Random(20261101), []  # noqa: S311
    for number in range(_KILLS):
        copy = _copy(graded, tmp_path / f"killed-{number}")
        process = copy.start("task", "close", TASK, "--now", "a test")
        time.sleep(said.seconds * draw.uniform(0.5, 1.05))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        disturbed.append(process.returncode == -signal.SIGKILL)
        left = [path for path in (copy.root / "leaderboard").iterdir() if path.name in NAMES]
        for path in left:
            final = json.loads((copy.root / "leaderboard" / NAMES[1]).read_bytes())
            assert len(final["rows"]) == 8
            assert path.read_bytes().endswith(b"\n")
        again = copy.say("task", "close", TASK, "--now", "a test")
        assert again.code == 0, again.text
        assert _timeless(_files(copy)) == whole
        assert not list((copy.root / "leaderboard").glob(".*.tmp"))
    assert sum(disturbed) >= _KILLS // 3


def test_two_at_once(graded: Arena) -> None:
    """Of two that close at once one closes, and both agree on when."""
    both = [graded.start("task", "close", TASK, "--now", "a test", "--json") for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    first, second = (json.loads(out) for out, _ in said)
    assert first == second == json.loads((graded.root / "leaderboard" / NAMES[1]).read_bytes())
    assert sorted("was closed before" in err for _, err in said) == [False, True]
