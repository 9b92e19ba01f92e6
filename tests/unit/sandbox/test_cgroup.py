"""Control groups over folders that look like the kernel's: what is written, what is read, what is taken away."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from arena.model.budget import Budget
from arena.sandbox.cgroup import GroupV1, GroupV2, make_group, sweep_groups

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
    assert group.join_files == [tmp_path / "cgroup.procs"]


def test_what_the_kernel_does_not_tell_is_zero(tmp_path: Path) -> None:
    """A file that is missing or odd makes no number up."""
    group = GroupV2(folder=tmp_path)
    assert (group.cpu_seconds(), group.memory_bytes(), group.oom_kills()) == (0, 0, 0)


def test_a_machine_without_groups_has_none(tmp_path: Path) -> None:
    """Where neither version can be made, the limits are polled, and nothing is left behind."""
    assert make_group(BUDGET, tmp_path / "nowhere") is None
    assert list(tmp_path.iterdir()) == []


def test_a_group_is_made_and_removed(tmp_path: Path) -> None:
    """A new group of version 1 is limited and bears its maker's pid."""
    for controller in ("memory", "pids", "cpuacct"):
        (tmp_path / controller).mkdir()
    group = make_group(replace(BUDGET, processes=7), tmp_path)
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
    assert sweep_groups(tmp_path) == 1
    assert sorted(path.name for path in (tmp_path / "memory").iterdir()) == sorted(
        [f"arena-{os.getpid()}-aa", "arena-word-cc", "system.slice"]
    )
