"""Pairs the numbers with zip, which stops without a word at the end of the shorter vector."""

import numpy as np


def dot(a, b):
    total = 0.0
    for x, y in zip(a, b):
        total += float(x) * float(y)
    return total


def matmul(A, B):
    return A @ B


def transpose(A):
    return A.T


def determinant(A):
    if A.shape[0] != A.shape[1]:
        raise ValueError("the matrix must be square")
    return np.linalg.det(A)


def inverse(A):
    return np.linalg.inv(A)


def norm(v, order=2):
    return np.linalg.norm(v, order)


def broadcast_add(a, b):
    return a + np.asarray(b, dtype=float)


def reshape(a, shape):
    return a.reshape(shape)


def flatten(a):
    return a.flatten()
