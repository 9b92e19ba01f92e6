"""A metric declares its direction."""

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
