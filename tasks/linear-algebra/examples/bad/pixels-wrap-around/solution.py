"""Computes with pixels of one byte as they are: past 255 they begin again at 0."""

import numpy as np


def dot(a, b):
    return np.dot(a, b)


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
    if order == 1:
        return np.sum(np.abs(v))
    if order == np.inf:
        return np.max(np.abs(v))
    return np.sqrt(np.sum(v**2))


def broadcast_add(a, b):
    return a + b


def reshape(a, shape):
    return a.reshape(shape)


def flatten(a):
    return a.flatten()
