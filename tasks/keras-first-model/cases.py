"""The cases of this exercise: PUBLIC ones that everybody sees, and hidden ones made from a seed.

Where a public case states no "expect", the reference says what is right. How the arguments are used stands in
harness.py.
"""

import numpy as np


def case(function, en, bn, args, **more):
    return {"function": function, "name": {"en": en, "bn": bn}, "args": args, **more}


def array(numbers):
    return np.array(numbers, dtype=np.float32)


# Two inputs, two hidden neurons, two classes: each hidden neuron looks at one input, each class at one neuron.
STRAIGHT = [array([[1, 0], [0, 1]]), array([0, 0]), array([[1, 0], [0, 1]]), array([0, 0])]
# exp(log 3) = 3, so the second class gets three times as much as the first.
ONE_TO_THREE = array([[0, np.log(3)]])
X = array([[2, 0], [0, 1], [3, 1], [1, 2]])
Y = array([[1, 0], [0, 1], [1, 0], [1, 0]])
HALVES = [(X[:2], Y[:2]), (X[2:], Y[2:])]

PUBLIC = [
    case(
        "build_model",
        "one to three",
        "এক অনুপাত তিন",
        [2, 2, 2],
        kwargs={"weights": STRAIGHT, "X": ONE_TO_THREE},
        expect=[[0.25, 0.75]],
    ),
    case(
        "build_model",
        "negative inputs",
        "ঋণাত্মক ইনপুট",
        [2, 2, 2],
        kwargs={"weights": STRAIGHT, "X": array([[-5, -7]])},
        expect=[[0.5, 0.5]],
    ),
    case("compile_model", "four rows", "চারটি সারি", [STRAIGHT, 0.5, X, Y]),
    case(
        "train",
        "one epoch, two batches",
        "এক ইপক, দুই ব্যাচ",
        [STRAIGHT, 0.5, X, Y],
        kwargs={"epochs": 1, "batch_size": 2},
    ),
    case("train_on_batches", "two batches", "দুই ব্যাচ", [STRAIGHT, 0.5, HALVES]),
    case("score", "four rows, three right", "চারটি সারি, তিনটি সঠিক", [STRAIGHT, X, Y]),
    case("predicted_classes", "four rows", "চারটি সারি", [STRAIGHT, X], expect=[0, 1, 0, 1]),
    case(
        "modern_names",
        "arguments of fit",
        "fit-এর আর্গুমেন্ট",
        [{"nb_epoch": 5, "batch_size": 32}],
        expect={"epochs": 5, "batch_size": 32},
    ),
    case(
        "modern_names",
        "arguments of Dense",
        "Dense-এর আর্গুমেন্ট",
        [{"output_dim": 64, "init": "uniform", "activation": "relu"}],
        expect={"units": 64, "kernel_initializer": "uniform", "activation": "relu"},
    ),
]


def hidden(seed):
    rng = np.random.default_rng(seed)
    yield from models(rng)
    yield from compilations(rng)
    yield from trainings(rng)
    yield from batches(rng)
    yield from scores(rng)
    yield from classes(rng)
    yield from names(rng)


def random_weights(rng, inputs, hidden_neurons, outputs):
    return [
        array(rng.normal(size=(inputs, hidden_neurons))),
        array(rng.uniform(0.5, 1, hidden_neurons)),
        array(rng.normal(size=(hidden_neurons, outputs))),
        array(rng.uniform(-1, 1, outputs)),
    ]


def rows(rng, count, inputs, outputs):
    """Inputs, and for each a 1 at its class; the first two rows have different classes."""
    order = np.concatenate([rng.permutation(outputs)[:2], rng.integers(0, outputs, count)])[:count]
    return array(rng.normal(size=(count, inputs))), array(np.eye(outputs)[order])


