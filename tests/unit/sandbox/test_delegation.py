"""Which group is ours, and how it is made ready."""

import errno
import os
from pathlib import Path

import pytest

from arena.sandbox.delegation import LEAF, SCOPE_VARIABLE, delegated, make_ready, own_folder, own_groups
from tests.unit.sandbox.conftest import Machine


@pytest.fixture(autouse=True)
def _no_scope(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SCOPE_VARIABLE, raising=False)


def test_the_own_group_is_found_below_the_mount(machine: Machine) -> None:
    """The kernel's path is looked up where the hierarchy is mounted, spaces in that place included."""
    folder = machine.group("/user.slice/run-1.scope")
    assert own_folder(machine.proc) == folder
    machine.say("/outer/inner", shown="/outer")
    assert own_folder(machine.proc) == machine.root / "inner"


@pytest.mark.parametrize(("path", "shown"), [("/../other", "/"), ("/mine", "/.."), ("/mine", "/elsewhere")])
def test_a_group_outside_of_the_namespace_is_not_seen(machine: Machine, path: str, shown: str) -> None:
    """A path that climbs, or that is not below what is mounted, leads to no folder."""
    machine.say(path, shown=shown)
    assert own_folder(machine.proc) is None


def test_a_machine_that_tells_nothing_has_no_group(tmp_path: Path) -> None:
    """Neither a group nor a mount: nothing is delegated."""
    assert own_groups(tmp_path) == {}
    assert own_folder(tmp_path) is None
    assert delegated(tmp_path) is None


def test_hierarchies_of_version_1_are_told_apart(tmp_path: Path) -> None:
    """Controllers that share a hierarchy have one path; a path may hold colons."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("2:cpu,cpuacct:/a:b\n1:memory:/c\n0::/d\n")
    assert own_groups(tmp_path) == {"cpu": "/a:b", "cpuacct": "/a:b", "memory": "/c", "": "/d"}


def test_a_scope_of_our_own_is_delegated(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command that started itself in a scope says so by a variable; any other group is another's."""
    folder = machine.group("/user.slice/run-1.scope")
    assert delegated(machine.proc) is None
    monkeypatch.setenv(SCOPE_VARIABLE, "1")
    assert delegated(machine.proc) == folder


def test_systemd_s_mark_is_believed(machine: Machine) -> None:
    """A group that systemd has marked as handed on is ours to use, whoever asked for it."""
    folder = machine.group("/user.slice/run-1.scope")
    try:
        os.setxattr(folder, "user.delegate", b"1")
    except OSError as error:
        pytest.skip(f"no such marks on this file system: {error.strerror}")
    assert delegated(machine.proc) == folder


def test_who_stands_in_the_leaf_has_the_group_above(machine: Machine) -> None:
    """A grader that was started by one which has moved already makes its groups beside the same leaf."""
    folder = machine.group(f"/user.slice/run-1.scope/{LEAF}")
    assert delegated(machine.proc) == folder.parent


def test_what_is_ready_is_not_touched(machine: Machine) -> None:
    """Controllers that are on already are not written again, and nothing is moved for them."""
    folder = machine.group("/run-1.scope", processes=(7,))
    (folder / "cgroup.subtree_control").write_text("cpu memory pids")
    make_ready(folder, ours=True, proc=machine.proc)
    assert not (folder / LEAF).exists()
    assert (folder / "cgroup.subtree_control").read_text() == "cpu memory pids"


def test_a_controller_that_was_not_handed_on_is_said(machine: Machine) -> None:
    """The answer is an error before anything is moved."""
    folder = machine.group("/run-1.scope", processes=(7,), controllers="pids")
    with pytest.raises(OSError, match="not delegated"):
        make_ready(folder, ours=True, proc=machine.proc)
    assert not (folder / LEAF).exists()


_WRITE = Path.write_text


def _busy(patch: pytest.MonkeyPatch, times: int) -> None:
    """Let the kernel refuse so many writes, as it does while a group holds processes."""
    left = iter(range(times))

    def write_text(path: Path, text: str, encoding: str | None = None) -> int:
        if path.name == "cgroup.subtree_control" and next(left, None) is not None:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))
        return _WRITE(path, text, encoding)

    patch.setattr(Path, "write_text", write_text)


def test_what_is_started_meanwhile_is_moved_too(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that appears between the move and the switch makes the kernel say it is busy: it is tried again."""
    folder = machine.group("/run-1.scope", processes=(7,))
    _busy(monkeypatch, 2)
    make_ready(folder, ours=True, proc=machine.proc)
    assert (folder / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_group_that_stays_busy_is_given_up(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes on in there, the grader does not try for ever."""
    folder = machine.group("/run-1.scope")
    _busy(monkeypatch, 10**6)
    with pytest.raises(OSError, match="busy"):
        make_ready(folder, ours=True, proc=machine.proc)


def test_the_root_of_a_container_is_emptied_when_it_must_be(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's processes stand in the root of its own namespace, which looks like the real one but is none."""
    root = machine.group("/", processes=(1, 7))
    _busy(monkeypatch, 1)
    with pytest.raises(OSError, match="busy"):
        make_ready(root, ours=False, proc=machine.proc)
    (root / "cgroup.type").write_text("domain")
    _busy(monkeypatch, 1)
    make_ready(root, ours=False, proc=machine.proc)
    assert (root / LEAF / "cgroup.procs").read_text() == "7"
    assert (root / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_another_s_busy_group_is_not_emptied(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root leaves the processes of a group that is not the one it stands in where they are."""
    machine.group("/user.slice", processes=(7,))
    (machine.root / "cgroup.type").write_text("domain")
    _busy(monkeypatch, 1)
    with pytest.raises(OSError, match="busy"):
        make_ready(machine.root, ours=False, proc=machine.proc)
    assert not (machine.root / LEAF).exists()
