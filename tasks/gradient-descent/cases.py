"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" expects what ``reference.py`` returns. Hidden numbers are drawn so that the usual mistakes show
for every seed: an error is never small by chance, and a learning rate never makes the weights run away.
"""

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


WEIGHTS = np.array([1, 2])
INPUTS = np.array([3, 4])
FIVE_STEPS = [3.2, 2.56, 2.048, 1.6384, 1.31072]
ROWS = np.array([[3, 4], [1, 0]])

PUBLIC = [
    case("square_slope", "right of the lowest point", "সর্বনিম্ন বিন্দুর ডানে", 4, expect=8.0),
    case("square_slope", "left of the lowest point", "সর্বনিম্ন বিন্দুর বাঁয়ে", -3, expect=-6.0),
    case("step", "one step down", "নিচের দিকে এক ধাপ", 4.0, 8.0, 0.1, expect=3.2),
    case("descend", "five steps", "পাঁচ ধাপ", 4.0, 0.1, 5, expect=FIVE_STEPS),
    case("linear_error", "before the step", "ধাপের আগে", WEIGHTS, INPUTS, 6, expect=5.0),
    case("linear_error", "after the step", "ধাপের পরে", np.array([0.7, 1.6]), INPUTS, 6, expect=2.5),
    case("linear_slope", "two weights", "দুটি ওয়েট", WEIGHTS, INPUTS, 6, expect=[30.0, 40.0]),
    case("linear_descend", "one step", "এক ধাপ", WEIGHTS, INPUTS, 6, 0.01, 1, expect=[0.7, 1.6]),
    case("linear_descend", "two steps", "দুই ধাপ", WEIGHTS, INPUTS, 6, 0.01, 2, expect=[0.55, 1.4]),
    case("batch_slope", "two rows", "দুটি সারি", WEIGHTS, ROWS, np.array([6, 2]), expect=[14.0, 20.0]),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def number(self, low, high):
        """A number, not an array."""
        return float(self.rng.uniform(low, high))

    def whole(self, *shape):
        """Whole numbers from one to nine."""
        return self.rng.integers(1, 10, shape)

    def weights(self, count):
        """Weights of both signs, none of them near zero."""
        return self.rng.uniform(0.5, 2, count) * self.rng.choice([-1, 1], count)

    def inputs(self, *shape):
        """Inputs from one to three: three of them are safe with a learning rate up to a thirtieth."""
        return self.rng.uniform(1, 3, shape)

    def row(self, count, direction):
        """Weights, inputs and a target: the prediction is too small (+1), too large (-1) or exact (0)."""
        weights, inputs = self.weights(count), self.inputs(count)
        return weights, inputs, float(weights @ inputs) + direction * self.number(5, 20)

    def batch(self, rows, count):
        """Weights, rows of inputs and targets: every prediction is too small."""
        weights, inputs = self.weights(count), self.inputs(rows, count)
        return weights, inputs, inputs @ weights + self.rng.uniform(5, 20, rows)


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield from on_the_parabola(draw)
    yield from on_one_row(draw)
    yield from on_many_rows(draw)


def on_the_parabola(draw):
    """Hidden cases of square_slope, step and descend."""
    yield case("square_slope", "negative weight", "ঋণাত্মক ওয়েট", -draw.number(1, 9))
    yield case("square_slope", "at the lowest point", "ঠিক সর্বনিম্ন বিন্দুতে", 0.0)
    yield case("square_slope", "array of weights", "ওয়েটের অ্যারে", draw.weights(4))
    yield case("square_slope", "very large weight", "খুব বড় ওয়েট", draw.number(1e15, 9e15))

    weights = draw.weights(3)
    yield case("step", "negative slope", "ঋণাত্মক ঢাল", draw.number(1, 9), -draw.number(1, 9), 0.1)
    yield case("step", "level ground", "সমতল জায়গা", draw.number(1, 9), 0.0, 0.1)
    yield case(
        "step", "other learning rate", "অন্য লার্নিং রেট", draw.number(1, 9), draw.number(1, 9), draw.number(0.3, 0.9)
    )
    yield case("step", "array of weights", "ওয়েটের অ্যারে", weights, draw.inputs(3), 0.05)
    yield case("step", "array of whole numbers", "পূর্ণসংখ্যার অ্যারে", draw.whole(3), draw.whole(3), 0.1)

    yield case("descend", "negative start", "ঋণাত্মক মান থেকে শুরু", -draw.number(1, 9), draw.number(0.1, 0.3), 6)
    yield case("descend", "no steps", "কোনো ধাপ নয়", draw.number(1, 9), 0.1, 0)
    yield case("descend", "one step", "এক ধাপ", draw.number(1, 9), draw.number(0.1, 0.3), 1)
    yield case("descend", "start at the lowest point", "সর্বনিম্ন বিন্দু থেকে শুরু", 0.0, 0.1, 4)
    yield case("descend", "learning rate too large", "লার্নিং রেট খুব বড়", draw.number(1, 9), draw.number(1.1, 1.3), 8)
    yield case("descend", "many small steps", "অনেক ছোট ছোট ধাপ", draw.number(1, 9), draw.number(0.005, 0.02), 60)


def on_one_row(draw):
    """Hidden cases of linear_error, linear_slope and linear_descend."""
    weights, inputs = draw.whole(3), draw.whole(3)
    exact = (weights, inputs, int(weights @ inputs))
    yield case("linear_error", "prediction too small", "প্রেডিকশন ছোট", *draw.row(3, +1))
    yield case("linear_error", "prediction too large", "প্রেডিকশন বড়", *draw.row(4, -1))
    yield case("linear_error", "exact prediction", "প্রেডিকশন একদম ঠিক", *exact)
    yield case("linear_error", "one input", "একটিমাত্র ইনপুট", *draw.row(1, +1))

    weights, inputs, target = draw.row(4, +1)
    inputs[1] = 0.0
    yield case("linear_slope", "prediction too small", "প্রেডিকশন ছোট", *draw.row(3, +1))
    yield case("linear_slope", "prediction too large", "প্রেডিকশন বড়", *draw.row(4, -1))
    yield case("linear_slope", "exact prediction", "প্রেডিকশন একদম ঠিক", *exact)
    yield case("linear_slope", "one input", "একটিমাত্র ইনপুট", *draw.row(1, +1))
    yield case("linear_slope", "input of zero", "একটি ইনপুট শূন্য", weights, inputs, target + 30)

    weights, inputs = draw.whole(2), draw.whole(2)
    target = int(weights @ inputs) + int(draw.rng.integers(10, 30))
    yield case("linear_descend", "no steps", "কোনো ধাপ নয়", *draw.row(3, +1), 0.01, 0)
    yield case("linear_descend", "one step, prediction too small", "এক ধাপ, প্রেডিকশন ছোট", *draw.row(3, +1), 0.01, 1)
    yield case("linear_descend", "many steps", "অনেক ধাপ", *draw.row(3, -1), draw.number(0.005, 0.02), 20)
    yield case("linear_descend", "one input", "একটিমাত্র ইনপুট", *draw.row(1, -1), 0.02, 5)
    yield case("linear_descend", "exact prediction", "প্রেডিকশন একদম ঠিক", *exact, 0.01, 3)
    yield case("linear_descend", "whole numbers", "পূর্ণসংখ্যা", weights, inputs, target, 0.001, 3)


def on_many_rows(draw):
    """Hidden cases of batch_slope."""
    weights, inputs = draw.whole(3), draw.whole(3)
    prediction, distance = int(weights @ inputs), int(draw.rng.integers(2, 9))
    cancel = (weights, np.array([inputs, inputs]), np.array([prediction - distance, prediction + distance]))
    yield case("batch_slope", "one row", "একটিমাত্র সারি", *draw.batch(1, 3))
    yield case("batch_slope", "as many rows as weights", "যতগুলো ওয়েট ততগুলো সারি", *draw.batch(3, 3))
    yield case("batch_slope", "many rows", "অনেক সারি", *draw.batch(8, 2))
    yield case("batch_slope", "more weights than rows", "সারির চেয়ে ওয়েট বেশি", *draw.batch(2, 5))
    yield case("batch_slope", "rows that cancel out", "পরস্পর কাটাকাটি হয়ে যায় এমন সারি", *cancel)
