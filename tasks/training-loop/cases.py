"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed.

Where a public case states no "expect", the reference says what is right. How the arguments are used stands in
harness.py.
"""

import math
from itertools import pairwise

import numpy as np
import torch


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


def tensor(numbers):
    return torch.tensor(numbers, dtype=torch.float32)


def dropped(hidden, dropout):
    """Weights with which all hidden neurons say 1 and the output is their mean, and what dropout makes of that."""
    weights = [torch.zeros(hidden, 2), torch.ones(hidden), torch.full((1, hidden), 1 / hidden), torch.zeros(1)]
    # Of the mean over the hidden neurons, each of which says 0 or 1 / (1 - dropout).
    deviation = math.sqrt(dropout / (1 - dropout) / hidden)
    low, high = [0.98, 0.8 * deviation], [1.02, 1.2 * deviation]
    settings = {"dropout": dropout, "training": True}
    return {"args": [weights, torch.zeros(1000, 2)], "kwargs": settings, "between": [low, high]}


def noisy(rng, rows=12, new=30, inputs=12):
    """As many inputs as rows: three of them matter, the rest is there to be learned by heart. And new rows."""
    X = rng.normal(size=(rows + new, inputs))
    y = X[:, :3].sum(axis=1, keepdims=True) + 1.5 * rng.normal(size=(rows + new, 1))
    return (tensor(X[:rows]), tensor(y[:rows])), (tensor(X[rows:]), tensor(y[rows:]))


# y = 2 x, and a line that knows nothing yet.
LINE = [torch.zeros(1, 1), torch.zeros(1)]
TWO = [tensor([[1.0], [2.0]]), tensor([[2.0], [4.0]])]
THREE = [tensor([[1.0], [2.0], [3.0]]), tensor([[2.0], [4.0], [6.0]])]
SGD = {"lr": 0.1}
# Two inputs, two hidden neurons, one output; and the same with other weights.
SMALL = [tensor([[1.0, -1.0], [0.5, 2.0]]), tensor([0.0, 0.5]), tensor([[1.0, -2.0]]), tensor([0.25])]
ONES = [torch.ones_like(one) for one in SMALL]
POINTS, ANSWERS = tensor([[1.0, 2.0], [0.0, -1.0]]), tensor([[1.0], [0.0]])
BLANK = [torch.zeros(1, 12), torch.zeros(1)]
NOISY = noisy(np.random.default_rng(3))

PUBLIC = [
    case(
        "train_step",
        "one step",
        "এক ধাপ",
        [LINE, *TWO],
        kwargs={"options": SGD, "steps": 1},
        expect={"losses": [10.0], "weights": [[[1.0]], [0.6]]},
    ),
    case(
        "train_step",
        "two steps",
        "দুই ধাপ",
        [LINE, *TWO],
        kwargs={"options": SGD, "steps": 2},
        expect={"losses": [10.0, 1.06], "weights": [[[1.32]], [0.78]]},
    ),
    case(
        "train_epoch",
        "one batch",
        "একটি ব্যাচ",
        [LINE, *TWO],
        kwargs={"options": SGD, "batch_size": 2},
        expect={"losses": [10.0], "weights": [[[1.0]], [0.6]]},
    ),
    case(
        "train_epoch",
        "three rows in batches of two",
        "তিনটি সারি, দুটি করে ব্যাচ",
        [LINE, *THREE],
        kwargs={"options": SGD, "batch_size": 2},
    ),
    case("evaluate", "no dropout", "ড্রপআউট নেই", [SMALL, POINTS, ANSWERS], kwargs={"dropout": None, "training": True}),
    case("evaluate", "dropout", "ড্রপআউট আছে", [SMALL, POINTS, ANSWERS], kwargs={"dropout": 0.5, "training": True}),
    case("save_model", "a hidden layer", "একটি হিডেন লেয়ার", [SMALL, "model.pt"]),
    case(
        "load_model",
        "a hidden layer",
        "একটি হিডেন লেয়ার",
        [SMALL, ONES, "model.pt", POINTS],
        kwargs={"dropout": None},
    ),
    case(
        "make_model",
        "the outputs, not training",
        "আউটপুট, যখন ট্রেনিং চলছে না",
        [SMALL, POINTS],
        kwargs={"dropout": 0.5, "training": False},
    ),
    case(
        "make_model",
        "mean and deviation while training",
        "গড় ও বিচ্যুতি, যখন ট্রেনিং চলছে",
        **dropped(100, 0.2),
    ),
    case("l2_penalty", "a hidden layer", "একটি হিডেন লেয়ার", [SMALL], kwargs={"strength": 0.1}),
    case(
        "fit",
        "as many inputs as rows: overfitting",
        "যত সারি তত ইনপুট: ওভারফিটিং",
        [BLANK, *NOISY],
        kwargs={"epochs": 300, "rate": 0.05, "strength": 0.0},
    ),
    case(
        "fit",
        "the same data with L2",
        "একই ডেটা, L2 সহ",
        [BLANK, *NOISY],
        kwargs={"epochs": 300, "rate": 0.05, "strength": 0.3},
    ),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    yield from steps(rng)
    yield from epochs(rng)
    yield from evaluations(rng)
    yield from saves(rng)
    yield from loads(rng)
    yield from models(rng)
    yield from penalties(rng)
    yield from fits(rng)


def random_weights(rng, *sizes):
    """Of a network with so many inputs, hidden neurons layer by layer, and outputs."""
    found = []
    for inputs, outputs in pairwise(sizes):
        biases = rng.uniform(0.5, 1.5, outputs) * rng.choice([-1, 1], outputs)
        found += [tensor(rng.normal(size=(outputs, inputs)) / math.sqrt(inputs)), tensor(biases)]
    return found


def rows(rng, count, inputs):
    """Inputs, and answers that lie well away from what a random network says."""
    return [tensor(rng.normal(size=(count, inputs))), tensor(rng.normal(size=(count, 1)) + 5)]


def steps(rng):
    rate = float(rng.uniform(0.02, 0.05))

    def some(en, bn, sizes, count, times, **more):
        args = [random_weights(rng, *sizes), *rows(rng, count, sizes[0])]
        options = {"lr": rate, **more.pop("options", {})}
        return case("train_step", en, bn, args, kwargs={"options": options, "steps": times, **more})

    yield some("a line, five steps", "একটি রেখা, পাঁচ ধাপ", (3, 1), 6, 5)
    yield some("a hidden layer", "একটি হিডেন লেয়ার", (2, 4, 1), 6, 3)
    yield some("momentum", "মোমেন্টাম", (2, 1), 5, 4, options={"momentum": 0.5})
    yield some("a single row", "একটিমাত্র সারি", (2, 1), 1, 2)
    yield some("somebody left gradients behind", "আগে থেকেই গ্রেডিয়েন্ট জমে আছে", (2, 1), 5, 1, left_over=True)


def epochs(rng):
    rate = float(rng.uniform(0.01, 0.03))

    def some(en, bn, count, batch_size, times=1):
        X, y = rows(rng, count, 2)
        # The answers grow from row to row, so each batch has a loss of its own.
        args = [random_weights(rng, 2, 1), X, y + torch.arange(count)[:, None]]
        kwargs = {"options": {"lr": rate}, "batch_size": batch_size, "epochs": times}
        return case("train_epoch", en, bn, args, kwargs=kwargs)

    yield some("batches of one size", "সমান মাপের ব্যাচ", 6, 2)
    yield some("a last batch that is smaller", "শেষ ব্যাচটি ছোট", 7, 3)
    yield some("batches of one row", "এক সারির ব্যাচ", 4, 1)
    yield some("a batch larger than the data", "ডেটার চেয়ে বড় ব্যাচ", 5, 8)
    yield some("several epochs", "কয়েকটি ইপক", 5, 2, times=3)


def evaluations(rng):
    def some(en, bn, sizes, count, dropout, training):
        args = [random_weights(rng, *sizes), *rows(rng, count, sizes[0])]
        return case("evaluate", en, bn, args, kwargs={"dropout": dropout, "training": training})

    yield some("a line", "একটি রেখা", (3, 1), 5, None, training=True)
    yield some("dropout, in the middle of training", "ড্রপআউট, ট্রেনিংয়ের মাঝখানে", (2, 32, 1), 5, 0.5, training=True)
    yield some("dropout, not in training", "ড্রপআউট, যখন ট্রেনিং চলছে না", (2, 32, 1), 5, 0.5, training=False)
    yield some("a single row, not in training", "একটিমাত্র সারি, যখন ট্রেনিং চলছে না", (2, 1), 1, None, training=False)


def saves(rng):
    yield case("save_model", "a line", "একটি রেখা", [random_weights(rng, 3, 1), "line.pt"])
    yield case("save_model", "two hidden layers", "দুটি হিডেন লেয়ার", [random_weights(rng, 2, 4, 3, 1), "deep.pt"])
    yield case("save_model", "many weights", "অনেক ওয়েট", [random_weights(rng, 20, 50, 1), "model.pt"])


def loads(rng):
    def some(en, bn, sizes, path, dropout):
        saved, weights = random_weights(rng, *sizes), random_weights(rng, *sizes)
        X = tensor(rng.normal(size=(4, sizes[0])))
        return case("load_model", en, bn, [saved, weights, path, X], kwargs={"dropout": dropout})

    yield some("a line", "একটি রেখা", (2, 1), "line.pt", None)
    yield some("two hidden layers", "দুটি হিডেন লেয়ার", (3, 4, 3, 1), "deep.pt", None)
    yield some("a model with dropout", "ড্রপআউটসহ মডেল", (2, 32, 1), "model.pt", 0.5)


def models(rng):
    dropout = float(rng.uniform(0.2, 0.4))

    def asked(en, bn, features, count):
        args = [random_weights(rng, features, count, 1), tensor(rng.normal(size=(6, features)))]
        return case("make_model", en, bn, args, kwargs={"dropout": dropout, "training": False})

    yield asked("random weights, not training", "এলোমেলো ওয়েট, যখন ট্রেনিং চলছে না", 2, 8)
    yield asked("three inputs, not training", "তিনটি ইনপুট, যখন ট্রেনিং চলছে না", 3, 5)
    yield asked("a single input, not training", "একটিমাত্র ইনপুট, যখন ট্রেনিং চলছে না", 1, 4)
    yield case("make_model", "little dropout, while training", "অল্প ড্রপআউট, যখন ট্রেনিং চলছে", **dropped(100, dropout))
    yield case(
        "make_model", "much dropout, while training", "বেশি ড্রপআউট, যখন ট্রেনিং চলছে", **dropped(100, 1 - dropout)
    )


def penalties(rng):
    def some(en, bn, sizes, strength):
        return case("l2_penalty", en, bn, [random_weights(rng, *sizes)], kwargs={"strength": strength})

    yield some("a line", "একটি রেখা", (3, 1), float(rng.uniform(0.1, 2)))
    yield some("two hidden layers", "দুটি হিডেন লেয়ার", (2, 4, 3, 1), float(rng.uniform(0.1, 2)))
    yield some("a strength of zero", "শূন্য শক্তি", (2, 3, 1), 0.0)


def fits(rng):
    def some(en, bn, sizes, times, strength):
        kwargs = {"epochs": times, "rate": 0.05 if len(sizes) == 2 else 0.01, "strength": strength}
        return case("fit", en, bn, [random_weights(rng, *sizes), *noisy(rng)], kwargs=kwargs)

    yield some("many epochs", "অনেক ইপক", (12, 1), 200, 0.0)
    yield some("many epochs with L2", "অনেক ইপক, L2 সহ", (12, 1), 200, 0.3)
    yield some("a single epoch", "একটিমাত্র ইপক", (12, 1), 1, 0.0)
    yield some("a hidden layer, a few epochs with L2", "একটি হিডেন লেয়ার, কয়েক ইপক, L2 সহ", (12, 4, 1), 3, 1.0)
