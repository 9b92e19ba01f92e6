"""With torch's DataLoader, inference mode, and the optimizer's own weight decay on the weights alone."""

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train_step(model, optimizer, loss_function, X, y):
    loss = loss_function(model(X), y)
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    return loss.detach()


def train_epoch(model, optimizer, loss_function, X, y, batch_size):
    losses = torch.zeros(len(X))
    first = 0
    for rows, answers in DataLoader(TensorDataset(X, y), batch_size=batch_size):
        losses[first : first + len(rows)] = train_step(model, optimizer, loss_function, rows, answers)
        first += len(rows)
    return losses.mean()


@torch.inference_mode()
def evaluate(model, loss_function, X, y):
    modes = {module: module.training for module in model.modules()}
    loss = loss_function(model.eval()(X), y)
    for module, mode in modes.items():
        module.training = mode
    return loss.item()


def save_model(model, path):
    with open(path, "wb") as file:
        torch.save({name: value.clone() for name, value in model.state_dict().items()}, file)


def load_model(model, path):
    saved = torch.load(path, map_location="cpu", weights_only=True)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(saved[name])
    return model.train(mode=False)


def make_model(features, hidden, dropout):
    model = nn.Sequential()
    model.append(nn.Linear(features, hidden))
    model.append(nn.ReLU())
    model.append(nn.Dropout(p=dropout))
    model.append(nn.Linear(hidden, 1))
    return model


def l2_penalty(model, strength):
    squares = [torch.linalg.vector_norm(module.weight) ** 2 for module in model.modules() if hasattr(module, "weight")]
    return strength * torch.stack(squares).sum()


def fit(model, training, validation, epochs, rate, strength):
    # The slope of strength · w² is 2 · strength · w, and the optimizer adds weight_decay · w.
    weights = {"params": [one for one in model.parameters() if one.ndim > 1], "weight_decay": 2 * strength}
    biases = {"params": [one for one in model.parameters() if one.ndim == 1]}
    optimizer = torch.optim.SGD([weights, biases], lr=rate)
    both = []
    for _ in range(epochs):
        loss = train_step(model.train(), optimizer, nn.MSELoss(), *training)
        both.append((loss, evaluate(model, nn.MSELoss(), *validation)))
    return [list(losses) for losses in zip(*both, strict=True)]
