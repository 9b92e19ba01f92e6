"""A thousand hostile and honest programs in random order through both launchers, in one grader; then a look around.

The programs stand in ``tests/soak/hostile.txt`` and ``honest.txt``; of a hostile one the line with its name says which
outcomes it may have. Each honest program is first graded alone, by a grader of its own for each launcher: among the
hostile ones it must get exactly that, public and private. Afterwards this process, to which the kernel hands every
orphan of its jobs, has no child, living or dead, and the machine no mount, control group, descriptor or file more.

Run: ``make soak``, or ``python tools/soak.py``. It writes ``docs/reference/soak.md`` and ends with 1 if anything
was not as it must be.
"""

import argparse
import contextlib
import ctypes
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from arena.authoring.build import ensure_built
from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace, init_workspace, open_workspace
from arena.intake.shelf import Entry
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.stages import Stages
from arena.sandbox import tree
from arena.sandbox.launchers import NAMES
from arena.sandbox.view import FREE_UIDS
from arena.worker import grade_all

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / "tests" / "soak"
PAGE = ROOT / "docs" / "reference" / "soak.md"
TASK = "titanic"
TEAMS = 50
# The share of hostile programs among all.
HOSTILE = 0.6
# A hostile program is not waited for; an honest one has time, however busy the machine is.
HOSTILE_WALL_SECONDS, HONEST_WALL_SECONDS = 1.0, 30.0
_PR_SET_CHILD_SUBREAPER = 36
_PUBLIC = ("/tmp", "/dev/shm", "/var/tmp")  # noqa: S108 - looked at, not used
# The kernel takes a process and its groups away a moment after their owner is told.
_PATIENCE_SECONDS = 3.0

PAGE_TEXT = """\
# A thousand programs, most of them hostile

Written by `make soak`; do not edit. Hostile and honest programs were graded in random order by one grader that used
both launchers. The programs, and the outcomes that each may have, stand in `tests/soak/`.

| | |
| --- | --- |
| Command | `python tools/soak.py --count {count} --seed {seed}` |
| Machine | {system}, as {account} |
| Protections of both launchers | {protections} |
| Limits | {memory} MiB of memory, {processes} processes, {disk} MiB and {files} files on disk; {walls} |
| Date | {date} |
| Commit | {commit} |
| Programs graded | {count} in {seconds} s, besides each honest one alone before |

## What was left afterwards

| what | left |
| --- | --- |
{left}

Processes are all below the grader, to which the kernel hands every orphan of a job; like a machine's `init` it waits
for those that have ended. Mounts, control groups, temporary files and descriptors are those that were not there before.

## Scores

{compared} gradings of honest programs were compared with what the same program got alone, from a new grader with the
same launcher: public, private and overall scores by every metric, to the last digit. {equal}

## What was not as it must be

{faults}

## Outcomes

| outcome | programs |
| --- | --- |
{outcomes}

Seconds are from the shelf to the record.

| program | launcher | times | outcomes | median, s | longest, s |
| --- | --- | --- | --- | --- | --- |
{rows}
"""

