"""The one table of built-in metrics. To add one: a function, a line here, a test, a row in the metrics reference.

A line of ``_metric`` names a function that gives the score; one of ``_mean`` a function that gives each row's part, of
which the score is the mean (or ``finish`` of it).
"""

import functools
import importlib
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from arena.errors import InfrastructureError
from arena.model.metric import Metric, Needs, Parameter, Sign
from arena.model.task import Task

if TYPE_CHECKING:
    from numpy.typing import NDArray

_INFINITY = math.inf
_LABEL, _NUMBER, _SCORE = Needs.LABEL, Needs.NUMBER, Needs.SCORE
_ONE, _EACH, _MIX = Needs.PROBABILITY, Needs.PROBABILITIES, Needs.DISTRIBUTION


def _call(place: str, y_true: "NDArray[Any]", y_pred: "NDArray[Any]", **given: Any) -> Any:
    # Imported on use: libraries take seconds, and most commands need no score.
    module_name, function_name = place.split(":")
    module = importlib.import_module(f"arena.metrics.{module_name}")
    try:
        return getattr(module, function_name)(y_true, y_pred, **given)
    except ModuleNotFoundError as error:
        raise InfrastructureError("metric.library_missing") from error


def _mean_of(
    losses: Callable[..., Any],
    finish: Callable[[float], float],
    y_true: "NDArray[Any]",
    y_pred: "NDArray[Any]",
    **given: Any,
) -> float:
    from arena.metrics.rows import mean

    return finish(mean(functools.partial(losses, **given), y_true, y_pred))


def _metric(
    name: str, title: str, better: str, low: float, high: float, needs: Needs, place: str, **more: Any
) -> Metric:
    defaults = {parameter.name: parameter.default for parameter in more.get("parameters", ())}
    more.setdefault("score", functools.partial(_call, place, **defaults))
    up = better == "greater"
    return Metric(name=name, title=title, greater_is_better=up, low=low, high=high, needs=needs, **more)


def _mean(name: str, title: str, better: str, low: float, high: float, needs: Needs, place: str, **more: Any) -> Metric:
    defaults = {parameter.name: parameter.default for parameter in more.get("parameters", ())}
    losses = functools.partial(_call, place, **defaults)
    score = functools.partial(_mean_of, losses, more.get("finish", float))
    return _metric(name, title, better, low, high, needs, place, score=score, losses=losses, **more)


def _k(default: int | None, **more: Any) -> tuple[Parameter, ...]:
    return (Parameter(name="k", default=default, low=1, high=1000, whole=True, **more),)


_DELTA = Parameter(name="delta", default=1.0, low=0, high=1e150, ends=False)
_QUANTILE = Parameter(name="quantile", default=0.5, low=0, high=1, ends=False)

