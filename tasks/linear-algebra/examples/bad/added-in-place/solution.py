"""Adds into its own argument, so that the caller's matrix is another one afterwards."""

import numpy as np


def dot(a, b):
    if len(a) != len(b):
        raise ValueError("the vectors must have the same length")
    return float(np.sum(a.astype(float) * b.astype(float)))


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
    a += b
    return a


def reshape(a, shape):
    return a.reshape(shape)


def flatten(a):
    return a.flatten()
