"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed.

Where a public case states no "expect", the reference says what is right.
"""

import numpy as np

LOG_TWO = float(np.log(2))


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


# Four predictions and targets; the errors are 1, -2, 0 and 5.
PREDICTION, TARGET = np.array([3.0, 1.0, 4.0, 6.0]), np.array([2.0, 3.0, 4.0, 1.0])
SURE = np.array([1000.0, -1000.0])
SCORES, SIGNS = np.array([2.0, 0.5, -1.0]), np.array([1, 1, 1])
P, Q = np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])

PUBLIC = [
    case("mse", "errors 1, -2, 0 and 5", "এরর 1, -2, 0 ও 5", [PREDICTION, TARGET], expect=7.5),
    case(
        "mse_gradient",
        "errors 1, -2, 0 and 5",
        "এরর 1, -2, 0 ও 5",
        [PREDICTION, TARGET],
        expect=[0.5, -1.0, 0.0, 2.5],
    ),
    case("mae", "errors 1, -2, 0 and 5", "এরর 1, -2, 0 ও 5", [PREDICTION, TARGET], expect=2.0),
    case(
        "mae_gradient",
        "errors 1, -2, 0 and 5",
        "এরর 1, -2, 0 ও 5",
        [PREDICTION, TARGET],
        expect=[0.25, -0.25, 0.0, 0.25],
    ),
    case("huber", "errors 1, -2, 0 and 5", "এরর 1, -2, 0 ও 5", [PREDICTION, TARGET], expect=1.625),
    case("huber", "delta 2", "delta 2", [PREDICTION, TARGET], kwargs={"delta": 2.0}, expect=2.625),
    case(
        "huber_gradient",
        "delta 2",
        "delta 2",
        [PREDICTION, TARGET],
        kwargs={"delta": 2.0},
        expect=[0.25, -0.5, 0.0, 0.5],
    ),
    case(
        "binary_cross_entropy",
        "logit 0: a guess",
        "লজিট 0: নিছক অনুমান",
        [np.array([0.0]), np.array([1])],
        expect=LOG_TWO,
    ),
    case("binary_cross_entropy", "sure and right", "নিশ্চিত ও সঠিক", [SURE, np.array([1, 0])], expect=0.0),
    case("binary_cross_entropy", "sure and wrong", "নিশ্চিত কিন্তু ভুল", [SURE, np.array([0, 1])], expect=1000.0),
    case(
        "binary_cross_entropy_gradient",
        "logit 0: a guess",
        "লজিট 0: নিছক অনুমান",
        [np.array([0.0, 0.0]), np.array([1, 0])],
        expect=[-0.25, 0.25],
    ),
    case(
        "cross_entropy",
        "three equal logits",
        "তিনটি সমান লজিট",
        [np.zeros((1, 3)), np.array([2])],
        expect=float(np.log(3)),
    ),
    case("cross_entropy", "sure and wrong", "নিশ্চিত কিন্তু ভুল", [SURE[None], np.array([1])], expect=2000.0),
    case(
        "cross_entropy_gradient",
        "two equal logits",
        "দুটি সমান লজিট",
        [np.zeros((2, 2)), np.array([0, 1])],
        expect=[[-0.25, 0.25], [0.25, -0.25]],
    ),
    case("hinge", "scores 2, 0.5 and -1", "স্কোর 2, 0.5 ও -1", [SCORES, SIGNS], expect=2.5 / 3),
    case("hinge", "the same scores, labels -1", "একই স্কোর, লেবেল -1", [SCORES, -SIGNS], expect=1.5),
    case("hinge_gradient", "scores 2, 0.5 and -1", "স্কোর 2, 0.5 ও -1", [SCORES, SIGNS], expect=[0.0, -1 / 3, -1 / 3]),
    case("kl_divergence", "two events", "দুটি ঘটনা", [P, Q], expect=0.5 * float(np.log(4 / 3))),
    case("kl_divergence", "equal distributions", "সমান দুই ডিস্ট্রিবিউশন", [P, P], expect=0.0),
    case("kl_divergence_gradient", "two events", "দুটি ঘটনা", [P, Q], expect=[[-2.0, -2 / 3]]),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    for function in ("mse", "mse_gradient", "mae", "mae_gradient"):
        yield from errors(rng, function)
    for function in ("binary_cross_entropy", "binary_cross_entropy_gradient"):
        yield from binary(rng, function)
    for function in ("cross_entropy", "cross_entropy_gradient"):
        yield from categorical(rng, function)
    for function in ("hinge", "hinge_gradient"):
        yield from margins(rng, function)
    for function in ("kl_divergence", "kl_divergence_gradient"):
        yield from divergences(rng, function)
    yield impossible(rng)
    for function in ("huber", "huber_gradient"):
        yield from hubers(rng, function)


def signs(rng, count):
    """-1 and 1 in a random order, both at least once where there is room."""
    return rng.permutation(np.resize([-1, 1], count))


def pair(rng, *shape, low=0.5, high=3.0):
    """Predictions and targets; the errors have both signs and a size from low to high."""
    target = rng.normal(size=shape) * 3
    error = signs(rng, target.size).reshape(shape) * rng.uniform(low, high, shape)
    return target + error, target


def errors(rng, function):
    """The cases of a loss that looks at prediction minus target."""
    yield case(function, "errors of both signs", "দুই চিহ্নের এরর", [*pair(rng, 6)])
    yield case(function, "several outputs a row", "প্রতি সারিতে কয়েকটি আউটপুট", [*pair(rng, 3, 4)])
    right = rng.normal(size=4)
    yield case(function, "no error at all", "কোনো এরর নেই", [right, right.copy()])
    yield case(function, "a single prediction", "একটিমাত্র প্রেডিকশন", [*pair(rng, 1)])
    yield case(function, "very large errors", "খুব বড় এরর", [*pair(rng, 5, low=1e6, high=1e7)])


def hubers(rng, function):
    delta = float(rng.uniform(2, 4))
    yield case(function, "small and large errors", "ছোট ও বড় এরর", [*around(rng, 1.0)])
    yield case(function, "another delta", "অন্য delta", [*around(rng, delta)], kwargs={"delta": delta})
    yield case(function, "a small delta", "ছোট delta", [*around(rng, 0.125)], kwargs={"delta": 0.125})
    yield case(function, "small errors alone", "শুধু ছোট এরর", [*pair(rng, 5, low=0.1, high=0.9)])
    whole = rng.integers(-5, 6, 4).astype(float)
    yield case(
        function,
        "errors exactly as large as delta",
        "ঠিক delta-র সমান এরর",
        [whole + 2 * signs(rng, 4), whole],
        kwargs={"delta": 2.0},
    )
    yield case(function, "several outputs a row", "প্রতি সারিতে কয়েকটি আউটপুট", [*pair(rng, 3, 4, high=2.5)])
    yield case(function, "very large errors", "খুব বড় এরর", [*pair(rng, 5, low=1e6, high=1e7)])


def around(rng, delta):
    """Errors of both signs, half of them below delta and half of them above it."""
    size = np.concatenate([rng.uniform(0.2, 0.8, 4), rng.uniform(1.5, 3, 4)]) * delta
    target = rng.normal(size=8)
    return target + size * np.resize([-1, 1], 8), target


def binary(rng, function):
    logits = rng.normal(size=6) * 2
    labels = rng.permutation([0, 0, 0, 1, 1, 1])
    yield case(function, "random logits", "এলোমেলো লজিট", [logits, labels])
    yield case(function, "a single logit", "একটিমাত্র লজিট", [rng.uniform(1, 3, 1), np.array([0])])
    large = rng.uniform(1000, 2000, 6) * np.array([1, 1, 1, -1, -1, -1])
    yield case(function, "very large logits, right", "খুব বড় লজিট, সঠিক", [large, np.array([1, 1, 1, 0, 0, 0])])
    yield case(function, "very large logits, wrong", "খুব বড় লজিট, ভুল", [large, np.array([0, 0, 0, 1, 1, 1])])
    yield case(function, "logits of zero", "শূন্য লজিট", [np.zeros(5), rng.permutation([0, 0, 1, 1, 1])])


def categorical(rng, function):
    def some(rows, count, scale=1.0):
        return [rng.normal(size=(rows, count)) * scale, rng.integers(0, count, rows)]

    yield case(function, "random logits", "এলোমেলো লজিট", some(4, 3))
    yield case(function, "as many classes as rows", "যত সারি তত ক্লাস", some(4, 4))
    yield case(function, "a single row", "একটিমাত্র সারি", some(1, 5))
    large = np.eye(4)[rng.permutation(4)] * rng.uniform(1000, 2000, (4, 1))
    yield case(function, "very large logits, right", "খুব বড় লজিট, সঠিক", [large, large.argmax(axis=1)])
    yield case(function, "very large logits, wrong", "খুব বড় লজিট, ভুল", [large, (large.argmax(axis=1) + 1) % 4])
    yield case(
        function,
        "all logits very negative",
        "সব লজিট খুব ঋণাত্মক",
        [rng.normal(size=(3, 4)) - 1500, rng.integers(0, 4, 3)],
    )


def margins(rng, function):
    """Scores with margins (label times score) from -3 to 3, none of them near 1 unless the case is about that."""

    def scores(labels, margin):
        return [labels * margin, labels]

    both = signs(rng, 6)
    yield case(
        function,
        "right, hesitant and wrong",
        "সঠিক, দ্বিধাগ্রস্ত ও ভুল",
        scores(both, rng.permutation(rng.uniform([1.5, 1.5, 0.1, 0.1, -3, -3], [3, 3, 0.8, 0.8, -1, -1]))),
    )
    yield case(
        function,
        "only the label minus one",
        "শুধু ঋণাত্মক লেবেল",
        scores(-np.ones(4, dtype=int), rng.uniform([-2, -2, 0.1, 1.5], [-1, -1, 0.8, 3])),
    )
    yield case(function, "far on the right side", "সঠিক দিকে অনেক দূরে", scores(both, rng.uniform(100, 1000, 6)))
    yield case(function, "far on the wrong side", "ভুল দিকে অনেক দূরে", scores(both, -rng.uniform(100, 1000, 6)))
    yield case(function, "exactly on the margin", "ঠিক মার্জিনের ওপর", scores(both, np.ones(6)))


def distribution(rng, rows, count):
    share = rng.uniform(0.2, 1, (rows, count))
    return share / share.sum(axis=1, keepdims=True)


def divergences(rng, function):
    yield case(function, "several rows", "কয়েকটি সারি", [distribution(rng, 4, 3), distribution(rng, 4, 3)])
    yield case(function, "many events", "অনেক ঘটনা", [distribution(rng, 2, 10), distribution(rng, 2, 10)])
    p, q = distribution(rng, 3, 4), distribution(rng, 3, 4)
    p[:, rng.integers(0, 4)] = 0
    p /= p.sum(axis=1, keepdims=True)
    yield case(function, "something that never happens", "যা কখনো ঘটে না", [p, q])
    sure = np.eye(3)[rng.permutation(3)]
    yield case(function, "one event is certain", "একটি ঘটনা নিশ্চিত", [sure, distribution(rng, 3, 3)])
    tiny = np.array([[1e-300, 1 - 1e-300]])
    yield case(function, "thought all but impossible", "প্রায় অসম্ভব ভাবা ঘটনা", [distribution(rng, 1, 2), tiny])
    p, q = np.concatenate([sure, sure]), np.concatenate([sure, distribution(rng, 3, 3)])
    yield case(function, "never happens, and nobody thought so", "ঘটেও না, কেউ ভাবেওনি", [p, q])


def impossible(rng):
    sure = np.eye(3)[rng.permutation(3)]
    return case(
        "kl_divergence", "thought impossible, but happens", "অসম্ভব ভাবা হয়েছিল, তবু ঘটে", [sure, np.roll(sure, 1, axis=1)]
    )
