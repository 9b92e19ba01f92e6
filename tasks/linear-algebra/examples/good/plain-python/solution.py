"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""

import math


def dot(a, b):
    if len(a) != len(b):
        raise ValueError("the vectors must have the same length")
    return sum(float(x) * float(y) for x, y in zip(a, b, strict=True))


def matmul(A, B):
    columns = transpose(B)
    return [[dot(row, column) for column in columns] for row in A]


def transpose(A):
    return [list(column) for column in zip(*A, strict=True)]


def minor(A, row, column):
    """The matrix without one row and one column."""
    return [[x for j, x in enumerate(line) if j != column] for i, line in enumerate(A) if i != row]


def determinant(A):
    if len(A) != len(A[0]):
        raise ValueError("the matrix must have as many rows as columns")
    if len(A) == 1:
        return float(A[0][0])
    return sum((-1) ** j * float(A[0][j]) * determinant(minor(A, 0, j)) for j in range(len(A)))


def inverse(A):
    whole = determinant(A)
    if whole == 0:
        raise ValueError("the matrix has no inverse")
    if len(A) == 1:
        return [[1 / whole]]
    size = range(len(A))
    return [[(-1) ** (i + j) * determinant(minor(A, j, i)) / whole for j in size] for i in size]


def norm(v, order=2):
    sizes = [abs(float(x)) for x in v]
    if order == math.inf:
        return max(sizes)
    return sum(size**order for size in sizes) ** (1 / order)


def shape_of(a):
    """The lengths of a nested list's axes."""
    return () if not hasattr(a, "__len__") else (len(a), *shape_of(a[0]))


def broadcast_add(a, b):
    axes_a, axes_b = len(shape_of(a)), len(shape_of(b))
    if axes_a == axes_b == 0:
        return float(a) + float(b)
    if axes_a > axes_b:
        return [broadcast_add(part, b) for part in a]
    if axes_b > axes_a:
        return [broadcast_add(a, part) for part in b]
    if len(a) == 1:
        return [broadcast_add(a[0], part) for part in b]
    if len(b) == 1:
        return [broadcast_add(part, b[0]) for part in a]
    if len(a) != len(b):
        raise ValueError("the shapes do not fit")
    return [broadcast_add(x, y) for x, y in zip(a, b, strict=True)]


def reshape(a, shape):
    numbers = flatten(a)
    known = math.prod(length for length in shape if length != -1)
    lengths = [len(numbers) // known if length == -1 else length for length in shape]
    if math.prod(lengths) != len(numbers):
        raise ValueError("the new shape has another number of places")
    for length in reversed(lengths[1:]):
        numbers = [numbers[start : start + length] for start in range(0, len(numbers), length)]
    return numbers


def flatten(a):
    if not hasattr(a, "__len__"):
        return [a]
    return [number for part in a for number in flatten(part)]
