"""The mean of the squares minus the square of the mean: right on paper, but large numbers eat the digits."""

import numpy as np


def mean(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return np.mean(values)


def variance(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    values = np.array(values, dtype=float)
    return np.mean(values**2) - np.mean(values) ** 2


def standard_deviation(values):
    return np.sqrt(variance(values))


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
    return np.mean(distances <= k * np.std(values))
