"""Turn what a model gave for each row into a table of predictions, by what the task's metric takes."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from . import entry

if TYPE_CHECKING:
    import pandas as pd

_TELL = "convert it with `postprocess(output, X)` in preprocess.py"
# Those whose values are between 0 and 1.
_CHANCES = ("probability", "probabilities", "distribution")


def by_row(found: Sequence[Any], count: int) -> list[Any]:
    """Those of the outputs that have an entry for each of ``count`` rows; the first must."""
    if not found or entries(found[0]) != count:
        shape = getattr(found[0], "shape", type(found[0]).__name__) if found else "nothing"
        entry.fail(f"the model gave {shape} for {count} rows: its first output needs one entry a row")
    return [output for output in found if entries(output) == count]


def entries(output: Any) -> int | None:
    """How many entries it has; ``None`` where it is a single thing."""
    shape = getattr(output, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) else None
    return len(output) if isinstance(output, list | tuple) else None


def joined(chunks: Sequence[Any]) -> Any:
    """One output of all batches."""
    import numpy as np

    if len(chunks) == 1:
        return chunks[0]
    if isinstance(chunks[0], list):
        return [row for chunk in chunks for row in chunk]
    return np.concatenate(chunks)


def write(found: Sequence[Any], spec: dict[str, Any], table: "pd.DataFrame") -> None:
    """Write ``submission.csv`` from the outputs."""
    import pandas as pd

    chosen = _chosen([_array(output, spec) for output in found], spec)
    if entries(chosen) != len(table):
        entry.fail(f"postprocess returned the shape {chosen.shape} for {len(table)} rows: one entry a row is needed")
    _tell_of_gaps(chosen, table)
    values = _CONVERT[spec["needs"]](chosen, spec)
    _tell_of_chances(values, spec)
    made = pd.DataFrame(values.reshape(len(table), -1), columns=spec["predicted"])
    made.insert(0, spec["id"], table.index)
    made.to_csv("submission.csv", index=False)


def _array(output: Any, spec: dict[str, Any]) -> Any:
    """An output as an array; what has names for its columns, in the task's order."""
    import numpy as np
    import pandas as pd

    if isinstance(output, list) and output and isinstance(output[0], dict):
        # A classifier of scikit-learn may give its probabilities so in ONNX: for each row label -> probability.
        output = pd.DataFrame(output)
    if isinstance(output, pd.DataFrame):
        return _in_order(output, [str(name) for name in spec["labels"] or spec["predicted"]])
    if hasattr(output, "detach"):
        output = output.detach().cpu()
    return np.asarray(output)


def _in_order(frame: "pd.DataFrame", names: list[str]) -> Any:
    found = [str(name) for name in frame.columns]
    # Codes: the labels' numbers in the task's list.
    codes = [str(code) for code in range(len(names))]
    if sorted(found) == sorted(names):
        return frame.set_axis(found, axis=1)[names].to_numpy()
    if found != codes and len(found) > 1:
        entry.fail(f"the model's columns are {', '.join(found[:12])}; the task's are {', '.join(names[:12])}: {_TELL}")
    return frame.to_numpy()


def _chosen(arrays: Sequence[Any], spec: dict[str, Any]) -> Any:
    """The first output; of a classifier whose first are labels, the second where probabilities are needed."""
    first = arrays[0]
    if spec["needs"] in _CHANCES and first.dtype.kind != "f":
        first = next((array for array in arrays if array.dtype.kind == "f"), first)
    return first[:, 0] if first.ndim == 2 and first.shape[1] == 1 else first


def _tell_of_gaps(found: Any, table: "pd.DataFrame") -> None:
    import numpy as np

    if found.dtype.kind == "f" and (lost := int(np.isnan(found.reshape(len(found), -1)).any(axis=1).sum())):
        gaps = [str(name) for name in table.columns if table[name].isna().any()]
        there = f"; the test table has gaps in {', '.join(gaps)}" if gaps else ""
        _hint(f"the output is NaN in {lost} of {len(found)} rows{there}: fill them in preprocess.py")


