"""The jobs of an exercise, and what they leave."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.exercise import (
    Call,
    Died,
    Missing,
    NotPlain,
    PreloadError,
    Raised,
    Returned,
    TooSlow,
    calls_job,
    draw_job,
    read_results,
)
from arena.sandbox.guest import values
from arena.sandbox.interface import Job, SandboxFailedError
from tests.conftest import write_files
from tests.numbers import FILES, NUMBERS, raised, results, returned

CALLS = [
    Call(function="dot", arguments=values.dumps([[[1], [2]], {}]), seconds=2.0, mutates=False),
    Call(function="mean", arguments=values.dumps([[[5]], {"axis": 0}]), seconds=7.0, mutates=True),
]


def _calls(root: Path, source: Path, *, quiet: bool = True) -> Job:
    task = replace(NUMBERS, root=root)
    budget = replace(task.budget, wall_seconds=30, device_seconds=20)
    return calls_job(task, CALLS, source=source, solution="solution.py", budget=budget, quiet=quiet)


def _header(job: Job) -> tuple[dict[str, Any], bytes]:
    stream = io.BytesIO(job.stdin)
    header = json.loads(stream.read(int.from_bytes(stream.read(8), "big")))
    return header, stream.read()


def test_draw(tmp_path: Path) -> None:
    """Drawing cases sees the task's own code and nothing else; the seed stands in no argument and no variable."""
    root = write_files(tmp_path, FILES)
    job = draw_job(replace(NUMBERS, root=root), [0xABCDEF, 7])
    assert {mount.source.name for mount in job.mounts} == {"cases.py", "reference.py"}
    assert json.loads(job.stdin) == {"folder": "/kaggle/src", "seeds": ["abcdef", "7"]}
    assert (job.module, job.arguments) == ("cases", ())
    assert "abcdef" not in repr(job.environment)
    write_files(root, {"harness.py": ""})
    assert "harness.py" in {mount.source.name for mount in draw_job(replace(NUMBERS, root=root), [1]).mounts}


def test_calls(tmp_path: Path) -> None:
    """A run of cases sees the submission and the harness: neither the cases' file nor the reference."""
    root = write_files(tmp_path / "task", {**FILES, "harness.py": "", "public/cases.json": "{}"})
    job = _calls(root, write_files(tmp_path / "submission", {"solution.py": ""}))
    assert {mount.target: mount.source.name for mount in job.mounts} == {
        "/kaggle/src": "submission",
        "/arena/job/harness.py": "harness.py",
    }
    header, blobs = _header(job)
    assert blobs == CALLS[0].arguments + CALLS[1].arguments
    assert [(case["function"], case["seconds"], case["mutates"]) for case in header["cases"]] == [
        ("dot", 2.0, False),
        ("mean", 7.0, True),
    ]
    assert [case["size"] for case in header["cases"]] == [len(call.arguments) for call in CALLS]
    assert (header["solution"], header["harness"]) == ("/kaggle/src/solution.py", "/arena/job/harness.py")
    assert (header["preload"], header["quiet"]) == (["numpy"], True)
    assert header["memory"] == NUMBERS.budget.memory_bytes


def test_a_file_as_solution(tmp_path: Path) -> None:
    """The reference is one file, and nothing that lies beside it is shown; without a harness there is none."""
    root = write_files(tmp_path, FILES)
    job = calls_job(
        replace(NUMBERS, root=root),
        CALLS,
        source=root / "reference.py",
        solution="reference.py",
        budget=NUMBERS.budget,
        quiet=False,
    )
    (mount,) = job.mounts
    assert (mount.source, mount.target) == (root / "reference.py", "/kaggle/src/reference.py")
    header, _ = _header(job)
    assert (header["solution"], header["harness"], header["quiet"]) == ("/kaggle/src/reference.py", None, False)


def test_cases_end_before_the_job(tmp_path: Path) -> None:
    """The cases' time is over while the job still has some: what was found until then is not lost."""
    header, _ = _header(_calls(tmp_path, tmp_path))
    assert 0 < header["seconds"] < 20


