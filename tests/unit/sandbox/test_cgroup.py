"""Control groups over folders that look like the kernel's: what is written, what is read, what is taken away."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from arena.model.budget import Budget
from arena.sandbox.cgroup import make_group, sweep_groups
from arena.sandbox.cgroup_versions import GroupV1, GroupV2
from arena.sandbox.delegation import LEAF, SCOPE_VARIABLE
from arena.sandbox.interface import SandboxFailedError
from tests.unit.sandbox.conftest import Machine

BUDGET = Budget(
    device="cpu",
    cpu_seconds=10,
    wall_seconds=10,
    memory_bytes=1000,
    processes=5,
    disk_bytes=1,
    files=1,
    log_bytes=1,
)


@pytest.fixture
def v1(tmp_path: Path) -> GroupV1:
    """A group of version 1 whose files can be written."""
    group = GroupV1(memory=tmp_path / "memory", pids=tmp_path / "pids", cpuacct=tmp_path / "cpuacct")
    for folder in group.folders:
        folder.mkdir()
    (group.memory / "memory.limit_in_bytes").touch()
    return group


def test_version_1_is_limited_as_the_budget_says(v1: GroupV1) -> None:
    """Memory is bounded in bytes, processes with room for the sandbox's own; a file that is missing stays missing."""
    v1.limit(BUDGET)
    assert (v1.memory / "memory.limit_in_bytes").read_text() == "1000"
    assert int((v1.pids / "pids.max").read_text()) >= 5
    assert not (v1.memory / "memory.memsw.limit_in_bytes").exists()


def test_version_1_tells_time_memory_and_kills(v1: GroupV1) -> None:
    """Nanoseconds become seconds, anonymous and shared memory are summed, the counter of kills is read by its name."""
    (v1.cpuacct / "cpuacct.usage").write_text("2500000000\n")
    (v1.memory / "memory.stat").write_text("cache 900\ntotal_rss 30\ntotal_shmem 12\n")
    (v1.memory / "memory.oom_control").write_text("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")
    assert v1.cpu_seconds() == 2.5
    assert v1.memory_bytes() == 42
    assert v1.oom_kills() == 3
    # Killed because the machine was full, until the group itself came to its limit.
    (v1.memory / "memory.limit_in_bytes").write_text("100000000\n")
    (v1.memory / "memory.max_usage_in_bytes").write_text("50000000\n")
    assert not v1.is_full()
    (v1.memory / "memory.max_usage_in_bytes").write_text("99999744\n")
    assert v1.is_full()


