"""What a model is given: the table's columns or images as it declares them, or what ``preprocess`` made."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from arena.sandbox.guest import inputs, weights
from arena.sandbox.guest.weights import Input

TABLE = pd.DataFrame(
    {"age": [30, 40, 50], "name": ["x", "y", "z"], "fare": [1.5, np.nan, 2.5], "alone": [True, False, True]},
    index=pd.Index([7, 8, 9], name="id"),
)
GRAY = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
COLOUR = np.arange(3 * 4 * 5 * 3, dtype=np.uint8).reshape(3, 4, 5, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeWeights:
    """A model that only declares what it wants."""

    inputs: Sequence[Input] = (Input(name="x"),)
    layout: str = weights.CHANNELS_FIRST
    rows: int | None = None
    fixed: bool = False

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """Nobody asks."""
        raise NotImplementedError


def refused(call: Callable[[], object], capsys: pytest.CaptureFixture[str]) -> str:
    """The sentence with which the guest ends."""
    with pytest.raises(SystemExit):
        call()
    said = capsys.readouterr().err
    assert said.startswith("arena: ")
    return said


def test_numeric_columns_in_order() -> None:
    """A network is given the numeric columns in the table's order as float32, gaps as NaN, text not at all."""
    (array,) = inputs.given(FakeWeights(), TABLE, TABLE)
    assert array.dtype == np.float32
    np.testing.assert_array_equal(array, np.array([[30, 1.5, 1], [40, np.nan, 0], [50, 2.5, 1]], dtype=np.float32))


def test_trees_are_given_all_digits() -> None:
    """A threshold between two 64-bit numbers must fall between them here as well."""
    (array,) = inputs.given(FakeWeights(layout=weights.FLAT), TABLE, TABLE)
    assert array.dtype == np.float64


def test_columns_by_name() -> None:
    """A model that names columns is given those in its own order, text too."""
    model = FakeWeights(inputs=[Input(name="X", columns=("fare", "name"))], layout=weights.FLAT)
    (frame,) = inputs.given(model, TABLE, TABLE)
    assert list(frame.columns) == ["fare", "name"]


def test_an_input_for_each_column() -> None:
    """A network whose inputs are called as columns is given each by itself, one value a row."""
    model = FakeWeights(inputs=[Input(name="fare", shape=(1,)), Input(name="age", shape=())])
    fare, age = inputs.typed(model, inputs.given(model, TABLE, TABLE))
    assert (fare.shape, age.tolist()) == ((3, 1), [30, 40, 50])


def test_an_input_that_happens_to_be_called_as_a_column() -> None:
    """What takes several values a row takes the numeric columns, whatever it is called."""
    model = FakeWeights(inputs=[Input(name="age", shape=(3,))])
    assert inputs.given(model, TABLE, TABLE)[0].shape == (3, 3)


def test_wrong_width(capsys: pytest.CaptureFixture[str]) -> None:
    """Where the numeric columns are not as many as the model takes, both are named."""
    model = FakeWeights(inputs=[Input(name="x", shape=(5,))])
    said = refused(lambda: inputs.given(model, TABLE, TABLE), capsys)
    assert "takes 5 values a row, and the test table has 3 numeric columns (age, fare, alone)" in said


def test_no_such_column(capsys: pytest.CaptureFixture[str]) -> None:
    """An input that no column answers to is named."""
    model = FakeWeights(inputs=[Input(name="age"), Input(name="deck")])
    assert "no column for the model's input 'deck'" in refused(lambda: inputs.given(model, TABLE, TABLE), capsys)


@pytest.mark.parametrize(
    ("layout", "pixels", "shape"),
    [
        (weights.CHANNELS_FIRST, GRAY, (3, 1, 4, 5)),
        (weights.CHANNELS_FIRST, COLOUR, (3, 3, 4, 5)),
        (weights.CHANNELS_LAST, GRAY, (3, 4, 5, 1)),
        (weights.CHANNELS_LAST, COLOUR, (3, 4, 5, 3)),
        (weights.FLAT, GRAY, (3, 20)),
        (weights.FLAT, COLOUR, (3, 60)),
    ],
)
def test_images_are_laid_out_as_the_library_is_used_to(layout: str, pixels: Any, shape: tuple[int, ...]) -> None:
    """Bytes of pixels become numbers from 0 to 1; where a model declares no shape, its library's custom holds."""
    (images,) = inputs.given(FakeWeights(layout=layout), TABLE, pixels)
    assert (images.shape, images.dtype) == (shape, np.float32)
    assert images.max() == np.float32(pixels.max()) / np.float32(255)


