"""What is right, for the scorer alone: torch's own loss functions, and the gradients that autograd finds for them."""

import torch
from torch.nn import functional


def gradient(loss, values, *others):
    """The slope of ``loss(values, *others)`` for each number of ``values``."""
    leaf = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    loss(leaf, *others).backward()
    return leaf.grad.numpy()


def value(loss, values, *others):
    return loss(torch.tensor(values, dtype=torch.float64), *others).item()


def squared(prediction, target):
    return functional.mse_loss(prediction, torch.tensor(target, dtype=torch.float64))


def absolute(prediction, target):
    return functional.l1_loss(prediction, torch.tensor(target, dtype=torch.float64))


def binary(logits, labels):
    return functional.binary_cross_entropy_with_logits(logits, torch.tensor(labels, dtype=torch.float64))


def categorical(logits, classes):
    return functional.cross_entropy(logits, torch.tensor(classes))


def margin(scores, labels):
    # torch has no hinge loss for labels -1 and 1; relu's slope is 0 at 0, as the statement asks.
    return torch.relu(1 - torch.tensor(labels) * scores).mean()


def divergence(q, p):
    p = torch.tensor(p, dtype=torch.float64)
    # What never happens adds nothing, whatever q says about it: torch would make 0 · inf = nan of it where q is 0.
    happens = p > 0
    return functional.kl_div(q[happens].log(), p[happens], reduction="sum") / len(p)


def robust(prediction, target, delta):
    return functional.huber_loss(prediction, torch.tensor(target, dtype=torch.float64), delta=delta)


def mse(prediction, target):
    return value(squared, prediction, target)


def mse_gradient(prediction, target):
    return gradient(squared, prediction, target)


def mae(prediction, target):
    return value(absolute, prediction, target)


def mae_gradient(prediction, target):
    return gradient(absolute, prediction, target)


def binary_cross_entropy(logits, labels):
    return value(binary, logits, labels)


def binary_cross_entropy_gradient(logits, labels):
    return gradient(binary, logits, labels)


def cross_entropy(logits, classes):
    return value(categorical, logits, classes)


def cross_entropy_gradient(logits, classes):
    return gradient(categorical, logits, classes)


def hinge(scores, labels):
    return value(margin, scores, labels)


def hinge_gradient(scores, labels):
    return gradient(margin, scores, labels)


def kl_divergence(p, q):
    return value(divergence, q, p)


def kl_divergence_gradient(p, q):
    return gradient(divergence, q, p)


def huber(prediction, target, delta=1.0):
    return value(robust, prediction, target, delta)


def huber_gradient(prediction, target, delta=1.0):
    return gradient(robust, prediction, target, delta)
