"""Every function without NumPy: lists, loops and the formulas as they stand in the statement."""

import math


def sigmoid(x):
    if hasattr(x, "__len__"):
        return [sigmoid(part) for part in x]
    if x < 0:
        return 1 - sigmoid(-x)
    return 1 / (1 + math.exp(-x))


def sigmoid_slope(output):
    if hasattr(output, "__len__"):
        return [sigmoid_slope(part) for part in output]
    return output * (1 - output)


def predict(inputs, weights):
    if hasattr(inputs[0], "__len__"):
        return [predict(row, weights) for row in inputs]
    return sigmoid(sum(float(value) * float(weight) for value, weight in zip(inputs, weights, strict=True)))


def adjustment(X, y, weights):
    total = [0.0] * len(weights)
    for row, target in zip(X, y, strict=True):
        output = predict(row, weights)
        for i, value in enumerate(row):
            total[i] += float(value) * (float(target) - output) * sigmoid_slope(output)
    return total


def train(X, y, weights, iterations):
    rows, targets = [[float(value) for value in row] for row in X], [float(target) for target in y]
    weights = [float(weight) for weight in weights]
    for _ in range(iterations):
        steps = adjustment(rows, targets, weights)
        weights = [weight + step for weight, step in zip(weights, steps, strict=True)]
    return weights


def answer(X, y, weights, iterations, question):
    return predict(question, train(X, y, weights, iterations))
