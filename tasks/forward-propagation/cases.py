"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" expects what ``reference.py`` returns. Hidden weights are drawn so that each node is switched on
or off as the case's name says, and each prediction has the sign that it says: so the usual mistakes show for every
seed.
"""

import itertools

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


FIRST = np.array([[1, 1], [-1, 1]])
SECOND = np.array([[2, 1], [1, 2]])
THIRD = np.array([[1, 2], [1, 5]])
TWO_LAYERS = [
    {"weights": np.array([[1, 1], [-1, 1]]), "bias": np.array([0, -2])},
    {"weights": np.array([[2, -1]]), "bias": np.array([1])},
]

PUBLIC = [
    case("node", "first hidden node", "প্রথম হিডেন নোড", np.array([2, 3]), np.array([1, 1]), expect=5),
    case("node", "second hidden node", "দ্বিতীয় হিডেন নোড", np.array([2, 3]), np.array([-1, 1]), expect=1),
    case("relu", "positive whole number", "ধনাত্মক পূর্ণসংখ্যা", 5, expect=5),
    case("relu", "negative whole number", "ঋণাত্মক পূর্ণসংখ্যা", -3, expect=0),
    case("relu", "array", "অ্যারে", np.array([26, -13, 0]), expect=[26, 0, 0]),
    case("hidden_layer", "both nodes on", "দুটি নোডই চালু", np.array([2, 3]), FIRST, expect=[5.0, 1.0]),
    case(
        "hidden_layer",
        "second node switched off",
        "দ্বিতীয় নোড বন্ধ",
        np.array([3, 5]),
        np.array([[2, 4], [5, -4]]),
        expect=[26.0, 0.0],
    ),
    case("linear_network", "two inputs", "দুটি ইনপুট", np.array([2, 3]), FIRST, np.array([2, -1]), expect=9.0),
    case(
        "linear_network",
        "other output weights",
        "আউটপুটের অন্য ওয়েট",
        np.array([2, 3]),
        FIRST,
        np.array([3, -2]),
        expect=13.0,
    ),
    case("relu_network", "first input zero", "প্রথম ইনপুট শূন্য", np.array([0, 3]), SECOND, np.array([1, 1]), expect=9.0),
    case(
        "relu_network",
        "second node without weight",
        "দ্বিতীয় নোডের ওয়েট শূন্য",
        np.array([0, 3]),
        SECOND,
        np.array([1, 0]),
        expect=3.0,
    ),
    case(
        "relu_network",
        "prediction below zero",
        "শূন্যের নিচে প্রেডিকশন",
        np.array([-1, 2]),
        THIRD,
        np.array([2, -1]),
        expect=-3.0,
    ),
    case("batch_network", "two rows", "দুটি সারি", np.array([[2, 3], [0, 3]]), TWO_LAYERS, expect=[[11.0], [6.0]]),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def positive(self, *shape):
        """Numbers from one to three."""
        return self.rng.uniform(1, 3, shape)

    def signed(self, *shape):
        """Numbers of both signs, none of them near zero."""
        return self.positive(*shape) * self.rng.choice([-1, 1], shape)

    def weights(self, inputs, signs):
        """One row of weights for each sign: the node is switched on for +1 and off for -1."""
        rows = self.signed(len(signs), len(inputs))
        wanted = np.array(signs) * self.positive(len(signs))
        return rows + np.outer(wanted - rows @ inputs, inputs) / (inputs @ inputs)

    def layers(self, *sizes, sign=1):
        """A network with so many nodes in its layers, inputs first, for positive inputs.

        The first node of each hidden layer is switched off by its bias. ``sign`` is that of the predictions.
        """
        layers = []
        for number, (before, here) in enumerate(itertools.pairwise(sizes), start=2):
            weights, bias = self.rng.uniform(0.2, 1, (here, before)), self.positive(here)
            if number < len(sizes):
                bias[0] = -1000.0
            else:
                weights, bias = sign * weights, sign * bias
            layers.append({"weights": weights, "bias": bias})
        return layers


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield from single_steps(draw)
    yield from networks(draw)
    yield from batches(draw)


def single_steps(draw):
    """Hidden cases of node, relu and hidden_layer."""
    yield case("node", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.positive(3), draw.positive(3))
    yield case("node", "one input", "একটিমাত্র ইনপুট", draw.signed(1), draw.signed(1))
    yield case("node", "many inputs", "অনেক ইনপুট", draw.signed(50), draw.signed(50))
    yield case("node", "no inputs", "কোনো ইনপুট নেই", np.array([]), np.array([]))

    mixed = draw.positive(3, 4)
    mixed[:, ::2] *= -1
    yield case("relu", "positive fraction", "ধনাত্মক ভগ্নাংশ", float(draw.positive()))
    yield case("relu", "negative fraction", "ঋণাত্মক ভগ্নাংশ", -float(draw.positive()))
    yield case("relu", "exactly zero", "ঠিক শূন্য", 0.0)
    yield case("relu", "array of both signs", "দুই চিহ্নের সংখ্যার অ্যারে", mixed[0])
    yield case("relu", "matrix of both signs", "দুই চিহ্নের সংখ্যার ম্যাট্রিক্স", mixed)
    yield case("relu", "large numbers", "বড় সংখ্যা", 1000.0 * mixed[1])
    yield case("relu", "positive array", "ধনাত্মক সংখ্যার অ্যারে", draw.positive(5))

    two, three = draw.positive(2), draw.positive(3)
    yield case("hidden_layer", "square weights", "বর্গ আকারের ওয়েট", three, draw.weights(three, [1, 1, 1]))
    yield case("hidden_layer", "one node switched off", "একটি নোড বন্ধ", three, draw.weights(three, [1, -1]))
    yield case("hidden_layer", "all nodes switched off", "সব নোড বন্ধ", two, draw.weights(two, [-1, -1, -1]))
    yield case("hidden_layer", "one node", "একটিমাত্র নোড", three, draw.weights(three, [1]))
    yield case("hidden_layer", "negative inputs", "ঋণাত্মক ইনপুট", -two, draw.weights(-two, [1, 1, -1, 1]))


def networks(draw):
    """Hidden cases of linear_network and relu_network."""
    x = draw.positive(3)
    for function, last, bn in (
        ("linear_network", "hidden values below zero", "শূন্যের নিচে হিডেন মান"),
        ("relu_network", "one node switched off", "একটি নোড বন্ধ"),
    ):
        square, wide = draw.weights(x, [1, 1, 1]), draw.weights(x, [1, 1, 1, 1, 1])
        narrow, two = draw.weights(x, [1, 1]), draw.weights(x, [-1, 1])
        yield case(function, "square weights", "বর্গ আকারের ওয়েট", x, square, draw.positive(3))
        yield case(function, "more nodes than inputs", "ইনপুটের চেয়ে নোড বেশি", x, wide, draw.positive(5))
        yield case(function, "negative prediction", "ঋণাত্মক প্রেডিকশন", x, narrow, -draw.positive(2))
        yield case(function, last, bn, x, two, draw.positive(2))
    below = -draw.positive(3)
    off = draw.weights(x, [-1, -1])
    yield case("relu_network", "all nodes switched off", "সব নোড বন্ধ", x, off, draw.positive(2))
    yield case("relu_network", "negative inputs", "ঋণাত্মক ইনপুট", below, draw.weights(below, [1, 1]), draw.positive(2))


def batches(draw):
    """Hidden cases of batch_network."""
    yield case("batch_network", "one row", "একটিমাত্র সারি", draw.positive(1, 3), draw.layers(3, 2, 1))
    yield case("batch_network", "square weights", "বর্গ আকারের ওয়েট", draw.positive(3, 3), draw.layers(3, 3, 3))
    yield case("batch_network", "three layers", "তিনটি লেয়ার", draw.positive(4, 2), draw.layers(2, 4, 3, 1))
    yield case("batch_network", "several outputs", "একাধিক আউটপুট", draw.positive(5, 2), draw.layers(2, 3, 4))
    yield case(
        "batch_network", "negative predictions", "ঋণাত্মক প্রেডিকশন", draw.positive(3, 2), draw.layers(2, 3, 2, sign=-1)
    )
    yield case("batch_network", "output layer alone", "শুধু আউটপুট লেয়ার", draw.positive(3, 4), draw.layers(4, 2, sign=-1))
