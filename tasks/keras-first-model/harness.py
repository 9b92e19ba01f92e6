"""Between the arena and your functions: builds models with known weights, calls you, looks at what became of them.

`weights` are what Keras calls the weights of a model, layer by layer: [W1, b1, W2, b2], W of shape (inputs, outputs).
If your code still uses a name of Keras 1, as many old tutorials do, the error says what it is called today.
"""

import ast
from contextlib import contextmanager
from pathlib import Path

import keras
import numpy as np
from keras.layers import Activation, Dense

# Names of Keras 1, and what to write in Keras 3.
ARGUMENTS = {
    "bias": "use_bias",
    "border_mode": "padding",
    "init": "kernel_initializer",
    "lr": "learning_rate",
    "nb_epoch": "epochs",
    "output_dim": "units",
    "p": "rate",
    "show_accuracy": 'compile(metrics=["accuracy"])',
    "subsample": "strides",
    "W_regularizer": "kernel_regularizer",
}
METHODS = {"predict_classes": "predict(X).argmax(axis=1)", "predict_proba": "predict(X)", "fit_generator": "fit(X)"}


@contextmanager
def old_names_explained(solution):
    """Where Keras refuses something, tell which names in the solution are those of Keras 1."""
    try:
        yield
    except (TypeError, ValueError, AttributeError) as error:
        found = old_names(Path(solution.__file__).read_text(encoding="utf-8"))
        if found:
            lines = [
                str(error),
                "Some names in your code are those of Keras 1. Keras 3 calls them otherwise.",
                "আপনার কোডে Keras 1-এর কিছু নাম আছে। Keras 3-এ সেগুলোর নাম অন্য।",
                f"Keras 1 → Keras 3: {', '.join(found)}",
            ]
            error.args = ("\n".join(lines),)
        raise


def old_names(source):
    """The names of Keras 1 in the program `source`: what each is called today, and in which lines it stands."""
    lines = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            lines.setdefault(f"{node.attr} → {METHODS[node.attr]}", []).append(node.lineno)
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            # A layer or an optimizer, or what trains; not a function of the learner's own.
            if called[:1].isupper() or called == "fit":
                for word in (keyword.arg for keyword in node.keywords if keyword.arg in ARGUMENTS):
                    lines.setdefault(f"{word} → {ARGUMENTS[word]}", []).append(node.lineno)
    return [f"{name} (line {', '.join(map(str, sorted(at)))})" for name, at in lines.items()]


def network(weights):
    """Dense, relu, Dense, softmax with these weights."""
    inputs, hidden = weights[0].shape
    outputs = weights[2].shape[1]
    layers = [keras.Input((inputs,)), Dense(hidden), Activation("relu"), Dense(outputs), Activation("softmax")]
    model = keras.Sequential(layers)
    model.set_weights(weights)
    return model


def compiled(weights, rate):
    model = network(weights)
    optimizer = keras.optimizers.SGD(learning_rate=rate)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


def build_model(solution, inputs, hidden, outputs, *, weights, X):
    """The outputs of your model with the given weights."""
    with old_names_explained(solution):
        model = solution.build_model(inputs, hidden, outputs)
    if not isinstance(model, keras.Sequential):
        raise TypeError(f"build_model must return a keras.Sequential; it returned {type(model).__name__}")
    model(X)  # A model without an Input layer makes its weights when it sees the first rows.
    yours, asked = [list(one.shape) for one in model.get_weights()], [list(one.shape) for one in weights]
    if yours != asked:
        raise ValueError(f"the model's weights have the shapes {yours}; asked for are {asked}")
    model.set_weights(weights)
    return model.predict(X, verbose=0)


def compile_model(solution, weights, rate, X, y):
    """Loss and accuracy of a model that you compiled, before and after one step on X and y."""
    model = network(weights)
    with old_names_explained(solution):
        solution.compile_model(model, rate)
    if not model.compiled:
        raise ValueError("compile_model did not compile the model")
    before = model.evaluate(X, y, verbose=0)
    model.train_on_batch(X, y)
    return {"before": before, "after": model.evaluate(X, y, verbose=0)}


def train(solution, weights, rate, X, y, *, epochs, batch_size):
    """The losses that you return, and the weights at the end."""
    keras.utils.set_random_seed(1)
    model = compiled(weights, rate)
    with old_names_explained(solution):
        losses = solution.train(model, X, y, epochs, batch_size)
    return {"losses": losses, "weights": model.get_weights()}


def train_on_batches(solution, weights, rate, batches):
    """The losses that you return, and the weights at the end."""
    model = compiled(weights, rate)
    with old_names_explained(solution):
        losses = solution.train_on_batches(model, batches)
    return {"losses": losses, "weights": model.get_weights()}


def score(solution, weights, X, y):
    """The loss and the accuracy that you return, and whether the weights are still the same."""
    model = compiled(weights, 0.1)
    with old_names_explained(solution):
        loss, accuracy = solution.score(model, X, y)
    same = all(np.array_equal(now, then) for now, then in zip(model.get_weights(), weights, strict=True))
    return {"loss": loss, "accuracy": accuracy, "weights unchanged": same}


def predicted_classes(solution, weights, X):
    """The classes that you return."""
    with old_names_explained(solution):
        return solution.predicted_classes(network(weights), X)
