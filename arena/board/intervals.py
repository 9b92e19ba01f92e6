"""How far two scores of the same rows are apart, with an interval that allows for how the opponent was chosen.

Two submissions are scored on the same rows, so their difference is far surer than either score. Its variance comes from
the rows' influences on both (``model.influence``), in closed form: the paired t interval for means, DeLong's for areas
under ROC curves, and for proportions that of Bonett and Price, which adds half a row to each of the four cells of right
and wrong (D. G. Bonett, R. M. Price, Improved Wald confidence intervals for differences of paired proportions, 2012).

The leader of a board was picked by its score on these rows, and so are the opponents of interest. An interval at the
plain critical value would too often miss; ``critical`` divides the error by the number of opponents (Bonferroni).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from arena.errors import InfrastructureError
from arena.model.influence import Influence, Kind

Floats = NDArray[np.float64]

ALPHA = 0.05
# A difference's variance is carried by few rows where fewer than a twentieth carry it, or than ten: simulations show
# where intervals begin to miss. Two are always few.
_FEW_SHARE, _FEW_LEAST, _FEW_MOST = 0.05, 2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A difference of two scores, its interval and its standard error."""

    gap: float
    low: float
    high: float
    se: float


def critical(teams: int, df: int, alpha: float = ALPHA) -> float:
    """Standard errors between a difference and the ends of its interval, for any opponent on a board of so many teams.

    The number is rounded up to a power of two: so it seldom changes as teams join, and all pairs need to be compared
    again only then. Without degrees of freedom it is infinite.

    Raises:
        InfrastructureError: SciPy is not installed.
    """
    try:
        from scipy.special import stdtrit
    except ModuleNotFoundError as error:
        raise InfrastructureError("metric.library_missing") from error
    if df < 1:
        return math.inf
    opponents = max(2, 1 << (teams - 1).bit_length()) - 1
    return float(-stdtrit(df, alpha / (2 * opponents)))


def spread(gap: Floats, squares: Floats, *, kind: Kind, size: int) -> tuple[Floats, Floats]:
    """The middle of each difference's interval, and its variance.

    ``squares`` are the sums of the squared differences of the influences, which have ``size`` entries each.
    """
    if kind is Kind.PROPORTION:
        # About the mean of the differences, which are -1, 0 and 1: the rows where exactly one is right.
        discordant = np.rint(squares + size * gap**2)
        middle = gap * size / (size + 2)
        return middle, ((discordant + 2) / (size + 2) - middle**2) / (size + 2)
    return gap, squares / (size * (size - 1)) if size > 1 else squares * 0.0


def compare(a: Influence, b: Influence, c: float) -> Gap:
    """The difference ``a.score - b.score`` with its interval of ``c`` standard errors to either side.

    Raises:
        ValueError: they are not of the same metric and rows.
    """
    if a.kind is not b.kind or a.phi.shape != b.phi.shape:
        raise ValueError("only submissions of the same metric and rows can be compared")
    gap = a.score - b.score
    difference = a.phi - b.phi
    squares = np.array([difference @ difference])
    middles, variances = spread(np.array([gap]), squares, kind=a.kind, size=len(difference))
    middle, se = float(middles[0]), math.sqrt(variances[0])
    if not math.isfinite(c):
        return Gap(gap=gap, low=-math.inf, high=math.inf, se=se)
    return Gap(gap=gap, low=middle - c * se, high=middle + c * se, se=se)


def decided_by_few(differences: Floats, df: int) -> NDArray[np.bool_]:
    """Of each line, whether few rows carry its variance: no interval can then be relied on, by whatever method.

    That is the case where one model fails hugely on few rows. Whether those that were drawn are too many or too few of
    them cannot be seen, and so neither the difference nor its variance is known.
    """
    few = min(max(_FEW_SHARE * (df + 1), _FEW_LEAST), _FEW_MOST)
    return np.asarray(effective_rows(differences) < few)


def effective_rows(differences: Floats) -> Floats:
    """How many rows carry the variance of each line's differences: as many equal ones would, of shape (lines,).

    Of normal differences a third of the rows; 1 where a single row has all of it; infinite where there is no
    difference.
    """
    # By the largest first, so that no fourth power is infinite or vanishes.
    largest = np.max(np.abs(differences), axis=1, keepdims=True)
    squares = (differences / np.where(largest > 0, largest, 1.0)) ** 2
    sums, fourth = np.sum(squares, axis=1), np.sum(squares**2, axis=1)
    return np.where(fourth > 0, sums**2 / np.where(fourth > 0, fourth, 1.0), np.inf)
