"""``python -m arena_guest.model fit|predict spec.json``: drive a ``Model`` class by scikit-learn's convention.

Two processes: ``fit`` sees the training table only and leaves ``model.pkl``; ``predict`` loads it beside the test
table. ``spec.json`` is ``{folder, id, target, table, model}``, all paths inside the sandbox.
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


def _table(spec: dict[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.read_csv(spec["table"]).set_index(spec["id"])


def fit(spec: dict[str, str]) -> None:
    """Fit on the training table and leave the fitted model as ``model.pkl``."""
    model = _model_class(spec["folder"])()
    table = _table(spec)
    model.fit(table.drop(columns=spec["target"]), table[spec["target"]])
    try:
        packed = pickle.dumps(model, protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        entry.fail(f"the fitted Model cannot be pickled, which carries it from fit to predict: {error}")
    with open("model.pkl", "wb") as file:
        file.write(packed)


def predict(spec: dict[str, str]) -> None:
    """Load the fitted model, predict the test table and write ``submission.csv``."""
    import numpy as np
    import pandas as pd

    _model_class(spec["folder"])
    with open(spec["model"], "rb") as file:
        # Learner's bytes, loaded in the learner's own sandbox and nowhere else.
        model = pickle.load(file)
    inputs = _table(spec)
    values = np.asarray(model.predict(inputs))
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.shape != (len(inputs),):
        entry.fail(f"predict returned shape {values.shape}; expected ({len(inputs)},), one value a row of X")
    if values.dtype == bool:
        values = values.astype(np.int64)
    pd.DataFrame({spec["id"]: inputs.index, spec["target"]: values}).to_csv("submission.csv", index=False)


def main() -> None:
    """Do the step that the first argument names."""
    with open(sys.argv[2], encoding="utf-8") as file:
        spec = json.load(file)
    {"fit": fit, "predict": predict}[sys.argv[1]](spec)


if __name__ == "__main__":
    main()
