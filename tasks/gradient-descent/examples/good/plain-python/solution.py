"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""


def square_slope(w):
    if hasattr(w, "__len__"):
        return [2 * float(weight) for weight in w]
    return 2 * w


def step(w, slope, learning_rate):
    if hasattr(w, "__len__"):
        return [step(weight, its_slope, learning_rate) for weight, its_slope in zip(w, slope, strict=True)]
    return float(w) - learning_rate * float(slope)


def descend(w, learning_rate, steps):
    weights = []
    for _ in range(steps):
        w = step(w, square_slope(w), learning_rate)
        weights.append(w)
    return weights


def linear_error(weights, x, target):
    prediction = sum(float(weight) * float(value) for weight, value in zip(weights, x, strict=True))
    return prediction - target


def linear_slope(weights, x, target):
    error = linear_error(weights, x, target)
    return [2 * float(value) * error for value in x]


def linear_descend(weights, x, target, learning_rate, steps):
    for _ in range(steps):
        weights = step(weights, linear_slope(weights, x, target), learning_rate)
    return [float(weight) for weight in weights]


def batch_slope(weights, X, targets):
    slopes = [linear_slope(weights, x, target) for x, target in zip(X, targets, strict=True)]
    return [sum(column) / len(slopes) for column in zip(*slopes, strict=True)]
