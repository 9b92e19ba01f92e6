"""A GPU that is lost while an attempt runs on it: ours is the fault, and another one takes the attempt."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import TASK, Arena, guess, table
from tests.integration.nvml.conftest import GPU, surroundings

pytestmark = pytest.mark.sandbox
FIRST, SECOND = GPU.format(0), GPU.format(1)
GIB = 2**30
_PATIENCE_S = 60.0
_SLEEPS = f"import time\ntime.sleep(6)\nopen('submission.csv', 'w').write({table(guess())!r})\n"


@dataclass(frozen=True, slots=True)
class Grading:
    """A workspace whose machine has the GPUs of a stub."""

    arena: Arena
    library: Path
    scenario: Path

    def told(self, **answers: int) -> None:
        """Say what the driver answers from now on."""
        written = self.scenario.with_suffix(".new")
        written.write_text("".join(f"{name}={value}\n" for name, value in answers.items()), encoding="ascii")
        written.replace(self.scenario)

    def start(self, source: str) -> subprocess.Popen[str]:
        """Begin to grade a program."""
        program = self.arena.hand("main.py", source)
        return subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("grading.py")), str(self.arena.root), str(program)],
            env={**surroundings(self.library, self.scenario), **self.arena.environment()},
            stdout=subprocess.PIPE,
            text=True,
        )

    def devices(self) -> dict[str, dict[str, Any]]:
        """What `arena devices` shows of the GPUs."""
        shown = subprocess.run(
            [sys.executable, "-m", "arena", "devices", "--json"],
            cwd=self.arena.root,
            env={**surroundings(self.library, self.scenario), **self.arena.environment()},
            capture_output=True,
            text=True,
            check=True,
        )
        return {each["id"]: each for each in json.loads(shown.stdout)["devices"] if each["kind"] == "gpu"}

    def wait_for(self, device: str, health: str) -> None:
        """Wait until a device is as it should be."""
        end = time.monotonic() + _PATIENCE_S
        while (now := self.devices().get(device, {"health": "away"})["health"]) != health:
            assert time.monotonic() < end, f"{device} is {now}, not {health}"

    def entries(self) -> list[tuple[str, str, float]]:
        """Kind, unit and seconds of what stands in the ledger of device time."""
        import sqlite3

        with sqlite3.connect(self.arena.root / ".arena" / "store.sqlite3") as connection:
            return connection.execute("SELECT kind, unit, seconds FROM allowance_entries ORDER BY id").fetchall()


@pytest.fixture
def grading(arena: Arena, library: Path, tmp_path: Path) -> Grading:
    """A workspace whose task demands a GPU, and a machine that pretends to have two."""
    marker = arena.root / "tasks" / TASK / "task.toml"
    demands = 'device = "gpu"\ngpu_seconds = 15\ngpu_memory = "8 GiB"'
    marker.write_text(marker.read_text(encoding="utf-8").replace('device = "any"', demands), encoding="utf-8")
    assert arena.say("task", "build", TASK).code == 0, "a recipe needs no GPU"
    scenario = tmp_path / "scenario"
    made = Grading(arena, library, scenario)
    made.told(gpus=2)
    return made


def _end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=120)
    found: dict[str, Any] = json.loads(out)
    return found


def test_another_gpu_takes_the_attempt(grading: Grading) -> None:
    """The first is quarantined; only the second's seconds are charged, and its figures stand beside them."""
    process = grading.start(_SLEEPS)
    grading.wait_for(FIRST, "leased")
    time.sleep(0.3)
    grading.told(gpus=2, lost=0)
    said = _end(process)
    assert said["outcome"] == "scored", said
    usage = said["record"]["usage"]
    assert (usage["unit"], usage["device_class"]) == ("gpu_s", "nvidia-stub-40gb")
    assert 6 <= usage["charged"] < 12
    assert list(usage["advisory"][0]) == [SECOND]
    kinds = [(kind, unit) for kind, unit, _ in grading.entries()]
    assert kinds == [("reserve", "gpu_s"), ("settle", "gpu_s")]
    assert grading.entries()[1][2] == pytest.approx(usage["charged"], abs=1e-5)
    grading.told(gpus=2)
    shown = grading.devices()
    assert (shown[FIRST]["health"], shown[SECOND]["health"]) == ("quarantined", "free")
    assert "cannot be looked at" in shown[FIRST]["reason"] or "lost" in shown[FIRST]["reason"]


def test_with_no_other_gpu_the_attempt_costs_nothing(grading: Grading) -> None:
    """It is our fault: no record, all that was reserved is refunded, the device is quarantined."""
    grading.told(gpus=1)
    process = grading.start(_SLEEPS)
    grading.wait_for(FIRST, "leased")
    grading.told(gpus=1, lost=0)
    said = _end(process)
    assert (said["outcome"], said["record"]) == ("infrastructure_error", None)
    kinds = [(kind, seconds) for kind, _, seconds in grading.entries()]
    assert kinds == [("reserve", 15.0), ("refund", 15.0)]
    grading.told(gpus=1)
    assert grading.devices()[FIRST]["health"] == "quarantined"


def test_a_program_is_held_to_its_gpu_memory(grading: Grading) -> None:
    """What the driver shows beyond the baseline counts, and the message names the limit."""
    process = grading.start(_SLEEPS.replace("sleep(6)", "sleep(14)"))
    grading.wait_for(FIRST, "leased")
    grading.told(gpus=2, memory=10 * GIB)
    end = time.monotonic() + _PATIENCE_S
    while grading.devices()[FIRST]["health"] == "leased" and time.monotonic() < end:
        time.sleep(0.05)
    grading.told(gpus=2)
    said = _end(process)
    assert (said["outcome"], said["message"]) == ("memory_exceeded", "run.gpu_memory_exceeded")
    assert said["record"]["usage"]["charged"] < 14


def test_what_is_left_in_memory_quarantines_the_gpu(grading: Grading) -> None:
    """The result counts all the same; nobody is given a device that is not seen empty."""
    process = grading.start(_SLEEPS)
    grading.wait_for(FIRST, "leased")
    grading.told(gpus=2, memory=2 * GIB)
    said = _end(process)
    assert said["outcome"] == "scored", said
    shown = grading.devices()[FIRST]
    assert shown["health"] == "quarantined"
    assert "bytes are left in its memory" in shown["reason"]
