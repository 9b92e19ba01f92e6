"""Only the leased GPU's device files enter a sandbox, and nothing where there is no GPU."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.devices.discover import cpu_slots
from arena.devices.nodes import NodeMissingError, access_to, libraries
from tests.unit.devices.gpus import gpu

LISTED = """\
412 libs found in cache `/etc/ld.so.cache'
\tlibz.so.1 (libc6,x86-64) => /opt/other/libz.so.1
\tlibnvidia-ml.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1
\tlibcuda.so.1 (libc6,x86-64) => /opt/nvidia/lib64/libcuda.so.1
\tlibcuda.so (libc6,x86-64) => /opt/nvidia/lib64/libcuda.so
\tlibnvidia-ptxjitcompiler.so.1 (libc6,x86-64) => /opt/nvidia/jit/libnvidia-ptxjitcompiler.so.1
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine's files, for two GPUs of which the second one has slices."""
    names = ["nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia0", "nvidia1"]
    names += [f"nvidia-caps/nvidia-cap{number}" for number in (1, 2, 30, 31, 39)]
    for name in names:
        path = tmp_path / "dev" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    for place, minor in (("gi2/access", 30), ("gi2/ci0/access", 31), ("gi3/access", 39)):
        path = tmp_path / "proc/driver/nvidia/capabilities/gpu1/mig" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"DeviceFileMinor: {minor}\nDeviceFileMode: 292\nDeviceFileModify: 1\n", encoding="ascii")
    return tmp_path


def _names(root: Path, paths: tuple[Path, ...]) -> list[str]:
    return [path.relative_to(root / "dev").as_posix() for path in paths]


def test_a_whole_gpu(root: Path) -> None:
    """Its own file and the common ones, not its neighbour's."""
    found = access_to(gpu(), root=root, listed=lambda: "")
    assert _names(root, found.nodes) == ["nvidiactl", "nvidia-uvm", "nvidia0", "nvidia-uvm-tools"]
    assert dict(found.environment)["CUDA_VISIBLE_DEVICES"] == "GPU-a"
    assert found.files == (Path("/sys"),)
    assert found.covered == (Path("/sys/fs/cgroup"),)


def test_a_slice(root: Path) -> None:
    """The files of its own instances, and of no other slice."""
    device = replace(gpu("MIG-x"), minor=1, mig_profile="1g.10gb", mig_instances=(2, 0))
    found = access_to(device, root=root, listed=lambda: "")
    assert _names(root, found.nodes)[:5] == [
        "nvidiactl",
        "nvidia-uvm",
        "nvidia1",
        "nvidia-caps/nvidia-cap30",
        "nvidia-caps/nvidia-cap31",
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"minor": None},
        {"minor": 7},
        {"minor": 1, "mig_profile": "1g.10gb", "mig_instances": None},
        {"minor": 1, "mig_profile": "1g.10gb", "mig_instances": (9, 0)},
        {"minor": 1, "mig_profile": "1g.10gb", "mig_instances": (3, 0)},
    ],
)
def test_a_file_that_is_not_there_is_our_fault(root: Path, changes: dict[str, object]) -> None:
    """It is said before anything runs, so that no submission is blamed for a CUDA that does not start."""
    with pytest.raises(NodeMissingError):
        access_to(replace(gpu(), **changes), root=root, listed=lambda: "")  # type: ignore[arg-type]


def test_libraries_outside_the_system() -> None:
    """What lies below /usr/lib every sandbox shows; the rest is shown and searched."""
    assert libraries(lambda: LISTED) == (Path("/opt/nvidia/lib64"), Path("/opt/nvidia/jit"))


def test_the_libraries_are_shown_and_searched(root: Path) -> None:
    found = access_to(gpu(), root=root, listed=lambda: LISTED)
    assert found.files == (Path("/sys"), Path("/opt/nvidia/lib64"), Path("/opt/nvidia/jit"))
    assert dict(found.environment)["LD_LIBRARY_PATH"] == "/opt/nvidia/lib64:/opt/nvidia/jit"


def test_on_a_cpu_slot_no_gpu_is_looked_for(root: Path) -> None:
    """Nothing is shown, and CUDA is told that there is no device."""
    found = access_to(cpu_slots(1, 1)[0], root=root, listed=lambda: LISTED)
    assert (found.nodes, found.files) == ((), ())
    assert dict(found.environment)["CUDA_VISIBLE_DEVICES"] == ""


def test_caches_are_the_attempt_s_own(root: Path) -> None:
    """What CUDA, Triton and torch compile lies in the sandbox's own /tmp, which is empty for each attempt."""
    for device in (gpu(), cpu_slots(1, 1)[0]):
        environment = dict(access_to(device, root=root, listed=lambda: "").environment)
        caches = [value for name, value in environment.items() if name.endswith(("_CACHE_PATH", "_DIR"))]
        assert len(caches) == 4
        assert all(cache.startswith("/tmp/cache/") for cache in caches)