def models(rng):
    def some(en, bn, inputs, hidden_neurons, outputs, scale=1.0):
        weights, X = random_weights(rng, inputs, hidden_neurons, outputs), array(scale * rng.normal(size=(6, inputs)))
        # The first row puts the first hidden neuron to sleep, the second one wakes it.
        toward = weights[0][:, 0] / (weights[0][:, 0] ** 2).sum()
        X[0], X[1] = -5 * toward, 5 * toward
        return case("build_model", en, bn, [inputs, hidden_neurons, outputs], kwargs={"weights": weights, "X": X})

    yield some("three classes", "তিনটি ক্লাস", 2, 4, 3)
    yield some("many inputs, ten classes", "অনেক ইনপুট, দশটি ক্লাস", 20, 16, 10)
    yield some("a single hidden neuron", "একটিমাত্র হিডেন নিউরন", 3, 1, 2)
    yield some("large inputs", "বড় ইনপুট", 2, 4, 3, scale=100.0)


def compilations(rng):
    def some(en, bn, count, inputs, outputs):
        rate = float(rng.uniform(0.05, 0.2))
        return case(
            "compile_model", en, bn, [random_weights(rng, inputs, 4, outputs), rate, *rows(rng, count, inputs, outputs)]
        )

    yield some("two classes", "দুটি ক্লাস", 8, 2, 2)
    yield some("three classes", "তিনটি ক্লাস", 9, 3, 3)
    yield some("many rows", "অনেক সারি", 30, 4, 5)


def trainings(rng):
    def some(en, bn, count, **settings):
        args = [random_weights(rng, 3, 4, 3), float(rng.uniform(0.05, 0.1)), *rows(rng, count, 3, 3)]
        return case("train", en, bn, args, kwargs=settings)

    yield some("one batch an epoch", "প্রতি ইপকে একটি ব্যাচ", 6, epochs=3, batch_size=6)
    yield some("several batches an epoch", "প্রতি ইপকে কয়েকটি ব্যাচ", 12, epochs=2, batch_size=3)
    yield some("a last batch that is smaller", "শেষ ব্যাচটি ছোট", 11, epochs=2, batch_size=4)
    yield some("batches of one row", "এক সারির ব্যাচ", 5, epochs=1, batch_size=1)


def batches(rng):
    def some(en, bn, *counts):
        args = [
            random_weights(rng, 2, 4, 3),
            float(rng.uniform(0.05, 0.1)),
            [rows(rng, count, 2, 3) for count in counts],
        ]
        return case("train_on_batches", en, bn, args)

    yield some("a single batch", "একটিমাত্র ব্যাচ", 5)
    yield some("four batches", "চারটি ব্যাচ", 4, 4, 4, 4)
    yield some("batches of different sizes", "ভিন্ন ভিন্ন মাপের ব্যাচ", 6, 2, 4)


def scores(rng):
    def some(en, bn, count, outputs):
        return case("score", en, bn, [random_weights(rng, 2, 4, outputs), *rows(rng, count, 2, outputs)])

    yield some("two classes", "দুটি ক্লাস", 10, 2)
    yield some("four classes", "চারটি ক্লাস", 20, 4)
    yield some("more rows than Keras' batches have", "Keras-এর ব্যাচের চেয়ে বেশি সারি", 50, 3)


def classes(rng):
    """All hidden neurons are awake and each class has a neuron of its own, so the largest input names the class."""

    def some(en, bn, count, outputs):
        straight = [array(np.eye(outputs)), array(np.zeros(outputs)), array(np.eye(outputs)), array(np.zeros(outputs))]
        X = array([rng.permutation(outputs) + 1 for _ in range(count)])
        # Not one answer is 0 alone, or the row's own number.
        X[0] = np.roll(np.arange(outputs), 1)
        return case("predicted_classes", en, bn, [straight, X])

    yield some("three classes", "তিনটি ক্লাস", 6, 3)
    yield some("ten classes", "দশটি ক্লাস", 8, 10)
    yield some("a single row", "একটিমাত্র সারি", 1, 4)


def names(rng):
    def number():
        return int(rng.integers(1, 100))

    yield case(
        "modern_names",
        "arguments of Conv2D",
        "Conv2D-এর আর্গুমেন্ট",
        [{"border_mode": "same", "subsample": number(), "activation": "relu"}],
    )
    yield case("modern_names", "an argument of Dropout", "Dropout-এর আর্গুমেন্ট", [{"p": float(rng.uniform(0.1, 0.9))}])
    yield case(
        "modern_names", "modern ones already", "আগে থেকেই আধুনিক", [{"units": number(), "epochs": number(), "rate": 0.5}]
    )
    yield case("modern_names", "nothing at all", "কিছুই নেই", [{}])
