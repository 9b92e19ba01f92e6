"""Whether a task's metrics fit each other, its labels and its columns, and what is predicted for them."""

from collections.abc import Iterator, Mapping

from arena.catalog.schema import PredictionFile
from arena.model.metric import Metric, Needs

# As many as a table of predictions may have, less the id.
MAX_PREDICTED = 255
_BINARY = 2

Fault = tuple[tuple[str, ...], str, str]


def needs(settings: PredictionFile, metrics: Mapping[str, Metric]) -> Needs:
    """What is predicted for each row: what the ranking metric asks for in a task of so many labels and targets."""
    data = settings.data
    return metrics[settings.metric.name].prediction(labels=len(data.labels), targets=len(data.target))


def metric_faults(settings: PredictionFile, metrics: Mapping[str, Metric]) -> Iterator[Fault]:
    """Everything that is wrong, each with its place in ``task.toml`` and how to mend it."""
    names = (settings.metric.name, *settings.metric.also)
    metrics = {name: metric for name, metric in metrics.items() if metric.needs is not Needs.CASES}
    for unknown in (name for name in names if name not in metrics):
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
