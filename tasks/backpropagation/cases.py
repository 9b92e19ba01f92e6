"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" expects what ``reference.py`` returns. Hidden weights are drawn so that each node is switched on
or off as the case's name says and no sum lies near the corner of ReLU, unless it is exactly 0: so the slopes are clear
and the usual mistakes show for every seed.
"""

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


def network(W1, b1, W2, b2):
    """A network with one hidden layer, as the functions take it."""
    return {"W1": np.array(W1), "b1": np.array(b1), "W2": np.array(W2), "b2": b2}


X = np.array([2.0, 3.0])
ON = network([[1.0, 1.0], [-1.0, 1.0]], [0.0, 0.0], [2.0, -1.0], 0.0)
OFF = network([[1.0, 1.0], [-1.0, 1.0]], [0.0, -2.0], [2.0, -1.0], 0.0)
ROWS = np.array([[2.0, 3.0], [0.0, 3.0]])

PUBLIC = [
    case("relu_slope", "positive sum", "ধনাত্মক যোগফল", 5.0, expect=1.0),
    case("relu_slope", "array", "অ্যারে", np.array([3.0, -2.0, 0.0]), expect=[1.0, 0.0, 0.0]),
    case("loss_slope", "prediction six, target ten", "প্রেডিকশন ছয়, টার্গেট দশ", 6.0, 10.0, expect=-8.0),
    case("weight_slope", "product of three factors", "তিনটি সংখ্যার গুণফল", 3.0, 1.0, -8.0, expect=-24.0),
    case(
        "layer_slopes",
        "two nodes, two inputs",
        "দুটি নোড, দুটি ইনপুট",
        X,
        np.array([1.0, 1.0]),
        np.array([8.0, -4.0]),
        expect=[[16.0, 24.0], [-8.0, -12.0]],
    ),
    case(
        "forward",
        "both nodes on",
        "দুটি নোডই চালু",
        X,
        7.0,
        ON,
        expect={"hidden": [5.0, 1.0], "prediction": 9.0, "loss": 4.0},
    ),
    case(
        "gradients",
        "both nodes on",
        "দুটি নোডই চালু",
        X,
        7.0,
        ON,
        expect={"W1": [[16.0, 24.0], [-8.0, -12.0]], "b1": [8.0, -4.0], "W2": [20.0, 4.0], "b2": 4.0},
    ),
    case(
        "gradients",
        "second node switched off",
        "দ্বিতীয় নোড বন্ধ",
        X,
        7.0,
        OFF,
        expect={"W1": [[24.0, 36.0], [0.0, 0.0]], "b1": [12.0, 0.0], "W2": [30.0, 0.0], "b2": 6.0},
    ),
    case(
        "batch_gradients",
        "two rows",
        "দুটি সারি",
        ROWS,
        np.array([7.0, 4.0]),
        ON,
        expect={"W1": [[8.0, 6.0], [-4.0, -3.0]], "b1": [2.0, -1.0], "W2": [7.0, -1.0], "b2": 1.0},
    ),
    case(
        "train_step",
        "both nodes on",
        "দুটি নোডই চালু",
        X,
        7.0,
        ON,
        0.01,
        expect={"W1": [[0.84, 0.76], [-0.92, 1.12]], "b1": [-0.08, 0.04], "W2": [1.8, -1.04], "b2": -0.04},
    ),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def number(self, low, high):
        """A number, not an array."""
        return float(self.rng.uniform(low, high))

    def positive(self, *shape):
        """Numbers from one to three."""
        return self.rng.uniform(1, 3, shape)

    def signed(self, *shape):
        """Numbers of both signs, none of them near zero."""
        return self.positive(*shape) * self.rng.choice([-1, 1], shape)

    def row(self, count, signs, distance=None):
        """Inputs, target and network: a node for each sign, on for +1 and off for -1.

        The prediction is ``distance`` above the target; one or more below it, if no distance is given.
        """
        x, b1, b2 = self.positive(count), self.signed(len(signs)), self.number(-2, 2)
        W1, W2 = self.signed(len(signs), count), self.signed(len(signs))
        wanted = np.array(signs) * self.positive(len(signs))
        W1 += np.outer(wanted - b1 - W1 @ x, x) / (x @ x)
        prediction = float(W2 @ np.maximum(wanted, 0) + b2)
        distance = -self.number(1, 4) if distance is None else distance
        return x, prediction - distance, network(W1, b1, W2, b2)

    def upright(self, count, signs):
        """The same with a prediction above zero."""
        x, target, net = self.row(count, signs)
        W2, b2 = np.abs(net["W2"]), abs(net["b2"]) + 0.5
        return x, target, {**net, "W2": W2, "b2": b2}

    def rows(self, rows, count, nodes):
        """Inputs, targets and network: every node is on for every row, every prediction is too small."""
        X = self.positive(rows, count)
        net = network(self.positive(nodes, count), self.positive(nodes), self.positive(nodes), 1.0)
        predictions = (X @ net["W1"].T + net["b1"]) @ net["W2"] + net["b2"]
        return X, predictions + self.rng.uniform(1, 4, rows), net

    def whole(self, distance, *, kind=float):
        """A row and network of small whole numbers, with which every sum is exact: the second node's sum is 0."""
        a, b = (int(number) for number in self.rng.integers(1, 6, 2))
        x, W1 = np.array([a, b], dtype=kind), np.array([[1, 1], [b, -a]], dtype=kind)
        W2, b2 = self.rng.integers(1, 6, 2).astype(kind), int(self.rng.integers(1, 6))
        net = network(W1, np.zeros(2, dtype=kind), W2, kind(b2))
        return x, kind(int(W2[0]) * (a + b) + b2 - distance), net


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield from single_factors(draw)
    yield from whole_networks(draw)
    yield from batches_and_steps(draw)


