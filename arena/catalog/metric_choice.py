"""Whether a task's metrics fit each other, its labels and its columns, and what is predicted for them."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from arena.catalog.schema import PredictionFile
from arena.model.budget import Budget
from arena.model.metric import CustomMetric, Metric, Needs, in_sandbox_only

# As many as a table of predictions may have, less the id.
MAX_PREDICTED = 255
_BINARY = 2
# How the task's own metric is named.
_CUSTOM = re.compile(r"metric\.py:([A-Za-z_][A-Za-z0-9_]{0,63})")
METRIC_FILE = "metric.py"

Fault = tuple[tuple[str, ...], str, str]


def needs(settings: PredictionFile, metrics: Mapping[str, Metric]) -> Needs:
    """What is predicted for each row: what the ranking metric asks for in a task of so many labels and targets."""
    data = settings.data
    return metrics[settings.metric.name].prediction(labels=len(data.labels), targets=len(data.target))


def custom(settings: PredictionFile) -> CustomMetric | None:
    """The task's own metric, where it names and describes one."""
    table, matches = settings.metric.custom, _custom_names(settings)
    if table is None or len(matches) != 1:
        return None
    metric = Metric(
        name=matches[0][0],
        title=table.title,
        greater_is_better=table.greater_is_better,
        low=table.low,
        high=table.high,
        needs=Needs(table.needs),
        score=in_sandbox_only,
    )
    budget = Budget(
        device="cpu",
        cpu_seconds=table.wall_seconds,
        wall_seconds=table.wall_seconds,
        memory_bytes=table.memory,
        processes=32,
        disk_bytes=64 * 1024**2,
        files=1000,
        log_bytes=64 * 1024,
    )
    return CustomMetric(metric=metric, function=matches[0][1], budget=budget)


def _custom_names(settings: PredictionFile) -> list[tuple[str, str]]:
    """What the task calls its own metrics, each with its function."""
    names = (settings.metric.name, *settings.metric.also)
    return [(name, match[1]) for name in names if (match := _CUSTOM.fullmatch(name))]


def custom_faults(settings: PredictionFile, folder: Path) -> Iterator[Fault]:
    """What is wrong with the task's own metric, as far as that shows without running it."""
    table, matches = settings.metric.custom, _custom_names(settings)
    if table is None:
        if matches:
            fix = "add [metric.custom] with `title`, `greater_is_better` and `needs`"
            yield ("metric",), f"{matches[0][0]!r} is a metric of the task's own, which nothing describes", fix
        return
    place = ("metric", "custom")
    if len(matches) != 1:
        reason = "the task names no metric of its own" if not matches else "the task names several metrics of its own"
        yield place, reason, 'name one, as in `name = "metric.py:score"`'
        return
    if table.low >= table.high:
        yield (*place, "low"), "`low` is not below `high`", "correct one of the two"
    try:
        source = (folder / METRIC_FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield place, f"{METRIC_FILE} is missing, or is no text", f"write {METRIC_FILE} beside task.toml"
        return
    if not re.search(rf"^(?:def\s+{matches[0][1]}\s*\(|{matches[0][1]}\s*[:=])", source, re.MULTILINE):
        yield place, f"{METRIC_FILE} has no function `{matches[0][1]}`", "define it there, or correct its name"


def metric_faults(settings: PredictionFile, metrics: Mapping[str, Metric]) -> Iterator[Fault]:
    """Everything that is wrong, each with its place in ``task.toml`` and how to mend it."""
    names = (settings.metric.name, *settings.metric.also)
    metrics = {name: metric for name, metric in metrics.items() if metric.needs is not Needs.CASES}
    for unknown in (name for name in names if name not in metrics and not _CUSTOM.fullmatch(name)):
        yield ("metric",), f"there is no metric {unknown!r}", f"choose from {', '.join(metrics)}"
    known = [metrics[name] for name in names if name in metrics]
    yield from _parameter_faults(settings, known)
    if settings.metric.name in metrics:
        given = needs(settings, metrics)
        if strange := [metric for metric in known if not metric.can_score(given)]:
            kinds = " and ".join(sorted({given.value, *(metric.needs.value for metric in strange)}))
            fix = "name metrics that need the same"
            yield ("metric", "also"), f"the metrics need different predictions: {kinds}", fix
        else:
            yield from _label_faults(settings, known, given)
        yield from _column_faults(settings, given)


def _label_faults(settings: PredictionFile, known: list[Metric], given: Needs) -> Iterator[Fault]:
    labels = settings.data.labels
    if given.takes_labels and not labels:
        yield ("data",), "a metric of labels needs `labels`", "list every label, as in `labels = [0, 1]`"
    binary = given.of_two_labels or any(metric.two_labels for metric in known)
    if binary and labels and len(labels) != _BINARY:
        yield ("data", "labels"), "the metric takes two labels, the positive one last", "list two labels"
    if given is Needs.PROBABILITIES and labels:
        if len(labels) < _BINARY:
            yield ("data", "labels"), "probabilities are of two labels or more", "list every label"
        if settings.data.id in map(str, labels):
            reason = "the id column is called like a label, and predictions have a column for each label"
            yield ("data", "labels"), reason, "give one of the two another name"
        if len(labels) > MAX_PREDICTED:
            reason = f"predictions have a column for each label, and at most {MAX_PREDICTED} are read"
            yield ("data", "labels"), reason, "choose a metric of labels, or fewer labels"


def _column_faults(settings: PredictionFile, given: Needs) -> Iterator[Fault]:
    targets = settings.data.target
    if given.takes_targets and len(targets) == 1:
        yield ("data", "target"), f"the metric needs several columns, of {given.value}", "name every column"
    elif len(targets) > 1 and not given.takes_targets:
        yield ("data", "target"), f"the metric needs one column, of {given.value}", "name one column"
    elif len(targets) > MAX_PREDICTED:
        yield ("data", "target"), f"at most {MAX_PREDICTED} columns are read", "name fewer columns"


def _parameter_faults(settings: PredictionFile, known: list[Metric]) -> Iterator[Fault]:
    takes = {metric.name: {parameter.name: parameter for parameter in metric.parameters} for metric in known}
    given = settings.metric.parameters
    for name in given:
        place = ("metric", "parameters", name)
        if name not in takes:
            yield place, f"{name!r} is none of the task's metrics", "name it in `also`, or remove its parameters"
            continue
        for key in (key for key in given[name] if key not in takes[name]):
            there = f"it takes {', '.join(takes[name])}" if takes[name] else "it takes none"
            yield (*place, key), f"{name} has no parameter {key!r}", f"remove it or correct its spelling; {there}"
    for name, parameters in takes.items():
        for key, parameter in parameters.items():
            value = given.get(name, {}).get(key, parameter.default)
            fault = None if value is None else parameter.fault(value, len(settings.data.labels))
            if fault:
                yield (
                    ("metric", "parameters", name, key),
                    fault,
                    f"set `metric.parameters.{name}.{key}` to such a number",
                )
