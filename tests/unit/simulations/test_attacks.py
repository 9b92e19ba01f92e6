"""The attacks on feedback, on boards that are small enough for a test."""

import numpy as np
import pytest

from arena.board.feedback import Feedback
from simulations.attackers import Attack, Boards, both_ways, climbing, coins, probing, voting
from simulations.attacks import LARGE, QUESTIONS, Claim, Curve, claims, climbers, curve, measured
from simulations.attacks_page import curves, page

ROWS, BOARDS, ASKED = 400, 10, (50, 150)


def _gain(attack: Attack, rule: Feedback, *, one_shot: bool = False) -> float:
    found = measured(attack, rule, rows=ROWS, boards=BOARDS, questions=ASKED, one_shot=one_shot)
    return float(np.mean(found[ASKED[-1]]))


@pytest.mark.parametrize("rule", [Feedback.EXACT, Feedback.ROUNDED])
@pytest.mark.parametrize(("attack", "least"), [(voting, 10), (both_ways, 15), (climbing(12), 10), (probing, 14)])
def test_what_is_given_away(rule: Feedback, attack: Attack, least: float) -> None:
    """Exact scores are climbed without a model, and rounded ones nearly as fast."""
    assert _gain(attack, rule) > least


@pytest.mark.parametrize("attack", [voting, both_ways, probing, climbing(1), climbing(40), climbing(200)])
def test_a_ladder_holds(attack: Attack) -> None:
    """Under a ladder 150 questions gain next to nothing beyond the constant's own luck."""
    start = _gain(climbing(1), Feedback.LADDER)  # No single row climbs, so this is the constant.
    assert _gain(attack, Feedback.LADDER) < start + 1.5


def test_one_shot() -> None:
    """Accounts that are used once vote as well as one that is used often, and under a ladder learn nothing."""
    assert _gain(voting, Feedback.EXACT, one_shot=True) == _gain(voting, Feedback.EXACT)
    assert abs(_gain(voting, Feedback.LADDER, one_shot=True)) < 1.5


def test_probing_ends() -> None:
    """With exact scores, one question more than there are rows tells every label, on every board."""
    found = measured(probing, Feedback.EXACT, rows=60, boards=5, questions=(61, 100))
    assert found[61].tolist() == found[100].tolist() == [50.0] * 5


def test_a_ladder_remembers() -> None:
    """What climbed is shown from then on; an account of its own begins again at the constant."""
    labels = np.array([[True, False] * 50])
    climbed, forgot = (Boards(labels=labels, rule=Feedback.LADDER, one_shot=one) for one in (False, True))
    guess = labels.copy()
    guess[0, :10] ^= True
    for boards in (climbed, forgot):
        assert boards.told().tolist() == [0.5]
        assert boards.ask(guess).tolist() == [0.9]
    other = coins(climbed, np.random.default_rng(1))
    assert (climbed.ask(other).tolist(), forgot.ask(other).tolist()) == ([0.9], [0.5])


def test_same_under_every_rule() -> None:
    """Labels and attackers do not depend on the rule: what differs between two curves is the rule alone."""
    first = [measured(voting, rule, rows=ROWS, boards=3, questions=(1,))[1].tolist() for rule in list(Feedback)[:2]]
    assert first[0] == pytest.approx(first[1], abs=5)


def _flat(attack: str, rule: Feedback, gain: float, rows: int = LARGE) -> Curve:
    return Curve(attack=attack, rule=rule, rows=rows, gains=dict.fromkeys(QUESTIONS, (gain, 0.1)), blocks={})


NAMES = ("voting", "voting both ways", "hill climbing", "one-row probing", "one-shot accounts")


def test_claims() -> None:
    """Each claim is judged by what was measured, and one that does not hold says so."""
    good = [_flat(name, rule, 7.0 if rule is Feedback.EXACT else 0.5) for name in NAMES for rule in Feedback]
    assert all(claim.holds for claim in claims(good))
    bad = [_flat(name, rule, 5.0 if rule is Feedback.EXACT else 2.0) for name in NAMES for rule in Feedback]
    assert not any(claim.holds for claim in claims(bad))
    assert len(claims(bad)) == 6


def test_best_block() -> None:
    """Of several blocks each number of questions has the one that gained most after so many."""
    assert set(climbers(30)) == {1, 4, 12}
    weak = {1: climbing(1), 4: climbing(4)}
    found = curve("hill climbing", weak, Feedback.EXACT, rows=209)
    assert found.blocks[5] == 4
    assert found.gains[100][0] > 20


def test_page() -> None:
    """The page tells the run, a row for each curve and each claim; the picture has words for who does not see it."""
    found = [_flat(name, rule, 1.25, rows) for rows in (LARGE, 209) for name in NAMES for rule in Feedback]
    text = page(found, [Claim(text="pigs fly", measured=0.5, holds=False)], "`run` today", picture="x.svg")
    assert text.count("| `ladder` | voting | 1.2 |") == 2
    assert "`run` today" in text
    assert "| pigs fly | 0.50 | **fails** |" in text
    assert "![Gain in points" in text
    drawn = curves(found[:15])
    assert drawn == curves(found[:15])
    assert b"hill climbing" in drawn
