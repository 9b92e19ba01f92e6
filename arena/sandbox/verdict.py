"""What a finished run means for the submission: an outcome and a message, from the grader's own evidence."""

import signal
from dataclasses import dataclass
from typing import assert_never

from arena.model.budget import Budget
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.sizes import human_size
from arena.sandbox.interface import Exited, Finished, Killed, KillReason, Signalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Where the leased time of an attempt went: seconds by phase, and how many were allowed in all."""

    phases: tuple[tuple[str, float], ...]
    allowed: float
    unit: str

    @property
    def params(self) -> dict[str, str]:
        """For a message."""
        return {
            "used": f"{sum(seconds for _, seconds in self.phases):.2f}",
            "limit": f"{self.allowed:g}",
            "unit": self.unit,
            "phases": ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.phases),
        }


def spent_by(budget: Budget, **runs: Finished) -> Spent:
    """Where the leased time of runs that share a budget went."""
    usages = {phase: run.usage for phase, run in runs.items()}
    unit = next(usage.unit for usage in usages.values())
    phases = tuple((phase, usage.charged) for phase, usage in usages.items())
    return Spent(phases=phases, allowed=leased_limit(budget), unit=unit)


def leased_limit(budget: Budget) -> float:
    """The leased seconds that may be charged."""
    return budget.wall_seconds if budget.device_seconds is None else min(budget.device_seconds, budget.wall_seconds)


def verdict(run: Finished, budget: Budget, output: str, spent: Spent) -> tuple[Outcome, Message] | None:
    """Return how the run failed, or ``None`` if it ended well and left ``output``."""
    ending = run.ending
    match ending:
        case Killed(reason):
            return _killed(reason, budget, spent)
        case Exited(code) if code != 0:
            if run.disk_full:
                return _disk(budget)
            return Outcome.CRASHED, Message.of("run.crashed", code=code)
        case Signalled(number):
            return Outcome.CRASHED, Message.of("run.signalled", signal=_signal_name(number))
        case Exited():
            return _output(run, budget, output)
    assert_never(ending)


def _killed(reason: KillReason, budget: Budget, spent: Spent) -> tuple[Outcome, Message]:
    match reason:
        case KillReason.DEVICE:
            return Outcome.BUDGET_EXCEEDED, Message.of("run.device_exceeded", **spent.params)
        case KillReason.WALL:
            return Outcome.TIME_EXCEEDED, Message.of("run.time_exceeded", limit=f"{budget.wall_seconds:g}")
        case KillReason.CPU:
            return Outcome.BUDGET_EXCEEDED, Message.of("run.cpu_exceeded", limit=f"{budget.cpu_seconds:g}")
        case KillReason.MEMORY:
            return Outcome.MEMORY_EXCEEDED, Message.of("run.memory_exceeded", limit=human_size(budget.memory_bytes))
        case KillReason.GPU_MEMORY:
            limit = human_size(budget.gpu_memory_bytes or 0)
            return Outcome.MEMORY_EXCEEDED, Message.of("run.gpu_memory_exceeded", limit=limit)
        case KillReason.LOG:
            return Outcome.OUTPUT_FLOODED, Message.of("run.output_flooded", limit=human_size(budget.log_bytes))
    assert_never(reason)


def _disk(budget: Budget) -> tuple[Outcome, Message]:
    return Outcome.DISK_EXCEEDED, Message.of("run.disk_exceeded", limit=human_size(budget.disk_bytes))


def _output(run: Finished, budget: Budget, output: str) -> tuple[Outcome, Message] | None:
    fault = run.faults.get(output)
    if fault is None:
        return None
    if fault == "missing" and run.disk_full:
        return _disk(budget)
    if fault == "too_large":
        return Outcome.DISK_EXCEEDED, Message.of("run.output_too_large", name=output)
    if fault == "missing":
        return Outcome.NO_PREDICTIONS, Message.of("run.no_predictions", name=output)
    return Outcome.NO_PREDICTIONS, Message.of("run.output_not_a_file", name=output)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