ENDINGS: list[tuple[Any, Any]] = [
    (returned([1.5]), Returned([1.5], changed=False)),
    (returned(None, changed=True), Returned(None, changed=True)),
    (
        raised("KeyError", "Exception", text="Traceback\nKeyError: 'x'\n"),
        Raised(("KeyError", "Exception"), "Traceback\nKeyError: 'x'\n", at_import=False, changed=False),
    ),
    (
        {"raised": ["E"], "at_import": True, "changed": True},
        Raised(("E",), "", at_import=True, changed=True),
    ),
    ({"missing": "dot", "changed": False}, Missing("dot")),
    ({"not_plain": "a set", "changed": False}, NotPlain("a set")),
    ("died: SIGSEGV", Died("SIGSEGV")),
    ("too_slow", TooSlow(together=False)),
    ("no_time", TooSlow(together=True)),
    ("too_large", NotPlain("all results together are too large")),
]


def test_results() -> None:
    """Each case's ending is read, with what it printed."""
    data = results(*(report for report, _ in ENDINGS), printed="কথা\n".encode() + b"\xff")
    found = read_results(data, len(ENDINGS))
    assert [each.ending for each in found] == [ending for _, ending in ENDINGS]
    assert {each.printed for each in found} == {"কথা\n\N{REPLACEMENT CHARACTER}"}


# A case's own process says what it likes of itself.
LIES: list[Any] = [
    {},
    [],
    "text",
    None,
    {"returned": {"object": 1}},
    {"returned": {"array": {"dtype": "object"}}},
    {"raised": None, "at_import": False},
    {"raised": 5, "at_import": False},
    {"raised": ["E"]},
    {"changed": True},
]


@pytest.mark.parametrize("lie", LIES, ids=repr)
def test_a_case_that_reports_nonsense(lie: Any) -> None:
    """What is no report is a result that does not cross, and the case after it is read all the same."""
    body = json.dumps(lie).encode()
    head = json.dumps({"ended": "reported", "how": "", "report": len(body), "printed": 0}).encode()
    first, second = read_results(results() + head + b"\n" + body + results(returned(1)).partition(b"\n")[2], 2)
    assert isinstance(first.ending, NotPlain)
    assert second.ending == Returned(1, changed=False)


@given(st.binary(max_size=200))
def test_a_case_that_reports_any_bytes(body: bytes) -> None:
    """Whatever bytes a case sends, it has an ending."""
    head = json.dumps({"ended": "reported", "how": "", "report": len(body), "printed": 0}).encode()
    (found,) = read_results(results() + head + b"\n" + body, 1)
    assert isinstance(found.ending, (Returned, Raised, Missing, NotPlain))


def test_long_lies_are_cut() -> None:
    """Names and texts that a case gives are bounded before anybody sees them."""
    report = raised(*(["C" * 1000] * 50), text="t" * 10**6)
    (found,) = read_results(results(report), 1)
    assert isinstance(found.ending, Raised)
    assert len(found.ending.classes) <= 20
    assert max(map(len, found.ending.classes)) <= 100
    assert len(found.ending.text) <= 4000


def test_last_line() -> None:
    """Of a traceback the exception itself; where there is none, its class."""
    text = "Traceback (most recent call last):\n  File\nValueError: no\n"
    assert Raised(("ValueError",), text, at_import=False, changed=False).last_line == "ValueError: no"
    assert Raised(("ValueError",), "", at_import=False, changed=False).last_line == "ValueError"
    assert Raised((), "", at_import=False, changed=False).last_line == "?"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense\n",
        b"[]\n",
        b'{"failed": null}\n',
        b'{"failed": null}\n{"ended": "unknown", "how": "", "report": 0, "printed": 0}\n',
        b'{"failed": null}\n{"ended": "died", "how": "", "report": 0}\n',
        b'{"failed": null}\n{"ended": "died", "how": "", "report": "x", "printed": 0}\n',
        b'{"failed": null}\n' + b"[" * 100_000,
    ],
    ids=lambda data: repr(data[-30:]),
)
def test_no_results(data: bytes) -> None:
    """What the guest does not write is a fault of the sandbox."""
    with pytest.raises(SandboxFailedError):
        read_results(data, 1)


def test_nothing_was_run() -> None:
    """Packages that cannot be imported are nobody's result."""
    with pytest.raises(PreloadError, match="No module named 'keras'"):
        read_results(b'{"failed": "ModuleNotFoundError: No module named \'keras\'"}\n', 1)
