"""Every metric is what its reference defines, on anything that a task and a submission can hold."""

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from arena.metrics.table import METRICS
from arena.metrics.undefined import UndefinedError
from arena.model.metric import Metric, Needs
from tests.unit.metrics.draws import pairs as drawn
from tests.unit.metrics.draws import parameters
from tests.unit.metrics.references import REFERENCES

KINDS = [(metric, needs) for metric in METRICS.values() for needs in (metric.needs, *metric.also_takes)]


def test_every_metric_has_a_reference() -> None:
    """No metric goes without the function that defines it."""
    assert list(REFERENCES) == list(METRICS)


@pytest.mark.filterwarnings("ignore:An input array is constant")
@pytest.mark.parametrize(("metric", "needs"), KINDS, ids=[f"{m.name}, {needs.value}" for m, needs in KINDS])
@settings(max_examples=30, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(data=st.data())
def test_the_reference_says_the_same(metric: Metric, needs: Needs, data: st.DataObject) -> None:
    """A metric and its reference give one number, whatever the parameters, wherever the metric is defined."""
    true, predicted = data.draw(drawn(metric, needs))
    chosen = data.draw(parameters(metric))
    bound = metric.with_parameters(chosen)
    try:
        found = bound.score(true, predicted)
    except UndefinedError:
        reject()
    if metric.name in {"pearson", "spearman", "mcc"} and len(set(predicted.tolist())) == 1:
        assert found == 0
        return
    expected = REFERENCES[metric.name](true, predicted, **chosen)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-12)
    # Sums of floats end this close to the ends; `within` takes scores back.
    assert metric.low - 1e-12 <= found <= metric.high + 1e-12


@pytest.mark.parametrize("name", ["accuracy", "f1", "balanced_accuracy"])
@settings(max_examples=30)
@given(data=st.data())
def test_what_is_counted_is_the_reference_s_to_the_last_bit(name: str, data: st.DataObject) -> None:
    """Boards do not depend on who counted."""
    true, predicted = data.draw(drawn(METRICS[name], Needs.LABEL))
    assert METRICS[name].score(true, predicted) == REFERENCES[name](true, predicted)