Scores = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One of the programs, and the outcomes that it may have."""

    name: str
    source: str
    allowed: frozenset[str]

    @property
    def is_honest(self) -> bool:
        """Whether it must be scored."""
        return self.allowed == {Outcome.SCORED.value}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What happened."""

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def programs(name: str) -> list[Program]:
    """The programs of a file, one after the other, each below a line with its name."""
    parts = re.split(r"^=== (.+)\n", (PROGRAMS / name).read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    found = []
    for head, source in zip(parts[::2], parts[1::2], strict=True):
        title, _, outcomes = head.partition(": ")
        # On a busy machine any hostile one may run out of its second before it has done its worst.
        allowed = [*outcomes.split(", "), Outcome.TIME_EXCEEDED.value] if outcomes else [Outcome.SCORED.value]
        found.append(Program(name=title, source=source, allowed=frozenset(Outcome(each).value for each in allowed)))
    return found


@dataclass(slots=True, kw_only=True)
class Soak:
    """One workspace, and the programs that were handed in so far."""

    workspace: Workspace
    task: Task
    tally: Tally = field(default_factory=Tally)
    number: int = 0

    def grade(self, program: Program, launcher: str, stages: Stages) -> Scores | None:
        """Grade one more program; return its scores, if it got any."""
        self.number += 1
        team = f"team-{self.number % TEAMS}"
        folder = self.workspace.submissions / TASK / team / f"{self.number:06}"
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(f"# {self.number}\n{program.source}", encoding="utf-8")
        wall = HONEST_WALL_SECONDS if program.is_honest else HOSTILE_WALL_SECONDS
        task = replace(self.task, budget=replace(self.task.budget, wall_seconds=wall))
        entry = Entry(task=TASK, team=team, path=folder)
        started = time.monotonic()
        (result,) = grade_all([entry], load=lambda _: task, stages=stages, again=False)
        self.tally.seconds.setdefault((program.name, launcher), []).append(time.monotonic() - started)
        outcome, record = result.graded.outcome, result.graded.record
        self.tally.outcomes[program.name, launcher, outcome.value] += 1
        if outcome.value not in program.allowed:
            said = [f"{each.id} {dict(each.params)}" for each in result.graded.messages]
            self.tally.faults.append(f"{program.name}, {launcher}: {outcome.value}: {'; '.join(said)}")
        shutil.rmtree(folder)
        return stages.vault.scores(TASK, record.id) if record and outcome is Outcome.SCORED else None


@contextlib.contextmanager
def opened(workspace: Workspace) -> Iterator[dict[str, Stages]]:
    """A grader for each launcher; what they keep ready is ended with the block."""
    stages = {name: assemble(workspace, launcher=name) for name in NAMES}
    try:
        yield stages
    finally:
        for each in stages.values():
            each.close()


def alone(soak: Soak, honest: Sequence[Program]) -> dict[tuple[str, str], Scores]:
    """What each honest program gets when nobody else is there."""
    found = {}
    for program in honest:
        with opened(soak.workspace) as stages:
            for name, each in stages.items():
                scores = soak.grade(program, name, each)
                if scores is not None:
                    found[program.name, name] = scores
    return found


def together(soak: Soak, everyone: Sequence[Program], expected: Mapping[tuple[str, str], Scores], count: int) -> int:
    """Grade so many programs in random order; return how many scores were compared."""
    honest = [program for program in everyone if program.is_honest]
    hostile = [program for program in everyone if not program.is_honest]
    compared = 0
    with opened(soak.workspace) as stages:
        for number in range(count):
            program = random.choice(hostile if random.random() < HOSTILE else honest)  # noqa: S311 - it is seeded
            name = random.choice(NAMES)  # noqa: S311
            scores = soak.grade(program, name, stages[name])
            if program.is_honest:
                compared += 1
                if scores != expected.get((program.name, name)):
                    soak.tally.faults.append(f"{program.name}, {name}: its score changed")
            if (number + 1) % 100 == 0:
                print(f"{number + 1} of {count}", flush=True)
    return compared


def picture() -> dict[str, set[str]]:
    """What of this process and of its jobs is on the machine."""
    ours = [pid for pid in tree.descendants(os.getpid()) if pid != os.getpid()]
    descriptors = {}
    for path in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            descriptors[path.name] = str(path.readlink())
    groups = Path("/sys/fs/cgroup").glob(f"**/arena-{os.getpid()}-*")
    files = {str(path) for path in Path(tempfile.gettempdir()).iterdir()}
    for folder in _PUBLIC:
        for path in Path(folder).iterdir():
            with contextlib.suppress(FileNotFoundError):
                if path.lstat().st_uid in FREE_UIDS:
                    files.add(str(path))
    return {
        "processes": {str(pid) for pid in ours},
        "mounts": set(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()),
        "control groups": {str(path) for path in groups},
        "temporary files": files,
        "descriptors": {f"{name} {target}" for name, target in descriptors.items()},
    }


def left_since(before: Mapping[str, set[str]], state: Path) -> dict[str, list[str]]:
    """What is there now and was not before. Orphans that have ended are waited for, as a machine's ``init`` does."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        now = picture()
        left = {name: sorted(now[name] - before[name]) for name in now}
        left["scratch folders"] = [path.name for path in (state / "scratch").iterdir()]
        if not any(left.values()) or time.monotonic() > end:
            return left
        time.sleep(0.05)


def page(soak: Soak, *, asked: argparse.Namespace, compared: int, left: Mapping[str, list[str]], seconds: float) -> str:
    """The report."""
    tally, budget = soak.tally, soak.task.budget
    rows = []
    for program, launcher in sorted(tally.seconds):
        taken = tally.seconds[program, launcher]
        ended = {o: n for (p, name, o), n in tally.outcomes.items() if (p, name) == (program, launcher)}
        said = ", ".join(f"`{outcome}` {number}" for outcome, number in sorted(ended.items()))
        middle = statistics.median(taken)
        rows.append(f"| {program} | `{launcher}` | {len(taken)} | {said} | {middle:.2f} | {max(taken):.2f} |")
    by_outcome = Counter[str]()
    for (_, _, outcome), number in tally.outcomes.items():
        by_outcome[outcome] += number
    return PAGE_TEXT.format(
        count=asked.count,
        seed=asked.seed,
        system=f"Linux {platform.release()}, {os.cpu_count()} CPUs ({_processor()}), Python {sys.version.split()[0]}",
        account="root" if os.getuid() == 0 else "an ordinary account",
        protections=", ".join(f"`{each}`" for each in protections(soak)),
        memory=budget.memory_bytes >> 20,
        processes=budget.processes,
        disk=budget.disk_bytes >> 20,
        files=budget.files,
        walls=f"{HOSTILE_WALL_SECONDS:g} s, honest programs {HONEST_WALL_SECONDS:g} s",
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=_commit(),
        seconds=f"{seconds:.0f}",
        left="\n".join(f"| {name} | {len(each) or 'none'} |" for name, each in left.items()),
        compared=compared,
        equal="Not all are equal." if any("score" in each for each in tally.faults) else "All are equal.",
        faults="\n".join(f"- {each}" for each in tally.faults) or "Nothing.",
        outcomes="\n".join(f"| `{outcome}` | {number} |" for outcome, number in sorted(by_outcome.items())),
        rows="\n".join(rows),
    )


def protections(soak: Soak) -> tuple[str, ...]:
    """What both launchers had in force here."""
    with opened(soak.workspace) as stages:
        shared = [set(each.launcher(soak.task).protections) for each in stages.values()]
    return tuple(sorted(set.intersection(*shared)))


def _processor() -> str:
    found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    changed = " with changes" if git("status", "--porcelain", "--", "arena", "tests/soak").strip() else ""
    return (git("rev-parse", "--short", "HEAD").strip() or "unknown") + changed


def made(folder: Path) -> Soak:
    """A scratch workspace with the Titanic, built, under small limits and without a quota."""
    os.environ["ARENA_VAULT"] = f"{folder}/vault"
    root = folder / "workspace"
    root.mkdir()
    init_workspace(root, name="soak", zone="UTC")
    shutil.copytree(ROOT / "tasks" / TASK, root / "tasks" / TASK)
    workspace, task = open_workspace(root), load_task(root, TASK, METRICS)
    with opened(workspace) as stages:
        for each in stages.values():
            ensure_built(task, each.vault, each.launcher)
            each.masks(task)
    small = replace(
        task.budget,
        cpu_seconds=30.0,
        memory_bytes=256 << 20,
        processes=32,
        disk_bytes=8 << 20,
        files=500,
        log_bytes=8192,
    )
    rules = replace(task.submissions, per_day=10**6, failed_per_day=10**6)
    return Soak(workspace=workspace, task=replace(task, budget=small, submissions=rules))


def main() -> None:
    """Grade, look around, write the page; exit 1 if anything was not as it must be."""
    parser = argparse.ArgumentParser(description="Hostile and honest programs in random order.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=20261101)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the report goes")
    asked = parser.parse_args()
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="arena-soak-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # The jobs' account looks into it.
        soak = made(folder)
        (folder / "temporary").mkdir()
        tempfile.tempdir = str(folder / "temporary")
        honest = programs("honest.txt")
        random.seed(asked.seed)
        expected = alone(soak, honest)
        # Libraries that are imported with the first grading keep descriptors of their own.
        before = picture()
        soak.tally = Tally(faults=soak.tally.faults)
        started = time.monotonic()
        compared = together(soak, [*honest, *programs("hostile.txt")], expected, asked.count)
        seconds = time.monotonic() - started
        left = left_since(before, soak.workspace.state)
        soak.tally.faults += [f"{kind}: {each}" for kind, found in left.items() for each in found]
        asked.page.write_text(page(soak, asked=asked, compared=compared, left=left, seconds=seconds), encoding="utf-8")
        for fault in soak.tally.faults:
            print(fault)
        print(f"{asked.count} programs in {seconds:.0f} s; {len(soak.tally.faults)} faults")
        sys.exit(bool(soak.tally.faults))


if __name__ == "__main__":
    main()
