"""Probability: five functions to write. Replace each ``raise NotImplementedError`` by your code.

``values`` is a list or a NumPy array of n numbers. Leave it as it is.
"""

import numpy as np


def mean(values):
    """The sum of the values divided by their number.

    Returns one number. Raises ValueError if there are no values.
    """
    raise NotImplementedError


def variance(values):
    """The mean of the squared distances from the mean: of exactly these values, so divided by n.

    Returns one number. Raises ValueError if there are no values.
    """
    raise NotImplementedError


def standard_deviation(values):
    """The square root of the variance.

    Returns one number. Raises ValueError if there are no values.
    """
    raise NotImplementedError


def z_scores(values):
    """How many standard deviations each value lies above the mean (below it: negative).

    Returns n numbers, in the order of the values; all 0 if the standard deviation is 0.
    Raises ValueError if there are no values.
    """
    raise NotImplementedError


def share_within(values, k):
    """The share of the values that are at most k standard deviations away from the mean, from 0 to 1.

    k is a number, 0 or greater. A value exactly on the border counts as within.
    Raises ValueError if there are no values.
    """
    raise NotImplementedError
