"""What a sandbox costs: how soon a program's first line runs, and how many trivial programs a core grades in a second.

Start: from the request to the first line after the imports, of a program that imports pandas, scikit-learn, LightGBM
and torch, and of one that imports nothing. `bare` is a fresh interpreter without any sandbox: the same Python, flags
and environment, its packages compiled beforehand. An empty fork is `os.fork` and `waitpid` of a child that ends at
once, in a process that has imported what the warm server has, in large pages as there, and that waits meanwhile; also,
to compare, of a process that has imported nothing. All of them are taken in turn, round by round, so that what else
the machine does strikes all alike; figures are medians.

Throughput: programs that copy the sample submission, all different, of 100 teams, from the shelf to records, boards
published after each hundred. One grader works on one submission at a time; the rate is what it does in a second of
wall time or in a second of CPU time, its own and that of all that it starts, whichever is less. Then that grader and
one whose ledger holds 100 records take turns with another hundred each, to see whether records already there cost.

For that the first ledger is filled up to 10,000 records with copies of one.

Run: ``make benchmark``, or ``python benchmarks/sandbox.py --count 10000`` to grade that many instead.
"""

import argparse
import contextlib
import hashlib
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arena.authoring.build import ensure_built
from arena.board.record_file import dump
from arena.catalog.tasks import load_task
from arena.catalog.workspace import init_workspace, open_workspace
from arena.intake.shelf import Entry
from arena.metrics.table import METRICS
from arena.model.budget import Budget
from arena.model.outcome import Outcome
from arena.model.record import record_id
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.boards import publish_boards
from arena.pipeline.stages import Stages
from arena.sandbox import tree
from arena.sandbox.interface import Exited, Job, Launcher, Mount
from arena.sandbox.launchers import open_launcher
from arena.sandbox.runtime import Runtime, find_runtime
from arena.sandbox.view import environment
from arena.sandbox.warm import PRELOAD
from arena.worker import grade_all

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 20
SPEED_UP = 80.0
ABOVE_FORK_MS = 40.0
FRESH_RATIO = 1.5
RATE = 12.0
# Two medians of a hundred differ by this much on a machine that does other things too.
GROWTH = 1.15
BLOCK = 100
TEAMS = 100

PROGRAMS = {
    "imports": (
        "import pandas, sklearn.ensemble, sklearn.linear_model, lightgbm, torch\nimport time\nprint(time.monotonic())\n"
    ),
    "empty": "import time\nprint(time.monotonic())\n",
}
TRIVIAL = """\
# {number}
import shutil
shutil.copy("/kaggle/input/titanic/gender_submission.csv", "submission.csv")
"""
_BUDGET = Budget(
    device="cpu",
    cpu_seconds=60,
    wall_seconds=60,
    memory_bytes=4 * 1024**3,
    processes=64,
    disk_bytes=16 * 1024**2,
    files=1000,
    log_bytes=64 * 1024,
)
# Told to fork by each line that it reads; says how many seconds that took.
_FORKER = """
import gc, importlib, os, sys, time
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
    except ImportError:
        pass
sys.path.insert(0, sys.argv[1])
from arena.sandbox.guest import kernel
gc.collect()
gc.freeze()
kernel.collapse_memory()
print("ready", flush=True)
for _ in sys.stdin:
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    print(time.monotonic() - started, flush=True)
"""


