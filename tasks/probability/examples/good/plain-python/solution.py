"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""

import math


def mean(values):
    if len(values) == 0:
        raise ValueError("there are no values")
    return math.fsum(float(value) for value in values) / len(values)


def variance(values):
    middle = mean(values)
    return mean([(float(value) - middle) ** 2 for value in values])


def standard_deviation(values):
    return math.sqrt(variance(values))


def z_scores(values):
    middle, deviation = mean(values), standard_deviation(values)
    if deviation == 0:
        return [0.0 for _ in values]
    return [(float(value) - middle) / deviation for value in values]


def share_within(values, k):
    middle, deviation = mean(values), standard_deviation(values)
    inside = [value for value in values if abs(float(value) - middle) <= k * deviation]
    return len(inside) / len(values)
