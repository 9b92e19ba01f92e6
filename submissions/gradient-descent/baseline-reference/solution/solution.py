"""Baseline: closed forms where there are any. On w² every step multiplies the weight by 1 − 2·rate; on one row every
step multiplies the error by 1 − 2·rate·|x|²."""

import numpy as np


def square_slope(w):
    return np.add(w, w)


def step(w, slope, learning_rate):
    return np.subtract(w, np.multiply(learning_rate, slope))


def descend(w, learning_rate, steps):
    shrink = 1 - 2 * learning_rate
    return w * shrink ** np.arange(1, steps + 1)


def linear_error(weights, x, target):
    return float(np.einsum("i,i", weights, x)) - target


def linear_slope(weights, x, target):
    return np.multiply(x, 2.0 * linear_error(weights, x, target))


def linear_descend(weights, x, target, learning_rate, steps):
    error, length = linear_error(weights, x, target), float(np.sum(np.square(x)))
    shrink = 1 - 2 * learning_rate * length
    walked = 2 * learning_rate * error * sum(shrink**number for number in range(steps))
    return weights - walked * np.asarray(x, dtype=float)


def batch_slope(weights, X, targets):
    slopes = [linear_slope(weights, x, target) for x, target in zip(X, targets, strict=True)]
    return np.mean(slopes, axis=0)
