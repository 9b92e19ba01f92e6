"""What is right, for the scorer alone."""

import torch
from torch import nn


def train_step(model, optimizer, loss_function, X, y):
    optimizer.zero_grad()
    loss = loss_function(model(X), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_epoch(model, optimizer, loss_function, X, y, batch_size):
    total = 0.0
    for rows, answers in zip(X.split(batch_size), y.split(batch_size), strict=True):
        total += train_step(model, optimizer, loss_function, rows, answers) * len(rows)
    return total / len(X)


def evaluate(model, loss_function, X, y):
    was = model.training
    model.eval()
    with torch.no_grad():
        loss = loss_function(model(X), y).item()
    model.train(was)
    return loss


def save_model(model, path):
    torch.save(model.state_dict(), path)


def load_model(model, path):
    model.load_state_dict(torch.load(path, weights_only=True))
    return model.eval()


def make_model(features, hidden, dropout):
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1))


def l2_penalty(model, strength):
    return strength * sum(one.square().sum() for one in model.parameters() if one.dim() > 1)


def fit(model, training, validation, epochs, rate, strength):
    X, y = training
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    losses, validation_losses = [], []
    for _ in range(epochs):
        model.train()
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        (loss + l2_penalty(model, strength)).backward()
        optimizer.step()
        losses.append(loss.item())
        validation_losses.append(evaluate(model, nn.functional.mse_loss, *validation))
    return losses, validation_losses
