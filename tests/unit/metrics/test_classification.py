"""Metrics of labels and probabilities against their plain formulas."""

import math
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.metrics.classification import accuracy, balanced_accuracy, f1, log_loss, roc_auc

MODEST = settings(max_examples=40)
_codes = st.integers(0, 3)
_pairs = st.lists(st.tuples(_codes, _codes), min_size=1, max_size=12)
_binary = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=12)
_chances = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.01, 0.2, 0.5, 0.7, 0.99])), min_size=1, max_size=12)


def _arrays(pairs: list[tuple[int, float]]) -> tuple[np.ndarray, np.ndarray]:
    true, predicted = zip(*pairs, strict=True)
    return np.array(true), np.array(predicted)


@MODEST
@given(_pairs)
def test_accuracy(pairs: list[tuple[int, float]]) -> None:
    """Accuracy is the share of rows whose label is right."""
    assert accuracy(*_arrays(pairs)) == pytest.approx(fmean(true == guess for true, guess in pairs))


@MODEST
@given(_pairs)
def test_balanced_accuracy(pairs: list[tuple[int, float]]) -> None:
    """Balanced accuracy is the mean, over the classes that occur, of the share of their rows that are right."""
    recalls = [fmean(guess == code for true, guess in pairs if true == code) for code in {true for true, _ in pairs}]
    assert balanced_accuracy(*_arrays(pairs)) == pytest.approx(fmean(recalls))


@MODEST
@given(_binary)
def test_f1(pairs: list[tuple[int, float]]) -> None:
    """F1 is twice the hits of the positive class over what is or was said to be positive, and 0 where nothing is."""
    hits = sum(true == guess == 1 for true, guess in pairs)
    named = sum(true for true, _ in pairs) + sum(guess for _, guess in pairs)
    assert f1(*_arrays(pairs)) == pytest.approx(2 * hits / named if named else 0)


@MODEST
@given(_chances)
def test_log_loss(pairs: list[tuple[int, float]]) -> None:
    """Log loss is the mean of the negative logarithm of what was given to the truth, also where one class occurs."""
    expected = fmean(-math.log(chance if true else 1 - chance) for true, chance in pairs)
    assert log_loss(*_arrays(pairs)) == pytest.approx(expected)


def test_log_loss_of_certainty() -> None:
    """Being certain and wrong costs much, but not infinitely much."""
    loss = log_loss(np.array([0, 1]), np.array([1.0, 0.0]))
    assert 30 < loss < 50


@MODEST
@given(_chances.filter(lambda pairs: len({true for true, _ in pairs}) == 2))
def test_roc_auc(pairs: list[tuple[int, float]]) -> None:
    """ROC AUC is the share of pairs of a positive and a negative row that are in the right order; a tie is half."""
    positive = [chance for true, chance in pairs if true]
    negative = [chance for true, chance in pairs if not true]
    expected = fmean((yes > no) + (yes == no) / 2 for yes in positive for no in negative)
    assert roc_auc(*_arrays(pairs)) == pytest.approx(expected)


@MODEST
@given(_pairs, _binary)
def test_equal_to_scikit_learn_to_the_last_bit(pairs: list[tuple[int, int]], binary: list[tuple[int, int]]) -> None:
    """What is counted here is what the reference gives, so that boards do not depend on who counted."""
    reference = pytest.importorskip("sklearn.metrics", reason="scikit-learn is the reference")
    true, predicted = (np.array(codes) for codes in zip(*pairs, strict=True))
    assert accuracy(true, predicted) == reference.accuracy_score(true, predicted)
    present = np.unique(true)
    recall = reference.recall_score(true, predicted, labels=present, average="macro", zero_division=0.0)
    assert balanced_accuracy(true, predicted) == recall
    true, predicted = (np.array(codes) for codes in zip(*binary, strict=True))
    assert f1(true, predicted) == reference.f1_score(true, predicted, pos_label=1, zero_division=0.0)
