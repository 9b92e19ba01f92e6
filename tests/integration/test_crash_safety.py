"""``arena grade`` killed at any moment, or run twice at once: one evaluation each, whole files, nothing private."""

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from arena.board import record_file
from arena.board.comparisons_file import load as load_comparisons
from arena.intake.shelf import entries
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.worker import exit_code, grade_all
from tests.integration.conftest import CANARIES, TASK, Arena, guess, table

pytestmark = pytest.mark.sandbox

_KILLS = 20
_PREDICTIONS = 8
_PROGRAM = """\
import subprocess, time
held = subprocess.Popen(["sleep", "30"])
time.sleep(0.1)
open("submission.csv", "w").write({table!r})
held.kill()
"""


@pytest.fixture
def shelf(arena: Arena) -> Arena:
    """Eight predictions and two programs wait to be graded; the answers are not built yet."""
    toml = arena.root / "tasks" / TASK / "task.toml"
    # A version of the task of this test run's own, so that its sandboxes are known by their seed.
    text = toml.read_text(encoding="utf-8").replace("cpu_seconds = 20", f"cpu_seconds = {20 + os.getpid() / 1e7:.7f}")
    toml.write_text(text, encoding="utf-8")
    for number in range(_PREDICTIONS):
        # No two alike: a tie goes to what was received first, and a grader that is killed has received only a part.
        arena.shelve(f"team-{number}", "predictions.csv", table(guess(number)))
    for number in range(2):
        arena.shelve(f"coder-{number}", "main.py", _PROGRAM.format(table=table(guess(100 + number))))
    shutil.rmtree(arena.vault)
    return arena


@pytest.fixture
def undisturbed(shelf: Arena, tmp_path: Path) -> Arena:
    """The same workspace after a run that nobody disturbed."""
    done = _copy(shelf, tmp_path / "undisturbed")
    said = done.say("grade", "--json")
    assert said.code == 0, said.text
    assert {result["outcome"] for result in said.json} == {"scored"}
    return done


def _copy(shelf: Arena, folder: Path) -> Arena:
    shutil.copytree(shelf.root, folder / "class")
    return Arena(root=folder / "class", vault=folder / "vault", home=shelf.home)


def _boards(arena: Arena) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (arena.root / "leaderboard").glob("*.*")}


def _scores(arena: Arena) -> dict[tuple[str, str], float]:
    """What each submission got, over all its records: twice the same key would be two evaluations."""
    records = arena.records()
    found = {(each["team"], each["submission_digest"]): each["feedback"]["mae"] for each in records}
    assert len(found) == len(records)
    return found


def _processes(seed: int) -> list[str]:
    """Processes anywhere on this machine that belong to a sandbox of the task with this seed."""
    marks = (f"ARENA_SEED={seed}\0".encode(), f'"ARENA_SEED": "{seed}"'.encode())
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                data = (path / name).read_bytes()
            except OSError:
                continue
            if any(mark in data for mark in marks) or rf"\"ARENA_SEED\": \"{seed}\"".encode() in data:
                found.append(f"{path.name}: {data[:80]!r}")
    return found


def _published(arena: Arena) -> Iterator[Path]:
    for folder in ("leaderboard", "submissions"):
        yield from (path for path in (arena.root / folder).rglob("*") if path.is_file())


def _is_whole(arena: Arena) -> None:
    """Every file that others may see is complete, and holds nothing that they may not."""
    for path in arena.root.glob("leaderboard/records/*/*/*.json"):
        assert record_file.load(path.read_bytes(), path.name).id == path.stem
    for path in (arena.root / "leaderboard").glob("*.json"):
        if path.stem.endswith(".comparisons"):
            assert load_comparisons(path.read_bytes(), path.name)
            continue
        rows = json.loads(path.read_bytes())["rows"]
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    for path in (arena.root / "leaderboard").glob("*.csv"):
        lines = path.read_text(encoding="utf-8").split("\n")
        assert lines.pop() == ""
        assert {line.count(",") for line in lines} == {lines[0].count(",")}
    secret = set(CANARIES)
    for path in arena.vault.glob("*/*/scores/*.json"):
        exact = json.loads(path.read_bytes())
        secret |= {repr(exact[split]["mae"]) for split in ("private", "overall")}
    for path in _published(arena):
        text = path.read_text(encoding="utf-8")
        assert not [each for each in secret if each in text], path


