"""The one table of built-in metrics. To add one: a function, a line here, a test, a row in the metrics reference."""

import importlib
from typing import TYPE_CHECKING, Any

from arena.errors import InfrastructureError
from arena.model.metric import Metric, Needs

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INFINITY = float("inf")


def _metric(  # noqa: PLR0917 - one line of a table
    name: str, title: str, needs: Needs, function: str, low: float, high: float, *, greater_is_better: bool
) -> Metric:
    module_name, function_name = function.split(":")

    def score(y_true: "NDArray[Any]", y_pred: "NDArray[Any]") -> float:
        # Imported on use: scikit-learn takes seconds, and most commands need no score.
        module = importlib.import_module(f"arena.metrics.{module_name}")
        try:
            return float(getattr(module, function_name)(y_true, y_pred))
        except ModuleNotFoundError as error:
            raise InfrastructureError("metric.library_missing") from error

    return Metric(
        name=name, title=title, greater_is_better=greater_is_better, low=low, high=high, needs=needs, score=score
    )


_TABLE = (
    _metric("accuracy", "Accuracy", Needs.LABEL, "classification:accuracy", 0, 1, greater_is_better=True),
    _metric(
        "balanced_accuracy",
        "Balanced accuracy",
        Needs.LABEL,
        "classification:balanced_accuracy",
        0,
        1,
        greater_is_better=True,
    ),
    _metric("f1", "F1", Needs.LABEL, "classification:f1", 0, 1, greater_is_better=True),
    _metric(
        "log_loss", "Log loss", Needs.PROBABILITY, "classification:log_loss", 0, _INFINITY, greater_is_better=False
    ),
    _metric("roc_auc", "ROC AUC", Needs.PROBABILITY, "classification:roc_auc", 0, 1, greater_is_better=True),
    _metric("rmse", "RMSE", Needs.NUMBER, "regression:rmse", 0, _INFINITY, greater_is_better=False),
    _metric("mae", "MAE", Needs.NUMBER, "regression:mae", 0, _INFINITY, greater_is_better=False),
    _metric("cases_passed", "Cases passed", Needs.CASES, "exercises:cases_passed", 0, 1, greater_is_better=True),
)

METRICS = {metric.name: metric for metric in _TABLE}
