"""A machine whose control groups are folders that behave as the kernel's, as far as arena uses them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

_LIMITS = ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max", "cgroup.kill")
_OWN_FILES = ("cgroup.procs", "cgroup.subtree_control", "cgroup.controllers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A hierarchy of version 2, mounted at ``root``, and what ``proc`` tells of this process."""

    root: Path
    proc: Path

    def group(self, path: str, *, processes: tuple[int, ...] = (), controllers: str = "cpu memory pids") -> Path:
        """Put this process into the group at ``path``; return its folder."""
        folder = self.root / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup.procs").write_text("".join(f"{pid}\n" for pid in processes))
        (folder / "cgroup.controllers").write_text(controllers)
        self.say(path)
        return folder

    def say(self, path: str, *, shown: str = "/") -> None:
        """Tell which group this process is in, and which one is mounted."""
        folder = self.proc / "self"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cgroup").write_text(f"1:name=systemd:/odd:path\n0::{path}\n")
        point = str(self.root).replace(" ", r"\040")
        (folder / "mountinfo").write_text(
            f"20 1 8:1 / / rw - ext4 /dev/root rw\n31 20 0:27 {shown} {point} rw,nosuid shared:9 - cgroup2 cgroup2 rw\n"
        )


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """As the kernel does, a new group has its files at once, and goes together with them."""
    root = tmp_path / "cgroup two"
    real = Path.mkdir, Path.rmdir

    def mkdir(path: Path, mode: int = 0o777, **options: bool) -> None:
        real[0](path, mode, **options)
        if path.is_relative_to(root):
            for name in (*_OWN_FILES, *_LIMITS):
                (path / name).touch()

    def rmdir(path: Path) -> None:
        if path.is_relative_to(root) and not any(inner.is_dir() for inner in path.iterdir()):
            shutil.rmtree(path)
        else:
            real[1](path)

    monkeypatch.setattr(Path, "mkdir", mkdir)
    monkeypatch.setattr(Path, "rmdir", rmdir)
    made = Machine(root=root, proc=tmp_path / "proc")
    root.mkdir()
    (root / "cgroup.controllers").write_text("cpu memory pids")
    return made
