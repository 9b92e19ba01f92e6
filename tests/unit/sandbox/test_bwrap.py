"""The bubblewrap launcher, as far as nothing is started."""

import os
import sys
from pathlib import Path

import pytest

from arena.sandbox.bwrap import BubblewrapLauncher
from arena.sandbox.interface import Launcher, Mount, SandboxUnavailableError
from arena.sandbox.runtime import Runtime
from arena.sandbox.view import refuse_unreadable
from tests.conftest import write_files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is Linux's")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, readable by all."""
    folder = write_files(tmp_path / "source", {"main.py": b"", "data/x.csv": b""})
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def _refuse(path: Path) -> None:
    refuse_unreadable([Mount(source=path, target="/kaggle/src")])


def test_readable(folder: Path) -> None:
    """What everyone may read is fine, a file, a folder and a link that leads nowhere."""
    (folder / "link").symlink_to("/nowhere")
    _refuse(folder)
    _refuse(folder / "main.py")


@pytest.mark.parametrize(("name", "mode"), [("main.py", 0o640), ("data", 0o754), ("data", 0o751), (".", 0o750)])
def test_unreadable(folder: Path, name: str, mode: int) -> None:
    """What the account inside could not read is refused before the start, and named."""
    (folder / name).chmod(mode)
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.unreadable") as caught:
        _refuse(folder)
    assert caught.value.params["path"] == str(folder / name)


def test_protections(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The launcher names what is in force, and dropping the uid only where there is one to drop."""
    # Whether groups can be made is found by starting a process.
    monkeypatch.setattr("arena.sandbox.bwrap.limits_in_force", lambda: ("memory:polled", "cpu:polled"))
    launcher: Launcher = BubblewrapLauncher(bwrap=Path("/usr/bin/bwrap"), runtime=runtime)
    assert launcher.name == "bwrap"
    assert {"namespaces", "no_network", "read_only_root", "rlimits"} <= set(launcher.protections)
    assert ("uid_drop" in launcher.protections) == (os.getuid() == 0)
