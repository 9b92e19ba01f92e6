"""What submissions do to a GPU, as processes of their own: ``workloads.py NAME`` prints "ready" and then does it.

Every one but the bomb allocates a little and touches it before it is ready, so that the device knows of the process.
"""

import os
import sys
import time
from typing import Any

import torch

GIB = 2**30
_SIDE = 4096


def ready() -> None:
    """Tell the test that the work begins now."""
    torch.cuda.synchronize()
    print("ready", flush=True)  # noqa: T201


def busy(seconds: float) -> None:
    """Kernels without a pause."""
    square = torch.randn(_SIDE, _SIDE, device="cuda")
    ready()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(20):
            square = square @ square / _SIDE
        torch.cuda.synchronize()


def sleeping(seconds: float) -> None:
    """Hold the device and do nothing."""
    held = torch.ones(GIB // 4, device="cuda")
    ready()
    time.sleep(seconds)
    held.sum().item()


def bomb(_: float) -> None:
    """Take 256 MiB after 256 MiB until there is no more, touching each, and keep it."""
    kept = [torch.ones(1, device="cuda")]
    ready()
    try:
        while True:
            kept.append(torch.ones(GIB // 16, device="cuda"))
            torch.cuda.synchronize()
            time.sleep(0.01)
    except torch.OutOfMemoryError:
        time.sleep(60)


def forked(seconds: float) -> None:
    """Three children with contexts of their own; the parent has none and waits."""
    for _ in range(3):
        if os.fork() == 0:
            held = torch.ones(GIB // 4, device="cuda")
            print("ready", flush=True)  # noqa: T201
            time.sleep(seconds)
            held.sum().item()
            os._exit(0)
    for _ in range(3):
        os.wait()


def endless(_: float) -> None:
    """A kernel that does not end by itself."""
    torch.ones(1, device="cuda")
    ready()
    spin: Any = torch.cuda._sleep  # It spins on the device for so many cycles.
    spin(2**62)
    torch.cuda.synchronize()


if __name__ == "__main__":
    {"busy": busy, "sleeping": sleeping, "bomb": bomb, "forked": forked, "endless": endless}[sys.argv[1]](
        float(sys.argv[2])
    )
