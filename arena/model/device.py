"""What an attempt can lease: a GPU, a slice of one, or a CPU slot; and how it is doing."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from arena.model.safe_text import safe_line

CPU_CLASS = "cpu"

_OTHER = re.compile(r"[^a-z0-9]+")
_CLASS_LENGTH = 64


class DeviceKind(Enum):
    """What is leased. Kinds are never added to or ranked with each other."""

    GPU = "gpu"
    CPU_SLOT = "cpu_slot"

    @property
    def unit(self) -> str:
        """What a lease of it is charged in: wall seconds times devices."""
        return f"{'gpu' if self is DeviceKind.GPU else 'cpu_slot'}_s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One thing that one attempt at a time can hold.

    ``id`` is the driver's uuid of a GPU or of a MIG slice, or ``cpu-slot-0`` and so on: it outlives a restart, which
    ``index``, the driver's order, does not. ``minor`` is the number in ``/dev/nvidia0``, of a slice its GPU's;
    ``None`` for a CPU slot, and where the driver does not tell. ``memory_bytes`` is the device's own memory, 0 for a
    CPU slot. ``device_class`` is what a board ranks within. ``mig_instances`` are a slice's GPU instance and compute
    instance, by which its device files are found.
    """

    id: str
    kind: DeviceKind
    name: str
    index: int
    minor: int | None
    memory_bytes: int
    mig_profile: str | None
    device_class: str
    mig_instances: tuple[int, int] | None = None


class Health(Enum):
    """What may be done with a device.

    ``free``: it can be leased. ``leased``: an attempt holds it. ``draining``: the attempt has ended and the device is
    not yet seen empty. ``quarantined``: it is not leased until an operator says so.
    """

    FREE = "free"
    LEASED = "leased"
    DRAINING = "draining"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """A device and how it is doing. ``reason`` is for operators; ``holder`` is the attempt's id; ``since`` is aware."""

    device: Device
    health: Health
    reason: str | None = None
    holder: str | None = None
    since: datetime | None = None


def class_of(name: str) -> str:
    """A product's name as a slug: ``NVIDIA H100 80GB HBM3`` as ``nvidia-h100-80gb-hbm3``, ``unknown`` if none is left.

    A MIG slice's name ends in its profile, so that slices rank among slices of their size.
    """
    return _OTHER.sub("-", safe_line(name).casefold()).strip("-")[:_CLASS_LENGTH].strip("-") or "unknown"
