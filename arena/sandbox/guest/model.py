"""``python -m arena_guest.model fit|predict spec.json``: drive a ``Model`` class by scikit-learn's convention.

Two processes: ``fit`` sees the training table only and leaves ``model.pkl``; ``predict`` loads it beside the test
table. ``spec.json`` is ``{folder, id, target, predicted, table, model}``: the names of the target columns in the
training table and of the predicted columns, all paths inside the sandbox.
"""

import importlib
import json
import pickle
import sys
from typing import TYPE_CHECKING, Any

from . import entry

if TYPE_CHECKING:
    import pandas as pd


def _model_class(folder: str) -> Any:
    entry.prepare(f"{folder}/model.py")
    found = getattr(importlib.import_module("model"), "Model", None)
    if found is None:
        entry.fail("model.py has no class `Model`")
    for method in ("fit", "predict"):
        if not callable(getattr(found, method, None)):
            entry.fail(f"class Model has no method `{method}`")
    return found


def _table(spec: dict[str, Any]) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(spec["table"]).set_index(spec["id"])


def fit(spec: dict[str, Any]) -> None:
    """Fit on the training table and leave the fitted model as ``model.pkl``."""
    model = _model_class(spec["folder"])()
    table = _table(spec)
    target = spec["target"]
    # One column as a Series, as scikit-learn has it; several as a frame.
    model.fit(table.drop(columns=target), table[target[0] if len(target) == 1 else target])
    try:
        packed = pickle.dumps(model, protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        entry.fail(f"the fitted Model cannot be pickled, which carries it from fit to predict: {error}")
    with open("model.pkl", "wb") as file:
        file.write(packed)


def predict(spec: dict[str, Any]) -> None:
    """Load the fitted model, predict the test table and write ``submission.csv``."""
    import numpy as np
    import pandas as pd

    _model_class(spec["folder"])
    with open(spec["model"], "rb") as file:
        # Learner's bytes, loaded in the learner's own sandbox and nowhere else.
        model = pickle.load(file)
    inputs = _table(spec)
    columns = spec["predicted"]
    found = model.predict(inputs)
    if isinstance(found, pd.DataFrame) and sorted(map(str, found.columns)) == sorted(columns):
        # Named columns may come in any order.
        found = found.set_axis([str(name) for name in found.columns], axis=1)[columns]
    values = np.asarray(found)
    if values.ndim == 1:
        values = values.reshape(-1, 1)
    if values.shape != (len(inputs), len(columns)):
        entry.fail(f"predict returned shape {np.shape(found)}; expected {_expected(len(inputs), columns)}")
    if values.dtype == bool:
        values = values.astype(np.int64)
    table = pd.DataFrame(values, columns=columns)
    table.insert(0, spec["id"], inputs.index)
    table.to_csv("submission.csv", index=False)


def _expected(rows: int, columns: list[str]) -> str:
    if len(columns) == 1:
        return f"({rows},), one value a row of X"
    named = ", ".join(columns[:5]) + (", …" if len(columns) > 5 else "")
    return f"({rows}, {len(columns)}), a row for each row of X with columns in this order: {named}"


def main() -> None:
    """Do the step that the first argument names."""
    with open(sys.argv[2], encoding="utf-8") as file:
        spec = json.load(file)
    {"fit": fit, "predict": predict}[sys.argv[1]](spec)


if __name__ == "__main__":
    main()
