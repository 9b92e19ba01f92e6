"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed.

Where a public case states no "expect", the reference says what is right.
"""

import numpy as np


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


# Below, at and above zero: the three places where activation functions differ.
THREE = np.array([-2.0, 0.0, 3.0])
EXTREME = np.array([-1000.0, 0.0, 1000.0])

PUBLIC = [
    case("step", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE], expect=[0, 1, 1]),
    case("sigmoid", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE]),
    case("sigmoid", "minus and plus 1000", "-1000 ও 1000", [EXTREME], expect=[0.0, 0.5, 1.0]),
    case("tanh", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE]),
    case("tanh", "minus and plus 1000", "-1000 ও 1000", [EXTREME], expect=[-1.0, 0.0, 1.0]),
    case("relu", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE], expect=[0.0, 0.0, 3.0]),
    case("leaky_relu", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE], expect=[-0.02, 0.0, 3.0]),
    case("leaky_relu", "another slope", "অন্য ঢাল", [THREE], kwargs={"slope": 0.5}, expect=[-1.0, 0.0, 3.0]),
    case("softmax", "three classes", "তিনটি ক্লাস", [np.array([1.0, 2.0, 3.0])]),
    case("softmax", "two rows", "দুটি সারি", [np.log([[1.0, 3.0], [4.0, 1.0]])], expect=[[0.25, 0.75], [0.8, 0.2]]),
    case("softmax", "around 1000", "1000-এর আশেপাশে", [np.array([1000.0, 1000.0])], expect=[0.5, 0.5]),
    case("sigmoid_gradient", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE]),
    case("tanh_gradient", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE]),
    case("relu_gradient", "below, at and above zero", "শূন্যের নিচে, শূন্যে ও ওপরে", [THREE], expect=[0.0, 0.0, 1.0]),
    case(
        "leaky_relu_gradient",
        "below, at and above zero",
        "শূন্যের নিচে, শূন্যে ও ওপরে",
        [THREE],
        expect=[0.01, 0.01, 1.0],
    ),
    case(
        "softmax_gradient",
        "two equal classes",
        "দুটি সমান ক্লাস",
        [np.array([1.0, 1.0])],
        expect=[[0.25, -0.25], [-0.25, 0.25]],
    ),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    for function in ("step", "sigmoid", "tanh", "relu", "leaky_relu"):
        yield from elementwise(rng, function)
    yield case(
        "leaky_relu", "a slope of its own", "নিজস্ব ঢাল", [mixed(rng, 6)], kwargs={"slope": float(rng.uniform(0.1, 0.3))}
    )
    yield from softmaxes(rng)
    for function in ("sigmoid_gradient", "tanh_gradient", "relu_gradient", "leaky_relu_gradient"):
        yield from elementwise(rng, function)
    yield case(
        "leaky_relu_gradient",
        "a slope of its own",
        "নিজস্ব ঢাল",
        [mixed(rng, 6)],
        kwargs={"slope": float(rng.uniform(0.1, 0.3))},
    )
    yield from jacobians(rng)


def mixed(rng, *shape):
    """Numbers of both signs, away from zero: the first is negative, the last positive."""
    z = rng.uniform(0.5, 3, shape) * rng.choice([-1, 1], shape)
    z.flat[0], z.flat[-1] = -abs(z.flat[0]), abs(z.flat[-1])
    return z


def elementwise(rng, function):
    """The cases of a function that works on each number of an array by itself."""
    yield case(function, "numbers of both signs", "দুই চিহ্নের সংখ্যা", [mixed(rng, 8)])
    yield case(function, "a table", "টেবিল", [mixed(rng, 3, 4)])
    yield case(function, "zeros", "শূন্য", [np.zeros(rng.integers(2, 6))])
    yield case(function, "whole numbers", "পূর্ণসংখ্যা", [rng.permutation([-3, -2, -1, 1, 2, 3])])
    yield case(function, "very large numbers of both signs", "দুই চিহ্নের খুব বড় সংখ্যা", [mixed(rng, 6) * 2000])


def softmaxes(rng):
    z = rng.normal(size=5)
    yield case("softmax", "one row", "একটি সারি", [z])
    yield case("softmax", "more classes than rows", "সারির চেয়ে ক্লাস বেশি", [rng.normal(size=(3, 5))])
    yield case("softmax", "as many classes as rows", "যত সারি তত ক্লাস", [rng.normal(size=(4, 4))])
    yield case("softmax", "a block of three axes", "তিন অক্ষের ব্লক", [rng.normal(size=(2, 3, 4))])
    yield case("softmax", "a single class", "একটিমাত্র ক্লাস", [rng.normal(size=(3, 1))])
    yield case("softmax", "very large numbers", "খুব বড় সংখ্যা", [1000 + rng.uniform(0, 5, 4)])
    yield case("softmax", "very large negative numbers", "খুব বড় ঋণাত্মক সংখ্যা", [-1000 - rng.uniform(0, 5, 4)])


def jacobians(rng):
    yield case("softmax_gradient", "three classes", "তিনটি ক্লাস", [rng.normal(size=3)])
    yield case("softmax_gradient", "many classes", "অনেক ক্লাস", [rng.normal(size=10)])
    yield case(
        "softmax_gradient", "one class is certain", "একটি ক্লাস নিশ্চিত", [rng.permutation([60.0, 0.0, rng.uniform(1, 5)])]
    )
    yield case("softmax_gradient", "very large numbers", "খুব বড় সংখ্যা", [1000 + rng.uniform(0, 5, 3)])
