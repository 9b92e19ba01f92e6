"""Wrong: the file is read, but its weights are never put into the model."""

import torch
from torch import nn


def train_step(model, optimizer, loss_function, X, y):
    optimizer.zero_grad()
    prediction = model(X)
    loss = loss_function(prediction, y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train_epoch(model, optimizer, loss_function, X, y, batch_size):
    model.train()
    losses = []
    sizes = []
    for start in range(0, len(X), batch_size):
        X_batch = X[start : start + batch_size]
        y_batch = y[start : start + batch_size]
        losses.append(train_step(model, optimizer, loss_function, X_batch, y_batch))
        sizes.append(len(X_batch))
    return sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / sum(sizes)


def evaluate(model, loss_function, X, y):
    was_training = model.training
    model.eval()
    with torch.no_grad():
        loss = loss_function(model(X), y)
    model.train(was_training)
    return loss.item()


def save_model(model, path):
    torch.save(model.state_dict(), path)


def load_model(model, path):
    torch.load(path)
    model.eval()
    return model


class Network(nn.Module):
    def __init__(self, features, hidden, dropout):
        super().__init__()
        self.hidden = nn.Linear(features, hidden)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 1)

    def forward(self, X):
        return self.output(self.dropout(torch.relu(self.hidden(X))))


def make_model(features, hidden, dropout):
    return Network(features, hidden, dropout)


def l2_penalty(model, strength):
    total = torch.tensor(0.0)
    for name, parameter in model.named_parameters():
        if name.endswith("weight"):
            total = total + (parameter**2).sum()
    return strength * total


def fit(model, training, validation, epochs, rate, strength):
    X, y = training
    X_validation, y_validation = validation
    loss_function = nn.MSELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    training_losses = []
    validation_losses = []
    for _epoch in range(epochs):
        model.train()
        optimizer.zero_grad()
        loss = loss_function(model(X), y)
        cost = loss + l2_penalty(model, strength)
        cost.backward()
        optimizer.step()
        training_losses.append(loss.item())
        validation_losses.append(evaluate(model, loss_function, X_validation, y_validation))
    return training_losses, validation_losses