@pytest.mark.parametrize("declared", [(3, 4, 5), (4, 5, 3), (60,), (3, None, None), (None, None, 3)], ids=str)
def test_images_are_laid_out_as_the_model_declares(declared: tuple[int | None, ...]) -> None:
    """A network that came from another library is given images in the layout that it declares."""
    model = FakeWeights(inputs=[Input(name="x", shape=declared)])
    (images,) = inputs.given(model, TABLE, COLOUR)
    pixel = COLOUR[1, 2, 3, 2] / np.float32(255)
    assert len(images.shape) == 1 + len(declared)
    place = {(3, 4, 5): (1, 2, 2, 3), (4, 5, 3): (1, 2, 3, 2), (60,): (1, 2 * 15 + 3 * 3 + 2)}
    assert images[place[images.shape[1:]]] == pixel


def test_images_without_channels() -> None:
    """A network of height and width alone is given gray images so."""
    model = FakeWeights(inputs=[Input(name="x", shape=(4, 5))])
    assert inputs.given(model, TABLE, GRAY)[0].shape == (3, 4, 5)


def test_arrays_that_are_no_images() -> None:
    """Only bytes of pixels are scaled and laid out; measured numbers are given as they are."""
    (numbers,) = inputs.given(FakeWeights(), TABLE, GRAY.astype(np.float64))
    assert (numbers.shape, numbers.dtype, numbers.max()) == (GRAY.shape, np.float32, 59)


def test_prepared_by_name() -> None:
    """A dict, or a frame for several inputs, is taken apart by name, in whatever order it comes."""
    model = FakeWeights(inputs=[Input(name="a"), Input(name="b")])
    made = {"b": [4, 5, 6], "a": [1, 2, 3]}
    assert inputs.prepared(model, made, 3) == [[1, 2, 3], [4, 5, 6]]
    assert [list(part) for part in inputs.prepared(model, pd.DataFrame(made), 3)] == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("names", "made", "said"),
    [
        ("ab", {"a": [1], "c": [2]}, "inputs are 'a', 'b'; preprocess returned 'a', 'c'"),
        ("ab", np.zeros((1, 2)), "several inputs ('a', 'b'): preprocess returns a dict"),
        ("a", np.zeros((2, 2)), "preprocess returned shape (2, 2) for 1 rows"),
        ("a", None, "preprocess returned a NoneType for 1 rows"),
        ("a", 3.0, "preprocess returned a float for 1 rows"),
    ],
)
def test_prepared_wrongly(names: str, made: object, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What ``preprocess`` returned instead is said, beside what the model takes."""
    model = FakeWeights(inputs=[Input(name=name) for name in names])
    assert said in refused(lambda: inputs.prepared(model, made, 1), capsys)


def test_typed_as_declared() -> None:
    """Numbers become those of the declared type; what declares none is left as it is."""
    model = FakeWeights(inputs=[Input(name="a", dtype="float32"), Input(name="b", dtype="int64"), Input(name="c")])
    found = inputs.typed(model, [np.zeros((2, 1)), [1.0, 2.0], np.array(["x", "y"])])
    assert [array.dtype.kind for array in found] == ["f", "i", "U"]
    assert found[0].dtype == np.float32


def test_frames_stay_frames() -> None:
    """An estimator that knows columns by name is given the frame."""
    model = FakeWeights(inputs=[Input(name="X", columns=("age",))])
    assert inputs.typed(model, [TABLE])[0] is TABLE


@pytest.mark.parametrize(
    ("declared", "array", "said"),
    [
        (Input(name="x", dtype="float32"), np.array(["a"]), "input `x` takes float32, not <U1\nValueError: "),
        (Input(name="x", shape=(3, None)), np.zeros((1, 2, 9)), "has the shape (rows, 3, any); it was given (1, 2, 9)"),
        (Input(name="x", shape=(3,)), np.zeros((1, 3, 1)), "has the shape (rows, 3); it was given (1, 3, 1)"),
    ],
)
def test_typed_wrongly(declared: Input, array: Any, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A type or a shape that does not fit is said with the input's name."""
    assert said in refused(lambda: inputs.typed(FakeWeights(inputs=[declared]), [array]), capsys)