@dataclass(frozen=True, slots=True)
class Forker:
    """A process that forks when it is told to."""

    process: subprocess.Popen[str]

    def seconds(self) -> float:
        """How long one fork took, to the reaped end of its child."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("fork\n")
        stdin.flush()
        return float(stdout.readline())


@contextlib.contextmanager
def forker(runtime: Runtime, packages: Sequence[str]) -> Iterator[Forker]:
    """A process that has imported ``packages``."""
    with subprocess.Popen(
        [str(runtime.python), "-s", "-P", "-B", "-c", _FORKER, str(ROOT), *packages],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(runtime, {}),
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield Forker(process)


def bare_seconds(runtime: Runtime, script: Path) -> float:
    """Request to first line without a sandbox."""
    started = time.monotonic()
    ended = subprocess.run(
        [str(runtime.python), "-s", "-P", "-B", str(script)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        cwd=script.parent,
        env=environment(runtime, {}),
    )
    return float(ended.stdout) - started


def sandboxed_seconds(launcher: Launcher, script: Path) -> float:
    """Request to first line in a sandbox."""
    job = Job(
        module="program",
        arguments=(f"/kaggle/src/{script.name}",),
        mounts=(Mount(source=script.parent, target="/kaggle/src"),),
        environment={},
        budget=_BUDGET,
        outputs=(),
        output_max_bytes=0,
    )
    started = time.monotonic()
    run = launcher.run(job)
    assert run.ending == Exited(0), run.log
    return float(run.log) - started


def spread(taken: Sequence[float]) -> str:
    """Median, quartiles, least and greatest, in milliseconds."""
    low, median, high = (each * 1000 for each in statistics.quantiles(taken, n=4, method="inclusive"))
    least, most = min(taken) * 1000, max(taken) * 1000
    return f"{median:9.1f}   quartiles {low:.1f} to {high:.1f}, range {least:.1f} to {most:.1f}"


def starts(runtime: Runtime, folder: Path, rounds: int) -> list[str]:
    """Measure how soon programs begin; return the limits that were passed."""
    scripts = {}
    for name, text in PROGRAMS.items():
        scripts[name] = folder / name / "main.py"
        scripts[name].parent.mkdir()
        scripts[name].write_text(text, encoding="ascii")
    # Whatever is not compiled yet is compiled now: none of the interpreters below writes bytecode.
    subprocess.run([str(runtime.python), "-s", "-P", str(scripts["imports"])], check=True, stdout=subprocess.DEVNULL)
    with contextlib.ExitStack() as stack:
        loaded = stack.enter_context(forker(runtime, PRELOAD))
        small = stack.enter_context(forker(runtime, ()))
        ways: dict[str, Callable[[], float]] = {}
        for program, script in scripts.items():
            ways[f"bare, {program}"] = lambda script=script: bare_seconds(runtime, script)  # type: ignore[misc]
        for name in ("bwrap", "warm"):
            launcher = open_launcher(name, runtime)
            stack.callback(launcher.close)
            for program, script in scripts.items():
                ways[f"{name}, {program}"] = lambda launcher=launcher, script=script: sandboxed_seconds(  # type: ignore[misc]
                    launcher, script
                )
        ways["empty fork, packages imported"] = loaded.seconds
        ways["empty fork, nothing imported"] = small.seconds
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(rounds + 1):
            for name, seconds in ways.items():
                value = seconds()
                if number:  # The first round starts the server and fills the caches of files.
                    taken[name].append(value)
    print(f"Request to first line, ms: medians of {rounds} rounds; load average {os.getloadavg()[0]:.2f}")
    for name, values in taken.items():
        print(f"  {name:<30} {spread(values)}")
    middle = {name: statistics.median(values) for name, values in taken.items()}
    faster = middle["bare, imports"] / middle["warm, imports"]
    above = (middle["warm, imports"] - middle["empty fork, packages imported"]) * 1000
    fresh = middle["bwrap, imports"] / middle["bare, imports"]
    fresh_empty = middle["bwrap, empty"] / middle["bare, empty"]
    print(f"  warm is {faster:.0f} times faster than bare (at least {SPEED_UP:g})")
    print(f"  warm takes {above:.1f} ms more than an empty fork (at most {ABOVE_FORK_MS:g})")
    print(f"  bwrap takes {fresh:.2f} times as long as bare with the imports (at most {FRESH_RATIO:g})")
    print(f"  and {fresh_empty:.2f} times for an empty program: three interpreters start instead of one (no limit)")
    passed = {
        "warm's speed-up": faster < SPEED_UP,
        "warm above a fork": above > ABOVE_FORK_MS,
        "bwrap against bare": fresh > FRESH_RATIO,
    }
    return [name for name, is_passed in passed.items() if is_passed]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader:
    """One workspace and what grades it."""

    root: Path
    task: Task
    stages: Stages
    numbers: Iterator[int]

    def grade(self, count: int) -> list[float]:
        """Grade so many new programs and publish the board; return the seconds that each took, with its share."""
        taken = self.each(count)
        published = self.publish() / count
        return [each + published for each in taken]

    def fill(self, count: int) -> None:
        """Lay so many more records into the ledger, copies of one that are of other submissions."""
        model = next(self.stages.ledger.records("titanic"))
        for number in itertools.islice(self.numbers, count):
            team, digest = f"team-{number % TEAMS}", hashlib.sha256(str(number).encode()).hexdigest()
            name = record_id(team=team, submission_digest=digest, task_digest=model.task_digest, evaluation=1)
            path = self.stages.state.parent / "leaderboard" / "records" / "titanic" / name[:2] / f"{name}.json"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(dump(replace(model, id=name, team=team, submission_digest=digest)))

    def publish(self) -> float:
        """Publish the board; return the seconds that it took."""
        started = time.monotonic()
        publish_boards([self.task], self.stages, self.root / "leaderboard")
        return time.monotonic() - started

    def each(self, count: int) -> list[float]:
        """Grade so many new programs; return the seconds that each took."""
        entries = []
        for number in itertools.islice(self.numbers, count):
            team = f"team-{number % TEAMS}"
            folder = self.root / "submissions" / "titanic" / team / f"{number:06}"
            folder.mkdir(parents=True)
            (folder / "main.py").write_text(TRIVIAL.format(number=number), encoding="ascii")
            entries.append(Entry(task="titanic", team=team, path=folder))
        taken = []
        started = time.monotonic()
        for result in grade_all(entries, load=lambda _: self.task, stages=self.stages, again=False):
            assert result.graded.outcome is Outcome.SCORED, result.graded
            assert result.graded.is_new
            now = time.monotonic()
            taken.append(now - started)
            started = now
        return taken


@contextlib.contextmanager
def grader(folder: Path) -> Iterator[Grader]:
    """A scratch workspace with the Titanic, built."""
    os.environ["ARENA_VAULT"] = f"{folder}/vault"
    root = folder / "workspace"
    root.mkdir(parents=True)
    init_workspace(root, name=folder.name, zone="UTC")
    shutil.copytree(ROOT / "tasks" / "titanic", root / "tasks" / "titanic")
    task = load_task(root, "titanic", METRICS)
    # No quota stands in the way of a measurement.
    task = replace(task, submissions=replace(task.submissions, per_day=10**6))
    stages = assemble(open_workspace(root), launcher="warm")
    try:
        ensure_built(task, stages.vault, stages.launcher)
        stages.masks(task)
        yield Grader(root=root, task=task, stages=stages, numbers=itertools.count())
    finally:
        stages.close()


def cpu_seconds() -> float:
    """CPU time so far of this process, of all that it started, and of all that those have waited for."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = 0
    for pid in tree.descendants(os.getpid()):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            used += sum(map(int, fields[11:15]))
    return used / ticks


