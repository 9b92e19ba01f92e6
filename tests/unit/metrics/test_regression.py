"""Metrics of numbers against their plain formulas."""

import math
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.metrics.regression import mae, rmse

MODEST = settings(max_examples=40)
_number = st.floats(-1e6, 1e6)
_pairs = st.lists(st.tuples(_number, _number), min_size=1, max_size=12)


def _arrays(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    true, predicted = zip(*pairs, strict=True)
    return np.array(true), np.array(predicted)


@MODEST
@given(_pairs)
def test_rmse(pairs: list[tuple[float, float]]) -> None:
    """RMSE is the root of the mean of the squared errors."""
    expected = math.sqrt(fmean((true - guess) ** 2 for true, guess in pairs))
    assert rmse(*_arrays(pairs)) == pytest.approx(expected)


@MODEST
@given(_pairs)
def test_mae(pairs: list[tuple[float, float]]) -> None:
    """MAE is the mean of the errors' sizes."""
    assert mae(*_arrays(pairs)) == pytest.approx(fmean(abs(true - guess) for true, guess in pairs))
