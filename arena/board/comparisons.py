"""Comparisons of a board's submissions, as numbers that may be published: rank intervals and gaps to the leader.

They are computed beside the vault, since the influences that they come from tell of each row how well it was predicted
(with a label's prediction known, that is the label). What is published of them must not tell labels. So:

- Nothing in it is about a row or about a pair of teams, save the pair of each team and the leader: four numbers a team.
  All pairs are published as counts only, the ends of each team's rank interval.
- The ends of a gap's interval are rounded outward to multiples of ``step``, 10^⌊log10 SE⌋ with the median standard
  error SE of one score on the board. The exact width would tell on how many rows two submissions differ in being right:
  to whoever hands in the leader's predictions with one row changed, whether that row was right. The step belongs to
  the board and not to the pair, or it would itself tell small widths. Rounded outward, an interval covers no less.
- So little is said: of accuracy on 209 rows, an end of a gap is one of 201 numbers and an end of a rank one of T, which
  for 20 teams makes 24 bits a team, most of which its score tells too.

What one such value cannot tell, many in a row may: whoever may hand in again and again, and is shown new comparisons
each time, asks one question with each, and rounding is no protection against that. It is what a task's feedback rule
limits, and it must limit this as well: under ``ladder`` only accepted submissions may come in here, and under
``rounded`` this tells about as much as rounded scores do. Those of private rows are for after the close.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from arena.board.compared import Compared, Comparisons
from arena.board.intervals import ALPHA, decided_by_few, spread
from arena.board.ranks import Field, Ranks
from arena.model.influence import Kind

Floats = NDArray[np.float64]

# Teams whose influences are held beside the leader's at once.
_BLOCK_BYTES = 1 << 24


def comparisons(
    field: Field,
    ranks: Ranks,
    records: Sequence[str],
    *,
    leader: str,
    task: str,
    task_digest: str,
    metric: str,
    split: str,
    rows: int,
) -> Comparisons:
    """What may be published of a field and its ranks, for O(teams × rows); ``records`` are in the field's order.

    The leader is given, since an exact tie of scores is not for here to break.

    Raises:
        ValueError: another team's score is better than the leader's.
    """
    at = records.index(leader)
    best = np.max(field.scores) if field.greater_is_better else np.min(field.scores)
    if field.scores[at] != best:
        raise ValueError("the leader has the best score")
    step = _step(field)
    low, high, few = gaps(field, at, field.critical)
    compared = tuple(
        Compared(
            record=record,
            rank_low=int(ranks.low[row]),
            rank_high=int(ranks.high[row]),
            gap_low=0.0 if row == at else _outward(low[row], step, down=True),
            gap_high=0.0 if row == at else _outward(high[row], step, down=False),
            few_rows=bool(few[row]),
        )
        for row, record in enumerate(records)
    )
    return Comparisons(
        task=task,
        task_digest=task_digest,
        metric=metric,
        split=split,
        rows=rows,
        confidence=1 - ALPHA,
        leader=leader,
        step=step,
        compared=compared,
    )


def gaps(field: Field, leader: int, c: float) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Of each team the ends of the interval of its gap to the team ``leader``, exactly, and whether few rows decide it.

    An interval reaches ``c`` standard errors to either side. These numbers are not for publication.
    """
    size = field.phi.shape[1]
    squares, few = np.empty(field.teams), np.zeros(field.teams, dtype=bool)
    step = max(1, _BLOCK_BYTES // (8 * size))
    for start in range(0, field.teams, step):
        # The differences themselves, and not by products as for all pairs: so close a look is taken at one pair a team.
        differences = field.phi[start : start + step] - field.phi[leader]
        squares[start : start + step] = np.einsum("ij,ij->i", differences, differences)
        # Zeros and ones have no outliers, and replicates are no rows.
        if field.kind is Kind.MEAN:
            few[start : start + step] = decided_by_few(differences, field.df)
    gap = field.scores[leader] - field.scores
    middle, variance = spread(gap if field.greater_is_better else -gap, squares, kind=field.kind, size=size)
    half = c * np.sqrt(variance) if math.isfinite(c) else np.full(field.teams, np.inf)
    return middle - half, middle + half, few


def _step(field: Field) -> float:
    """The power of ten to whose multiples intervals are rounded: at most the typical standard error of one score."""
    size = field.phi.shape[1]
    se = float(np.sqrt(np.median(field.squares) / (size * max(size - 1, 1))))
    if field.kind is Kind.PROPORTION:
        # Not even where most are right on every row is the step finer than what one row counts.
        se = max(se, 1 / size)
    return float(f"1e{math.floor(math.log10(se))}") if se > 0 else 0.0


def _outward(end: float, step: float, *, down: bool) -> float | None:
    if not math.isfinite(end):
        return None
    if not step:
        return float(end)
    # By way of the shortest text, so that a multiple of the step reads as one.
    places = -math.floor(math.log10(step))
    whole = math.floor(end / step) if down else math.ceil(end / step)
    return float(round(whole * step, places)) + 0.0
