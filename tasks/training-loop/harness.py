"""Between the arena and your functions: builds models with known weights, calls you, looks at what became of them.

`weights` are the weights and biases of a network, layer by layer: [W1, b1, W2, b2, …], W of shape (outputs, inputs).
"""

import math
import pickle

import torch
from torch import nn


class Watched(nn.Sequential):
    """A network that notes whether gradients were recorded when it was asked."""

    recorded = False

    def forward(self, X):
        self.recorded = self.recorded or torch.is_grad_enabled()
        return super().forward(X)


def network(weights, dropout=None):
    """Linear layers with these weights; between them tanh and, if given, dropout with this probability."""
    layers = []
    for W, b in zip(weights[::2], weights[1::2], strict=True):
        linear = nn.Linear(W.shape[1], W.shape[0])
        with torch.no_grad():
            linear.weight.copy_(W)
            linear.bias.copy_(b)
        layers += [linear, nn.Tanh()] + ([nn.Dropout(dropout)] if dropout else [])
    # Nothing comes after the last linear layer.
    return Watched(*layers[: layers.index(linear) + 1])


def number(loss, function):
    """The loss that this function of yours returned, as a number."""
    if loss is None:
        raise TypeError(f"{function} must return the loss; it returned None")
    return loss.item() if isinstance(loss, torch.Tensor) else float(loss)


def numbers(model):
    """What the model has learned: its weights and biases."""
    return [parameter.detach() for parameter in model.parameters()]


def train_step(solution, weights, X, y, *, options, steps, left_over=False):
    """So many steps of yours: the loss before each of them, and the weights at the end."""
    model = network(weights)
    optimizer = torch.optim.SGD(model.parameters(), **options)
    if left_over:
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
    args = (model, optimizer, nn.MSELoss(), X, y)
    losses = [number(solution.train_step(*args), "train_step") for _ in range(steps)]
    return {"losses": losses, "weights": numbers(model)}


def train_epoch(solution, weights, X, y, *, options, batch_size, epochs=1):
    """So many epochs of yours: the loss of each of them, and the weights at the end."""
    model = network(weights)
    optimizer = torch.optim.SGD(model.parameters(), **options)
    args = (model, optimizer, nn.MSELoss(), X, y, batch_size)
    losses = [number(solution.train_epoch(*args), "train_epoch") for _ in range(epochs)]
    return {"losses": losses, "weights": numbers(model)}


def evaluate(solution, weights, X, y, *, dropout, training):
    """Your loss, the mode that you leave the model in, and whether you had gradients recorded."""
    model = network(weights, dropout).train(training)
    loss = number(solution.evaluate(model, nn.MSELoss(), X, y), "evaluate")
    return {"loss": loss, "training": model.training, "gradients recorded": model.recorded}


def save_model(solution, weights, path):
    """What is in the file that you wrote."""
    solution.save_model(network(weights), path)
    try:
        return dict(torch.load(path, weights_only=True))
    except (pickle.UnpicklingError, TypeError, ValueError) as error:
        raise TypeError(f"{path} holds something else than a state_dict") from error


def load_model(solution, saved, weights, path, X, *, dropout):
    """Save the weights `saved`; let you load them into a model with other `weights`; ask that model."""
    torch.save(network(saved, dropout).state_dict(), path)
    model = solution.load_model(network(weights, dropout), path)
    if model is None:
        raise TypeError("load_model must return the model; it returned None")
    return {"outputs": model(X).detach(), "training": model.training}


def make_model(solution, weights, X, *, dropout, training):
    """The outputs of your model with the given weights: as they are, or while training their mean and spread."""
    hidden, features = weights[0].shape
    model = solution.make_model(features, hidden, dropout).train(training)
    parameters = list(model.parameters())
    yours, asked = [list(one.shape) for one in parameters], [list(one.shape) for one in weights]
    if yours != asked:
        raise ValueError(f"the model's weights and biases have the shapes {yours}; asked for are {asked}")
    with torch.no_grad():
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.copy_(weight)
        outputs = model(X)
    return torch.stack([outputs.mean(), outputs.std()]) if training else outputs


def l2_penalty(solution, weights, strength):
    """Your penalty, and its slope for each weight and bias."""
    model = network(weights)
    penalty = solution.l2_penalty(model, strength)
    penalty.backward()
    slopes = [torch.zeros_like(one) if one.grad is None else one.grad for one in model.parameters()]
    return {"penalty": penalty.detach(), "slopes": slopes}


def fit(solution, weights, training, validation, *, epochs, rate, strength):
    """Of the losses on the training rows and on the validation rows: the first, the lowest and the last one."""
    lists = solution.fit(network(weights), training, validation, epochs, rate, strength)
    told = {}
    for name, losses in zip(("training", "validation"), lists, strict=True):
        values = [number(loss, "fit") for loss in losses]
        if len(values) != epochs or not all(map(math.isfinite, values)):
            raise ValueError(f"{epochs} epochs have {epochs} {name} losses, all of them finite; fit returned {values}")
        told[name] = {"first": values[0], "lowest": min(values), "last": values[-1]}
    return told
