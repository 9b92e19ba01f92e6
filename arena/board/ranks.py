"""Rank intervals: which ranks a team could have, from the comparison of all pairs.

A team's best possible rank is one below all teams that are significantly better; its worst one above all that are
significantly worse. Each pair is compared at the critical value of ``intervals.critical``. There is no partition into
groups of equals: "not told apart" is not transitive, and wherever a line were drawn it would part some that are equal.

With ``phi`` of shape (teams, size), all pairs are one product of it with itself, taken in blocks. When one team's
submission changes, only that team's pairs do: two products with a vector, O(teams × rows).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from arena.board.intervals import critical, spread
from arena.model.influence import Influence, Kind

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Signs = NDArray[np.int8]

# Pairs that are compared at once: what stays in a core's own cache.
_PAIRS = 1 << 18
# A sum of squared differences is taken as at least this share of the sums that it is the difference of: below stands
# only what rounding left over.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """All teams that are compared: their scores, their influences of shape (teams, size), and the squares' sums."""

    scores: Floats
    phi: Floats
    squares: Floats
    kind: Kind
    df: int
    greater_is_better: bool

    @classmethod
    def of(cls, influences: Sequence[Influence], *, greater_is_better: bool) -> "Field":
        """The field of one or more submissions.

        Raises:
            ValueError: they are not of the same metric and rows.
        """
        first = influences[0]
        same = (first.kind, first.df, first.phi.shape)
        if any((each.kind, each.df, each.phi.shape) != same for each in influences):
            raise ValueError("only submissions of the same metric and rows can be compared")
        phi = np.stack([each.phi for each in influences])
        return cls(
            scores=np.array([each.score for each in influences]),
            phi=phi,
            squares=np.einsum("ij,ij->i", phi, phi),
            kind=first.kind,
            df=first.df,
            greater_is_better=greater_is_better,
        )

    @property
    def teams(self) -> int:
        """How many there are."""
        return len(self.scores)

    @property
    def critical(self) -> float:
        """The critical value for each of their pairs."""
        return critical(self.teams, self.df)

    def submission(self, at: int) -> Influence:
        """One of them."""
        return Influence(score=float(self.scores[at]), phi=self.phi[at], kind=self.kind, df=self.df)

    def changed(self, at: int, new: Influence) -> "Field":
        """The field with another submission of the team ``at``, or with one team more where that is its length."""
        if (new.kind, new.df, new.phi.shape) != (self.kind, self.df, self.phi.shape[1:]):
            raise ValueError("only submissions of the same metric and rows can be compared")
        scores, squares, phi = (
            np.concatenate([old[:at], [value], old[at + 1 :]])
            for old, value in (
                (self.scores, new.score),
                (self.squares, new.phi @ new.phi),
                (self.phi, new.phi),
            )
        )
        return replace(self, scores=scores, squares=squares, phi=phi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranks:
    """For each team, how many others are significantly better, and how many worse."""

    better: Counts
    worse: Counts

    @property
    def low(self) -> Counts:
        """The best rank that each team could have."""
        return 1 + self.better

    @property
    def high(self) -> Counts:
        """The worst one."""
        return len(self.worse) - self.worse


def all_pairs(field: Field) -> Ranks:
    """Compare every team with every other, O(teams² × size)."""
    c, teams = field.critical, field.teams
    better, worse = np.zeros(teams, dtype=np.int64), np.zeros(teams, dtype=np.int64)
    step = max(1, _PAIRS // teams)
    for start in range(0, teams, step):
        end = min(start + step, teams)
        # Each pair once: those of the block with each other, and with the teams after it.
        lines = slice(start, end)
        signs = _signs(field, field.scores[lines], field.phi[lines], field.squares[lines], c=c, start=start)
        after = signs[:, end - start :]
        better[start:end] += np.count_nonzero(signs < 0, axis=1)
        worse[start:end] += np.count_nonzero(signs > 0, axis=1)
        better[end:] += np.count_nonzero(after > 0, axis=0)
        worse[end:] += np.count_nonzero(after < 0, axis=0)
    return Ranks(better=better, worse=worse)


def one_against_all(field: Field, one: Influence, c: float) -> Signs:
    """For each team of the field, 1 where ``one`` is significantly better, -1 where it is worse, else 0."""
    squares = np.array([one.phi @ one.phi])
    signs: Signs = _signs(field, np.array([one.score]), one.phi[None, :], squares, c=c)[0]
    return signs


def after_change(ranks: Ranks, before: Field, at: int, new: Influence) -> tuple[Ranks, Field]:
    """The ranks, and the field, after the team ``at`` handed in ``new``; at the field's length a team joins.

    The same as ``all_pairs`` of the new field, for O(teams × size). Where the critical value changes, which it does
    when the teams have doubled, all pairs are compared.
    """
    after = before.changed(at, new)
    c = after.critical
    if c != before.critical:
        return all_pairs(after), after
    joined = np.zeros(after.teams - before.teams, dtype=np.int64)
    better, worse = np.append(ranks.better, joined), np.append(ranks.worse, joined)
    better[at] = worse[at] = 0
    if at < before.teams:
        signs = one_against_all(before, before.submission(at), c)
        signs[at] = 0
        better[: before.teams] -= signs > 0
        worse[: before.teams] -= signs < 0
    signs = one_against_all(after, new, c)
    signs[at] = 0
    better += signs > 0
    worse += signs < 0
    better[at], worse[at] = np.count_nonzero(signs < 0), np.count_nonzero(signs > 0)
    return Ranks(better=better, worse=worse), after


def _signs(field: Field, scores: Floats, phi: Floats, squares: Floats, *, c: float, start: int = 0) -> Signs:
    """Of shape (lines, teams from ``start`` on): the signs of the significant differences of lines and teams."""
    if not np.isfinite(c):
        return np.zeros((len(scores), field.teams - start), dtype=np.int8)
    gap = scores[:, None] - field.scores[None, start:]
    sums = squares[:, None] + field.squares[None, start:]
    different = np.maximum(sums - 2 * (phi @ field.phi[start:].T), _ROUNDING * sums)
    middle, variance = spread(gap, different, kind=field.kind, size=field.phi.shape[1])
    signs = np.where(middle**2 > c**2 * variance, np.sign(middle), 0).astype(np.int8)
    return signs if field.greater_is_better else -signs