def _tell_of_chances(values: Any, spec: dict[str, Any]) -> None:
    if spec["needs"] in _CHANCES and values.dtype.kind == "f" and ((values < 0) | (values > 1)).any():
        _hint(f"the output is no probability: end the model with a sigmoid or softmax, or {_TELL}")


def _hint(text: str) -> None:
    print(f"arena: {text}", file=sys.stderr)


def _labels(found: Any, spec: dict[str, Any]) -> Any:
    import numpy as np

    labels = spec["labels"]
    if found.ndim == 2 and found.shape[1] == len(labels) and found.dtype.kind in "fiu":
        best = np.array(labels, dtype=object)[np.argmax(np.nan_to_num(found, nan=-np.inf), axis=1)]
        best[np.isnan(found).any(axis=1)] = None
        return best
    if found.ndim != 1:
        entry.fail(
            f"the model gave the shape {found.shape}: for labels it needs {len(labels)} scores a row, one for each of"
            f" {', '.join(map(str, labels[:12]))} in this order, or one value a row; {_TELL}"
        )
    if found.dtype.kind != "f" or set(np.unique(found[~np.isnan(found)])) <= _numeric(labels):
        return found.astype(int) if found.dtype.kind == "b" else found
    if len(labels) != 2 or np.nanmin(found) < 0 or np.nanmax(found) > 1:
        entry.fail(
            f"the model gave one number a row, from {np.nanmin(found):g} to {np.nanmax(found):g}, and they are no"
            f" labels: give a probability of {labels[-1]!r} between 0 and 1 (end with a sigmoid), or one score for each"
            f" label; or {_TELL}"
        )
    chosen = np.where(found >= 0.5, labels[1], labels[0]).astype(object)
    chosen[np.isnan(found)] = None
    return chosen


def _numeric(labels: Sequence[Any]) -> set[float]:
    return {float(label) for label in labels if not isinstance(label, str)}


def _probability(found: Any, spec: dict[str, Any]) -> Any:
    second = found[:, 1] if found.ndim == 2 and found.shape[1] == len(spec["labels"]) == 2 else found
    return _one(second, f"a probability of {spec['labels'][-1]!r}, or one for each of the two labels")


def _score(found: Any, spec: dict[str, Any]) -> Any:
    margin = found[:, 1] - found[:, 0] if found.ndim == 2 and found.shape[1] == len(spec["labels"]) == 2 else found
    return _one(margin, f"a score that is above 0 for {spec['labels'][-1]!r}, or one for each of the two labels")


def _number(found: Any, _spec: dict[str, Any]) -> Any:
    return _one(found, "one number")


def _one(found: Any, needed: str) -> Any:
    if found.ndim != 1:
        entry.fail(f"the model gave the shape {found.shape}: {needed} a row is needed; {_TELL}")
    return found


def _several(found: Any, spec: dict[str, Any]) -> Any:
    columns = spec["predicted"]
    if found.shape[1:] != (len(columns),):
        entry.fail(
            f"the model gave the shape {found.shape}: {len(columns)} numbers a row are needed, for"
            f" {', '.join(columns[:12])} in this order; {_TELL}"
        )
    return found


def _ranking(found: Any, spec: dict[str, Any]) -> Any:
    import numpy as np

    labels = spec["labels"]
    if labels and found.shape[1:] == (len(labels),) and found.dtype.kind in "fiu":
        best = np.argsort(-found, axis=1, kind="stable")
        return np.array([" ".join(str(labels[code]) for code in row) for row in best], dtype=object)
    return _one(found, "names separated by spaces, the best first,")


_CONVERT: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "label": _labels,
    "probability": _probability,
    "probabilities": _several,
    "distribution": _several,
    "score": _score,
    "number": _number,
    "numbers": _several,
    "ranking": _ranking,
}
