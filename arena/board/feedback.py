"""What a task's rule lets learners see of a public score. Pure; arrays may hold many boards at once, rows last.

``exact`` shows the score. ``rounded`` shows it to the power of ten below its standard error: no digit that is noise
alone. ``ladder`` shows a team a new score only when it beats the best one that was shown to it by three standard errors
of the paired difference, and begins at what the best constant prediction scores; until then the old one is shown again
(A. Blum and M. Hardt, The Ladder: A Reliable Leaderboard for Machine Learning Competitions, 2015, whose
parameter-free ladder asks for one standard error). What a ladder shows is rounded as well.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# How many standard errors a ladder asks for. Of submissions as good as the best one in 741 passes by luck, with two one
# in 44 would.
STEP = 3.0


class Feedback(Enum):
    """The rules, by the words of ``task.toml``."""

    EXACT = "exact"
    ROUNDED = "rounded"
    LADDER = "ladder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A score and its parts: a number for each row, or each draw of rows, whose spread is that of the score."""

    score: float
    parts: Floats


def standard_error(parts: Floats) -> Floats:
    """Standard error of the mean of ``parts`` along the last axis, by the deviation with n - 1.

    With n in its place one row alone would pass a ladder of one standard error. Not finite where there is one row, or
    where the squares of errors that no one makes by mistake overflow.
    """
    rows = parts.shape[-1]
    if rows == 1:
        return np.full(parts.shape[:-1], np.inf)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(np.std(parts, axis=-1, ddof=1) / np.sqrt(rows))


def rounded(score: Floats | float, error: Floats | float) -> Floats:
    """The score, a multiple of the greatest power of ten that is not above its standard error.

    Where all parts are equal the error is 0 and the score stays: of single rows it says nothing. So it does where the
    error overflows: then its first digits are those of errors beyond all measure, and 0 would be the best of losses.
    """
    known = np.asarray(error > 0) & np.isfinite(error)
    digits = -np.floor(np.log10(np.where(known, error, 1.0)))
    # Divided by a power that is whole: 78 / 100 is the float that is written 0.78, and 78 * 0.01 is not.
    up, down = 10.0 ** np.maximum(digits, 0), 10.0 ** np.maximum(-digits, 0)
    near = np.rint(score * up / down) / up * down
    return np.where(known, near, score)


def clears(gap: Floats | float, difference: Floats) -> NDArray[np.bool_]:
    """Whether a gain of ``gap`` climbs the ladder, by the row-wise ``difference`` from what was accepted before."""
    return np.asarray(gap > STEP * standard_error(difference))


def shown(measured: Measured) -> float:
    """The rounded score."""
    return float(rounded(measured.score, standard_error(measured.parts)))


def climbs(new: Measured, best: Measured, *, greater_is_better: bool) -> bool:
    """Whether a submission is accepted after one that was."""
    sign = 1 if greater_is_better else -1
    return bool(clears(sign * (new.score - best.score), new.parts - best.parts))
