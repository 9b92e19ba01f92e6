"""What a metric declares about itself. Direction is declared here, never inferred from a file."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from arena.model.budget import Budget

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Needs(Enum):
    """What is predicted for a row: one kind for all metrics of a task; of several columns in the shape (columns,)."""

    LABEL = "label"
    PROBABILITY = "probability"  # that of the positive one of two labels
    PROBABILITIES = "probabilities"  # one column a label, named by it, as on Kaggle
    DISTRIBUTION = "distribution"  # one column a target; the truth is a distribution as well
    SCORE = "score"  # a number that is greater, the surer the positive one of two labels is
    NUMBER = "number"
    NUMBERS = "numbers"  # one column a target
    RANKING = "ranking"  # names separated by spaces, the best first, as on Kaggle
    CASES = "cases"  # no column, but the cases of an exercise

    @property
    def truth(self) -> "Needs":
        """What the true value of a row is."""
        return Needs.LABEL if self in {Needs.PROBABILITY, Needs.PROBABILITIES, Needs.SCORE} else self

    @property
    def takes_labels(self) -> bool:
        """Whether the task must list its labels."""
        return self.truth is Needs.LABEL

    @property
    def takes_targets(self) -> bool:
        """Whether the task has several target columns."""
        return self in {Needs.DISTRIBUTION, Needs.NUMBERS}

    @property
    def of_two_labels(self) -> bool:
        """Whether it is about the positive one of two labels."""
        return self in {Needs.PROBABILITY, Needs.SCORE}


class Sign(Enum):
    """Which predicted numbers a metric can take."""

    ANY = "any"
    NON_NEGATIVE = "0 or more"
    POSITIVE = "more than 0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A number that a task may set, as ``[metric.parameters.<metric>] <name> = …``.

    ``default`` is ``None`` where leaving it out means "all". ``ends`` tells whether ``low`` and ``high`` may be given
    themselves.
    """

    name: str
    default: float | None
    low: float
    high: float
    whole: bool = False
    ends: bool = True
    below_labels: bool = False

    def fault(self, value: float, labels: int) -> str | None:
        """What is wrong with ``value`` in a task of so many labels."""
        within = self.low <= value <= self.high if self.ends else self.low < value < self.high
        if not within:
            link = ("from", "to") if self.ends else ("between", "and")
            return f"{self.name} is a number {link[0]} {self.low:g} {link[1]} {self.high:g}"
        if self.whole and value != int(value):
            return f"{self.name} is a whole number"
        if self.below_labels and value >= labels:
            return f"{self.name} is less than the number of labels, {labels}"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``score(y_true, y_pred)`` takes two arrays with a row each, in one order, and returns a float in [low, high].

    ``needs`` is the prediction that it asks for, ``also_takes`` are others that it is defined for. ``two_labels`` says
    that it is about the positive one of two labels, ``sign`` which predicted numbers it can take.

    A metric that is a mean over rows gives its parts too: ``losses(y_true, y_pred)`` has the shape (rows,), and the
    score is ``finish`` of their mean.
    """

    name: str
    title: str
    greater_is_better: bool
    low: float
    high: float
    needs: Needs
    score: "Callable[..., float]"
    also_takes: tuple[Needs, ...] = ()
    two_labels: bool = False
    sign: Sign = Sign.ANY
    parameters: tuple[Parameter, ...] = ()
    losses: "Callable[..., NDArray[Any]] | None" = None
    finish: Callable[[float], float] = float

    @property
    def direction(self) -> str:
        """``"maximize"`` or ``"minimize"``."""
        return "maximize" if self.greater_is_better else "minimize"

    def can_score(self, given: Needs) -> bool:
        """Whether it can be computed where this is predicted.

        What is predicted of labels decides for one of them, and so every metric of labels can be shown beside it.
        """
        return given in {self.needs, *self.also_takes} or (self.needs is Needs.LABEL and given.takes_labels)

    def prediction(self, *, labels: int, targets: int) -> Needs:
        """What a task that ranks by it predicts, by its numbers of labels and of target columns."""
        if targets > 1:
            several = (need for need in (self.needs, *self.also_takes) if need.takes_targets)
            return next(several, self.needs)
        if self.needs.of_two_labels and labels > 2 and Needs.PROBABILITIES in self.also_takes:  # noqa: PLR2004
            return Needs.PROBABILITIES
        return self.needs

    def with_parameters(self, given: Mapping[str, float]) -> "Metric":
        """The metric with what a task sets; its title tells the parameters that it is computed with."""
        values = {one.name: given.get(one.name, one.default) for one in self.parameters}
        whole = {one.name for one in self.parameters if one.whole}
        values = {name: int(value) if name in whole and value is not None else value for name, value in values.items()}
        if not values:
            return self
        told = ", ".join(f"{name} {value:g}" for name, value in values.items() if value is not None)
        return replace(
            self,
            title=f"{self.title} ({told})" if told else self.title,
            score=functools.partial(self.score, **values),
            losses=functools.partial(self.losses, **values) if self.losses else None,
        )


def in_sandbox_only(*_: object) -> float:
    """What stands for the score of a metric that must not be computed in this process."""
    raise RuntimeError("a task's own metric is computed in the sandbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomMetric:
    """A metric of the task's own: ``function`` of its ``metric.py``, which runs in the sandbox within ``budget``."""

    metric: Metric
    function: str
    budget: Budget


_LARGE = 1000


def shown(score: float) -> str:
    """A score as people read it: five decimals, and two from a thousand on. Ranks are made at full precision."""
    return f"{score:.5f}" if abs(score) < _LARGE else f"{score:.2f}"
