"""Boards of teams whose true skills are known: gaps to a leader that is picked by its score, and rank intervals."""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from arena.board.comparisons import gaps
from arena.board.intervals import critical
from arena.board.ranks import Field, all_pairs, one_against_all
from arena.model.influence import Kind

Floats = NDArray[np.float64]
# Each team's loss, or whether it is right, on each row, of shape (teams, rows).
Parts = NDArray[Any]

# How far apart teams are that must be told apart, in standard errors beyond the critical value.
BEYOND = 3.1
# What every team is right on, on average, where all are equal.
_RIGHT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Of draws of a board, shares.

    ``covered``: of the gaps to the leader that their intervals hold; ``covered_plain``: that they would hold at the
    critical value of a single pair. ``ranked``: of the teams whose rank interval holds every rank that teams of equal
    skill share. ``different``: of the pairs that are declared different.
    """

    covered: float
    covered_plain: float
    ranked: float
    different: float


def field_of(parts: Parts) -> Field:
    """The field of means over rows: zeros and ones where they are truths, else losses."""
    scores = np.mean(parts, axis=1)
    phi = parts - scores[:, None]
    of_truths = parts.dtype == np.bool_
    return Field(
        scores=scores,
        phi=phi,
        squares=np.einsum("ij,ij->i", phi, phi),
        kind=Kind.PROPORTION if of_truths else Kind.MEAN,
        df=parts.shape[1] - 1,
        greater_is_better=of_truths,
    )


def right(generator: Generator, teams: int, rows: int) -> tuple[Parts, Floats]:
    """Teams that are equally often right, on rows from hopeless to plain: any two differ on 23 % of them."""
    chance = generator.beta(2.0, 0.5, rows)
    return generator.random((teams, rows)) < chance, np.full(teams, _RIGHT)


def errors(generator: Generator, teams: int, rows: int) -> tuple[Parts, Floats]:
    """Teams whose absolute errors are equally large, half of their variance shared."""
    return _errors(generator, np.ones(teams), rows)


def graded_errors(generator: Generator, teams: int, rows: int) -> tuple[Parts, Floats]:
    """Teams whose errors grow from the first to the last by a fifth."""
    return _errors(generator, np.linspace(1, 1.2, teams), rows)


def _errors(generator: Generator, scales: Floats, rows: int) -> tuple[Parts, Floats]:
    common, own = generator.standard_normal(rows), generator.standard_normal((len(scales), rows))
    return np.abs(common + own) * math.sqrt(0.5) * scales[:, None], scales * math.sqrt(2 / math.pi)


Draw = Callable[[Generator, int, int], tuple[Parts, Floats]]


def boards(draw: Draw, teams: int, rows: int, draws: int, seed: int) -> Held:
    """Draw boards; how many intervals to the picked leader hold the true gap, and how many ranks the true rank."""
    generator = np.random.default_rng([seed, zlib.crc32(draw.__name__.encode()), teams, rows])
    covered = plain = ranked = different = 0
    for _ in range(draws):
        parts, truth = draw(generator, teams, rows)
        field = field_of(parts)
        leader = int(np.argmax(field.scores) if field.greater_is_better else np.argmin(field.scores))
        low, high, _ = gaps(field, leader, 1.0)
        behind = truth[leader] - truth if field.greater_is_better else truth - truth[leader]
        off, half = np.abs(behind - (low + high) / 2), (high - low) / 2
        others = np.arange(teams) != leader
        covered += int(np.count_nonzero((off <= field.critical * half)[others]))
        plain += int(np.count_nonzero((off <= critical(2, field.df) * half)[others]))
        ranks = all_pairs(field)
        different += int(np.sum(ranks.better))
        better = truth[:, None] < truth[None, :] if field.greater_is_better else truth[:, None] > truth[None, :]
        above, below = np.sum(better, axis=1), np.sum(better, axis=0)
        ranked += int(np.count_nonzero((ranks.low <= 1 + above) & (ranks.high >= teams - below)))
    pairs = draws * teams * (teams - 1) / 2
    return Held(
        covered=covered / (draws * (teams - 1)),
        covered_plain=plain / (draws * (teams - 1)),
        ranked=ranked / (draws * teams),
        different=different / pairs,
    )


def shifted_errors(generator: Generator, teams: int, rows: int, c: float) -> Parts:
    """Half the teams' errors, all of one sign, are larger by the critical value and 3.1 standard errors."""
    common, own = generator.standard_normal(rows), generator.standard_normal((teams, rows))
    # Of two teams' difference the variance is that of both own parts.
    shift = (c + BEYOND) * math.sqrt(2 * 0.5 / rows)
    return np.abs(10 + (common + own) * math.sqrt(0.5) + shift * (np.arange(teams) >= teams // 2)[:, None])


def shifted_right(generator: Generator, teams: int, rows: int, c: float) -> Parts:
    """Half the teams are less often right by as much."""
    far = (c + BEYOND) ** 2
    # The variance of two teams' difference on a row is 2 R (1 - R) less half the square of the gap.
    gap = math.sqrt(far * 2 * _RIGHT * (1 - _RIGHT) / (rows + far / 2))
    chances = _RIGHT + gap / 2, _RIGHT - gap / 2
    if chances[0] >= 1:
        raise ValueError("so few rows that no two teams are so far apart")
    return generator.random((teams, rows)) < np.where(np.arange(teams) < teams // 2, *chances)[:, None]


Shifted = Callable[[Generator, int, int, float], Parts]


def separated(draw: Shifted, teams: int, rows: int, draws: int, seed: int) -> float:
    """The share of teams of the worse half that the first of the better half is told apart from."""
    generator = np.random.default_rng([seed, zlib.crc32(draw.__name__.encode()), teams, rows])
    c, found = critical(teams, rows - 1), 0
    for _ in range(draws):
        field = field_of(draw(generator, teams, rows, c))
        signs = one_against_all(field, field.submission(0), c)
        found += int(np.count_nonzero(signs[teams // 2 :] > 0))
    return found / (draws * (teams - teams // 2))
