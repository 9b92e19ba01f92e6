"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" and "raises" expects what ``reference.py`` returns. Hidden numbers are drawn so that the usual
mistakes show for every seed: where the mean is asked for, the median is another number.
"""

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


MARKS = [60, 70, 80, 90]
THREE = [60, 70, 80]

PUBLIC = [
    case("mean", "marks of four students", "চার শিক্ষার্থীর নম্বর", MARKS, expect=75.0),
    case("mean", "no values", "কোনো মান নেই", [], raises="ValueError"),
    case("variance", "marks of three students", "তিন শিক্ষার্থীর নম্বর", THREE, expect=200 / 3),
    case("standard_deviation", "marks of three students", "তিন শিক্ষার্থীর নম্বর", THREE, expect=(200 / 3) ** 0.5),
    case("standard_deviation", "eight whole numbers", "আটটি পূর্ণসংখ্যা", [2, 4, 4, 4, 5, 5, 7, 9], expect=2.0),
    case("z_scores", "marks of three students", "তিন শিক্ষার্থীর নম্বর", THREE, expect=[-(1.5**0.5), 0.0, 1.5**0.5]),
    case("share_within", "marks, one deviation", "নম্বর, এক সিগমার মধ্যে", MARKS, 1, expect=0.5),
    case("share_within", "marks, two deviations", "নম্বর, দুই সিগমার মধ্যে", MARKS, 2, expect=1.0),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def fractions(self, count):
        """Numbers between one and a hundred, as an array."""
        return self.rng.uniform(1, 100, count)

    def uneven(self):
        """Three whole numbers, as a list, whose sum cannot be divided by three."""
        a, b = (int(number) for number in self.rng.integers(40, 100, 2))
        c = int(self.rng.integers(14, 33)) * 3 + (1 - a - b) % 3
        return [a, b, c]

    def quarters(self, *tops):
        """One number for each of ``tops``, at most so large, and each a quarter above a whole one.

        The mean of one or of six of them is never whole: six sum up to a whole number and a half.
        """
        return np.array([self.rng.integers(top // 2, top) for top in tops]) + 0.25

    def pixels(self):
        """Six bright pixels and a dark one, in one byte each."""
        bright = self.rng.integers(240, 256, 6, dtype=np.uint8)
        return np.append(bright, self.rng.integers(0, 20, 1, dtype=np.uint8))

    def close_together(self):
        """Four whole numbers around a thousand million that differ by a few units, as an array."""
        return 1e9 + np.cumsum(self.rng.integers(1, 6, 4)).astype(float)

    def same(self, count):
        """One whole number, several times."""
        return [int(self.rng.integers(1, 100))] * count


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield case("mean", "sum that does not divide evenly", "যোগফল সমান ভাগে ভাগ হয় না", draw.uneven())
    yield case("mean", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.quarters(9, 9, 9, 9, 9, 200))
    yield case("mean", "one value", "একটিমাত্র মান", draw.quarters(90))
    yield case("mean", "one very large income", "একজনের আয় অনেক বেশি", draw.quarters(40, 50, 60, 70, 80, 9000).tolist())
    yield case("mean", "pixels of one byte", "এক বাইটের পিক্সেল", draw.pixels())

    yield case("variance", "fractions", "ভগ্নাংশ", draw.fractions(7))
    yield case("variance", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.fractions(5))
    yield case("variance", "one value", "একটিমাত্র মান", draw.quarters(90))
    yield case("variance", "all the same", "সব মান সমান", draw.same(4))
    yield case("variance", "pixels of one byte", "এক বাইটের পিক্সেল", draw.pixels())
    yield case("variance", "large numbers close together", "বড় সংখ্যা, কিন্তু খুব কাছাকাছি", draw.close_together())
    yield case("variance", "no values", "কোনো মান নেই", np.array([]), raises="ValueError")

    yield case("standard_deviation", "fractions", "ভগ্নাংশ", draw.fractions(7))
    yield case("standard_deviation", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.fractions(5))
    yield case("standard_deviation", "one value", "একটিমাত্র মান", draw.quarters(90))
    yield case("standard_deviation", "large numbers close together", "বড় সংখ্যা, কিন্তু খুব কাছাকাছি", draw.close_together())
    yield case("standard_deviation", "no values", "কোনো মান নেই", [], raises="ValueError")

    yield case("z_scores", "whole numbers", "পূর্ণসংখ্যা", draw.uneven())
    yield case("z_scores", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.fractions(6))
    yield case("z_scores", "all the same", "সব মান সমান", draw.same(3))
    yield case("z_scores", "one value", "একটিমাত্র মান", draw.fractions(1))
    yield case("z_scores", "no values", "কোনো মান নেই", [], raises="ValueError")

    # Whole numbers in such an order that the mean comes out exactly, in whatever way it is computed.
    middle, third = (int(number) for number in draw.rng.integers(10, 50, 2))
    border = [middle - third, middle + third]
    around = [middle, middle, middle - 3 * third, middle + 3 * third]
    spread = draw.fractions(14)
    bell = draw.rng.normal(draw.rng.uniform(10, 90), draw.rng.uniform(1, 20), 500)
    far = np.append(draw.rng.normal(0, 1, 19), 200.0)
    yield case("share_within", "values exactly on the border", "ঠিক সীমার ওপরের মান", border, 1)
    yield case("share_within", "no distance allowed", "একটুও দূরত্ব চলবে না", around, 0)
    yield case("share_within", "all the same", "সব মান সমান", draw.same(5), 1)
    yield case("share_within", "half a deviation", "আধা সিগমার মধ্যে", np.append(spread, spread.mean()), 0.5)
    yield case("share_within", "bell-shaped values", "ঘণ্টার আকারে ছড়ানো মান", bell, 1)
    yield case("share_within", "one value far away", "একটি মান অনেক দূরে", far, 3)
    yield case("share_within", "no values", "কোনো মান নেই", np.array([]), 1, raises="ValueError")
