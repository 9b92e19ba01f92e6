"""What a model is given for each test row: the table or the images as they are, or what ``preprocess`` made of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import entry, outputs, weights

if TYPE_CHECKING:
    import pandas as pd


# The shapes of an input that takes one column of the table.
_ONE = (None, (), (1,), (None,))


def given(model: weights.Weights, table: "pd.DataFrame", rows: Any) -> list[Any]:
    """What the model is given where there is no ``preprocess``.

    ``rows`` is the table itself, or the array of its rows: images.
    """
    if rows is not table:
        return [_images(model, rows)]
    inputs = model.inputs
    if inputs and inputs[0].columns is not None and set(inputs[0].columns) <= set(table.columns):
        return [table[list(inputs[0].columns)]]
    if all(each.name in table.columns and each.shape in _ONE for each in inputs):
        return [table[each.name].to_numpy().reshape(-1, 1) for each in inputs]
    if len(inputs) > 1:
        missing = [each.name for each in inputs if each.name not in table.columns] or [each.name for each in inputs]
        entry.fail(
            f"the test table has no column for the model's input {', '.join(map(repr, missing[:5]))}: write a"
            " preprocess.py whose `preprocess(X)` returns a dict with an array for each input"
        )
    numbers = table.select_dtypes(["number", "bool"])
    _hold_width(inputs, list(numbers.columns))
    # Trees were grown on 64-bit numbers, and split between two of them; networks compute with 32.
    return [numbers.to_numpy("float64" if model.layout == weights.FLAT else "float32")]


def _hold_width(inputs: Sequence[weights.Input], columns: list[str]) -> None:
    shape = inputs[0].shape
    if shape is not None and len(shape) == 1 and shape[0] not in {None, len(columns)}:
        entry.fail(
            f"the model takes {shape[0]} values a row, and the test table has {len(columns)} numeric columns"
            f" ({', '.join(columns[:12])}): write a preprocess.py whose `preprocess(X)` makes the {shape[0]}"
        )


def _images(model: weights.Weights, pixels: Any) -> Any:
    """Pixels from 0 to 1, laid out as the model declares, else as its library is used to; other numbers as they are."""
    import numpy as np

    if pixels.dtype != np.uint8 or pixels.ndim not in {3, 4}:
        return pixels.astype(np.float32)
    scaled = pixels.astype(np.float32) / np.float32(255)
    last = scaled if scaled.ndim == 4 else scaled[..., np.newaxis]
    layouts = {
        weights.CHANNELS_FIRST: np.moveaxis(last, -1, 1),
        weights.CHANNELS_LAST: last,
        weights.FLAT: last.reshape(len(last), -1),
        "no channels": scaled,
    }
    preferred = layouts.pop(model.layout)
    shape = model.inputs[0].shape
    for layout in (preferred, *layouts.values()):
        if shape is not None and _fits(layout.shape[1:], shape):
            return np.ascontiguousarray(layout)
    return np.ascontiguousarray(preferred)


def _fits(found: Sequence[int], declared: Sequence[int | None]) -> bool:
    return len(found) == len(declared) and all(
        want is None or have == want for have, want in zip(found, declared, strict=True)
    )


def prepared(model: weights.Weights, made: Any, count: int) -> list[Any]:
    """What ``preprocess`` returned, as one array for each input, held against what the model declares."""
    names = [each.name for each in model.inputs]
    if isinstance(made, dict) or (hasattr(made, "columns") and len(names) > 1):
        keys = [str(key) for key in (made if isinstance(made, dict) else made.columns)]
        if sorted(keys) != sorted(names):
            entry.fail(
                f"the model's inputs are {', '.join(map(repr, names))}; preprocess returned"
                f" {', '.join(map(repr, keys[:12]))}"
            )
        arrays = [made[name] for name in names]
    elif len(names) > 1:
        entry.fail(
            f"the model has several inputs ({', '.join(map(repr, names))}): preprocess returns a dict with an array for"
            " each"
        )
    else:
        arrays = [made]
    for array in arrays:
        if outputs.entries(array) != count:
            entry.fail(f"preprocess returned {shape_of(array)} for {count} rows: one entry a row is needed")
    return arrays


def shape_of(array: Any) -> str:
    """What something is, for a sentence."""
    shape = getattr(array, "shape", None)
    return f"shape {tuple(shape)}" if shape is not None else f"a {type(array).__name__}"


def typed(model: weights.Weights, arrays: list[Any]) -> list[Any]:
    """Arrays of the types and shapes that the inputs declare."""
    import numpy as np

    made = []
    for array, declared in zip(arrays, model.inputs, strict=True):
        if declared.columns is not None and hasattr(array, "columns"):
            made.append(array)
            continue
        found = np.asarray(array)
        try:
            found = found.astype(declared.dtype) if declared.dtype else found
        except (ValueError, TypeError) as error:
            weights.refuse(f"the model's input `{declared.name}` takes {declared.dtype}, not {found.dtype}", error)
        if declared.shape == () and found.shape[1:] == (1,):
            found = found[:, 0]
        if declared.shape is not None and not _fits(found.shape[1:], declared.shape):
            expected = ", ".join(["rows", *("any" if size is None else str(size) for size in declared.shape)])
            entry.fail(
                f"the model's input `{declared.name}` has the shape ({expected}); it was given {found.shape}: let"
                " preprocess(X) return that shape"
            )
        made.append(np.ascontiguousarray(found))
    return made
