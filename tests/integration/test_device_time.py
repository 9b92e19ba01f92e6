"""Leased time in the real sandbox: sleep is charged, what goes past it ends, and the message says where it went."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arena.model.outcome import Outcome
from arena.sandbox.interface import Exited, Job, Mount
from tests.integration.conftest import TASK, Arena, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_WRITE = f"open('submission.csv', 'w').write({table(guess())!r})\n"
_LATE = 0.25


def test_sleep_is_charged(arena: Arena) -> None:
    """A device is held whether it is used or not."""
    ended = arena.program(f"import time\ntime.sleep(0.6)\n{_WRITE}", cpu_slot_seconds=20)
    assert ended.outcome is Outcome.SCORED
    assert ended.graded.record is not None
    usage = ended.graded.record.usage
    assert 0.6 <= usage.charged < 3
    assert usage.cpu_s < usage.charged
    assert (usage.unit, usage.device_class) == ("cpu_slot_s", "cpu")


@pytest.mark.parametrize("source", ["while True: pass", "import time; time.sleep(60)"], ids=["spins", "sleeps"])
def test_past_the_budget_it_ends(arena: Arena, source: str) -> None:
    """It is charged exactly its budget, and told what it used and what it was allowed."""
    ended = arena.program(source, cpu_slot_seconds=0.7)
    assert ended.outcome is Outcome.BUDGET_EXCEEDED
    assert ended.graded.record is not None
    usage, message = ended.graded.record.usage, ended.graded.record.message
    assert usage.charged == 0.7
    assert usage.wall_s < 0.7 + _LATE
    assert message.id == "run.device_exceeded"
    assert dict(message.params) == {"used": "0.70", "limit": "0.7", "unit": "cpu_slot_s", "phases": "run 0.70 s"}


_MODEL = """
import time
class Model:
    def fit(self, X, y):
        time.sleep({fit})
        return self
    def predict(self, X):
        time.sleep({predict})
        return [0] * len(X)
"""


@pytest.mark.parametrize(
    ("phase", "fit", "predict", "said"),
    [(None, 0.5, 60, "fit "), ("fit", 60, 0, "fit 3.00 s"), ("predict", 0, 60, "predict 3.00 s")],
)
def test_a_models_phases(scientific: Arena, phase: str | None, fit: float, predict: float, said: str) -> None:
    """They share one budget, or have their own; the message names the phase that took the time."""
    marker = scientific.root / "tasks" / TASK / "task.toml"
    own = f"\n[budget.{phase}]\ncpu_slot_seconds = 3\n" if phase else ""
    text = marker.read_text(encoding="utf-8")
    if phase is None:
        text = text.replace("[budget]\n", "[budget]\ncpu_slot_seconds = 4\n")
    marker.write_text(text + own, encoding="utf-8")
    source = scientific.hand("model.py", _MODEL.format(fit=fit, predict=predict))
    ended = scientific.grade(source)
    assert ended.outcome is Outcome.BUDGET_EXCEEDED, ended.log
    assert ended.graded.record is not None
    phases = str(ended.graded.record.message.params["phases"])
    assert phases.startswith(said)
    assert ("predict" in phases) == (phase != "fit")
    if phase is None:
        assert ended.graded.record.usage.charged == pytest.approx(4, abs=1e-3)


def test_a_task_that_demands_a_gpu_is_refused(arena: Arena) -> None:
    """It is said at once and is no fault of the submission's: no record is made."""
    marker = arena.root / "tasks" / TASK / "task.toml"
    marker.write_text(marker.read_text(encoding="utf-8").replace('device = "any"', 'device = "gpu"'), encoding="utf-8")
    arena.shelve("rahim", "main.py", _WRITE)
    said = arena.say("grade", "--json")
    assert said.code == 5, said.text
    assert said.json[0]["message"]["id"] == "device.no_gpu"
    assert arena.records() == []


def _devices(arena: Arena) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = arena.say("devices", "--json").json["devices"]
    return found


