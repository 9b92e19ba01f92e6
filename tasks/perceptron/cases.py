"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed.

All coordinates and rates are whole numbers or quarters. Such numbers and their sums are exact in a computer, so
"exactly on the line" means the same in every right solution, whatever the order of its additions.
"""

import numpy as np

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TRUTH = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0], "XNOR": [1, 0, 0, 1]}
GRID = [-1.5, -1.0, -0.5, 0.5, 1.0, 1.5]


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


def truth(gate):
    return np.array(TRUTH[gate])


def vector(*numbers):
    return np.array(numbers, dtype=float)


PUBLIC = [
    case("step", "a positive number", "ধনাত্মক সংখ্যা", [0.5], expect=1),
    case("step", "a negative number", "ঋণাত্মক সংখ্যা", [-0.5], expect=0),
    case("step", "zero", "শূন্য", [0.0], expect=1),
    case("neuron", "AND, both inputs on", "AND, দুটি ইনপুটই চালু", [vector(1, 1), vector(1, 1), -1.5], expect=1),
    case("neuron", "AND, one input on", "AND, একটি ইনপুট চালু", [vector(1, 0), vector(1, 1), -1.5], expect=0),
    case("gate", "AND", "AND", ["AND", CORNERS], expect=TRUTH["AND"]),
    case("gate", "OR", "OR", ["OR", CORNERS], expect=TRUTH["OR"]),
    case("gate", "NAND", "NAND", ["NAND", CORNERS], expect=TRUTH["NAND"]),
    case("gate", "NOT", "NOT", ["NOT", np.array([[0.0], [1.0]])], expect=[1, 0]),
    case("gate", "XOR: no neuron can", "XOR: কোনো নিউরন পারে না", ["XOR", CORNERS], raises="ValueError"),
    case(
        "learn",
        "the very first point",
        "একেবারে প্রথম বিন্দু",
        [vector(0, 0), 0.0, vector(1, 0), 0, 1.0],
        expect=(vector(-1, 0), -1.0),
    ),
    case(
        "learn",
        "the point after it",
        "তার পরের বিন্দু",
        [vector(-1, 0), -1.0, vector(1, 1), 1, 1.0],
        expect=(vector(0, 1), 0.0),
    ),
    case(
        "train",
        "one epoch of AND",
        "AND-এর এক ইপক",
        [CORNERS, truth("AND"), 1.0, 1],
        expect=(vector(1, 1), 0.0),
    ),
    case(
        "train",
        "six epochs of AND",
        "AND-এর ছয় ইপক",
        [CORNERS, truth("AND"), 1.0, 6],
        expect=(vector(2, 1), -3.0),
    ),
    case("separable", "AND", "AND", [CORNERS, truth("AND")], expect=True),
    case("separable", "XOR", "XOR", [CORNERS, truth("XOR")], expect=False),
    case("most_right", "AND", "AND", [CORNERS, truth("AND"), GRID], expect=4),
    case("most_right", "OR", "OR", [CORNERS, truth("OR"), GRID], expect=4),
    case(
        "most_right",
        "XOR: never more than three of the four",
        "XOR: চারটির মধ্যে কখনো তিনটির বেশি নয়",
        [CORNERS, truth("XOR"), GRID],
        expect=3,
    ),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    yield from steps(rng)
    yield from neurons(rng)
    yield from gates(rng)
    yield from lessons(rng)
    yield from trainings(rng)
    yield from separations(rng)
    yield from grids(rng)


def quarters(rng, low, high, size=None):
    """Random multiples of a quarter from low to high."""
    return rng.integers(4 * low, 4 * high, size, endpoint=True) / 4


def steps(rng):
    yield case("step", "far above zero", "শূন্যের অনেক ওপরে", [float(rng.integers(100, 1000))])
    yield case("step", "far below zero", "শূন্যের অনেক নিচে", [-float(rng.integers(100, 1000))])
    yield case("step", "a little below zero", "শূন্যের সামান্য নিচে", [-(2.0 ** -float(rng.integers(10, 30)))])
    yield case("step", "a whole number", "পূর্ণসংখ্যা", [int(rng.integers(-9, 0))])


def neurons(rng):
    def numbers(count):
        return quarters(rng, 1, 4, count) * rng.choice([-1, 1], count)

    x, weights = numbers(2), numbers(2)
    yield case("neuron", "exactly on the line", "ঠিক রেখাটির ওপর", [x, weights, -float(x @ weights)])
    yield case("neuron", "just beside the line", "রেখার ঠিক পাশে", [x, weights, -float(x @ weights) - 0.25])
    x, weights = numbers(3), numbers(3)
    yield case("neuron", "three inputs", "তিনটি ইনপুট", [x, weights, float(rng.choice([-0.125, 0.125]) - x @ weights)])
    yield case("neuron", "a single input", "একটিমাত্র ইনপুট", [numbers(1), numbers(1), 0.125])
    yield case("neuron", "all inputs off", "সব ইনপুট বন্ধ", [np.zeros(2), numbers(2), float(numbers(1)[0])])


def gates(rng):
    def shaky(corners):
        """Each corner eight times, off by up to an eighth, among them off by all of it in both directions."""
        many = np.tile(corners, (8, 1))
        off = rng.integers(-8, 8, many.shape, endpoint=True) / 64
        off[: len(corners)], off[len(corners) : 2 * len(corners)] = 0.125, -0.125
        return many + off

    for name in ("AND", "OR", "NAND"):
        yield case(
            "gate",
            f"{name} with shaky inputs",
            f"{name}, ইনপুট একটু এদিক-ওদিক",
            [name, shaky(CORNERS)],
            expect=TRUTH[name] * 8,
        )
    yield case(
        "gate",
        "NOT with shaky inputs",
        "NOT, ইনপুট একটু এদিক-ওদিক",
        ["NOT", shaky(np.array([[0.0], [1.0]]))],
        expect=[1, 0] * 8,
    )
    yield case("gate", "XNOR: no neuron can", "XNOR: কোনো নিউরন পারে না", ["XNOR", CORNERS], raises="ValueError")


def lessons(rng):
    def lesson(answer, target, features=2):
        """Arguments of learn for a neuron that says answer where target was right."""
        x, weights = quarters(rng, 1, 3, features), quarters(rng, -3, 3, features)
        away = quarters(rng, 1, 3) * (1 if answer else -1)
        return weights, float(away - x @ weights), x, target, float(2.0 ** -rng.integers(0, 4))

    right = int(rng.integers(0, 2))
    yield case("learn", "a right answer", "সঠিক উত্তর", [*lesson(right, right)])
    yield case("learn", "fires where it should not", "ভুল করে সক্রিয়", [*lesson(1, 0)])
    yield case("learn", "silent where it should fire", "ভুল করে নিষ্ক্রিয়", [*lesson(0, 1)])
    yield case("learn", "three inputs", "তিনটি ইনপুট", [*lesson(1, 0, features=3)])
    weights, _, x, _, rate = lesson(1, 0)
    yield case("learn", "exactly on the line", "ঠিক রেখাটির ওপর", [weights, -float(x @ weights), x, 0, rate])


def clouds(rng, features=2, each=4):
    """Two clouds of points with a wide gap between them, in a random order; the first point has the label 0."""
    middle = np.full(features, 2.5) * rng.choice([-1, 1], features)
    X = np.concatenate(
        [quarters(rng, -1, 1, (each, features)) - middle, quarters(rng, -1, 1, (each, features)) + middle]
    )
    y = np.repeat([0, 1], each)
    order = rng.permutation(2 * each)
    X, y = X[order], y[order]
    return X, (y if y[0] == 0 else 1 - y)


def trainings(rng):
    rate = float(2.0 ** -rng.integers(0, 4))
    yield case("train", "two clouds of points", "দুই গুচ্ছ বিন্দু", [*clouds(rng), rate, 1])
    yield case("train", "three inputs", "তিনটি ইনপুট", [*clouds(rng, features=3), rate, 2])
    yield case("train", "a single point", "একটিমাত্র বিন্দু", [quarters(rng, 1, 4, (1, 2)), np.array([0]), rate, 3])
    yield case("train", "no epoch at all", "একটি ইপকও নয়", [*clouds(rng), rate, 0])
    X, y = turned_xor(rng)
    yield case("train", "points that no line parts", "কোনো রেখায় ভাগ হয় না এমন বিন্দু", [X + 4, y, rate, 1])


def turned_xor(rng):
    """The corners of a random parallelogram; opposite corners have the same label, so no line parts the labels."""
    start, along = quarters(rng, -2, 2, 2), quarters(rng, 1, 2, 2)
    across = np.array([-along[1], along[0]])
    X = np.array([start, start + along, start + across, start + along + across])
    return X, truth("XOR")


def separations(rng):
    X, y = clouds(rng)
    yield case("separable", "two clouds far apart", "দূরে দূরে থাকা দুই গুচ্ছ বিন্দু", [X, y])
    inside = X[y == 1][:2].mean(axis=0)
    yield case(
        "separable",
        "one point astray in the other cloud",
        "একটি বিন্দু অন্য গুচ্ছের ভেতরে",
        [np.vstack([X, inside]), np.append(y, 0)],
    )
    yield case("separable", "XOR turned and moved", "ঘুরিয়ে ও সরিয়ে দেওয়া XOR", [*turned_xor(rng)])
    around = np.vstack([X, -X])
    yield case("separable", "one label only", "একটিই লেবেল", [around, np.zeros(len(around), dtype=int)])
    point = quarters(rng, -2, 2, 2)
    yield case(
        "separable", "one point with both labels", "একই বিন্দুর দুই লেবেল", [np.array([point, point]), np.array([0, 1])]
    )
    low, high = quarters(rng, -2, -1), quarters(rng, 1, 2)
    yield case(
        "separable",
        "one input, a gap between the labels",
        "একটি ইনপুট, দুই লেবেলের মাঝে ফাঁক",
        [np.array([[low], [low - 0.5], [high], [high + 0.5]]), np.array([0, 0, 1, 1])],
    )
    yield case(
        "separable",
        "one input, one label on both sides",
        "একটি ইনপুট, এক লেবেল দুই পাশে",
        [np.array([[low], [0.0], [high]]), np.array([1, 0, 1])],
    )
    yield case("separable", "three inputs", "তিনটি ইনপুট", [*clouds(rng, features=3)])


def grids(rng):
    scale = float(2.0 ** rng.integers(0, 3))
    yield case("most_right", "XNOR", "XNOR", [scale * CORNERS, truth("XNOR"), [scale * value for value in GRID]])
    order = rng.permutation(4)
    yield case("most_right", "NAND in another order", "NAND, অন্য ক্রমে", [CORNERS[order], truth("NAND")[order], GRID])
    yield case(
        "most_right",
        "a grid without negative numbers",
        "ঋণাত্মক সংখ্যা ছাড়া গ্রিড",
        [CORNERS[order], truth("NAND")[order], sorted(quarters(rng, 1, 3, 3).tolist())],
    )
    yield case("most_right", "two clouds of points", "দুই গুচ্ছ বিন্দু", [*clouds(rng), [-1.0, -0.25, 0.25, 1.0]])
    low, high = quarters(rng, -2, -1), quarters(rng, 1, 2)
    yield case(
        "most_right",
        "a single input",
        "একটিমাত্র ইনপুট",
        [np.array([[low], [0.0], [high]]), np.array([1, 0, 1]), [-1.0, -0.125, 0.125, 1.0]],
    )