def rate(busy: Grader, count: int) -> float:
    """Grade ``count`` programs and print how it goes; return how many a second a core does."""
    wall, cpu, before = 0.0, 0.0, cpu_seconds()
    for block in range(count // BLOCK):
        taken = busy.grade(BLOCK)
        wall += sum(taken)
        # A server that is recycled takes its own count along, but its father has waited for it.
        cpu, before, last = cpu + cpu_seconds() - before, cpu_seconds(), cpu
        if block in {0, 1, 4, 9} or (block + 1) % max(count // BLOCK // 10, 1) == 0:
            print(
                f"  {block * BLOCK:>6} to {(block + 1) * BLOCK:<6} median {statistics.median(taken) * 1000:6.1f} ms, "
                f"CPU {(cpu - last) / BLOCK * 1000:6.1f} ms each, load average {os.getloadavg()[0]:.2f}"
            )
    print(
        f"  {count / wall:.1f} a second of wall time, {count / cpu:.1f} a second of CPU time, servers' starts included"
    )
    return min(count / wall, count / cpu)


def throughput(folder: Path, count: int, total: int) -> list[str]:
    """Measure the grading of ``count`` trivial programs; return the limits that were passed.

    What the next one costs is measured with ``total`` records in the ledger.
    """
    print(f"Throughput of {count} trivial programs from the shelf to the board, warm")
    with contextlib.ExitStack() as stack:
        fresh = stack.enter_context(grader(folder / "fresh"))
        fresh.grade(BLOCK)
        busy = stack.enter_context(grader(folder / "busy"))
        each_second = rate(busy, count)
        busy.fill(total - count)
        busy.publish()
        both = {"fresh": fresh, "busy": busy}
        taken: dict[str, list[float]] = {name: [] for name in both}
        for name in itertools.islice(itertools.cycle(both), 2 * BLOCK):
            taken[name] += both[name].each(1)
        middle = {}
        for name, held in (("fresh", BLOCK), ("busy", total)):
            board = both[name].publish() / BLOCK
            middle[name] = statistics.median(taken[name]) + board
            print(f"  with {held:>6} records: {spread(taken[name])}; and {board * 1000:.2f} for the board")
        growth = middle["busy"] / middle["fresh"]
    print(f"  {each_second:.1f} a second a core (at least {RATE:g})")
    print(f"  submission {total} takes {growth:.2f} times as long as submission {BLOCK} (at most {GROWTH:g})")
    passed = {"submissions a second": each_second < RATE, "growth with records": growth > GROWTH}
    return [name for name, is_passed in passed.items() if is_passed]


def main() -> None:
    """Measure and print; exit 1 past a limit."""
    parser = argparse.ArgumentParser(description="What a sandbox costs.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of starts; 0 leaves them out")
    parser.add_argument("--count", type=int, default=1500, help="submissions to grade; 0 leaves them out")
    parser.add_argument("--records", type=int, default=10_000, help="records in the ledger when growth is measured")
    asked = parser.parse_args()
    passed = []
    with tempfile.TemporaryDirectory(prefix="arena-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # The jobs' account looks into it.
        if asked.rounds:
            passed += starts(find_runtime(Path(sys.executable)), folder, asked.rounds)
        if asked.count:
            passed += throughput(folder, asked.count, max(asked.count, asked.records))
    for each in passed:
        print(f"past its limit: {each}")
    sys.exit(bool(passed))


if __name__ == "__main__":
    main()
