"""A solution that reads every byte it can reach finds neither what is expected nor another case's arguments."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arena.exercises.case import Case, Value, call_of
from arena.model.device import DeviceKind
from arena.sandbox import jobs
from arena.sandbox.exercise import RESULTS, CaseRun, Returned, calls_job, read_results
from tests.integration.conftest import CONTROL, PREFIX, PROGRAMS, each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [pytest.mark.sandbox, each_launcher]

_COUNT = 3
CASES = f"""\
import random

def cases(seed):
    chance = random.Random(seed)
    for number in range({_COUNT}):
        argument = int(f"{PREFIX}{{chance.randrange(10**8):08d}}")
        name = {{"en": f"case {{number}}", "bn": f"কেস {{number}}"}}
        yield {{"function": "find", "name": name, "args": [[argument]]}}

PUBLIC = list(cases("public"))
def hidden(seed):
    return cases(seed)
"""
# What is expected is a number of the same form, which nobody can tell from the arguments without this.
REFERENCE = f"""\
import random

def find(numbers):
    return int(f"{PREFIX}{{random.Random(numbers[0] ^ 0x5EC2E7).randrange(10**8):08d}}")
"""
_MEMORY = int(CONTROL) + 55


def _numbers(cases: tuple[Case, ...]) -> dict[str, int]:
    """Every number of the cases, named by its place."""
    found = {}
    for case in cases:
        assert isinstance(case.expected, Value)
        found[f"argument of {case.name['en']}"] = case.args[0][0]
        found[f"result of {case.name['en']}"] = case.expected.value
    return found


_FIND = """

def find(numbers):
    search = Search()
    search_interpreter(search)
    search_processes(search)
    # Files are the same for all, but for those that a case left: looked at once, at the end.
    if HASHES[hashlib.sha256(b"%d" % numbers[0]).hexdigest()].endswith("case LAST"):
        search_files(search)
    return {"found": search.found, "files": search.files, "regions": search.regions, "objects": search.objects}
""".replace("LAST", str(_COUNT - 1))


def _searcher(exercise: Exercise, numbers: dict[str, int]) -> Path:
    """A solution that looks everywhere for numbers of which it knows only the hashes, and returns what it found."""
    hashes = {hashlib.sha256(b"%d" % number).hexdigest(): name for name, number in numbers.items()}
    hashes[hashlib.sha256(b"%d" % _MEMORY).hexdigest()] = "held"
    program = (PROGRAMS / "search.py").read_text(encoding="utf-8")
    head, _, tail = program.rpartition("\nmain()\n")
    assert tail == ""
    files = {"hashes.json": json.dumps(hashes), "held.json": str(_MEMORY + 1)}
    return exercise.solution(head + _FIND, **files)


def _told(run: CaseRun) -> dict[str, Any]:
    assert isinstance(run.ending, Returned), run
    told: dict[str, Any] = run.ending.value
    # The search works: it saw memory and objects, and in them the number that it holds itself.
    assert told["regions"] > 10
    assert told["objects"] > 1000
    assert any(place.endswith("/mem") for place in told["found"]["held"])
    return told


def _run(exercise: Exercise, cases: tuple[Case, ...], solution: Path) -> list[CaseRun]:
    stages, task = exercise.arena.stages(), exercise.task()
    budget = replace(jobs.on_device(task.budget, DeviceKind.CPU_SLOT), wall_seconds=300, cpu_seconds=300)
    calls = [call_of(replace(case, seconds=200)) for case in cases]
    job = calls_job(task, calls, source=solution, solution="solution.py", budget=budget, quiet=True)
    return read_results(stages.launcher(task).run(job).outputs[RESULTS], len(cases))


def test_a_case_knows_its_own_arguments_alone(exercise: Exercise) -> None:
    """In files, in memory, in other processes and in frames there is nothing of the other cases, done or to come."""
    exercise.write(("find",), {"cases.py": CASES, "reference.py": REFERENCE})
    cases = exercise.hidden()
    told = [_told(run) for run in _run(exercise, cases, _searcher(exercise, _numbers(cases)))]
    for case, each in zip(cases, told, strict=True):
        assert each["found"].keys() - {"held"} == {f"argument of {case.name['en']}"}
    assert told[-1]["files"] > 100


def test_numbers_are_canaries(exercise: Exercise) -> None:
    """Every number stands once: a hit tells which one it was."""
    exercise.write(("find",), {"cases.py": CASES, "reference.py": REFERENCE})
    numbers = _numbers(exercise.hidden())
    assert len(numbers) == len(set(numbers.values())) == 2 * _COUNT
    assert all(str(number).startswith(PREFIX) for number in numbers.values())


_SPY = """\
import gc, os, sys

def find(numbers):
    mine = str(numbers[0])
    seen = set()
    frame = sys._getframe()
    while frame is not None:
        seen.add(repr(frame.f_locals))
        frame = frame.f_back
    for path in ("/arena/job", "/kaggle/src", "/kaggle/input", "/kaggle/working", "/tmp", "/dev/shm"):
        for folder, _, names in os.walk(path):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    seen.add(repr(file.read()))
    problems = []
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        if int(pid) == os.getpid():
            continue
        for part in ("mem", "fd/0", "fd/1", "fd/3", "fd/4", "fd/5", "environ", "cwd", "root"):
            try:
                with open(f"/proc/{pid}/{part}", "rb"):
                    problems.append(f"{pid}/{part}")
            except OSError:
                pass
    problems += [f"fd {n}" for n in range(4, 64) if os.path.exists(f"/proc/self/fd/{n}")]
    problems += [f"input {os.read(0, 10)}"] if os.read(0, 10) else []
    return problems
"""


def test_other_processes_are_closed(exercise: Exercise) -> None:
    """Neither memory nor descriptors of the process that runs the cases can be opened; a case has none but its own."""
    exercise.write(("find",), {"cases.py": CASES, "reference.py": REFERENCE})
    for run in _run(exercise, exercise.hidden(), exercise.solution(_SPY)):
        assert isinstance(run.ending, Returned), run
        assert run.ending.value == []
