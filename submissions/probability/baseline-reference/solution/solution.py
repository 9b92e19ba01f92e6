"""Baseline: one walk through the values (Welford's method) gives their count, mean and sum of squared deviations."""

import math

import numpy as np


def walk(values):
    """The count, the mean and the sum of the squared deviations, kept up to date value by value.

    Source: B. P. Welford, Note on a Method for Calculating Corrected Sums of Squares and Products, 1962.
    """
    count, middle, squares = 0, 0.0, 0.0
    for value in values:
        count += 1
        step = float(value) - middle
        middle += step / count
        squares += step * (float(value) - middle)
    if count == 0:
        raise ValueError("no values were given")
    return count, middle, squares


def mean(values):
    return walk(values)[1]


def variance(values):
    count, _, squares = walk(values)
    return squares / count


def standard_deviation(values):
    return math.sqrt(variance(values))


def z_scores(values):
    deviation = standard_deviation(values)
    distances = np.array(values, dtype=float) - mean(values)
    return distances / deviation if deviation > 0 else np.zeros(len(values))


def share_within(values, k):
    low, high = mean(values) - k * standard_deviation(values), mean(values) + k * standard_deviation(values)
    return sum(low <= float(value) <= high for value in values) / len(values)
