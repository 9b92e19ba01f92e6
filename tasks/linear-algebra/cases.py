"""The cases of this exercise: those that everybody sees, and a generator of hidden ones.

A case without "expect" and "raises" expects what ``reference.py`` returns. Hidden numbers are drawn so that the usual
mistakes show for every seed: a matrix for a transpose never equals its own transpose, a product of two matrices never
equals their elementwise product.
"""

import numpy as np


def case(function, en, bn, *args, **more):
    """One case: the function, the case's name in two languages, the arguments, and what else belongs to it."""
    return {"function": function, "name": {"en": en, "bn": bn}, "args": list(args), **more}


PUBLIC = [
    case(
        "dot",
        "two short vectors",
        "দুটি ছোট ভেক্টর",
        np.array([1, 2, 3]),
        np.array([4, 5, 6]),
        expect=32,
    ),
    case(
        "dot",
        "vectors at a right angle",
        "পরস্পর লম্ব দুটি ভেক্টর",
        np.array([3.0, 4.0]),
        np.array([-4.0, 3.0]),
        expect=0.0,
    ),
    case(
        "dot",
        "vectors of different lengths",
        "আলাদা দৈর্ঘ্যের দুটি ভেক্টর",
        np.array([1, 2, 3]),
        np.array([4, 5]),
        raises="ValueError",
    ),
    case(
        "matmul",
        "two square matrices",
        "দুটি বর্গ ম্যাট্রিক্স",
        np.array([[1, 2], [3, 4]]),
        np.array([[5, 6], [7, 8]]),
        expect=np.array([[19, 22], [43, 50]]),
    ),
    case(
        "matmul",
        "times the identity",
        "আইডেন্টিটি ম্যাট্রিক্স দিয়ে গুণ",
        np.array([[1, 2], [3, 4]]),
        np.array([[1, 0], [0, 1]]),
        expect=np.array([[1, 2], [3, 4]]),
    ),
    case(
        "transpose",
        "two rows become two columns",
        "দুটি সারি হয়ে যায় দুটি কলাম",
        np.array([[1, 2, 3], [4, 5, 6]]),
        expect=np.array([[1, 4], [2, 5], [3, 6]]),
    ),
    case(
        "determinant",
        "two by two",
        "দুই সারি দুই কলামের ম্যাট্রিক্স",
        np.array([[1, 2], [3, 4]]),
        expect=-2.0,
    ),
    case(
        "determinant",
        "diagonal matrix",
        "ডায়াগোনাল ম্যাট্রিক্স",
        np.array([[2, 0, 0], [0, 3, 0], [0, 0, 4]]),
        expect=24.0,
    ),
    case(
        "inverse",
        "two by two",
        "দুই সারি দুই কলামের ম্যাট্রিক্স",
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        expect=np.array([[-2.0, 1.0], [1.5, -0.5]]),
    ),
    case(
        "inverse",
        "matrix without an inverse",
        "যে ম্যাট্রিক্সের ইনভার্স নেই",
        np.array([[1.0, 2.0], [2.0, 4.0]]),
        raises="ValueError",
    ),
    case(
        "norm",
        "the usual length",
        "সাধারণ দৈর্ঘ্য",
        np.array([3, 4]),
        expect=5.0,
    ),
    case(
        "norm",
        "order one",
        "প্রথম ক্রমের নর্ম",
        np.array([3, -4]),
        kwargs={"order": 1},
        expect=7.0,
    ),
    case(
        "norm",
        "infinite order",
        "অসীম ক্রমের নর্ম",
        np.array([3, -4]),
        kwargs={"order": float("inf")},
        expect=4.0,
    ),
    case(
        "broadcast_add",
        "a row added to each row",
        "প্রতিটি সারির সঙ্গে একটি সারি যোগ",
        np.array([[1, 2, 3], [4, 5, 6]]),
        np.array([10, 20, 30]),
        expect=np.array([[11, 22, 33], [14, 25, 36]]),
    ),
    case(
        "broadcast_add",
        "a column added to each column",
        "প্রতিটি কলামের সঙ্গে একটি কলাম যোগ",
        np.array([[1, 2, 3], [4, 5, 6]]),
        np.array([[10], [20]]),
        expect=np.array([[11, 12, 13], [24, 25, 26]]),
    ),
    case(
        "reshape",
        "six numbers in two rows",
        "দুই সারিতে ছয়টি সংখ্যা",
        np.array([1, 2, 3, 4, 5, 6]),
        (2, 3),
        expect=np.array([[1, 2, 3], [4, 5, 6]]),
    ),
    case(
        "reshape",
        "one length left open",
        "একটি দৈর্ঘ্য বলে দেওয়া নেই",
        np.array([[1, 2, 3], [4, 5, 6]]),
        (-1, 2),
        expect=np.array([[1, 2], [3, 4], [5, 6]]),
    ),
    case(
        "flatten",
        "square matrix",
        "বর্গ ম্যাট্রিক্স",
        np.array([[1, 2], [3, 4]]),
        expect=np.array([1, 2, 3, 4]),
    ),
]


