"""`arena doctor` on this machine, and for an account to which the kernel really refuses what a sandbox needs."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import arena as package
from arena.model.protection import DEMANDABLE
from tests.integration.conftest import PROGRAMS, TASK, Arena, Said

_UID = 65533
# In a user namespace of its own, an account may forbid itself further ones: what follows is refused by the kernel.
_WITHOUT = """
import ctypes, os, sys
uid, gid = os.getuid(), os.getgid()
if ctypes.CDLL(None).unshare(0x10000000) != 0:
    raise SystemExit(99)
for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
    with open(f"/proc/self/{name}", "w") as file:
        file.write(text)
with open("/proc/sys/user/max_user_namespaces", "w") as file:
    file.write("0")
os.execv(sys.executable, [sys.executable, "-m", "arena", *sys.argv[1:]])
"""


@pytest.mark.sandbox
def test_where_the_sandbox_runs_doctor_says_so(arena: Arena) -> None:
    """Exit code 0, every wall and limit tried, and nothing of it left behind."""
    said = arena.say("doctor", "--json")
    assert said.code == 0, said.text
    found = {each["name"]: each for each in said.json}
    working = [name for name in ("bwrap", "warm") if found[name]["ok"]]
    assert working
    assert all(found[f"{name} wall: network"]["ok"] for name in working)
    assert set(DEMANDABLE) <= set(found)
    assert {name: found[f"limit: {name}"]["ok"] for name in ("wall", "cpu", "memory", "processes", "disk", "log")} == (
        dict.fromkeys(("wall", "cpu", "memory", "processes", "disk", "log"), True)
    )
    assert found["uid_drop"]["ok"] == (os.getuid() == 0)
    assert {each["group"] for each in said.json} == {
        "installation",
        "launchers",
        "protections",
        "limits",
        "devices",
    }


@pytest.fixture
def refused(template: Arena) -> Iterator[Path]:
    """A workspace of an ordinary account."""
    # Not below pytest's own folder, which other accounts may not enter.
    with tempfile.TemporaryDirectory(prefix="arena-test-") as name:
        folder = Path(name)
        subprocess.run(["cp", "-R", str(template.root), str(template.vault), name], check=True)
        (folder / "class" / "arena.toml").write_text('schema = 1\nname = "class"\n', encoding="utf-8")
        if os.getuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _UID, _UID, follow_symlinks=False)
            folder.chmod(0o755)
        yield folder


def _say(folder: Path, *arguments: str) -> Said:
    repository = str(Path(package.__file__).parents[1])
    environment = {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "ARENA_VAULT": str(folder / "vault"),
        "ARENA_SCOPE": "0",
        "PYTHONPATH": repository,
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    argv = [sys.executable, "-c", _WITHOUT, *arguments]
    asked = {
        "uid": _UID,
        "paths": [sys.base_prefix, sys.prefix, repository],
        "argv": argv,
        "environment": environment,
        "cwd": str(folder / "class"),
    }
    if os.getuid() == 0:
        argv = [sys.executable, "-I", str(PROGRAMS / "lower.py"), json.dumps(asked)]
    ended = subprocess.run(
        argv, cwd=folder / "class", env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if ended.returncode == 99 or "max_user_namespaces" in ended.stderr:
        pytest.skip(f"this account has no user namespace to begin with: {ended.stderr[-200:]}")
    return Said(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=0)


def test_where_neither_launcher_starts_doctor_says_what_to_enable(refused: Path) -> None:
    """Exit code 5, why each of them failed, and the setting that stands in the way with the command that changes it."""
    said = _say(refused, "doctor", "--json")
    assert said.code == 5, said.text
    found = {each["name"]: each for each in said.json}
    for name in ("bwrap", "warm"):
        assert not found[name]["ok"]
        assert found[name]["needed"]
        commands = [command for remedy in found[name]["remedies"] for command in remedy["commands"]]
        assert "sudo sysctl -w user.max_user_namespaces=15000" in commands
    assert not any(found[name]["ok"] for name in DEMANDABLE)
    assert found["runtime"]["ok"]


def test_where_neither_launcher_starts_no_code_is_graded(refused: Path) -> None:
    """The machine is at fault, not the program: exit code 5, no record, and the way to doctor."""
    shelf = refused / "class" / "submissions" / TASK / "rahim"
    shelf.mkdir(parents=True)
    (shelf / "main.py").write_text("print('never')\n", encoding="utf-8")
    if os.getuid() == 0:
        for path in (refused / "class" / "submissions").rglob("*"):
            os.chown(path, _UID, _UID)
    said = _say(refused, "grade", "--json")
    assert said.code == 5, said.text
    (ended,) = said.json
    assert ended["outcome"] == "infrastructure_error"
    assert "arena doctor" in ended["message"]["text"]
    assert not list((refused / "class" / "leaderboard").glob("records/**/*.json"))
