"""How an attempt ended: one closed enum, and whose fault each member is."""

from enum import Enum
from typing import assert_never


class Fault(Enum):
    """Three kinds of fault that never merge, and none."""

    NONE = "none"
    SUBMISSION = "submission"
    TASK = "task"
    OURS = "ours"


class Outcome(Enum):
    """How an attempt ended (design, section 6)."""

    SCORED = "scored"
    REJECTED = "rejected"
    INVALID_PREDICTIONS = "invalid_predictions"
    CRASHED = "crashed"
    TIME_EXCEEDED = "time_exceeded"
    BUDGET_EXCEEDED = "budget_exceeded"
    MEMORY_EXCEEDED = "memory_exceeded"
    DISK_EXCEEDED = "disk_exceeded"
    OUTPUT_FLOODED = "output_flooded"
    NO_PREDICTIONS = "no_predictions"
    DENIED = "denied"
    TASK_ERROR = "task_error"
    INFRASTRUCTURE_ERROR = "infrastructure_error"
    CANCELLED = "cancelled"

    @property
    def fault(self) -> Fault:
        """Whose fault it is."""
        match self:
            case Outcome.SCORED:
                return Fault.NONE
            case Outcome.TASK_ERROR:
                return Fault.TASK
            case Outcome.INFRASTRUCTURE_ERROR | Outcome.CANCELLED:
                return Fault.OURS
            case (
                Outcome.REJECTED
                | Outcome.INVALID_PREDICTIONS
                | Outcome.CRASHED
                | Outcome.TIME_EXCEEDED
                | Outcome.BUDGET_EXCEEDED
                | Outcome.MEMORY_EXCEEDED
                | Outcome.DISK_EXCEEDED
                | Outcome.OUTPUT_FLOODED
                | Outcome.NO_PREDICTIONS
                | Outcome.DENIED
            ):
                return Fault.SUBMISSION
        assert_never(self)

    @property
    def exit_code(self) -> int:
        """The command line's exit code for this outcome."""
        if self is Outcome.DENIED:
            return 6
        match self.fault:
            case Fault.NONE:
                return 0
            case Fault.SUBMISSION:
                return 3
            case Fault.TASK:
                return 4
            case Fault.OURS:
                return 5

    @property
    def is_final(self) -> bool:
        """Whether a record keeps this outcome; the others are tried again by the next ``grade``."""
        return self not in {Outcome.DENIED, Outcome.INFRASTRUCTURE_ERROR, Outcome.CANCELLED, Outcome.TASK_ERROR}

    @property
    def counts_against_quota(self) -> bool:
        """Whether it uses one of the day's submissions."""
        cheap = {Outcome.REJECTED, Outcome.INVALID_PREDICTIONS}
        return self.is_final and self not in cheap

    @property
    def is_failed_try(self) -> bool:
        """Whether it uses one of the day's failed tries, which have a cap of their own."""
        return self in {Outcome.REJECTED, Outcome.INVALID_PREDICTIONS}
