"""The reference workload: the real one does the same work each time; one that misbehaves is an error, not a result."""

import importlib.util
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from arena.devices import workload
from arena.devices.calibrate import CalibrationError, measure
from arena.devices.discover import cpu_slots

(SLOT,) = cpu_slots(1, 1)
_GOOD = """\
for number in range(5):
    print('{"matmul_s": 1, "training_s": 2}', flush=True)
print('{"ran_with": {"torch": "2", "cuda": null, "python": "3"}}')
"""


@pytest.fixture
def python(tmp_path: Path) -> Any:
    """Make an interpreter that does something else than what it is told."""

    def make(program: str) -> Path:
        path = tmp_path / "python"
        path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{program}", encoding="utf-8")
        path.chmod(0o755)
        return path

    return make


def test_the_real_workload_is_the_same_each_time() -> None:
    """The numbers that it computes are equal to the last digit: no repetition did less work than another."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("no torch here: the workload was not run; install arena[runtime]")
    ran = subprocess.run(
        [sys.executable, "-I", workload.__file__, "cpu", "2"], capture_output=True, text=True, check=True
    )
    warm_up, first, second, ran_with = map(json.loads, ran.stdout.splitlines())
    assert warm_up == {"warm_up": True}
    assert (first["product"], first["loss"]) == (second["product"], second["loss"])
    assert min(first["matmul_s"], first["training_s"]) > 0
    assert set(ran_with["ran_with"]) == {"torch", "cuda", "python"}


def test_progress_is_told_by_repetition(python: Any) -> None:
    seen: list[int] = []
    told = measure(python(_GOOD), SLOT, on_repetition=lambda: seen.append(1))
    assert len(told.repetitions) == len(seen) == 5


def test_what_it_is_given_of_the_environment(python: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU slot's workload sees no GPU, and nothing of the grader's settings."""
    monkeypatch.setenv("ARENA_VAULT", "/secret")
    program = "assert os.environ['CUDA_VISIBLE_DEVICES'] == ''\nassert 'ARENA_VAULT' not in os.environ\n" + _GOOD
    assert measure(python(program), SLOT).ran_with["torch"] == "2"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("sys.exit('No module named torch')", "the workload failed: No module named torch"),
        ("sys.exit(1)", "the workload failed: it printed nothing"),
        ("print('hello')", "the workload printed what it does not print: hello"),
        ("print('hello', flush=True)\ntime.sleep(600)", "the workload printed what it does not print: hello"),
        ("os.kill(os.getpid(), 9)", "the workload failed: it printed nothing"),
    ],
)
def test_a_workload_that_misbehaves(python: Any, program: str, reason: str) -> None:
    with pytest.raises(CalibrationError) as caught:
        measure(python(program), SLOT)
    assert caught.value.params["reason"] == reason


@pytest.mark.parametrize("last", ["time.sleep(600)", "sys.exit()"])
def test_a_workload_that_does_not_end(python: Any, last: str) -> None:
    """Neither it nor what it started holds up the grader."""
    program = f"import subprocess\nsubprocess.Popen(['sleep', '600'])\n{last}"
    begun = time.monotonic()
    with pytest.raises(CalibrationError, match="took longer than 1 s"):
        measure(python(program), SLOT, longest_s=1)
    assert time.monotonic() - begun < 60


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match="cannot be started"):
        measure(tmp_path / "none", SLOT)