_TABLE = (
    _mean("accuracy", "Accuracy", "greater", 0, 1, _LABEL, "classification:right"),
    _metric("balanced_accuracy", "Balanced accuracy", "greater", 0, 1, _LABEL, "classification:balanced_accuracy"),
    _metric("f1", "F1", "greater", 0, 1, _LABEL, "classification:f1", two_labels=True),
    _metric("f1_macro", "Macro F1", "greater", 0, 1, _LABEL, "classification:f1_macro"),
    _metric("f1_micro", "Micro F1", "greater", 0, 1, _LABEL, "classification:f1_micro"),
    _metric("f1_weighted", "Weighted F1", "greater", 0, 1, _LABEL, "classification:f1_weighted"),
    _metric("precision", "Precision", "greater", 0, 1, _LABEL, "classification:precision", two_labels=True),
    _metric("recall", "Recall", "greater", 0, 1, _LABEL, "classification:recall", two_labels=True),
    _metric("jaccard", "Jaccard", "greater", 0, 1, _LABEL, "classification:jaccard", two_labels=True),
    _metric("jaccard_macro", "Macro Jaccard", "greater", 0, 1, _LABEL, "classification:jaccard_macro"),
    _metric("dice", "Dice", "greater", 0, 1, _LABEL, "classification:dice", two_labels=True),
    _metric("mcc", "MCC", "greater", -1, 1, _LABEL, "classification:mcc"),
    _metric("cohen_kappa", "Cohen's kappa", "greater", -1, 1, _LABEL, "classification:cohen_kappa"),
    _metric("quadratic_kappa", "Quadratic kappa", "greater", -1, 1, _LABEL, "classification:quadratic_kappa"),
    _mean("log_loss", "Log loss", "less", 0, _INFINITY, _ONE, "probabilities:log_loss", also_takes=(_EACH,)),
    _mean("brier", "Brier score", "less", 0, 2, _ONE, "probabilities:brier", also_takes=(_EACH,)),
    _mean("binary_cross_entropy", "Binary cross-entropy", "less", 0, 100, _ONE, "probabilities:binary_cross_entropy"),
    _metric("roc_auc", "ROC AUC", "greater", 0, 1, _ONE, "probabilities:roc_auc", also_takes=(_SCORE,)),
    _metric(
        *("average_precision", "Average precision", "greater", 0, 1, _ONE, "probabilities:average_precision"),
        also_takes=(_SCORE,),
    ),
    _mean("hinge", "Hinge loss", "less", 0, _INFINITY, _SCORE, "probabilities:hinge"),
    _mean(
        *("categorical_cross_entropy", "Categorical cross-entropy", "less", 0, 100, _EACH),
        "probabilities:categorical_cross_entropy",
        also_takes=(_MIX,),
    ),
    _metric("roc_auc_ovr", "ROC AUC, one vs rest", "greater", 0, 1, _EACH, "probabilities:roc_auc_ovr"),
    _mean(
        *("top_k_accuracy", "Top-k accuracy", "greater", 0, 1, _EACH, "probabilities:top_k_accuracy"),
        parameters=_k(2, below_labels=True),
    ),
    _mean("kl_divergence", "KL divergence", "less", 0, _INFINITY, _MIX, "probabilities:kl_divergence"),
    _mean("mse", "MSE", "less", 0, _INFINITY, _NUMBER, "regression:squared_error"),
    _mean("rmse", "RMSE", "less", 0, _INFINITY, _NUMBER, "regression:squared_error", finish=math.sqrt),
    _mean("mae", "MAE", "less", 0, _INFINITY, _NUMBER, "regression:absolute_error"),
    _metric("median_ae", "Median AE", "less", 0, _INFINITY, _NUMBER, "regression:median_ae"),
    _mean("mape", "MAPE", "less", 0, _INFINITY, _NUMBER, "regression:absolute_percentage_error"),
    _mean("smape", "SMAPE", "less", 0, 2, _NUMBER, "regression:symmetric_percentage_error"),
    _mean(
        *("rmsle", "RMSLE", "less", 0, _INFINITY, _NUMBER, "regression:squared_log_error"),
        finish=math.sqrt,
        sign=Sign.NON_NEGATIVE,
    ),
    _metric("r2", "R²", "greater", -_INFINITY, 1, _NUMBER, "regression:r2"),
    _metric(
        "explained_variance", "Explained variance", "greater", -_INFINITY, 1, _NUMBER, "regression:explained_variance"
    ),
    _mean("huber", "Huber loss", "less", 0, _INFINITY, _NUMBER, "regression:huber", parameters=(_DELTA,)),
    _mean("pinball", "Pinball loss", "less", 0, _INFINITY, _NUMBER, "regression:pinball", parameters=(_QUANTILE,)),
    _mean(
        *("poisson_deviance", "Poisson deviance", "less", 0, _INFINITY, _NUMBER, "regression:poisson_deviance"),
        sign=Sign.POSITIVE,
    ),
    _metric("pearson", "Pearson correlation", "greater", -1, 1, _NUMBER, "regression:pearson"),
    _metric("spearman", "Spearman correlation", "greater", -1, 1, _NUMBER, "regression:spearman"),
    _metric("ndcg", "NDCG", "greater", 0, 1, Needs.NUMBERS, "ranking:ndcg", parameters=_k(None)),
    _mean("map_at_k", "MAP@k", "greater", 0, 1, Needs.RANKING, "ranking:average_precision_at_k", parameters=_k(10)),
    _metric("cases_passed", "Cases passed", "greater", 0, 1, Needs.CASES, "exercises:cases_passed"),
)

METRICS = {metric.name: metric for metric in _TABLE}


def metrics_of(task: Task) -> tuple[Metric, ...]:
    """The task's metrics with its parameters, the ranking one first."""
    known = METRICS if task.custom is None else {**METRICS, task.custom.metric.name: task.custom.metric}
    return tuple(known[name].with_parameters(task.parameters.get(name, {})) for name in task.metrics)
