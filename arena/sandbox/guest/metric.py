"""``python -m arena_guest.metric``: score predictions by a task's own ``metric.py``, by Kaggle's convention.

Standard input is a line of JSON, ``{folder, function, id, text: [[column, …], [column, …]], splits: [[name, bytes,
bytes], …]}``, and then for each split two tables as CSV: the solution and the submission, whose columns ``text`` are
text whatever they hold. ``function(solution, submission, row_id_column_name)`` is
called with a frame of each and returns a number. What is left is ``scores.json``: ``{"scores": {name: number}}``, or
``{"refused": text, "split": name}`` where it raises a ``ParticipantVisibleError``, its own or that of
``kaggle_metric_utilities``.
"""

import importlib
import io
import json
import numbers
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO

from . import entry, kaggle_metric_utilities

if TYPE_CHECKING:
    import pandas as pd

_UTILITIES = "kaggle_metric_utilities"
_VISIBLE = "ParticipantVisibleError"


def _function(folder: str, name: str) -> Callable[..., Any]:
    entry.prepare(f"{folder}/metric.py")
    sys.modules[_UTILITIES] = kaggle_metric_utilities
    found: Callable[..., Any] | None = getattr(importlib.import_module("metric"), name, None)
    if found is None or not callable(found):
        entry.fail(f"metric.py has no function `{name}`")
    return found


def _frame(data: bytes, text: list[str]) -> "pd.DataFrame":
    import pandas as pd

    # Exactly the numbers that are written there, which pandas 3 reads by itself and warns of when it is asked.
    exact = {} if int(pd.__version__.split(".", 1)[0]) >= 3 else {"float_precision": "round_trip"}
    # A label that is called "NA" is no gap.
    return pd.read_csv(io.BytesIO(data), dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=[""], **exact)


def _number(value: Any, name: str) -> float:
    # Not float(value): an object may say anything of itself.
    if not isinstance(value, numbers.Real):
        entry.fail(f"`{name}` returned a {type(value).__name__}; a number is needed")
    return float(value)


def _is_visible(error: BaseException) -> bool:
    """Metrics define the class themselves, so it is known by its name."""
    return any(kind.__name__ == _VISIBLE for kind in type(error).__mro__)


def scored(stream: BinaryIO) -> dict[str, Any]:
    """Call the function for each split."""
    spec = json.loads(stream.readline())
    function = _function(spec["folder"], spec["function"])
    scores = {}
    for name, *sizes in spec["splits"]:
        # Read anew for each call: a metric may change what it is given.
        solution, submission = (_frame(stream.read(size), text) for size, text in zip(sizes, spec["text"], strict=True))
        try:
            scores[name] = _number(function(solution, submission, spec["id"]), spec["function"])
        except Exception as error:
            if not _is_visible(error):
                raise
            return {"refused": str(error), "split": name}
    return {"scores": scores}


def main() -> None:
    """Score every split and leave the result."""
    with open(0, "rb", closefd=False) as stream:
        result = scored(stream)
    with open("scores.json", "w", encoding="ascii") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
