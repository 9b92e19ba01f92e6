"""The perceptron in plain Python: every sum is a loop that you can follow with a pencil."""

import itertools


def step(z):
    if z >= 0:
        return 1
    return 0


def neuron(x, weights, bias):
    total = bias
    for value, weight in zip(x, weights, strict=True):
        total += value * weight
    return step(total)


def gate(name):
    # Each line runs midway between the corners that it has to part, so that shaky inputs do no harm.
    if name == "AND":
        return [1, 1], -1.5
    if name == "OR":
        return [1, 1], -0.5
    if name == "NAND":
        return [-1, -1], 1.5
    if name == "NOT":
        return [-1], 0.5
    raise ValueError(f"no line parts the 0s of {name} from its 1s")


def learn(weights, bias, x, target, rate):
    error = target - neuron(x, weights, bias)
    new_weights = [weight + rate * error * value for weight, value in zip(weights, x, strict=True)]
    return new_weights, bias + rate * error


def train(X, y, rate, epochs):
    weights = [0.0 for _ in X[0]]
    bias = 0.0
    for _epoch in range(epochs):
        for x, target in zip(X, y, strict=True):
            weights, bias = learn(weights, bias, x, target, rate)
    return weights, bias


def count_right(X, y, weights, bias):
    right = 0
    for x, target in zip(X, y, strict=True):
        if neuron(x, weights, bias) == target:
            right += 1
    return right


def separable(X, y):
    weights = [0.0 for _ in X[0]]
    bias = 0.0
    for _epoch in range(1000):
        mistakes = 0
        for x, target in zip(X, y, strict=True):
            if neuron(x, weights, bias) != target:
                mistakes += 1
                weights, bias = learn(weights, bias, x, target, 1.0)
        if mistakes == 0:
            return True
    return False


def most_right(X, y, values):
    best = 0
    for numbers in itertools.product(values, repeat=len(X[0]) + 1):
        best = max(best, count_right(X, y, numbers[:-1], numbers[-1]))
    return best
