"""What of the machine an attempt on a GPU is shown: its own device files, the driver's libraries, an environment.

Only the leased GPU's own files are among them. A MIG slice is opened by the files of its instances below
``/dev/nvidia-caps``, whose numbers stand in ``/proc/driver/nvidia/capabilities``.
https://docs.nvidia.com/datacenter/tesla/mig-user-guide/ (device nodes and capabilities)
"""

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from arena.errors import InfrastructureError
from arena.model.device import Device, DeviceKind

# All GPUs' common files: the driver's control, and the two of unified memory.
_COMMON = ("nvidiactl", "nvidia-uvm")
_OPTIONAL = ("nvidia-uvm-tools",)
_LIBRARY = re.compile(r"\s*lib(?:cuda|cudadebugger|nvcuvid|nvidia-[a-z0-9-]+)\.so")
_MINOR = re.compile(r"^DeviceFileMinor:\s*(\d+)", re.MULTILINE)
# What libraries compile for themselves is kept per attempt: a cache that attempts share would be a way between them.
_CACHES = {
    "CUDA_CACHE_PATH": "cuda",
    "TRITON_CACHE_DIR": "triton",
    "TORCHINDUCTOR_CACHE_DIR": "inductor",
    "TORCH_EXTENSIONS_DIR": "extensions",
}
_CACHE_ROOT = "/tmp/cache"  # noqa: S108 - the sandbox's own
# Shown by every sandbox anyway.
_SYSTEM = (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/lib32"))


class NodeMissingError(InfrastructureError):
    """A file by which a GPU is used is not there, though the driver names the GPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """``nodes`` are device files, ``files`` what is shown read-only, ``covered`` what of that is hidden again."""

    nodes: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    covered: tuple[Path, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


def access_to(device: Device, *, root: Path = Path("/"), listed: Callable[[], str] | None = None) -> Access:
    """What an attempt needs to use ``device``; for a CPU slot, nothing but that no GPU is looked for.

    ``root`` is where ``dev`` and ``proc`` lie; ``listed`` gives what ``ldconfig -p`` prints.

    Raises:
        NodeMissingError: a device file is not there.
    """
    caches = tuple((name, f"{_CACHE_ROOT}/{folder}") for name, folder in _CACHES.items())
    if device.kind is not DeviceKind.GPU:
        return Access(environment=(("CUDA_VISIBLE_DEVICES", ""), *caches))
    folders = libraries(listed or _ldconfig)
    paths = os.pathsep.join(map(str, folders))
    return Access(
        nodes=tuple(_nodes(device, root)),
        # Without /sys the driver does not start (cuInit returns 304). Control groups are nobody's business inside.
        files=(Path("/sys"), *folders),
        covered=(Path("/sys/fs/cgroup"),),
        environment=(
            ("CUDA_VISIBLE_DEVICES", device.id),
            *((("LD_LIBRARY_PATH", paths),) if folders else ()),
            *caches,
        ),
    )


def _nodes(device: Device, root: Path) -> list[Path]:
    dev = root / "dev"
    if device.minor is None:
        raise NodeMissingError("device.no_node", device=device.id, path="/dev/nvidia?")
    needed = [dev / name for name in (*_COMMON, f"nvidia{device.minor}")]
    if device.mig_profile is not None:
        needed += [dev / "nvidia-caps" / f"nvidia-cap{minor}" for minor in _capabilities(device, root)]
    for path in needed:
        if not path.exists():
            raise NodeMissingError("device.no_node", device=device.id, path=str(path))
    return [*needed, *(dev / name for name in _OPTIONAL if (dev / name).exists())]


def _capabilities(device: Device, root: Path) -> list[int]:
    """The numbers of a slice's two files: of its GPU instance and of its compute instance."""
    folder = root / "proc" / "driver" / "nvidia" / "capabilities" / f"gpu{device.minor}" / "mig"
    if device.mig_instances is None:
        raise NodeMissingError("device.no_node", device=device.id, path=str(folder))
    gpu, compute = device.mig_instances
    found = []
    for path in (folder / f"gi{gpu}" / "access", folder / f"gi{gpu}" / f"ci{compute}" / "access"):
        try:
            match = _MINOR.search(path.read_text(encoding="ascii"))
        except OSError:
            match = None
        if match is None:
            raise NodeMissingError("device.no_node", device=device.id, path=str(path))
        found.append(int(match[1]))
    return found


def libraries(listed: Callable[[], str]) -> tuple[Path, ...]:
    """The folders of the driver's libraries that no sandbox shows by itself, by what the dynamic linker knows."""
    folders: dict[Path, None] = {}
    for line in listed().splitlines():
        name, _, path = line.partition(" => ")
        if path and _LIBRARY.match(name):
            folder = Path(path.strip()).parent
            if not any(Path(os.path.realpath(folder)).is_relative_to(system) for system in _SYSTEM):
                folders.setdefault(folder)
    return tuple(folders)


def _ldconfig() -> str:
    for command in ("/sbin/ldconfig", "/usr/sbin/ldconfig"):
        try:
            asked = subprocess.run([command, "-p"], capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        return asked.stdout
    return ""