def single_factors(draw):
    """Hidden cases of relu_slope, loss_slope, weight_slope and layer_slopes."""
    mixed = draw.positive(6)
    mixed[1:4] *= -1
    mixed[0] = 0.0
    yield case("relu_slope", "negative sum", "ঋণাত্মক যোগফল", -draw.number(1, 9))
    yield case("relu_slope", "exactly zero", "ঠিক শূন্য", 0.0)
    yield case("relu_slope", "large sum", "বড় যোগফল", draw.number(1e5, 9e5))
    yield case("relu_slope", "array with a zero", "শূন্যসহ অ্যারে", mixed)

    small, large = draw.number(1, 4), draw.number(5, 9)
    yield case("loss_slope", "prediction too small", "প্রেডিকশন ছোট", small, large)
    yield case("loss_slope", "prediction too large", "প্রেডিকশন বড়", large, small)
    yield case("loss_slope", "exact prediction", "প্রেডিকশন একদম ঠিক", small, small)
    yield case("loss_slope", "both negative", "দুটিই ঋণাত্মক", -large, -small)

    yield case("weight_slope", "node switched off", "নোড বন্ধ", draw.number(1, 9), 0.0, draw.number(1, 9))
    yield case("weight_slope", "node value of zero", "নোডের মান শূন্য", 0.0, 1.0, draw.number(1, 9))
    yield case("weight_slope", "negative loss slope", "লসের ঢাল ঋণাত্মক", draw.number(1, 9), 1.0, -draw.number(1, 9))
    yield case(
        "weight_slope", "bent activation", "বাঁকা অ্যাক্টিভেশন", draw.number(2, 9), draw.number(0.1, 0.4), draw.number(2, 9)
    )

    yield case("layer_slopes", "square", "নোড ও ইনপুট সমান", draw.positive(3), np.ones(3), draw.signed(3))
    yield case(
        "layer_slopes", "more nodes than inputs", "ইনপুটের চেয়ে নোড বেশি", draw.positive(2), np.ones(4), draw.signed(4)
    )
    yield case("layer_slopes", "one node", "একটিমাত্র নোড", draw.positive(3), np.ones(1), draw.signed(1))
    yield case(
        "layer_slopes", "one node switched off", "একটি নোড বন্ধ", draw.positive(3), np.array([1.0, 0.0]), draw.signed(2)
    )


def whole_networks(draw):
    """Hidden cases of forward and gradients."""
    x, _, net = draw.row(2, [1, 1])
    below = {**net, "W2": -draw.positive(2), "b2": -1.0}
    yield case("forward", "one node switched off", "একটি নোড বন্ধ", *draw.upright(3, [1, -1, 1]))
    yield case("forward", "all nodes switched off", "সব নোড বন্ধ", *draw.upright(2, [-1, -1, -1]))
    yield case("forward", "negative prediction", "ঋণাত্মক প্রেডিকশন", x, draw.number(1, 4), below)
    yield case("forward", "one input, one node", "একটি ইনপুট, একটি নোড", *draw.upright(1, [1]))
    yield case("forward", "exact prediction", "প্রেডিকশন একদম ঠিক", *draw.whole(0))

    yield case("gradients", "prediction too small", "প্রেডিকশন ছোট", *draw.row(3, [1, 1, 1]))
    yield case("gradients", "prediction too large", "প্রেডিকশন বড়", *draw.row(2, [1, 1, 1], draw.number(1, 4)))
    yield case("gradients", "one node switched off", "একটি নোড বন্ধ", *draw.row(3, [1, -1]))
    yield case("gradients", "all nodes switched off", "সব নোড বন্ধ", *draw.row(2, [-1, -1, -1]))
    yield case("gradients", "sum exactly zero", "যোগফল ঠিক শূন্য", *draw.whole(int(draw.rng.integers(2, 5))))
    yield case("gradients", "exact prediction", "প্রেডিকশন একদম ঠিক", *draw.whole(0))
    yield case("gradients", "one input, one node", "একটি ইনপুট, একটি নোড", *draw.row(1, [1]))


def batches_and_steps(draw):
    """Hidden cases of batch_gradients and train_step."""
    inputs = np.diag(draw.positive(2))
    apart = draw.positive(2, 2) * np.array([[1, -1], [-1, 1]])
    net = network(apart, np.array([0.25, -0.25]), draw.positive(2), 1.0)
    targets = (np.maximum(inputs @ apart.T + net["b1"], 0) @ net["W2"]) + draw.rng.uniform(2, 5, 2)
    yield case("batch_gradients", "one row", "একটিমাত্র সারি", *draw.rows(1, 3, 2))
    yield case("batch_gradients", "as many rows as inputs and nodes", "সারি, ইনপুট ও নোড সমান", *draw.rows(3, 3, 3))
    yield case("batch_gradients", "many rows", "অনেক সারি", *draw.rows(20, 2, 4))
    yield case("batch_gradients", "another node on in each row", "একেক সারিতে একেক নোড চালু", inputs, targets, net)

    rate = draw.number(0.01, 0.05)
    whole = draw.whole(int(draw.rng.integers(2, 5)), kind=int)
    yield case("train_step", "one node switched off", "একটি নোড বন্ধ", *draw.row(3, [1, -1]), rate)
    yield case("train_step", "prediction too large", "প্রেডিকশন বড়", *draw.row(2, [1, 1, 1], draw.number(1, 4)), rate)
    yield case("train_step", "exact prediction", "প্রেডিকশন একদম ঠিক", *draw.whole(0), rate)
    yield case("train_step", "whole numbers", "পূর্ণসংখ্যা", *whole, 0.003)