def test_version_2_tells_time_memory_and_kills(tmp_path: Path) -> None:
    """The same facts from the files of version 2, and its limits leave no swap and end the whole job."""
    group = GroupV2(folder=tmp_path)
    for name in ("memory.max", "memory.swap.max", "memory.oom.group", "pids.max"):
        (tmp_path / name).touch()
    group.limit(BUDGET)
    assert (tmp_path / "memory.max").read_text() == "1000"
    assert (tmp_path / "memory.swap.max").read_text() == "0"
    assert (tmp_path / "memory.oom.group").read_text() == "1"
    (tmp_path / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (tmp_path / "memory.stat").write_text("anon 7\nfile 100\nshmem 5\n")
    (tmp_path / "memory.events").write_text("low 0\noom 4\noom_kill 2\n")
    assert group.cpu_seconds() == 1.5
    assert group.memory_bytes() == 12
    assert group.oom_kills() == 2
    assert group.is_full()
    (tmp_path / "memory.events").write_text("low 0\noom 0\noom_kill 2\n")
    assert not group.is_full()
    assert group.join_files == [tmp_path / "cgroup.procs"]


def test_what_the_kernel_does_not_tell_is_zero(tmp_path: Path) -> None:
    """A file that is missing or odd makes no number up."""
    group = GroupV2(folder=tmp_path)
    assert (group.cpu_seconds(), group.memory_bytes(), group.oom_kills()) == (0, 0, 0)


def test_a_machine_without_groups_has_none(tmp_path: Path) -> None:
    """Where neither version can be made, the limits are polled, and nothing is left behind."""
    assert make_group(BUDGET, tmp_path / "nowhere", tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_group_is_made_and_removed(tmp_path: Path) -> None:
    """A new group of version 1 is limited and bears its maker's pid."""
    for controller in ("memory", "pids", "cpuacct"):
        (tmp_path / controller).mkdir()
    group = make_group(replace(BUDGET, processes=7), tmp_path, tmp_path)
    assert isinstance(group, GroupV1)
    assert f"arena-{os.getpid()}-" in group.memory.name
    (group.pids / "pids.max").unlink()
    group.remove()
    group.remove()
    assert not any(folder.exists() for folder in group.folders)


def test_only_groups_of_the_dead_are_swept(tmp_path: Path) -> None:
    """A group whose maker lives stays; one whose maker is gone goes; other people's folders are not touched."""
    for name in (f"arena-{os.getpid()}-aa", "arena-999999999-bb", "arena-word-cc", "system.slice"):
        (tmp_path / "memory" / name).mkdir(parents=True)
    assert sweep_groups(tmp_path, tmp_path) == 1
    assert sorted(path.name for path in (tmp_path / "memory").iterdir()) == sorted(
        [f"arena-{os.getpid()}-aa", "arena-word-cc", "system.slice"]
    )


def test_a_delegated_account_gets_its_groups_beside_a_leaf(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that was in the delegated group is in the leaf, memory and pids are on, and the job's group is bounded."""
    monkeypatch.setenv(SCOPE_VARIABLE, "1")
    scope = machine.group("/user.slice/run-1.scope", processes=(41,))
    group = make_group(BUDGET, machine.root, machine.proc)
    assert isinstance(group, GroupV2)
    assert group.folder.parent == scope
    assert (scope / LEAF / "cgroup.procs").read_text() == "41"
    assert (scope / "cgroup.subtree_control").read_text() == "+memory +pids"
    assert (group.folder / "memory.max").read_text() == "1000"
    assert (group.folder / "memory.swap.max").read_text() == "0"
    assert (group.folder / "memory.oom.group").read_text() == "1"
    assert int((group.folder / "pids.max").read_text()) >= 5
    group.remove()
    assert sorted(path.name for path in scope.iterdir() if path.is_dir()) == [LEAF]


def test_a_group_that_was_not_delegated_is_left_alone(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scope of a terminal can be written by its account, but it is systemd's: nothing is moved or made there."""
    monkeypatch.delenv(SCOPE_VARIABLE, raising=False)
    scope = machine.group("/user.slice/terminal.scope", processes=(41,))
    (machine.root / "cgroup.subtree_control").unlink()
    assert make_group(BUDGET, machine.root, machine.proc) is None
    assert not any(path.is_dir() for path in scope.iterdir())
    assert (scope / "cgroup.subtree_control").read_text() == ""


def test_a_delegation_without_memory_is_no_use(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where memory is not among the controllers that were handed on, nothing is moved and limits are polled."""
    monkeypatch.setenv(SCOPE_VARIABLE, "1")
    scope = machine.group("/user.slice/run-1.scope", controllers="cpu pids")
    (machine.root / "cgroup.subtree_control").unlink()
    assert make_group(BUDGET, machine.root, machine.proc) is None
    assert not any(path.is_dir() for path in scope.iterdir())


def test_root_makes_its_groups_at_the_top(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was delegated but the hierarchy can be written, groups stand below its root and no one is moved."""
    monkeypatch.delenv(SCOPE_VARIABLE, raising=False)
    machine.group("/system.slice/ssh.service", processes=(7,))
    group = make_group(BUDGET, machine.root, machine.proc)
    assert isinstance(group, GroupV2)
    assert group.folder.parent == machine.root
    assert not (machine.root / LEAF).exists()


def test_version_1_falls_back_to_the_group_that_it_is_in(tmp_path: Path) -> None:
    """Where the roots of version 1 cannot be written but this process's own groups can, jobs' groups stand below."""
    (tmp_path / "self").mkdir()
    (tmp_path / "self" / "cgroup").write_text("3:pids:/mine\n2:memory:/mine\n1:cpuacct,cpu:/mine\n")
    for controller in ("memory", "pids", "cpuacct"):
        (tmp_path / controller / "mine").mkdir(parents=True)
    real = Path.mkdir

    def refuse(path: Path, **options: bool) -> None:
        if path.parent.name != "mine":
            raise PermissionError(13, "Permission denied", str(path))
        real(path, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        group = make_group(BUDGET, tmp_path, tmp_path)
    assert isinstance(group, GroupV1)
    assert {folder.parent.name for folder in group.folders} == {"mine"}


def _told(proc: Path, pid: int, lines: str, state: str = "S") -> None:
    (proc / str(pid)).mkdir(parents=True)
    (proc / str(pid) / "cgroup").write_text(lines)
    (proc / str(pid) / "stat").write_text(f"{pid} (a) name) {state} 1 1")


def test_who_joins_is_seen_in_the_group(tmp_path: Path) -> None:
    """Joining is believed only when the kernel tells the group of that process; the path before its name may differ."""
    group = GroupV2(folder=tmp_path / "arena-1-aa", proc=tmp_path / "proc")
    group.folder.mkdir()
    _told(group.proc, 5, "1:name=systemd:/\n0::/../outside/arena-1-aa\n")
    group.add(5)
    assert (group.folder / "cgroup.procs").read_text() == "5"
    _told(group.proc, 6, "0::/elsewhere\n")
    with pytest.raises(SandboxFailedError, match="did not enter"):
        group.add(6)


def test_version_1_is_joined_in_every_hierarchy(v1: GroupV1, tmp_path: Path) -> None:
    """One hierarchy that was not entered is enough to refuse: its limit would not hold."""
    group = replace(
        v1, **{name: tmp_path / name / "arena-1-aa" for name in ("memory", "pids", "cpuacct")}, proc=tmp_path / "proc"
    )
    for folder in group.folders:
        folder.mkdir()
    _told(group.proc, 5, "3:pids:/arena-1-aa\n2:memory:/arena-1-aa\n1:cpu,cpuacct:/arena-1-aa\n")
    group.add(5)
    _told(group.proc, 6, "3:pids:/arena-1-aa\n2:memory:/\n1:cpu,cpuacct:/arena-1-aa\n")
    with pytest.raises(SandboxFailedError, match="did not enter"):
        group.add(6)


def test_who_is_dead_already_need_not_join(tmp_path: Path) -> None:
    """A process that has gone, or that nobody has waited for yet, starts nothing: no fault of the sandbox."""
    group = GroupV2(folder=tmp_path / "arena-1-aa", proc=tmp_path / "proc")
    group.folder.mkdir()
    group.add(5)
    _told(group.proc, 6, "0::/\n", state="Z")
    group.add(6)


def test_a_group_that_cannot_be_entered_is_a_fault(tmp_path: Path) -> None:
    """Whatever the kernel answers but that the process is gone."""
    group = GroupV2(folder=tmp_path / "not-there")
    with pytest.raises(SandboxFailedError, match="no way into a control group"):
        group.add(5)


def test_what_is_left_in_a_group_is_killed_with_it(tmp_path: Path) -> None:
    """Where the kernel can kill a whole group it is told to; where it cannot, nothing is written."""
    group = GroupV2(folder=tmp_path)
    group.end()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "cgroup.kill").touch()
    group.end()
    assert (tmp_path / "cgroup.kill").read_text() == "1"


def test_a_delegated_subtree_is_swept(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of dead graders go from there too; the leaf, in which graders are, stays."""
    monkeypatch.setenv(SCOPE_VARIABLE, "1")
    scope = machine.group("/user.slice/run-1.scope")
    for name in ("arena-999999999-bb", f"arena-{os.getpid()}-aa", LEAF):
        (scope / name).mkdir()
    assert sweep_groups(machine.root, machine.proc) == 1
    assert sorted(path.name for path in scope.iterdir() if path.is_dir()) == sorted([f"arena-{os.getpid()}-aa", LEAF])
