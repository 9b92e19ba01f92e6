"""Counts with < where ≤ is meant, so that a value exactly on the border is outside."""

import numpy as np


def mean(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return np.mean(values)


def variance(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return np.var(values)


def standard_deviation(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return np.std(values)


def z_scores(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    if np.std(values) == 0:
        return np.zeros(len(values))
    return (np.array(values) - np.mean(values)) / np.std(values)


def share_within(values, k):
    if len(values) == 0:
        raise ValueError("there are no values")
    distances = np.abs(np.array(values) - np.mean(values))
    return np.mean(distances < k * np.std(values))