class Draw:
    """Draws the numbers of the hidden cases."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def whole(self, *shape):
        """Different whole numbers above zero, in random order."""
        return self.rng.permutation(np.arange(1, 1 + int(np.prod(shape)))).reshape(shape)

    def fractions(self, *shape):
        """Numbers between one and nine."""
        return self.rng.uniform(1, 9, shape)

    def pixels(self, *shape):
        """Bright pixels as images store them: whole numbers up to 255, in one byte each."""
        return self.rng.integers(150, 256, shape, dtype=np.uint8)

    def invertible(self, size):
        """A square matrix that is far from having no inverse: its diagonal outweighs the rest."""
        return self.rng.uniform(-1, 1, (size, size)) + np.diag(self.rng.uniform(20, 30, size))


def hidden(seed):
    """The hidden cases of a seed: other numbers for another seed, the same names in the same order."""
    draw = Draw(seed)
    yield from products(draw)
    yield from square_matrices(draw)
    yield from norms(draw)
    yield from shapes(draw)


def products(draw):
    """Hidden cases of dot, matmul and transpose."""
    yield case("dot", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.fractions(4), draw.fractions(4))
    yield case("dot", "one number each", "প্রতিটিতে একটি করে সংখ্যা", draw.fractions(1), draw.fractions(1))
    yield case("dot", "empty vectors", "ফাঁকা ভেক্টর", np.array([]), np.array([]))
    yield case("dot", "pixels of one byte", "এক বাইটের পিক্সেল", draw.pixels(6), draw.pixels(6))
    yield case(
        "dot", "second vector longer", "দ্বিতীয় ভেক্টরটি লম্বা", draw.fractions(3), draw.fractions(5), raises="ValueError"
    )

    yield case("matmul", "matrices that are not square", "বর্গ নয় এমন ম্যাট্রিক্স", draw.whole(2, 3), draw.whole(3, 4))
    yield case("matmul", "negative numbers", "ঋণাত্মক সংখ্যা", -draw.fractions(3, 3), draw.fractions(3, 3))
    yield case("matmul", "row times column", "সারি গুণ কলাম", draw.whole(1, 4), draw.whole(4, 1))
    yield case("matmul", "column times row", "কলাম গুণ সারি", draw.whole(4, 1), draw.whole(1, 3))
    yield case(
        "matmul",
        "single precision",
        "সিঙ্গেল প্রিসিশন",
        draw.fractions(3, 2).astype(np.float32),
        draw.fractions(2, 3).astype(np.float32),
        rtol=1e-4,
    )
    yield case(
        "matmul",
        "shapes that do not fit",
        "যে আকার দুটি মেলে না",
        draw.fractions(2, 3),
        draw.fractions(2, 3),
        raises="ValueError",
    )

    yield case("transpose", "square matrix", "বর্গ ম্যাট্রিক্স", draw.whole(3, 3))
    yield case("transpose", "tall matrix", "লম্বা ম্যাট্রিক্স", draw.fractions(4, 2))
    yield case("transpose", "one row", "একটিমাত্র সারি", draw.fractions(1, 3))
    yield case("transpose", "one column", "একটিমাত্র কলাম", draw.fractions(3, 1))


def square_matrices(draw):
    """Hidden cases of determinant and inverse."""
    corner = draw.invertible(3)
    corner[0, 0] = 0.0
    corner[0, 1] = draw.rng.uniform(2, 3)
    corner[1, 0] = draw.rng.uniform(2, 3)
    rows = draw.invertible(3)
    dependent = np.array([rows[0], rows[1], rows[0] + rows[1]])
    yield case("determinant", "single number", "একটিমাত্র সংখ্যা", draw.fractions(1, 1))
    yield case("determinant", "three by three", "তিন সারি তিন কলামের ম্যাট্রিক্স", draw.invertible(3))
    yield case("determinant", "four by four", "চার সারি চার কলামের ম্যাট্রিক্স", draw.invertible(4))
    yield case("determinant", "zero in the first place", "প্রথম ঘরে শূন্য", corner)
    yield case("determinant", "rows that depend on each other", "পরস্পর নির্ভরশীল সারি", dependent, atol=1e-6)
    yield case("determinant", "not square", "বর্গ নয় এমন ম্যাট্রিক্স", draw.fractions(2, 3), raises="ValueError")

    first = np.array([draw.rng.integers(1, 9), draw.rng.integers(1, 9)], dtype=float)
    yield case("inverse", "three by three", "তিন সারি তিন কলামের ম্যাট্রিক্স", draw.invertible(3))
    yield case("inverse", "whole numbers", "পূর্ণসংখ্যা", np.diag([7, 8, 9]) + draw.rng.integers(-1, 2, (3, 3)))
    yield case("inverse", "single number", "একটিমাত্র সংখ্যা", draw.fractions(1, 1))
    yield case("inverse", "zero in the first place", "প্রথম ঘরে শূন্য", corner)
    yield case(
        "inverse",
        "second row twice the first",
        "দ্বিতীয় সারি প্রথমটির দ্বিগুণ",
        np.array([first, 2 * first]),
        raises="ValueError",
    )
    yield case("inverse", "not square", "বর্গ নয় এমন ম্যাট্রিক্স", draw.fractions(3, 2), raises="ValueError")


def norms(draw):
    """Hidden cases of norm."""
    yield case("norm", "longer vector", "লম্বা ভেক্টর", draw.fractions(6))
    yield case("norm", "order one, negative numbers", "প্রথম ক্রম, ঋণাত্মক সংখ্যা", -draw.fractions(4), kwargs={"order": 1})
    yield case(
        "norm",
        "infinite order, negative numbers",
        "অসীম ক্রম, ঋণাত্মক সংখ্যা",
        -draw.fractions(4),
        kwargs={"order": float("inf")},
    )
    yield case("norm", "all zeros", "সব শূন্য", np.zeros(3))
    yield case("norm", "pixels of one byte", "এক বাইটের পিক্সেল", draw.pixels(5))


def shapes(draw):
    """Hidden cases of broadcast_add, reshape and flatten."""
    yield case("broadcast_add", "one number", "একটিমাত্র সংখ্যা", draw.fractions(2, 3), float(draw.rng.uniform(1, 9)))
    yield case(
        "broadcast_add", "square matrix and a row", "বর্গ ম্যাট্রিক্স ও একটি সারি", draw.fractions(3, 3), draw.whole(3)
    )
    yield case("broadcast_add", "column plus row", "কলাম যোগ সারি", draw.fractions(3, 1), draw.fractions(1, 4))
    yield case(
        "broadcast_add", "whole numbers plus fractions", "পূর্ণসংখ্যা যোগ ভগ্নাংশ", draw.whole(2, 3), draw.fractions(3)
    )
    yield case(
        "broadcast_add", "three axes and a row", "তিন অক্ষের অ্যারে ও একটি সারি", draw.fractions(2, 3, 4), draw.fractions(4)
    )
    yield case("broadcast_add", "brighter pixels", "পিক্সেল আরও উজ্জ্বল করা", draw.pixels(2, 4), draw.pixels(4))
    yield case(
        "broadcast_add",
        "shapes that do not fit",
        "যে আকার দুটি মেলে না",
        draw.fractions(2, 3),
        draw.fractions(2),
        raises="ValueError",
    )

    yield case("reshape", "matrix to a matrix of another shape", "অন্য আকারের ম্যাট্রিক্স", draw.whole(2, 6), (3, 4))
    yield case("reshape", "three axes to two", "তিন অক্ষ থেকে দুই অক্ষ", draw.whole(2, 3, 4), (4, 6))
    yield case("reshape", "everything in one column", "সবকিছু একটি কলামে", draw.fractions(2, 3), (-1, 1))
    yield case("reshape", "too few places", "ঘরের সংখ্যা কম", draw.fractions(2, 3), (2, 2), raises="ValueError")

    yield case("flatten", "matrix that is not square", "বর্গ নয় এমন ম্যাট্রিক্স", draw.whole(2, 4))
    yield case("flatten", "image with three channels", "তিন চ্যানেলের ছবি", draw.whole(2, 2, 3))
    yield case("flatten", "flat already", "আগে থেকেই একমাত্রিক", draw.fractions(5))
    yield case("flatten", "single number", "একটিমাত্র সংখ্যা", draw.fractions(1, 1))
