"""Pairs of models that are fixed in advance, drawn from populations whose true gap is known.

What is tried is arena's own code: each draw is a split of so many rows, on which both models are scored and compared.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from arena.board.intervals import compare, critical, decided_by_few
from arena.metrics.influence import influence
from arena.metrics.table import METRICS
from arena.model.influence import Kind

Array = NDArray[Any]
Draw = Callable[[Generator, int], tuple[Array, Array, Array]]

# Both models share this much of their errors' variance: they learned the same things and fail on the same rows.
SHARED = 0.7
# The second one's errors are so much larger.
WORSE = 1.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models: what they predict for so many rows, and the true gap, the first's score less the second's."""

    name: str
    metric: str
    gap: float
    draw: Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Of so many draws, the shares whose 95 % interval held the true gap, and that came with a warning."""

    covered: float
    warned: float


def coverage(pair: Pair, rows: int, draws: int, seed: int) -> Coverage:
    """Draw, compare, count."""
    # Each cell of the table has draws of its own, whatever else is in it.
    generator = np.random.default_rng([seed, zlib.crc32(pair.name.encode()), rows])
    covered = warned = 0
    for _ in range(draws):
        y_true, *predictions = pair.draw(generator, rows)
        first, second = (influence(METRICS[pair.metric], y_true, each, seed=seed) for each in predictions)
        found = compare(first, second, critical(2, first.df))
        covered += found.low <= pair.gap <= found.high
        if first.kind is Kind.MEAN:
            warned += bool(decided_by_few((first.phi - second.phi)[None, :], first.df)[0])
    return Coverage(covered=covered / draws, warned=warned / draws)


def _noise(generator: Generator, rows: int) -> tuple[Array, Array]:
    """Standard normal noise of both models."""
    common, *own = generator.standard_normal((3, rows))
    first, second = (math.sqrt(SHARED) * common + math.sqrt(1 - SHARED) * each for each in own)
    return first, second


def _labels(generator: Generator, rows: int, *, differ: float, gap: float) -> tuple[Array, Array, Array]:
    """Exactly one model is right on the share ``differ`` of rows; of the others four fifths are right twice."""
    drawn = generator.random(rows)
    ends = np.cumsum([(differ + gap) / 2, (differ - gap) / 2, 0.8 * (1 - differ)])
    only_first, only_second, both = (drawn < end for end in ends)
    wrong_first = ~only_first & ~(both & ~only_second)
    wrong_second = ~both | only_first
    return np.zeros(rows, dtype=int), wrong_first.astype(int), wrong_second.astype(int)


def accuracy(differ: float) -> Pair:
    """Two models of which the better one is right a fifth more often where they differ."""
    gap = differ / 5
    name = f"accuracy, exactly one is right on {100 * differ:.0f} %"
    return Pair(name=name, metric="accuracy", gap=gap, draw=partial(_labels, differ=differ, gap=gap))


def _numbers(
    generator: Generator, rows: int, *, scale: Callable[[Generator, int], Array | float], worse: float = WORSE
) -> tuple[Array, Array, Array]:
    """Errors of both models, on each row of a scale of its own: hard rows are hard for both."""
    first, second = _noise(generator, rows)
    size = scale(generator, rows)
    return np.zeros(rows), size * first, size * worse * second


def _even(generator: Generator, rows: int) -> float:
    del generator, rows
    return 1.0


def _student(generator: Generator, rows: int) -> Array:
    return np.sqrt(5 / generator.chisquare(5, rows))


def _lognormal(generator: Generator, rows: int) -> Array:
    return np.exp(0.8 * generator.standard_normal(rows))


def _failing(generator: Generator, rows: int) -> tuple[Array, Array, Array]:
    """The second model's errors are twenty times as large on one row in a hundred."""
    y_true, first, second = _numbers(generator, rows, scale=_even)
    return y_true, first, np.where(generator.random(rows) < 0.01, 20.0, 1.0) * second