def _start(arena: Arena) -> "subprocess.Popen[str]":
    process = arena.start("grade", "--json")
    for stream in (process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    return process


_MOMENTS = ("sandbox", "any", "record")


def _kill_somewhere(arena: Arena, rng: random.Random, moment: str, seed: int) -> bool:
    """Grade, and kill the grader: at any moment, or just after a record or a sandbox came to be. Return if it was."""
    process = _start(arena)
    end = time.monotonic() + (rng.uniform(0.3, 2.5) if moment == "any" else 30)
    records = rng.randrange(1, _PREDICTIONS + 3)
    while process.poll() is None and time.monotonic() < end:
        if moment == "record" and len(list(arena.root.glob("leaderboard/records/*/*/*.json"))) >= records:
            time.sleep(rng.uniform(0, 0.02))
            break
        if moment == "sandbox" and _processes(seed):
            time.sleep(rng.uniform(0, 0.1))
            break
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def test_a_grader_that_is_killed_leaves_nothing_torn(shelf: Arena, undisturbed: Arena, tmp_path: Path) -> None:
    """Whatever the moment of its death, files are whole, its sandboxes die, and the next run completes the work."""
    rng = random.Random(20261101)  # noqa: S311 - the same moments in every run
    seed = shelf.task().seed
    expected, boards = _scores(undisturbed), _boards(undisturbed)
    number = 0
    killed: list[str] = []
    while len(killed) < _KILLS:
        number += 1
        arena = _copy(shelf, tmp_path / f"killed-{number}")
        for moment in _MOMENTS * 2:
            if not _kill_somewhere(arena, rng, moment, seed):
                break
            killed.append(moment)
            dead = time.monotonic()
            while left := _processes(seed):
                assert time.monotonic() < dead + 2, left
            _is_whole(arena)
        said = arena.say("grade", "--json")
        assert said.code == 0, said.text
        assert len(said.json) == _PREDICTIONS + 2
        _is_whole(arena)
        assert _scores(arena) == expected
        assert _boards(arena) == boards
        assert arena.scratch() == []
        assert not list(arena.root.glob("leaderboard/**/.*"))
    assert killed.count("sandbox") > 2, "no sandbox was ever seen, so the test shows nothing of them"


def test_an_interrupted_grader_cleans_up(shelf: Arena) -> None:
    """Ctrl-C ends the running sandbox with the grader, leaves no scratch folder, and shows no traceback."""
    seed = shelf.task().seed
    shelf.shelve("aaron", "main.py", "import time; time.sleep(15)")
    # A script that runs these tests in the background ignores Ctrl-C for all that it starts. A terminal does not.
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = shelf.start("grade")
    finally:
        signal.signal(signal.SIGINT, usual)
    while not (folders := shelf.scratch()) or not _processes(seed):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert folders
    assert process.returncode != 0
    assert "Traceback" not in err
    assert _processes(seed) == []
    assert shelf.scratch() == []


def test_a_fault_of_ours_stops_only_its_own_submission(arena: Arena, caplog: pytest.LogCaptureFixture) -> None:
    """What nobody thought of is told to the operator with its traceback, never to learners, and the rest is graded."""
    arena.shelve("karim", "main.py", "pass")
    arena.shelve("rahim", "predictions.csv", table(guess()))
    task = arena.task()

    def masks(_: Task) -> Sequence[Path]:
        raise LookupError(CANARIES[0])

    stages = replace(arena.stages(), masks=masks)
    shelf = list(entries(arena.root / "submissions"))
    failed, graded = grade_all(shelf, load=lambda _: task, stages=stages, again=False)
    assert (failed.graded.outcome, failed.graded.record) == (Outcome.INFRASTRUCTURE_ERROR, None)
    assert CANARIES[0] not in str(failed.graded.messages)
    assert "LookupError" in caplog.text
    assert graded.graded.outcome is Outcome.SCORED
    assert exit_code([failed, graded]) == 5


def test_two_graders_at_once_share_the_work(shelf: Arena, undisturbed: Arena) -> None:
    """Each submission is evaluated by one of them, both end well, and the board is that of one grader."""
    graders = [shelf.start("grade", "--json") for _ in range(2)]
    said = [process.communicate(timeout=60) for process in graders]
    assert [process.returncode for process in graders] == [0, 0], said
    results = [json.loads(out) for out, _ in said]
    assert [len(each) for each in results] == [_PREDICTIONS + 2] * 2
    assert {result["outcome"] for each in results for result in each} == {"scored"}
    assert sum(result["is_new"] for each in results for result in each) == _PREDICTIONS + 2
    assert _scores(shelf) == _scores(undisturbed)
    assert _boards(shelf) == _boards(undisturbed)
    _is_whole(shelf)


def test_learners_who_submit_at_once_do_not_meet(arena: Arena) -> None:
    """Submissions of several teams at the same time are all graded, and the board holds them all."""
    files = {team: arena.hand(f"{team}.csv", table(guess(number))) for number, team in enumerate("abcd")}
    submitting = [arena.start("submit", TASK, str(path), "--team", team, "--json") for team, path in files.items()]
    said = [process.communicate(timeout=60) for process in submitting]
    assert [process.returncode for process in submitting] == [0] * len(files), said
    board = arena.board()
    assert board is not None
    assert sorted(line.split(",")[1] for line in board.splitlines()[1:]) == sorted(files)
