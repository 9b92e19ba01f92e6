"""``python -m arena_guest.artifact spec.json``: predict with trained weights; nothing is trained.

``spec.json`` is ``{folder, weights, id, predicted, labels, needs, table, arrays}``, all paths inside the sandbox:
``arrays`` is an ``.npz`` that holds the test rows as an array, or null. A ``preprocess.py`` beside the weights may turn
the test rows into what the model wants, and its output into predictions.
"""

import importlib
import json
import os
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import entry, estimators, inputs, networks, outputs, weights

if TYPE_CHECKING:
    import pandas as pd

_STEPS = "preprocess"
_LOADERS: dict[str, Callable[[str, str], weights.Weights]] = {
    ".onnx": networks.Onnx,
    ".pt": networks.TorchScript,
    ".pth": networks.TorchScript,
    ".ts": networks.TorchScript,
    ".pt2": networks.TorchExport,
    ".keras": networks.Keras,
    ".txt": estimators.LightGbm,
    ".skops": estimators.Skops,
}


def _steps(folder: str) -> types.ModuleType | None:
    """The learner's module, if there is one."""
    if not os.path.isfile(f"{folder}/{_STEPS}.py"):
        return None
    module = importlib.import_module(_STEPS)
    if not any(callable(getattr(module, name, None)) for name in ("preprocess", "postprocess")):
        entry.fail("preprocess.py has no function `preprocess` and none called `postprocess`")
    return module


def _step(module: types.ModuleType | None, name: str) -> Callable[..., Any] | None:
    found = getattr(module, name, None)
    return found if callable(found) else None


def _rows(spec: dict[str, Any]) -> tuple["pd.DataFrame", Any]:
    """The test table by row id, and what a learner's ``preprocess`` is given: the table, or an array of its rows."""
    import numpy as np
    import pandas as pd

    table = pd.read_csv(spec["table"]).set_index(spec["id"])
    if spec["arrays"] is None:
        return table, table
    with np.load(spec["arrays"]) as packed:
        arrays = [array for name in packed.files if (array := packed[name]).ndim > 1 and len(array) == len(table)]
    return table, arrays[0] if len(arrays) == 1 else table


def run(model: weights.Weights, arrays: list[Any], count: int) -> list[Any]:
    """Every output for all rows, in batches of at most what the model takes at once."""
    import numpy as np

    size = model.rows or max(count, 1)
    parts: list[list[Any]] = []
    for start in range(0, count, size):
        batch = [array[start : start + size] for array in arrays]
        there = len(batch[0])
        if model.fixed and there < size:
            # It was exported for so many rows and no others: the last row fills the batch up.
            batch = [np.concatenate([array, np.repeat(array[-1:], size - there, axis=0)]) for array in batch]
        try:
            found = model.run(batch)
        except MemoryError:
            raise
        except Exception as error:
            weights.refuse(f"the model failed when it was given {', '.join(map(inputs.shape_of, batch))}", error)
        parts.append([output[:there] for output in outputs.by_row(found, len(batch[0]))])
    return [outputs.joined(chunks) for chunks in zip(*parts, strict=True)]


def main() -> None:
    """Predict the test rows and write ``submission.csv``."""
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    entry.prepare(f"{spec['folder']}/{_STEPS}.py")
    steps = _steps(spec["folder"])
    table, rows = _rows(spec)
    load = _LOADERS[os.path.splitext(spec["weights"])[1].casefold()]
    model = load(f"{spec['folder']}/{spec['weights']}", spec["needs"])
    preprocess, postprocess = _step(steps, "preprocess"), _step(steps, "postprocess")
    arrays = (
        inputs.given(model, table, rows) if preprocess is None else inputs.prepared(model, preprocess(rows), len(table))
    )
    found = run(model, inputs.typed(model, arrays), len(table))
    if postprocess is not None:
        found = [postprocess(found[0] if len(found) == 1 else found, rows)]
    outputs.write(found, spec, table)


if __name__ == "__main__":
    main()
