"""Baseline: every function by hand, with NumPy for the arithmetic and none of its linear algebra."""

import numpy as np


def dot(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if len(a) != len(b):
        raise ValueError(f"a vector of {len(a)} numbers and one of {len(b)} have no dot product")
    total = 0.0
    for x, y in zip(a, b, strict=True):
        total += x * y
    return total


def matmul(A, B):
    A, B = np.asarray(A, dtype=float), np.asarray(B, dtype=float)
    (rows, inner), (other, columns) = A.shape, B.shape
    if inner != other:
        raise ValueError(f"{inner} columns do not fit {other} rows")
    product = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            product[i, j] = dot(A[i], B[:, j])
    return product


def transpose(A):
    rows, columns = A.shape
    turned = np.empty((columns, rows), dtype=A.dtype)
    for i in range(rows):
        turned[:, i] = A[i]
    return turned


def eliminate(A, beside):
    """Gauss and Jordan: turn a copy of A into the identity, do the same to ``beside``; return it and A's determinant."""
    A, beside = np.array(A, dtype=float), np.array(beside, dtype=float)
    size, columns = A.shape
    if size != columns:
        raise ValueError(f"a matrix of {size} rows and {columns} columns is not square")
    determinant = 1.0
    for column in range(size):
        pivot = column + int(np.argmax(np.abs(A[column:, column])))
        if A[pivot, column] == 0:
            return beside, 0.0
        if pivot != column:
            A[[column, pivot]], beside[[column, pivot]] = A[[pivot, column]], beside[[pivot, column]]
            determinant = -determinant
        determinant *= A[column, column]
        beside[column] /= A[column, column]
        A[column] /= A[column, column]
        for row in range(size):
            if row != column:
                beside[row] -= A[row, column] * beside[column]
                A[row] -= A[row, column] * A[column]
    return beside, determinant


def determinant(A):
    return eliminate(A, np.eye(len(A)))[1]


def inverse(A):
    result, determinant_of_A = eliminate(A, np.eye(len(A)))
    if determinant_of_A == 0:
        raise ValueError("the matrix has no inverse")
    return result


def norm(v, order=2):
    sizes = np.abs(np.asarray(v, dtype=float))
    if order == np.inf:
        return sizes.max()
    return (sizes**order).sum() ** (1 / order)


def broadcast_add(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    shape = np.broadcast_shapes(a.shape, b.shape)
    return np.broadcast_to(a, shape) + np.broadcast_to(b, shape)


def reshape(a, shape):
    numbers = flatten(a)
    open_axes = [axis for axis, length in enumerate(shape) if length == -1]
    lengths = list(shape)
    if open_axes:
        lengths[open_axes[0]] = len(numbers) // -int(np.prod(shape))
    if int(np.prod(lengths)) != len(numbers):
        raise ValueError(f"{len(numbers)} numbers do not fill the shape {tuple(lengths)}")
    filled = np.empty(lengths)
    filled.flat = numbers
    return filled


def flatten(a):
    return np.array([float(number) for number in np.nditer(np.ascontiguousarray(a), order="C")])
