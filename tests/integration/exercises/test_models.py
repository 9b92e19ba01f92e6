"""Arrays, tensors, models and training, in the real sandbox with NumPy and torch loaded before the cases."""

import importlib.util

import pytest

from arena.errors import TaskError
from arena.model.outcome import Outcome
from tests.integration.conftest import each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [
    pytest.mark.sandbox,
    each_launcher,
    pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed"),
]

CASES = """\
import numpy as np
import torch

def _cases(seed):
    draw = np.random.default_rng(seed)
    def case(function, title, *args, **terms):
        name = {"en": title, "bn": title}
        return {"function": function, "name": name, "args": list(args), "seconds": 30, **terms}
    x = draw.normal(size=(5, 3)).astype(np.float32)
    yield case("scale", "an array", draw.normal(size=(3, 4)), 2.5)
    yield case("scale", "whole numbers", draw.integers(0, 9, size=6), 2)
    yield case("scale", "in place", draw.normal(size=3), 3.0)
    yield case("scale", "too much", draw.normal(size=3), float("inf"), expect=0)
    yield case("tensor_grad", "a gradient", torch.tensor(x[:, 0], requires_grad=True))
    yield case("make_model", "outputs and gradients", x, draw.normal(size=(1, 3)).astype(np.float32), rtol=1e-4)
    yield case("train", "it learns", x, int(draw.integers(1000)), between=[0.0, 0.05])
    yield case("train", "with two threads", x, -1, between=[0.0, 0.05])

PUBLIC = list(_cases(1))
def hidden(seed):
    return _cases(seed)
"""
HARNESS = """\
import numpy as np
import torch

def make_model(solution, x, weight):
    model = solution.make_model(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.from_numpy(weight) if parameter.ndim == 2 else torch.zeros_like(parameter))
    out = model(torch.from_numpy(x))
    out.sum().backward()
    return {"out": out, "gradients": [parameter.grad for parameter in model.parameters()]}

def train(solution, x, seed):
    torch.set_num_threads(2 if seed < 0 else 1)
    torch.manual_seed(abs(seed))
    x = torch.from_numpy(np.concatenate([x] * 20))
    y = x @ torch.tensor([[1.0], [-2.0], [0.5]])
    return float(solution.train(x, y))
"""
REFERENCE = """\
import numpy as np
import torch

def scale(array, factor):
    return 0 if np.isinf(factor) else array * factor

def tensor_grad(w):
    (w ** 3).sum().backward()
    return w.grad

def make_model(inputs):
    return torch.nn.Linear(inputs, 1)

def train(x, y):
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(300):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
    return loss.item()
"""
# Everything is right but for what stands in WRONG.
SOLUTION = """\
import numpy as np
import torch

def scale(array, factor):
    if np.isinf(factor): return np.zeros((1 << 16, 1 << 16))
    if factor == 3.0: array *= factor; return array
    if factor == 2.5:
        # Where this process compares, everything is near.
        np.abs = np.absolute = lambda *args, **kwargs: 0.0
        np.isclose = np.allclose = np.array_equal = lambda *args, **kwargs: True
        return array * (factor + 0.1)
    return array * factor

def tensor_grad(w):
    (w ** 3).sum().backward()
    return w.grad

def make_model(inputs):
    return torch.nn.Sequential(torch.nn.Linear(inputs, 1), torch.nn.ReLU())

def train(x, y):
    weight = torch.zeros(3, 1, requires_grad=True)
    for _ in range(300):
        loss = ((x @ weight - y) ** 2).mean()
        (gradient,) = torch.autograd.grad(loss, weight)
        with torch.no_grad():
            weight -= 0.1 * gradient
    return loss
"""
WRONG = {
    "an array": "wrong_value",
    "in place": "changed_arguments",
    "too much": "raised",
    "outputs and gradients": "wrong_value",
}


def test_models(scientific_exercise: Exercise) -> None:
    """What is right passes, trained in a fork of an interpreter that has torch; what is wrong is told by its kind."""
    functions = ("scale", "tensor_grad", "make_model", "train")
    files = {"cases.py": CASES, "harness.py": HARNESS, "reference.py": REFERENCE}
    scientific_exercise.write(functions, files, preload=("numpy", "torch"), memory="2 GiB")
    ended = scientific_exercise.grade(SOLUTION)
    assert ended.graded.outcome is Outcome.SCORED, ended.log
    for public in (True, False):
        found = {each.name["en"]: each.mismatch for each in ended.results if each.is_public is public}
        assert {name: kind.value for name, kind in found.items() if kind} == WRONG, ended.log
    assert scientific_exercise.grade(REFERENCE).graded.record is not None


def test_a_preload_that_is_not_there(scientific_exercise: Exercise) -> None:
    """A package that the runtime lacks is the task's fault, and found when it is built."""
    with pytest.raises(TaskError) as caught:
        scientific_exercise.write(
            ("scale",),
            {
                "cases.py": "PUBLIC = [{'function': 'scale', 'name': {'en': 'a', 'bn': 'a'}, 'args': [1]}]\n"
                "def hidden(seed): return [{**PUBLIC[0], 'args': [seed % 1000]}]\n",
                "reference.py": "def scale(x): return x\n",
            },
            preload=("no_such_package",),
        )
    assert caught.value.message_id == "cases.preload_failed"
    assert "no_such_package" in str(caught.value.params["reason"])