MAE = Pair(
    name="MAE, normal errors",
    metric="mae",
    gap=(1 - WORSE) * math.sqrt(2 / math.pi),
    draw=partial(_numbers, scale=_even),
)
RMSE = Pair(name="RMSE, normal errors", metric="rmse", gap=1 - WORSE, draw=partial(_numbers, scale=_even))
RMSE_STUDENT = Pair(
    name="RMSE, Student's t errors with 5 df",
    metric="rmse",
    gap=(1 - WORSE) * math.sqrt(5 / 3),
    draw=partial(_numbers, scale=_student),
)
RMSE_HEAVY = Pair(
    name="RMSE, rows of lognormal hardness (σ 0.8)",
    metric="rmse",
    gap=(1 - WORSE) * math.exp(0.64),
    draw=partial(_numbers, scale=_lognormal),
)
RMSE_FAILING = Pair(
    name="RMSE, one model fails twentyfold on 1 % of rows",
    metric="rmse",
    gap=1 - WORSE * math.sqrt(0.99 + 0.01 * 400),
    draw=_failing,
)


def _scores(generator: Generator, rows: int, *, positive: float, first: float, second: float) -> tuple[Array, ...]:
    """Scores with normal noise, whose positive rows are moved up."""
    y_true = (generator.random(rows) < positive).astype(int)
    noise = _noise(generator, rows)
    return y_true, noise[0] + first * y_true, noise[1] + second * y_true


def roc_auc(positive: float) -> Pair:
    """Binormal scores: the area is the normal distribution's value at the shift over √2."""
    first, second = (NormalDist().cdf(shift / math.sqrt(2)) for shift in (1.5, 1.3))
    draw: Any = partial(_scores, positive=positive, first=1.5, second=1.3)
    return Pair(name=f"ROC AUC, {100 * positive:.0f} % positive", metric="roc_auc", gap=first - second, draw=draw)


_POSITIVE, _FOUND, _FALSE = 0.2, (0.8, 0.75), 0.1


def _classified(generator: Generator, rows: int, *, found: tuple[float, float]) -> tuple[Array, Array, Array]:
    y_true = generator.random(rows) < _POSITIVE
    first, second = (generator.random(rows) < np.where(y_true, share, _FALSE) for share in found)
    return y_true.astype(int), first.astype(int), second.astype(int)


def _f1(found: float) -> float:
    return 2 * _POSITIVE * found / (_POSITIVE + _POSITIVE * found + (1 - _POSITIVE) * _FALSE)


F1 = Pair(name="F1, 20 % positive", metric="f1", gap=_f1(0.8) - _f1(0.75), draw=partial(_classified, found=_FOUND))
# Two models of equal skill: whatever the metric, the true gap is 0.
MCC = Pair(name="MCC, 20 % positive", metric="mcc", gap=0.0, draw=partial(_classified, found=(0.8, 0.8)))


def _probabilities(generator: Generator, rows: int) -> tuple[Array, ...]:
    y_true, *scores = _scores(generator, rows, positive=0.3, first=1.5, second=1.5)
    # What Bayes' rule makes of such a score.
    return y_true, *(1 / (1 + np.exp(1.5**2 / 2 - 1.5 * each) * 0.7 / 0.3) for each in scores)


_PROBABILITIES: Any = _probabilities
LOG_LOSS = Pair(name="log loss, 30 % positive", metric="log_loss", gap=0.0, draw=_PROBABILITIES)
AVERAGE_PRECISION = Pair(
    name="average precision, 30 % positive (400 replicates)",
    metric="average_precision",
    gap=0.0,
    draw=_PROBABILITIES,
)
MEDIAN_AE = Pair(
    name="median AE, normal errors (400 replicates)",
    metric="median_ae",
    gap=0.0,
    draw=partial(_numbers, scale=_even, worse=1.0),
)

# What must cover 93 to 97 %, what must cover 93 % at least, and what must cover that or be warned of.
CORE = (accuracy(0.1), accuracy(0.2), accuracy(0.3), MAE, RMSE, roc_auc(0.5), roc_auc(0.3))
ELSEWHERE = (accuracy(0.02), accuracy(0.05), RMSE_STUDENT, roc_auc(0.1), roc_auc(0.05), F1, MCC, LOG_LOSS)
RESAMPLED = (AVERAGE_PRECISION, MEDIAN_AE)
WARNED = (RMSE_HEAVY, RMSE_FAILING)