def _wait_until_leased(arena: Arena) -> str:
    """Wait for an attempt that holds a device; return its id."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        held = [str(each["holder"]) for each in _devices(arena) if each["health"] == "leased"]
        if held:
            return held[0]
    raise AssertionError("nothing is leased")


def test_one_slot_is_held_by_one_attempt_at_a_time(arena: Arena) -> None:
    """A second grader waits for it, says so, and what it waits is not charged."""
    marker = arena.root / "arena.toml"
    marker.write_text(marker.read_text(encoding="utf-8") + "cpu_slots = 1\n", encoding="utf-8")
    slow = arena.hand("slow/main.py", f"import time\ntime.sleep(10)\n{_WRITE}")
    quick = arena.hand("quick/main.py", _WRITE)
    first = arena.start("submit", TASK, str(slow), "--team", "rahim", "--json")
    _wait_until_leased(arena)
    second = arena.say("submit", TASK, str(quick), "--team", "salma", "--json")
    out, err = first.communicate(timeout=60)
    assert first.returncode == 0, err
    assert "Waiting for a device (cpu_slot)" in second.err
    assert second.json["usage"]["charged"] < 5
    assert '"outcome": "scored"' in out
    assert [each["health"] for each in _devices(arena)] == ["free"]


def test_a_killed_grader_s_device_passes_on(arena: Arena) -> None:
    """Its sandbox dies with it; the next grader sees that, takes the device, and charges the team once."""
    marker = arena.root / "arena.toml"
    marker.write_text(marker.read_text(encoding="utf-8") + "cpu_slots = 1\n", encoding="utf-8")
    arena.shelve("rahim", "main.py", f"import time\ntime.sleep(2)\n{_WRITE}")
    process = arena.start("grade")
    assert _wait_until_leased(arena).endswith(".1")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    said = arena.say("grade", "--json")
    assert said.code == 0, said.text
    assert [each["outcome"] for each in said.json] == ["scored"]
    assert [each["health"] for each in _devices(arena)] == ["free"]
    accounts = arena.say("quota", "--team", "rahim", "--json").json["accounts"]
    spent = {each["unit"]: (each["spent"], each["reserved"]) for each in accounts}
    assert spent["cpu_slot_s"] == (pytest.approx(said.json[0]["usage"]["charged"], abs=1e-5), 0)


_LOOKS = """\
import glob, os, stat
print(sorted(glob.glob("/dev/nvidia*")))
for path in glob.glob("/dev/nvidia*"):
    print(stat.S_ISCHR(os.stat(path).st_mode))
    with open(path, "w") as file:
        try:
            file.write("x")
            file.flush()
        except OSError as error:
            print(error.errno)
            os._exit(0)
try:
    open("/dev/nvidia9", "w")
except OSError as error:
    print("no other", error.errno)
"""


def test_only_the_job_s_own_device_files_are_there(arena: Arena) -> None:
    """A device file is a device inside, with the leased one's behaviour; the next job has none of it."""
    launcher = arena.launcher()
    script = arena.hand("main.py", _LOOKS)
    for path in (script, *script.parents):
        if path.is_relative_to(arena.root.parent):
            path.chmod(path.stat().st_mode | 0o055)
    job = Job(
        module="program",
        arguments=("/kaggle/src/main.py",),
        mounts=(Mount(source=script, target="/kaggle/src/main.py"), Mount(source=Path("/sys"), target="/sys")),
        environment={},
        budget=arena.task().budget,
        outputs=(),
        output_max_bytes=1024,
        masks=(Path("/sys/fs/cgroup"),),
        # A device whose writes fail in its own way stands for a GPU.
        nodes=(Mount(source=Path("/dev/full"), target="/dev/nvidia0"),),
    )
    with_node = launcher.run(job)
    assert with_node.ending == Exited(0), with_node.log
    assert with_node.log.decode().split("\n")[:3] == ["['/dev/nvidia0']", "True", "28"]
    assert "/sys/fs/cgroup" not in str(with_node.log)
    without = launcher.run(replace(job, nodes=(), mounts=job.mounts[:1], masks=()))
    assert "True" not in without.log.decode()
    assert "28" not in without.log.decode()
