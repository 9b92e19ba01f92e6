"""What happens before bubblewrap, as far as no process is started."""

from pathlib import Path

import pytest

from arena.sandbox import stage


def _told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: str) -> None:
    """Let the kernel tell these groups of this process."""
    (tmp_path / "cgroup").write_text(lines)
    monkeypatch.setattr(stage, "_OWN_GROUPS", str(tmp_path / "cgroup"))


def _files(tmp_path: Path, *hierarchies: str) -> list[str]:
    folders = [tmp_path / name / "arena-1-aa" for name in hierarchies]
    for folder in folders:
        folder.mkdir(parents=True)
    return [str(folder / "cgroup.procs") for folder in folders]


def test_it_enters_every_group(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By writing 0, itself, and believes it when the kernel tells the groups' name."""
    files = _files(tmp_path, "memory", "pids")
    _told(monkeypatch, tmp_path, "2:memory:/arena-1-aa\n1:pids:/deep/arena-1-aa\n0::/\n")
    stage._join(files)
    assert [Path(file).read_text() for file in files] == ["0", "0"]


def test_it_does_not_go_on_outside_of_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hierarchy that was not entered is an error, and so no job."""
    _told(monkeypatch, tmp_path, "2:memory:/arena-1-aa\n1:pids:/\n0::/\n")
    with pytest.raises(OSError, match="did not enter the control group arena-1-aa"):
        stage._join(_files(tmp_path, "memory", "pids"))


def test_without_groups_nothing_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where limits are polled there is nothing to enter."""
    monkeypatch.setattr(stage, "_OWN_GROUPS", str(tmp_path / "not-there"))
    stage._join([])
