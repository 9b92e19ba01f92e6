"""The fixed work by which devices are compared. Run by the runtime's Python; it imports nothing of arena.

``python -I workload.py cpu|cuda REPETITIONS`` prints one JSON object a line: one for each repetition, then one that
says with what it ran. The work is the same to the last number of its shapes, seeds and steps as long as the name of
the workload, which ``calibrate`` knows, is the same: whoever changes the work changes the name.
"""

import importlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SEED = 20261101


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much work: a square matmul ``side`` by ``side``, ``products`` times; ``steps`` of training on ``batch``."""

    side: int
    products: int
    batch: int
    pixels: int
    steps: int


SIZES = {
    "cpu": Size(side=768, products=24, batch=64, pixels=28, steps=12),
    "cuda": Size(side=8192, products=20, batch=512, pixels=64, steps=40),
}


def _matmul(torch: Any, size: Size, device: str) -> float:
    generator = torch.Generator().manual_seed(_SEED)
    left = torch.randn(size.side, size.side, generator=generator).to(device) / size.side**0.5
    right = left
    for _ in range(size.products):
        right = left @ right
    return float(right.abs().sum())


def _train(torch: Any, size: Size, device: str) -> float:
    torch.manual_seed(_SEED)
    nn = torch.nn
    width = size.pixels // 4
    model = nn.Sequential(
        *(nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * width * width, 10)),
    ).to(device)
    images = torch.randn(size.batch, 3, size.pixels, size.pixels).to(device)
    labels = torch.randint(10, (size.batch,)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    loss = torch.zeros(())
    for _ in range(size.steps):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
    return float(loss.detach())


def _timed(torch: Any, work: Callable[[Any, Size, str], float], size: Size, device: str) -> tuple[float, float]:
    started = time.perf_counter()
    result = work(torch, size, device)  # It ends by copying a number to the host: nothing is still under way.
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - started, result


def main(device: str, repetitions: int) -> None:
    """Do the work once to warm up, then ``repetitions`` times."""
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)  # A CPU slot is one core.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = False
    size = SIZES[device]
    for number in range(repetitions + 1):
        matmul_s, product = _timed(torch, _matmul, size, device)
        training_s, loss = _timed(torch, _train, size, device)
        say = {"matmul_s": matmul_s, "training_s": training_s, "product": product, "loss": loss}
        print(json.dumps({"warm_up": True} if number == 0 else say), flush=True)  # noqa: T201
    ran_with = {"torch": torch.__version__, "cuda": torch.version.cuda, "python": sys.version.split()[0]}
    print(json.dumps({"ran_with": ran_with}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
