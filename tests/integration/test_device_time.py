"""Leased time in the real sandbox: sleep is charged, what goes past it ends, and the message says where it went."""

import pytest

from arena.model.outcome import Outcome
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
