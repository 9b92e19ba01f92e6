"""An ordinary account's command starts itself anew where it may make control groups; systemd is a fake here."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import arena as package
from tests.integration.conftest import PROGRAMS, TASK, Arena, Said, guess, table

_UID = 65533
# Tells which controllers it delegates, and else becomes the command, as the real one does with --scope.
_SYSTEMD_RUN = """\
#!/bin/sh
echo "$*" >> "{log}"
case "$*" in
*cgroup.controllers*) {answer} ;;
esac
while [ "$1" != "--" ]; do shift; done
shift
exec "$@"
"""


class Account:
    """An ordinary account with a workspace, for which a systemd runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"

    def systemd(self, answer: str) -> None:
        """Let systemd answer so when it is asked for its controllers."""
        program = self.folder / "bin" / "systemd-run"
        program.write_text(_SYSTEMD_RUN.format(log=self.log, answer=answer), encoding="utf-8")
        program.chmod(0o755)

    def say(self, *arguments: str, **extra: str) -> Said:
        """Run a command of the real command line, as that account."""
        repository = Path(package.__file__).parents[1]
        environment = {
            "PATH": f"{self.folder / 'bin'}:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.folder),
            "ARENA_VAULT": str(self.folder / "vault"),
            "XDG_RUNTIME_DIR": str(self.folder),
            "PYTHONPATH": str(repository),
            "PYTHONDONTWRITEBYTECODE": "1",
            **extra,
        }
        argv = [sys.executable, "-m", "arena", "-C", "class", *arguments]
        asked = {
            "uid": _UID if os.getuid() == 0 else os.getuid(),
            "paths": [sys.base_prefix, sys.prefix, str(repository)],
            "argv": argv,
            "environment": environment,
            "cwd": str(self.folder),
        }
        if os.getuid() == 0:
            argv = [sys.executable, "-I", str(PROGRAMS / "lower.py"), json.dumps(asked)]
        ended = subprocess.run(
            argv, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        return Said(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=0)

    def asked(self) -> list[str]:
        """What systemd was asked to run."""
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def account(template: Arena) -> Iterator[Account]:
    """A workspace with a table on its shelf: nothing needs the sandbox."""
    # Not below pytest's own folder, which other accounts may not enter.
    with tempfile.TemporaryDirectory(prefix="arena-test-") as name:
        folder = Path(name)
        subprocess.run(["cp", "-R", str(template.root), str(template.vault), name], check=True)
        # The runtime of the template lies where this account cannot reach it; a table needs only some Python.
        (folder / "class" / "arena.toml").write_text('schema = 1\nname = "class"\n', encoding="utf-8")
        (folder / "bin").mkdir()
        (folder / "bus").touch()
        shelf = folder / "class" / "submissions" / TASK / "rahim"
        shelf.mkdir(parents=True)
        (shelf / "mine.csv").write_text(table(guess()), encoding="utf-8")
        if os.getuid() == 0:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _UID, _UID, follow_symlinks=False)
            folder.chmod(0o755)
        made = Account(folder)
        made.systemd("echo cpu memory pids; exit 0")
        yield made


def test_the_same_command_runs_in_the_scope(account: Account) -> None:
    """With its options, in the folder where it was called, once; it ends as it would have ended without."""
    said = account.say("grade", "--json")
    assert said.code == 0, said.text
    assert [each["outcome"] for each in said.json] == ["scored"]
    tried, started = account.asked()
    for line in (tried, started):
        assert line.startswith("--user --scope --quiet --collect -p Delegate=yes -- ")
    assert started.endswith("-m arena -C class grade --json")
    assert said.err.count("systemd") == 0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("echo Failed to connect to bus >&2; exit 1", id="no bus"),
        pytest.param("echo cpu pids; exit 0", id="memory is not delegated"),
    ],
)
def test_where_it_does_not_help_the_command_goes_on(account: Account, answer: str) -> None:
    """Silently: what is not bounded by a group is polled, and the record says so."""
    account.systemd(answer)
    said = account.say("grade", "--json")
    assert said.code == 0, said.text
    assert len(account.asked()) == 1
    assert said.err == ""


@pytest.mark.parametrize("variable", ["1", "0"])
def test_the_variable_keeps_it_from_being_tried(account: Account, variable: str) -> None:
    """Whoever sets it wants no scope; a command that runs in one does not ask for another."""
    assert account.say("grade", ARENA_SCOPE=variable).code == 0
    assert account.asked() == []


def test_commands_that_run_no_code_ask_for_none(account: Account) -> None:
    """Nor does a mistaken one, or one that only checks a table."""
    table_path = f"class/submissions/{TASK}/rahim/mine.csv"
    assert account.say("tasks").code == 0
    assert account.say("grade", "--help").code == 0
    assert account.say("check", TASK, str(account.folder / table_path)).code == 0
    assert account.asked() == []
