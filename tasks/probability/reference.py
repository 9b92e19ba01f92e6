"""The right functions. The expected value of a case that states none is what these return."""

import numpy as np


def real(values):
    """The values as float64; ValueError if there are none."""
    values = np.asarray(values, dtype=np.float64)
    if values.size == 0:
        raise ValueError("there are no values")
    return values


def mean(values):
    return float(real(values).mean())


def variance(values):
    return float(real(values).var())  # the deviations first, then their squares: nothing cancels


def standard_deviation(values):
    return float(real(values).std())


def z_scores(values):
    values = real(values)
    deviation = values.std()
    if deviation == 0:
        return np.zeros_like(values)
    return (values - values.mean()) / deviation


def share_within(values, k):
    values = real(values)
    return float((np.abs(values - values.mean()) <= k * values.std()).mean())
