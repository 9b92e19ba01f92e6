"""MIG slices of a GPU: parts with memory and multiprocessors of their own, each leased by itself.

Where MIG is on, CUDA runs on slices and never on the GPU as a whole. https://docs.nvidia.com/datacenter/tesla/mig-user-guide/
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from arena.model.safe_text import safe_line

# Gives what a function of the binding returns, or None where there is nothing.
Ask = Callable[..., Any]

_PROFILE = re.compile(r"\bMIG (\S+)$")
_MIB = 1024**2
_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One slice. ``profile`` is its size as NVIDIA writes it: ``1g.5gb`` is one compute slice of seven with 5 GB.

    ``instances`` are the numbers of its GPU instance and its compute instance; ``None`` where the driver does not tell.
    """

    uuid: str
    name: str
    profile: str
    memory_bytes: int
    instances: tuple[int, int] | None = None


def read_slices(ask: Ask, parent: Any) -> tuple[Slice, ...]:
    """The slices of a GPU with MIG on. Their places have gaps, and a GPU with MIG on may have none."""
    most = ask("nvmlDeviceGetMaxMigDeviceCount", parent) or 0
    handles = (ask("nvmlDeviceGetMigDeviceHandleByIndex", parent, place) for place in range(most))
    return tuple(_read(ask, parent, [handle for handle in handles if handle is not None]))


def _read(ask: Ask, parent: Any, handles: list[Any]) -> Iterator[Slice]:
    for handle in handles:
        uuid = ask("nvmlDeviceGetUUID", handle)
        if not uuid:
            continue  # It was destroyed between two calls; nothing could lease it.
        memory = ask("nvmlDeviceGetMemoryInfo", handle)
        attributes = ask("nvmlDeviceGetAttributes", handle)
        parts = attributes.gpuInstanceSliceCount if attributes else 0
        size = memory.total if memory else attributes.memorySizeMB * _MIB if attributes else 0
        name = safe_line(ask("nvmlDeviceGetName", handle) or "")
        named = _PROFILE.search(name)
        # Drivers before R470 name a slice as its GPU.
        profile = named[1] if named else f"{parts}g.{round(size / _GIB)}gb"
        whole = name or safe_line(ask("nvmlDeviceGetName", parent) or "unknown GPU")
        instances = (ask("nvmlDeviceGetGpuInstanceId", handle), ask("nvmlDeviceGetComputeInstanceId", handle))
        yield Slice(
            uuid=safe_line(uuid),
            name=whole if named else f"{whole} MIG {profile}",
            profile=profile,
            memory_bytes=size,
            instances=None if None in instances else instances,
        )
