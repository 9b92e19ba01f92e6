"""The ledger of device time after ``kill -9`` between any two steps of real processes on a real store."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arena.allowance.account import EntryKind, micros
from tests.integration.conftest import TASK, Arena, guess, table
from tests.integration.programs import spending

_FORKED = """\
import os, sys
sys.path.insert(0, {root!r})
from tests.integration.conftest import TASK, Arena, guess, table
from tests.integration.programs import spending
for line in sys.stdin:
    path, records, *numbers = line.rstrip("\\n").split("\\t")
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(into, 1)
        sys.argv = ["spending", path, records, *numbers]
        spending.main()
        sys.stdout.flush()
        os._exit(0)
    os.close(into)
    with os.fdopen(out) as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), text.strip(), sep="\\t", flush=True)
"""
_ROOT = Path(__file__).resolve().parents[2]
_NEVER = 10**9
# Its three evaluations reach the limit, and end in each way that there is.
SEED = 3


@dataclass(frozen=True)
class World:
    """One store, and the records beside it."""

    folder: Path
    seed: int
    count: int

    @property
    def store(self) -> Path:
        """The database."""
        return self.folder / "store.sqlite3"

    @property
    def records(self) -> Path:
        """One file for each evaluation that has come to its end."""
        return self.folder / "records"

    def arguments(self, worker: int, workers: int, kill_at: int) -> list[str]:
        """The command line of a process that works here."""
        self.records.mkdir(parents=True, exist_ok=True)
        numbers = (self.seed, self.count, worker, workers, kill_at)
        return [str(self.store), str(self.records), *(str(number) for number in numbers)]

    def recorded(self) -> dict[str, dict[str, Any]]:
        """What each record says."""
        return {path.stem: json.loads(path.read_bytes()) for path in self.records.glob("*.json")}

    def entries(self) -> list[tuple[str, str, str, float]]:
        """Attempt, kind, team and seconds of each row, as another program reads them; the database is sound."""
        if not self.store.exists() or not self.store.stat().st_size:
            return []
        with contextlib.closing(sqlite3.connect(self.store)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]
            if "allowance_entries" not in tables:
                return []
            return connection.execute("SELECT attempt, kind, team, seconds FROM allowance_entries").fetchall()


@pytest.fixture(scope="module")
def forker() -> Iterator["subprocess.Popen[str]"]:
    """A process that has everything imported and forks one that works, as often as it is told."""
    command = [sys.executable, "-c", _FORKED.format(root=str(_ROOT))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def _work(forker: "subprocess.Popen[str]", world: World, kill_at: int = _NEVER) -> dict[str, Any] | None:
    """Let one process work; return what it said, or ``None`` where it was killed."""
    assert forker.stdin is not None
    assert forker.stdout is not None
    print(*world.arguments(0, 1, kill_at), sep="\t", file=forker.stdin, flush=True)
    code, _, said = forker.stdout.readline().rstrip("\n").partition("\t")
    if int(code) == -signal.SIGKILL:
        return None
    assert int(code) == 0, said
    found: dict[str, Any] = json.loads(said)
    return found


def _holds_at_any_moment(world: World) -> dict[str, dict[str, float]]:
    """What must be true between any two steps; return the entries of each attempt."""
    attempts: dict[str, dict[str, float]] = {}
    standing: Counter[str] = Counter()
    for attempt, kind, _, seconds in world.entries():
        assert kind not in attempts.setdefault(attempt, {}), "an entry of one kind twice"
        attempts[attempt][kind] = seconds
    teams = {attempt: team for attempt, _, team, _ in world.entries()}
    per_evaluation: Counter[str] = Counter()
    for attempt, kinds in attempts.items():
        charged = kinds.get(EntryKind.SETTLE.value, kinds[EntryKind.RESERVE.value])
        assert charged <= kinds[EntryKind.RESERVE.value]
        if EntryKind.REFUND.value in kinds:
            assert kinds[EntryKind.REFUND.value] == charged, "refunded is what was charged"
        else:
            standing[teams[attempt]] += micros(charged)
            per_evaluation[attempt.partition(".")[0]] += 1
    assert all(amount <= micros(spending.LIMIT) for amount in standing.values()), "an allowance is overdrawn"
    assert all(count == 1 for count in per_evaluation.values()), "an evaluation is charged twice"
    for evaluation, record in world.recorded().items():
        kinds = attempts[record["attempt"]]
        assert set(kinds) == {"reserve", "settle"}, f"the record of {evaluation} is not charged"
        assert kinds["settle"] == record["charged"]
    return attempts


def _holds_in_the_end(world: World, refused: set[str]) -> None:
    """What must be true once everything was worked through and nothing runs."""
    attempts, records = _holds_at_any_moment(world), world.recorded()
    plans = {plan.evaluation: plan for plan in spending.plans(world.seed, world.count)}
    assert set(records) == set(plans) - refused
    for evaluation, record in records.items():
        assert record["charged"] == min(plans[evaluation].used, plans[evaluation].seconds)
    open_ = [attempt for attempt, kinds in attempts.items() if set(kinds) == {"reserve"}]
    assert not open_, "a reservation is left though nothing runs"
    charged = {attempt for attempt, kinds in attempts.items() if "refund" not in kinds}
    assert charged == {record["attempt"] for record in records.values()}, "charged is exactly what has a record"


def test_killed_at_every_step(forker: "subprocess.Popen[str]", tmp_path: Path) -> None:
    """Killed at any one step, the ledger is right at once, and the next process brings everything to its end."""
    undisturbed = World(tmp_path / "undisturbed", SEED, 3)
    said = _work(forker, undisturbed)
    assert said is not None
    _holds_in_the_end(undisturbed, set(said["refused"]))
    assert said["refused"], "this seed never reaches the limit"
    attempts = _holds_at_any_moment(undisturbed)
    assert {frozenset(kinds) for kinds in attempts.values()} == {
        frozenset({"reserve", "settle"}),
        frozenset({"reserve", "refund"}),
        frozenset({"reserve", "settle", "refund"}),
    }
    for kill_at in range(1, said["steps"] + 1):
        world = World(tmp_path / f"killed-{kill_at}", SEED, 3)
        assert _work(forker, world, kill_at) is None
        _holds_at_any_moment(world)
        after = _work(forker, world)
        assert after is not None
        _holds_in_the_end(world, set(after["refused"]))


@pytest.mark.parametrize("seed", range(10, 14))
def test_killed_again_and_again(forker: "subprocess.Popen[str]", tmp_path: Path, seed: int) -> None:
    """A process that is killed each time it is started, somewhere else each time, still never charges twice."""
    chance, kills = random.Random(seed), 0  # noqa: S311 - the same in every run
    world = World(tmp_path / "world", seed, 9)
    for _ in range(25):
        if _work(forker, world, chance.randrange(1, 90)) is None:
            kills += 1
        _holds_at_any_moment(world)
    assert kills >= 5
    said = _work(forker, world)
    assert said is not None
    _holds_in_the_end(world, set(said["refused"]))


@pytest.mark.parametrize("seed", range(20, 22))
def test_killed_beside_others(tmp_path: Path, seed: int) -> None:
    """Three graders share one allowance while each is killed at a step of its own: no two reserve the same seconds."""
    chance = random.Random(seed)  # noqa: S311 - the same in every run
    world = World(tmp_path / "world", seed, 9)
    program = str(_ROOT / "tests" / "integration" / "programs" / "spending.py")
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    for _ in range(4):
        limits = [chance.randrange(20, 150) for _ in range(3)]
        running = [
            subprocess.Popen(
                [sys.executable, program, *world.arguments(worker, 3, kill_at)],
                stdout=subprocess.DEVNULL,
                env=environment,
            )
            for worker, kill_at in enumerate(limits)
        ]
        assert {process.wait() for process in running} <= {0, -signal.SIGKILL}
        _holds_at_any_moment(world)
    last = subprocess.run(
        [sys.executable, program, *world.arguments(0, 1, _NEVER)],
        capture_output=True,
        check=True,
        env=environment,
    )
    _holds_in_the_end(world, set(json.loads(last.stdout)["refused"]))


@pytest.mark.sandbox
def test_submit_says_beforehand_what_it_may_cost(arena: Arena) -> None:
    """Before a program runs, its team is told what it may cost; the result on standard output stays what it was."""
    marker = arena.root / "arena.toml"
    marker.write_text(f"{marker.read_text(encoding='utf-8')}\n[allowance]\ncpu_slot_seconds = 3600\n", encoding="utf-8")
    program = str(arena.hand("main.py", f"open('submission.csv', 'w').write({table(guess(1))!r})\n"))
    said = arena.say("submit", TASK, program, "--team", "rahim", "--json")
    assert said.code == 0, said.text
    limit = f"{arena.task().budget.wall_seconds:g}"
    assert f"It may cost up to {limit} s of CPU slot time. The team has 3600 s left until" in said.err
    charged = said.json["usage"]["charged"]
    spent = arena.say("quota", "--team", "rahim", "--json").json["accounts"][1]
    assert spent["unit"] == said.json["usage"]["unit"]
    assert 0 < spent["spent"] == pytest.approx(charged)
