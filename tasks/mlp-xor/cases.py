"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed."""

import math

import numpy as np
import torch

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = torch.tensor([0.0, 1.0, 1.0, 0.0])


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


def shapes(features, hidden):
    """Of the weights and biases of a model with one hidden layer, layer by layer."""
    return [(hidden, features), (hidden,), (1, hidden), (1,)]


def parameters(features, hidden, numbers):
    """The numbers as the weights and biases of such a model."""
    row = torch.tensor(numbers)
    parts = row.split([math.prod(shape) for shape in shapes(features, hidden)])
    return [part.reshape(shape) for part, shape in zip(parts, shapes(features, hidden), strict=True)]


# Two hidden neurons, relu(x1 + x2) and relu(x1 + x2 - 1); the output is the first minus twice the second.
BY_HAND = [torch.ones(2, 2), torch.tensor([0.0, -1.0]), torch.tensor([1.0, -2.0]), torch.tensor(0.0)]
# A model of one neuron whose output is its only input.
TIMES_ONE = {"weight": torch.ones(1, 1), "bias": torch.zeros(1)}

PUBLIC = [
    case("forward", "weights that make XOR", "যে ওয়েটে XOR হয়", [CORNERS, *BY_HAND], expect=[0.0, 1.0, 1.0, 0.0]),
    case(
        "forward",
        "a negative output",
        "ঋণাত্মক আউটপুট",
        [torch.tensor([[1.0, 2.0]]), torch.ones(2, 1), torch.tensor([1.0]), torch.tensor([-2.0]), torch.tensor(3.0)],
        expect=[-5.0],
    ),
    case("xor_by_hand", "the four corners", "চারটি কোণ", [CORNERS], expect=[0.0, 1.0, 1.0, 0.0]),
    case(
        "make_model",
        "two inputs, two hidden neurons",
        "দুটি ইনপুট, দুটি হিডেন নিউরন",
        [2, 2],
        kwargs={"weights": parameters(2, 2, [1.0, 1.0, -1.0, 1.0, 0.0, 0.5, 1.0, -2.0, 0.25]), "X": CORNERS},
    ),
    case(
        "predict",
        "logits below and above zero",
        "শূন্যের নিচে ও ওপরে লজিট",
        [torch.tensor([[-2.0], [0.25], [3.0]])],
        kwargs=TIMES_ONE,
        expect=[0, 1, 1],
    ),
    case(
        "fit", "XOR: all four right", "XOR: চারটিই সঠিক", [CORNERS, XOR, 0], kwargs={"ask": CORNERS}, expect=[0, 1, 1, 0]
    ),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    yield from forwards(rng)
    yield from by_hand(rng)
    yield from models(rng)
    yield from predictions(rng)
    yield from fits(rng)


def tensor(numbers):
    return torch.tensor(numbers, dtype=torch.float32)


def normal(rng, *size):
    return tensor(rng.normal(size=size))


def forwards(rng):
    def arguments(points, features, count):
        """Random weights; the middle output is moved to 0, so that there are outputs on both sides of it."""
        X, W1, b1, w2 = (
            normal(rng, points, features),
            normal(rng, features, count),
            normal(rng, count),
            normal(rng, count),
        )
        return [X, W1, b1, w2, -((X @ W1 + b1).relu() @ w2).median() - 0.01]

    yield case("forward", "random weights", "এলোমেলো ওয়েট", arguments(6, 2, 2))
    yield case("forward", "three inputs, many hidden neurons", "তিনটি ইনপুট, অনেক হিডেন নিউরন", arguments(5, 3, 16))
    yield case("forward", "a single point", "একটিমাত্র বিন্দু", arguments(1, 2, 8))
    X, W1, _, w2, _ = arguments(4, 2, 3)
    asleep = torch.full((3,), -100.0)
    yield case("forward", "all hidden neurons asleep", "সব হিডেন নিউরন ঘুমিয়ে", [X, W1, asleep, w2, normal(rng).abs()])


def by_hand(rng):
    order = rng.permutation(4)
    yield case("xor_by_hand", "the corners in another order", "কোণগুলো অন্য ক্রমে", [CORNERS[order]], expect=XOR[order])
    many = rng.integers(0, 4, 20)
    yield case("xor_by_hand", "the corners many times", "কোণগুলো অনেকবার", [CORNERS[many]], expect=XOR[many])
    one = rng.integers(1, 4, 1)
    yield case("xor_by_hand", "a single corner", "একটিমাত্র কোণ", [CORNERS[one]], expect=XOR[one])


def models(rng):
    def some(en, bn, features, count, scale=1.0):
        size = sum(math.prod(shape) for shape in shapes(features, count))
        weights = parameters(features, count, rng.normal(size=size).astype(np.float32))
        return case(
            "make_model", en, bn, [features, count], kwargs={"weights": weights, "X": scale * normal(rng, 6, features)}
        )

    yield some("random weights", "এলোমেলো ওয়েট", 2, 4)
    yield some("three inputs, many hidden neurons", "তিনটি ইনপুট, অনেক হিডেন নিউরন", 3, 16)
    yield some("a single hidden neuron", "একটিমাত্র হিডেন নিউরন", 2, 1)
    yield some("a single input", "একটিমাত্র ইনপুট", 1, 3)
    yield some("very large inputs", "খুব বড় ইনপুট", 2, 4, scale=1000.0)


def predictions(rng):
    def some(en, bn, logits):
        return case("predict", en, bn, [tensor(logits[:, None])], kwargs=TIMES_ONE)

    small = rng.uniform(0.05, 0.45, 6)
    yield some("a little above zero", "শূন্যের সামান্য ওপরে", small)
    yield some("a little below zero", "শূন্যের সামান্য নিচে", -small)
    yield some("very large logits", "খুব বড় লজিট", rng.choice([-1, 1], 8) * rng.uniform(500, 1000, 8))
    yield some("a single point", "একটিমাত্র বিন্দু", rng.uniform(1, 2, 1))
    # With weights 1, 3 and 9 and inputs from 1 to 1.5, the last one decides: no logit is near zero.
    X = tensor(rng.choice([-1, 1], (8, 3)) * rng.uniform(1, 1.5, (8, 3)))
    three = {"weight": torch.tensor([[1.0, 3.0, 9.0]]), "bias": torch.zeros(1)}
    yield case("predict", "three inputs", "তিনটি ইনপুট", [X], kwargs=three)


def fits(rng):
    def some(en, bn, X, y, ask, answers):
        return case("fit", en, bn, [X, y, int(rng.integers(0, 1000))], kwargs={"ask": ask}, expect=answers.int())

    def near(corners, times):
        """Each corner so many times, off by up to a tenth."""
        many = corners.repeat(times, 1)
        return many + tensor(rng.uniform(-0.1, 0.1, many.shape))

    order = rng.permutation(4)
    X, y = CORNERS[order], XOR[order]
    yield some("another start", "অন্য জায়গা থেকে শুরু", X, y, X, y)
    yield some("points near the corners", "কোণের কাছের বিন্দু", X, y, near(X, 5), y.repeat(5))
    yield some("XNOR", "XNOR", X, 1 - y, X, 1 - y)
    gate = torch.tensor([0.0, 0.0, 0.0, 1.0])[rng.permutation(4)]
    yield some("one corner alone", "একটি কোণ একা", CORNERS, gate, CORNERS, gate)
    yield some("clouds around the corners", "কোণের চারপাশে বিন্দুর গুচ্ছ", near(X, 10), y.repeat(10), near(X, 5), y.repeat(5))
    three = torch.cat([torch.cat([X, X]), torch.tensor([[0.0]] * 4 + [[1.0]] * 4)], dim=1)
    yield some(
        "a third input that does not matter", "তৃতীয় একটি ইনপুট, যার ভূমিকা নেই", three, y.repeat(2), three, y.repeat(2)
    )
