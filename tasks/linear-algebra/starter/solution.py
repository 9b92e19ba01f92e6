"""Linear algebra: nine functions to write. Replace each ``raise NotImplementedError`` by your code.

The arguments are NumPy arrays. Give back an array, a list or a number, and leave the arguments as they are.
"""

import numpy as np


def dot(a, b):
    """The dot product of two vectors.

    a and b have the shape (n,). Returns one number; for empty vectors it is 0.
    Raises ValueError if the vectors have different lengths.
    """
    raise NotImplementedError


def matmul(A, B):
    """The product of two matrices.

    A has the shape (m, k) and B the shape (k, n). Returns the shape (m, n).
    Raises ValueError if A has not as many columns as B has rows.
    """
    raise NotImplementedError


def transpose(A):
    """Rows become columns. A has the shape (m, n). Returns the shape (n, m)."""
    raise NotImplementedError


def determinant(A):
    """The determinant of a square matrix.

    A has the shape (n, n), and n is at least 1. Returns one number. Raises ValueError if A is not square.
    """
    raise NotImplementedError


def inverse(A):
    """The matrix that gives the identity when it is multiplied by A.

    A has the shape (n, n), and n is at least 1. Returns the shape (n, n).
    Raises ValueError if A is not square or has no inverse.
    """
    raise NotImplementedError


def norm(v, order=2):
    """The norm of a vector.

    v has the shape (n,). order is 1 (sum of absolute values), 2 (Euclid's length) or infinity (largest absolute value).
    Returns one number.
    """
    raise NotImplementedError


def broadcast_add(a, b):
    """The sum of two arrays by the rules of broadcasting.

    b may also be one number. Raises ValueError if the shapes do not fit.
    """
    raise NotImplementedError


def reshape(a, shape):
    """The same numbers in the same order in another shape.

    shape is a tuple of lengths; one of them may be -1, and is worked out. Raises ValueError if it cannot be filled.
    """
    raise NotImplementedError


def flatten(a):
    """All numbers of an array with any number of axes, row by row. Returns the shape (n,)."""
    raise NotImplementedError
