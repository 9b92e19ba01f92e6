"""Boards of random labels, and attackers who know nothing but what the boards tell them.

Many boards are attacked at once: arrays have a board a line, rows last, and every question asks all boards. What a
board answers is computed by ``arena.board.feedback`` itself. Nothing can be learnt of random labels, so whatever an
attacker gains over one half was given away by the answers. On private rows all of them gain nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from arena.board.feedback import Feedback, clears, rounded, standard_error

Bits = NDArray[np.bool_]
Floats = NDArray[np.float64]
# After each question: what the attacker would hand in now.
Attack = Callable[["Boards", np.random.Generator], Iterator[Bits]]


@dataclass(slots=True)
class Boards:
    """Boards of one rule, of accuracy; ``labels`` has the shape (boards, rows).

    ``one_shot``: each question is an account's first, so that a ladder forgets what it accepted.
    """

    labels: Bits
    rule: Feedback
    one_shot: bool = False
    constant: Bits = field(init=False)
    _best: Floats = field(init=False)
    _told: Floats = field(init=False)

    def __post_init__(self) -> None:
        most = np.mean(self.labels, axis=-1, keepdims=True) > 0.5
        self.constant = np.broadcast_to(most, self.labels.shape)
        self._best = self._parts(self.constant)
        self._told = self._rounded(self._best)

    def ask(self, guess: Bits) -> Floats:
        """Hand in a prediction to each board; return what each shows, of shape (boards,)."""
        parts = self._parts(guess)
        match self.rule:
            case Feedback.EXACT:
                return np.asarray(np.mean(parts, axis=-1))
            case Feedback.ROUNDED:
                return self._rounded(parts)
            case Feedback.LADDER:
                difference = parts - self._best
                climbed = clears(np.mean(difference, axis=-1), difference)
                told = np.where(climbed, self._rounded(parts), self._told)
                if not self.one_shot:
                    self._best[climbed], self._told = parts[climbed], told
                return told

    def told(self) -> Floats:
        """What an account is shown before it asks anything: a ladder's first step, else the score of a coin."""
        return self._told if self.rule is Feedback.LADDER else np.full(len(self.labels), 0.5)

    def gain(self, guess: Bits) -> Floats:
        """What a prediction is really worth, in points of accuracy over one half."""
        return np.asarray(100 * (np.mean(self._parts(guess), axis=-1) - 0.5))

    def _parts(self, guess: Bits) -> Floats:
        return np.equal(guess, self.labels).astype(np.float64)

    def _rounded(self, parts: Floats) -> Floats:
        return rounded(np.mean(parts, axis=-1), standard_error(parts))


def coins(boards: Boards, draw: np.random.Generator) -> Bits:
    """A random prediction for each row."""
    return draw.integers(2, size=boards.labels.shape, dtype=np.int8).astype(np.bool_)


def voting(boards: Boards, draw: np.random.Generator) -> Iterator[Bits]:
    """Keep of random predictions those that score better than a coin, or climb, and let them vote on each row.

    Blum and Hardt's attack, 2015.
    """
    votes = np.zeros(boards.labels.shape, dtype=np.int32)
    undecided = coins(boards, draw)
    while True:
        guess = coins(boards, draw)
        above = boards.told().copy()
        kept = boards.ask(guess) > above
        votes[kept] += np.where(guess[kept], 1, -1)
        yield np.where(votes == 0, undecided, votes > 0)


def both_ways(boards: Boards, draw: np.random.Generator) -> Iterator[Bits]:
    """The same, and what scores worse than a coin votes as well, turned round."""
    votes = np.zeros(boards.labels.shape, dtype=np.int32)
    undecided = coins(boards, draw)
    ladder = boards.rule is Feedback.LADDER
    while True:
        guess = coins(boards, draw)
        above = boards.told().copy()
        side = np.sign(boards.ask(guess) - above)
        if ladder:
            side = np.maximum(side, 0)  # No answer is no answer, not a bad one.
        votes += side.astype(np.int32)[:, None] * np.where(guess, 1, -1)
        yield np.where(votes == 0, undecided, votes > 0)


def climbing(block: int) -> Attack:
    """Turn ``block`` rows of the best prediction so far, and keep that where the board shows more.

    It begins where the board does: under a ladder at the constant, else at random.
    """

    def attack(boards: Boards, draw: np.random.Generator) -> Iterator[Bits]:
        begin = boards.constant if boards.rule is Feedback.LADDER else coins(boards, draw)
        best = begin.copy()
        shown = boards.told().copy() if boards.rule is Feedback.LADDER else boards.ask(best)
        order, at = draw.permutation(best.shape[1]), 0
        if boards.rule is not Feedback.LADDER:
            yield best
        while True:
            if at + block > len(order):
                order, at = draw.permutation(best.shape[1]), 0
            rows, at = order[at : at + block], at + block
            turned = best.copy()
            turned[:, rows] ^= True
            answer = boards.ask(turned)
            better = answer > shown
            best[better], shown = turned[better], np.where(better, answer, shown)
            yield best

    return attack


def probing(boards: Boards, draw: np.random.Generator) -> Iterator[Bits]:
    """Find a prediction at the edge of a step, then turn one row at a time and see whether it falls off.

    At the edge, one right row less is shown and one more is not: each question tells one label. Without rounding every
    prediction is at an edge.
    """
    begin = boards.constant if boards.rule is Feedback.LADDER else coins(boards, draw)
    edge, known = begin.copy(), begin.copy()
    found = np.zeros(len(edge), dtype=np.bool_)
    shown = boards.ask(edge)
    yield known
    for row in draw.permutation(edge.shape[1]):
        turned = edge.copy()
        turned[:, row] ^= True
        answer = boards.ask(turned)
        fell, rose = answer < shown, answer > shown
        # On the way to an edge rows are turned one after the other; the step shows which side of it is the high one.
        known[found | rose, row] = turned[found | rose, row]
        known[fell, row] = edge[fell, row]
        walking = ~found & ~fell
        edge[walking], shown = turned[walking], np.where(walking, answer, shown)
        known[walking] = edge[walking]
        found |= fell | rose
        yield known
