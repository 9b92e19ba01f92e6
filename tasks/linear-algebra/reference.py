"""The right functions. The expected value of a case that states none is what these return.

Everything is computed in float64, so that pixels of one byte do not wrap around.
"""

import numpy as np


def real(array):
    """The numbers as float64."""
    return np.asarray(array, dtype=np.float64)


def square(matrix):
    """The matrix as float64; ValueError if it has not as many rows as columns."""
    matrix = real(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError("the matrix must have as many rows as columns")
    return matrix


def dot(a, b):
    a, b = real(a), real(b)
    if a.shape != b.shape:
        raise ValueError("the vectors must have the same length")
    return float((a * b).sum())


def matmul(A, B):
    A, B = real(A), real(B)
    if A.shape[1] != B.shape[0]:
        raise ValueError("the first matrix must have as many columns as the second has rows")
    return A @ B


def transpose(A):
    return np.array(A).T


def determinant(A):
    return float(np.linalg.det(square(A)))


def inverse(A):
    return np.linalg.inv(square(A))  # LinAlgError is a ValueError


def norm(v, order=2):
    return float(np.linalg.norm(real(v), order))


def broadcast_add(a, b):
    return real(a) + real(b)


def reshape(a, shape):
    return np.array(a).reshape(shape)


def flatten(a):
    return np.array(a).ravel()
