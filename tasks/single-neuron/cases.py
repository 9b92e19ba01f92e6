"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" and "between" expects what ``reference.py`` returns. The starting weights are arguments, so that
training has one right result. Hidden rows and weights are small enough for training to settle down: rounding errors
shrink on the way and do not grow.
"""

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


# The rule to be found: the answer is the first digit.
X = np.array([[0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 1]])
Y = np.array([0, 1, 1, 0])
START = np.array([-0.16595599, 0.44064899, -0.99977125])
TRAINED = np.array([9.67299303, -0.2078435, -4.62963669])
ZEROS = np.zeros(3)
QUESTION = np.array([1, 0, 0])

PUBLIC = [
    case("sigmoid", "zero", "শূন্য", 0.0, expect=0.5),
    case(
        "sigmoid",
        "very small and very large numbers",
        "খুব ছোট ও খুব বড় সংখ্যা",
        np.array([-1000.0, 0.0, 1000.0]),
        expect=[0.0, 0.5, 1.0],
    ),
    case("sigmoid_slope", "where the curve is steepest", "রেখা যেখানে সবচেয়ে খাড়া", 0.5, expect=0.25),
    case("predict", "sum of zero", "যোগফল শূন্য", np.array([1, 1, 0]), np.array([2.0, -2.0, 5.0]), expect=0.5),
    case("predict", "before training", "ট্রেনিংয়ের আগে", X, ZEROS, expect=[0.5, 0.5, 0.5, 0.5]),
    case("predict", "after training", "ট্রেনিংয়ের পরে", QUESTION, TRAINED, between=[0.9999, 1.0]),
    case("adjustment", "before training", "ট্রেনিংয়ের আগে", X, Y, ZEROS, expect=[0.25, 0.0, 0.0]),
    case("train", "one iteration", "একবার", X, Y, ZEROS, 1, expect=[0.25, 0.0, 0.0]),
    case("train", "ten thousand iterations", "দশ হাজার বার", X, Y, START, 10000, expect=TRAINED),
    case("answer", "a question never seen", "অচেনা একটি প্রশ্ন", X, Y, START, 10000, QUESTION, between=[0.99, 1.0]),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def number(self, low, high):
        """A number, not an array."""
        return float(self.rng.uniform(low, high))

    def inputs(self, *shape):
        """Numbers between 0.2 and 1."""
        return self.rng.uniform(0.2, 1, shape)

    def weights(self, count):
        """Weights of both signs, none of them near zero."""
        return self.rng.uniform(0.2, 1, count) * self.rng.choice([-1, 1], count)

    def data(self, rows, count):
        """Rows of inputs, a target for each, of which the first is 1 and the second 0, and starting weights."""
        targets = self.rng.integers(0, 2, rows)
        targets[:2] = [1, 0][:rows]
        return self.inputs(rows, count), targets, self.weights(count)

    def digits(self, column):
        """Six rows of three digits, each 0 or 1, whose target is the digit in one column, and starting weights."""
        rows = np.array([[0, 0, 1], [1, 1, 1], [1, 0, 1], [0, 1, 1], [1, 1, 0], [0, 1, 0]])
        rows = self.rng.permutation(rows)
        return rows, rows[:, column].copy(), self.weights(3)


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield from the_neuron(draw)
    yield from the_adjustment(draw)
    yield from the_training(draw)


def the_neuron(draw):
    """Hidden cases of sigmoid, sigmoid_slope and predict."""
    mixed = draw.rng.uniform(1, 5, (3, 4))
    mixed[:, ::2] *= -1
    yield case("sigmoid", "negative number", "ঋণাত্মক সংখ্যা", -draw.number(1, 5))
    yield case("sigmoid", "whole number", "পূর্ণসংখ্যা", int(draw.rng.integers(1, 6)))
    yield case("sigmoid", "very large number", "খুব বড় সংখ্যা", draw.number(800, 2000))
    yield case("sigmoid", "very negative number", "খুব বড় ঋণাত্মক সংখ্যা", -draw.number(800, 2000))
    yield case("sigmoid", "matrix of both signs", "দুই চিহ্নের সংখ্যার ম্যাট্রিক্স", mixed)

    yield case("sigmoid_slope", "output near zero", "আউটপুট শূন্যের কাছে", draw.number(0.01, 0.05))
    yield case("sigmoid_slope", "output near one", "আউটপুট একের কাছে", draw.number(0.95, 0.99))
    yield case("sigmoid_slope", "array of outputs", "আউটপুটের অ্যারে", draw.inputs(5))
    yield case("sigmoid_slope", "output exactly one", "আউটপুট ঠিক এক", 1.0)

    yield case("predict", "one row", "একটিমাত্র সারি", draw.inputs(4), draw.weights(4))
    yield case("predict", "several rows", "কয়েকটি সারি", draw.inputs(5, 3), draw.weights(3))
    yield case("predict", "one input", "একটিমাত্র ইনপুট", draw.inputs(3, 1), draw.weights(1))
    yield case(
        "predict", "sum far above zero", "যোগফল শূন্যের অনেক ওপরে", draw.inputs(3), draw.rng.uniform(2000, 4000, 3)
    )


def the_adjustment(draw):
    """Hidden cases of adjustment."""
    X, _, _ = draw.data(3, 3)
    yield case("adjustment", "one row", "একটিমাত্র সারি", *draw.data(1, 3))
    yield case("adjustment", "as many rows as weights", "যতগুলো ওয়েট ততগুলো সারি", *draw.data(3, 3))
    yield case("adjustment", "many rows", "অনেক সারি", *draw.data(12, 2))
    yield case(
        "adjustment", "targets between zero and one", "শূন্য ও একের মাঝের টার্গেট", X, draw.inputs(3), draw.weights(3)
    )
    yield case(
        "adjustment", "neuron far too sure", "নিউরন অতিরিক্ত নিশ্চিত", X, np.zeros(3), draw.rng.uniform(2000, 4000, 3)
    )


def the_training(draw):
    """Hidden cases of train and answer."""
    rows, targets, weights = draw.digits(1)
    whole = draw.rng.integers(-2, 3, 3)
    yield case("train", "no iterations", "একবারও নয়", *draw.data(4, 3), 0)
    yield case("train", "two iterations", "দুইবার", *draw.data(4, 3), 2)
    yield case("train", "many iterations", "অনেকবার", *draw.data(5, 3), int(draw.rng.integers(40, 60)))
    yield case("train", "one row", "একটিমাত্র সারি", *draw.data(1, 4), int(draw.rng.integers(5, 9)))
    yield case("train", "whole starting weights", "শুরুর ওয়েট পূর্ণসংখ্যা", rows, targets, whole, 20)

    yield case("answer", "another rule", "অন্য একটি নিয়ম", rows, targets, weights, 50, np.array([0, 0, 1]))
    yield case("answer", "the rule turned round", "উল্টো নিয়ম", rows, 1 - targets, weights, 50, np.array([0, 1, 1]))
    yield case("answer", "question of fractions", "ভগ্নাংশের প্রশ্ন", *draw.data(4, 3), 30, draw.inputs(3))
    yield case("answer", "without training", "ট্রেনিং ছাড়াই", *draw.data(4, 3), 0, draw.inputs(3))
