"""Estimators of tables: LightGBM from its text, scikit-learn from skops."""

from collections.abc import Sequence
from typing import Any

from . import entry, weights

# Packages whose classes a skops file may name: they are the runtime's own.
_TRUSTED = ("numpy.", "scipy.", "sklearn.", "lightgbm.", "collections.OrderedDict")
# Which method gives what the metric takes; `predict` gives the rest.
_ASKED = {
    "probability": ("predict_proba",),
    "probabilities": ("predict_proba",),
    "score": ("decision_function", "predict_proba"),
}


class LightGbm:
    """A Booster from its text."""

    layout = weights.FLAT
    rows: int | None = None
    fixed = False

    def __init__(self, path: str, _needs: str) -> None:
        import lightgbm

        # Read as text: git and editors may have changed the line ends, and LightGBM counts bytes.
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if "end of trees" not in text:
            entry.fail("the LightGBM model is cut short: save it with booster.save_model(…) and hand in the whole file")
        # What else is damaged ends the whole process, after a line of LightGBM's own in the log.
        with weights.refusing("LightGBM refuses the model: save it with booster.save_model(…)"):
            self._booster = lightgbm.Booster(model_str=text)
        names = tuple(self._booster.feature_name())
        self.inputs = [weights.Input(name="X", shape=(len(names),), columns=names)]

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        with weights.refusing("LightGBM cannot predict these rows"):
            return [self._booster.predict(arrays[0], num_threads=1)]


class Skops:
    """An estimator of scikit-learn, of whose types all are known."""

    layout = weights.FLAT
    rows: int | None = None
    fixed = False

    def __init__(self, path: str, needs: str) -> None:
        import skops.io

        with weights.refusing("skops refuses the file: save the estimator with skops.io.dump(model, …)"):
            unknown = skops.io.get_untrusted_types(file=path)
            foreign = [name for name in unknown if not name.startswith(_TRUSTED)]
        if foreign:
            entry.fail(
                f"the file holds types of other packages than scikit-learn, SciPy, NumPy and LightGBM, so nothing was"
                f" loaded: {', '.join(foreign[:5])}. Leave them out, or hand in a model.py, which may define its own"
            )
        with weights.refusing(
            "skops refuses the file: save the estimator with skops.io.dump(model, …), scikit-learn as here"
        ):
            self._model = skops.io.load(path, trusted=unknown)
        asked = _ASKED.get(needs, ("predict",))
        self._ask = next((name for name in asked if hasattr(self._model, name)), "")
        if not self._ask:
            entry.fail(f"the estimator {type(self._model).__name__} has no `{asked[0]}`, which the metric needs")
        named = getattr(self._model, "feature_names_in_", None)
        width = getattr(self._model, "n_features_in_", None)
        columns = None if named is None else tuple(str(name) for name in named)
        self.inputs = [weights.Input(name="X", shape=None if width is None else (int(width),), columns=columns)]

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """See ``Weights``."""
        with weights.refusing(f"the estimator's `{self._ask}` failed"):
            found = getattr(self._model, self._ask)(arrays[0])
        if self._ask == "predict" or not hasattr(self._model, "classes_"):
            return [found]
        import numpy as np
        import pandas as pd

        # Its classes are in an order of its own; a single score is that of the second.
        columns = np.stack([-found / 2, found / 2], axis=1) if found.ndim == 1 else found
        return [pd.DataFrame(columns, columns=list(self._model.classes_))]
