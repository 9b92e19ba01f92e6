"""A metric declares its direction, and what it can score."""

from dataclasses import replace

import pytest

from arena.model.metric import Metric, Needs


def _metric(*, greater_is_better: bool) -> Metric:
    return Metric(
        name="m",
        title="M",
        greater_is_better=greater_is_better,
        low=0,
        high=1,
        needs=Needs.NUMBER,
        score=lambda y_true, y_pred: float(len(y_true) + len(y_pred)),
    )


def test_direction() -> None:
    """The direction follows from what the metric declares."""
    assert _metric(greater_is_better=True).direction == "maximize"
    assert _metric(greater_is_better=False).direction == "minimize"


@pytest.mark.parametrize(
    ("needs", "given", "fits"),
    [
        (Needs.NUMBER, Needs.NUMBER, True),
        (Needs.NUMBER, Needs.LABEL, False),
        (Needs.LABEL, Needs.PROBABILITY, True),
        (Needs.LABEL, Needs.PROBABILITIES, True),
        (Needs.LABEL, Needs.SCORE, True),
        (Needs.LABEL, Needs.DISTRIBUTION, False),
        (Needs.PROBABILITY, Needs.LABEL, False),
        (Needs.PROBABILITY, Needs.PROBABILITIES, False),
    ],
)
def test_can_score(needs: Needs, given: Needs, *, fits: bool) -> None:
    """A metric scores what it needs; one of labels also what decides for labels."""
    assert replace(_metric(greater_is_better=True), needs=needs).can_score(given) is fits


def test_can_score_what_it_also_takes() -> None:
    """And what it says that it takes besides."""
    metric = replace(_metric(greater_is_better=True), also_takes=(Needs.SCORE,))
    assert metric.can_score(Needs.SCORE)
    assert not metric.can_score(Needs.RANKING)
