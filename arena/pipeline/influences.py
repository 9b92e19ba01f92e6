"""Measure at grading how a submission's scores hang on each row, and keep that in the vault.

It tells of each row how well it was predicted, so it never leaves. Comparisons of submissions are made of it
(``pipeline.comparing``). What cannot be measured is not compared, and is graded all the same.
"""

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from arena.metrics.decide import labels
from arena.metrics.influence import influence, is_closed_form
from arena.metrics.table import metrics_of
from arena.metrics.undefined import UndefinedError
from arena.model.influence import Influence, Kind
from arena.model.metric import Metric, Needs
from arena.model.task import Task
from arena.pipeline.contracts import contract_of
from arena.pipeline.truth import truth_of
from arena.predictions.contract import Predictions
from arena.vault.plain import PlainVault

SPLITS = ("public", "private")
# With more rows the measuring would take longer than the grading; what so few of them cannot tell apart is equal.
_MOST_ROWS = 1_000_000
# Where rows are drawn again and again, the metric is taken 400 times.
_MOST_DRAWN = 10_000
# Of more rows, sums over so many groups are kept: then one submission takes at most 64 KiB for each split and metric.
_MOST_GROUPS = 1 << 13
_ABOUT = "about"


def measured(predictions: Predictions, task: Task, vault: PlainVault) -> bytes:
    """The influences of the task's own rows, by split and built-in metric, as the vault keeps them.

    Raises:
        TaskError: the answers cannot be used.
    """
    truth = truth_of(task, contract_of(task), vault)
    about: dict[str, list[float | str | int]] = {}
    arrays: dict[str, NDArray[Any]] = {}
    for split, chosen in zip(SPLITS, (truth.is_public, ~truth.is_public), strict=True):
        y_true, y_pred = truth.values[chosen], predictions.values[chosen]
        for metric, one in _each(task, y_true, y_pred):
            name = f"{split} {metric.name}"
            about[name], arrays[name] = [one.score, one.kind.value, one.df], one.phi
    out = io.BytesIO()
    np.savez(out, **{_ABOUT: np.array(json.dumps(about)), **arrays})  # type: ignore[arg-type] # arrays by their names
    return out.getvalue()


def kept(data: bytes, split: str, metric: str) -> Influence | None:
    """Of what ``measured`` gave, the influences on one score; ``None`` where they were not measured."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        about, name = json.loads(str(arrays[_ABOUT])), f"{split} {metric}"
        if name not in about:
            return None
        score, kind, df = about[name]
        return Influence(score=score, phi=arrays[name], kind=Kind(kind), df=df)


def _each(task: Task, y_true: NDArray[Any], y_pred: NDArray[Any]) -> Iterator[tuple[Metric, Influence]]:
    if len(y_true) > _MOST_ROWS:
        return
    for metric in metrics_of(task):
        if task.custom is not None and metric is task.custom.metric:
            continue
        predicted = labels(y_pred, task.data.needs) if metric.needs is Needs.LABEL else y_pred
        with contextlib.suppress(UndefinedError, ValueError, TypeError, ArithmeticError):
            if (one := _one(metric, y_true, predicted, task.seed)) is not None:
                yield metric, one


def _one(metric: Metric, y_true: NDArray[Any], predicted: NDArray[Any], seed: int) -> Influence | None:
    if len(y_true) > _MOST_DRAWN and not is_closed_form(metric):
        return None
    one = influence(metric, y_true, predicted, seed=seed)
    # Errors so large that they had to be brought to another scale: beside others these numbers would mean nothing.
    if not one.df or one.score != metric.score(y_true, predicted):
        return None
    return grouped(one, seed)


def grouped(one: Influence, seed: int) -> Influence:
    """With at most ``_MOST_GROUPS`` entries: of more rows, sums over groups of them, which have the same variance.

    ``seed`` decides who is in a group with whom, the same for all submissions: an answer table may be in an order.
    """
    rows = len(one.phi)
    if rows <= _MOST_GROUPS:
        return one
    groups = np.random.default_rng(seed).permutation(rows) % _MOST_GROUPS
    sums = np.bincount(groups, weights=one.phi, minlength=_MOST_GROUPS)
    # The mean over groups is that over rows.
    phi = sums * (_MOST_GROUPS / rows)
    return replace(one, phi=phi - np.mean(phi), kind=Kind.MEAN, df=min(one.df, _MOST_GROUPS - 1))
