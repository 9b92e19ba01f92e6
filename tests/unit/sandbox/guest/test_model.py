"""A `Model` class, driven as the guest drives it."""

import pickle
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.sandbox.guest import model
from tests.conftest import IDS, PUBLIC, predictions

Source = Callable[[dict[str, str]], Path]
Spec = Callable[..., str]

MODEL = """\
class Model:
    def fit(self, X, y):
        self.seen = (list(X.columns), X.index.name, len(X), y.name)
        self.common = int(y.mode()[0])

    def predict(self, X):
        self.asked = list(X.columns)
        {predict}
"""
GOOD = MODEL.format(predict="return [self.common] * len(X)")


def _do(step: str, spec: str) -> None:
    sys.argv = ["model", step, spec]
    model.main()


def _fit_and_predict(source: Source, spec: Spec, predict: str, **parts: object) -> None:
    source({"model.py": MODEL.format(predict=predict)})
    _do("fit", spec(PUBLIC["train.csv"], **parts))
    for name in ("model", "__main__"):
        sys.modules.pop(name)
    _do("predict", spec(PUBLIC["test.csv"], **parts))


def test_fit(source: Source, spec: Spec, interpreter: Path) -> None:
    """Fitting is given the features without id and target, by row id, and leaves the fitted model."""
    source({"model.py": GOOD})
    _do("fit", spec(PUBLIC["train.csv"]))
    fitted = pickle.loads((interpreter / "model.pkl").read_bytes())  # noqa: S301 - this test wrote it
    assert fitted.seen == (["weight", "name"], "id", 8, "ripe")
    assert fitted.common == 0


@pytest.mark.parametrize(
    "predict",
    [
        "return [self.common] * len(X)",
        "import numpy; return numpy.zeros(len(X), dtype=int)",
        "import numpy; return numpy.zeros((len(X), 1), dtype=int)",
        "return X['weight'] < 0",
        "import pandas; return pandas.Series(0, index=X.index)",
    ],
)
def test_predict(source: Source, spec: Spec, interpreter: Path, predict: str) -> None:
    """A list, an array, a column, booleans or a series of one value a row become the table of predictions."""
    _fit_and_predict(source, spec, predict)
    assert (interpreter / "submission.csv").read_bytes() == predictions("0" * len(IDS))


@pytest.mark.parametrize(
    ("predict", "shape"),
    [
        ("return [0] * (len(X) - 1)", "(11,)"),
        ("return 0", "()"),
        ("import numpy; return numpy.zeros((len(X), 2))", "(12, 2)"),
        ("return None", "()"),
    ],
)
def test_wrong_shape(source: Source, spec: Spec, capsys: pytest.CaptureFixture[str], predict: str, shape: str) -> None:
    """Anything but one value a row is refused with the shape that came and the shape that was expected."""
    with pytest.raises(SystemExit):
        _fit_and_predict(source, spec, predict)
    said = capsys.readouterr().err
    assert f"predict returned shape {shape}; expected (12,)" in said


@pytest.mark.parametrize(
    "predict",
    [
        "return [[0.25, 0.75]] * len(X)",
        "import numpy; return numpy.tile([0.25, 0.75], (len(X), 1))",
        "import pandas; return pandas.DataFrame({1: 0.75, 0: 0.25}, index=X.index)",
        "import pandas; return pandas.DataFrame({'a': 0.25, 'b': 0.75}, index=X.index)",
    ],
)
def test_predict_several_columns(source: Source, spec: Spec, interpreter: Path, predict: str) -> None:
    """Several values a row become several columns, in the task's order; columns that are named go by their names."""
    _fit_and_predict(source, spec, predict, predicted=["0", "1"])
    rows = [f"{name},0.25,0.75" for name in IDS]
    assert (interpreter / "submission.csv").read_text(encoding="utf-8").split() == ["id,0,1", *rows]


def test_wrong_number_of_columns(source: Source, spec: Spec, capsys: pytest.CaptureFixture[str]) -> None:
    """Too few columns are refused, and the expected ones named in order."""
    with pytest.raises(SystemExit):
        _fit_and_predict(source, spec, "return [0.5] * len(X)", predicted=list("abcdefg"))
    said = capsys.readouterr().err
    assert "predict returned shape (12,); expected (12, 7)" in said
    assert "columns in this order: a, b, c, d, e, …" in said


def test_fit_on_several_targets(source: Source, spec: Spec, interpreter: Path) -> None:
    """Several targets come as a frame, and none of them is among the features."""
    source({"model.py": MODEL.format(predict="pass").replace("y.name", "list(y.columns)").replace("y.mode()[0]", "0")})
    _do("fit", spec(PUBLIC["train.csv"], target=["ripe", "weight"]))
    fitted = pickle.loads((interpreter / "model.pkl").read_bytes())  # noqa: S301 - this test wrote it
    assert fitted.seen == (["name"], "id", 8, ["ripe", "weight"])


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("x = 1\n", "model.py has no class `Model`"),
        ("class Model:\n    def predict(self, X): ...\n", "class Model has no method `fit`"),
        ("class Model:\n    def fit(self, X, y): ...\n    predict = 3\n", "class Model has no method `predict`"),
        (
            "class Model:\n    def fit(self, X, y): self.f = lambda: 0\n    def predict(self, X): ...\n",
            "the fitted Model cannot be pickled",
        ),
    ],
)
def test_refused(source: Source, spec: Spec, capsys: pytest.CaptureFixture[str], code: str, said: str) -> None:
    """A model that lacks its class or a method, or cannot be carried to the next process, is told so."""
    source({"model.py": code})
    with pytest.raises(SystemExit) as caught:
        _do("fit", spec(PUBLIC["train.csv"]))
    assert caught.value.code == 1
    assert said in capsys.readouterr().err


def test_own_error(source: Source, spec: Spec) -> None:
    """An error of the model's own comes through as it is."""
    source({"model.py": "class Model:\n    def fit(self, X, y): X['no such']\n    def predict(self, X): ...\n"})
    with pytest.raises(KeyError, match="no such"):
        _do("fit", spec(PUBLIC["train.csv"]))
