"""The group of all commands: help, errors, language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from arena import __version__
from arena.cli.main import COMMANDS, main
from arena.cli.output import spoken
from arena.errors import UsageError
from tests.conftest import run, run_json, write_files

BENGALI = re.compile("[\u0980-\u09ff]")


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its full name."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in command.commands.items())
        else:
            yield name, command


LEAVES = dict(_commands())


@pytest.mark.parametrize("name", COMMANDS)
def test_short_help(name: str) -> None:
    """What `arena --help` says of a command is the first line of the command's own help."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name][2]


@pytest.mark.parametrize("name", LEAVES)
def test_every_command(name: str) -> None:
    """Every command prints JSON when asked, shows an example that runs it, and answers --help."""
    command = LEAVES[name]
    assert "--json" in {option for parameter in command.params for option in parameter.opts}
    assert command.epilog is not None
    assert re.search(rf"Examples?:.*\barena {name}\b", command.epilog, re.DOTALL)
    shown = run(*name.split(), "--help")
    assert shown.exit_code == 0
    assert "Example" in shown.stdout


@pytest.mark.parametrize("name", LEAVES)
def test_examples_parse(name: str) -> None:
    """The examples in a command's help are ones that it takes."""
    for example in re.findall(rf"arena {name}\b(.*)", LEAVES[name].epilog or ""):
        words = [word.strip("'") for word in example.split()]
        assert LEAVES[name].make_context(name, words, resilient_parsing=False)


def test_help() -> None:
    """The overview lists every command with its text, in the order of use, and where to begin."""
    shown = run("--help").stdout
    positions = [shown.index(f"\n  {name} ") for name in COMMANDS]
    assert positions == sorted(positions)
    assert "First steps:" in shown
    assert run("-h").stdout == shown


def test_version() -> None:
    """The version is the package's."""
    assert run("--version").stdout == f"arena, version {__version__}\n"


def test_unknown_command() -> None:
    """A misspelt command is a usage error that names the one that was meant; a strange one names none."""
    close, strange = run("sumbit"), run("xyzzy")
    assert (close.exit_code, strange.exit_code) == (2, 2)
    assert "Did you mean 'submit'?" in close.stderr
    assert "Did you mean" not in strange.stderr


def test_elsewhere(tmp_path: Path) -> None:
    """-C runs a command as if it were started in that folder."""
    write_files(tmp_path / "other", {"arena.toml": 'schema = 1\nname = "other"\n'})
    assert run_json("-C", tmp_path / "other", "tasks") == []
    assert run("-C", tmp_path / "none", "tasks").exit_code == 2


def test_below_the_root() -> None:
    """A command finds the workspace from any folder below its root."""
    assert run_json("-C", "tasks/fruit", "tasks")[0]["id"] == "fruit"


def test_no_workspace(tmp_path: Path) -> None:
    """Outside a workspace the message says where it looked and what to do; nothing stands on standard output."""
    result = run("-C", tmp_path, "tasks")
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(tmp_path) in result.stderr
    assert "arena init" in result.stderr


def test_error_as_json() -> None:
    """With --json an error is an object on standard output, with its stable id and the same exit code."""
    result = run("show", "nope", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert (error["id"], error["params"]) == ("task.unknown", {"task": "nope", "known": "fruit"})
    assert error["text"] in result.stderr


@pytest.mark.parametrize("argument", ["\x1b[2J", "\udcff\udcfe", "a\u202eb", "\x9b2J", "x" * 5000, "{task}", ""])
def test_hostile_argument(argument: str) -> None:
    """An argument of any characters ends in a message; none of them steers the terminal, in text or as JSON."""
    for arguments in (("show", argument), ("check", "fruit", argument), ("log", argument)):
        for form in ((), ("--json",)):
            result = run(*arguments, *form)
            assert result.exit_code == 2
            assert not set(result.output) & set("\x1b\x9b\u202e\udcff")


def test_json_keeps_hostile_text() -> None:
    """What JSON shows escaped is still the very text, for scripts that read it."""
    assert run_json("check", "fruit", "\x9b\udcff\u202e.csv")["error"]["params"]["path"] == "\x9b\udcff\u202e.csv"


def test_broken_workspace() -> None:
    """Every problem of arena.toml is listed with its line, and the exit code says that the workspace cannot be used."""
    Path("arena.toml").write_text('schema = 1\nname = "Not A Slug"\ncolour = "red"\n', encoding="utf-8")
    result = run("tasks")
    assert result.exit_code == 2
    assert "arena.toml:2" in result.stderr
    assert "arena.toml:3" in result.stderr


def test_bengali(monkeypatch: pytest.MonkeyPatch) -> None:
    """With ARENA_LANG=bn messages are in Bengali, ids and exit codes are not."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    result = run("leaderboard", "fruit", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["id"] == "board.none"
    assert BENGALI.search(error["text"])
    assert BENGALI.search(result.stderr)


@pytest.mark.parametrize(
    ("configured", "environment", "expected"),
    [("bn", {}, "bn"), ("bn", {"ARENA_LANG": "en"}, "en"), (None, {"LANG": "bn_BD.UTF-8"}, "bn"), (None, {}, "en")],
)
def test_language(
    monkeypatch: pytest.MonkeyPatch, configured: str | None, environment: dict[str, str], expected: str
) -> None:
    """The language is ARENA_LANG's, else the workspace's, else the locale's."""
    line = f'language = "{configured}"\n' if configured else ""
    Path("arena.toml").write_text(f'schema = 1\nname = "class"\n{line}', encoding="utf-8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert bool(BENGALI.search(run("leaderboard", "fruit").stderr)) == (expected == "bn")


def test_language_of_broken_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workspace that cannot be read does not keep the message about it from being shown."""
    Path("arena.toml").write_bytes(b"\xff")
    monkeypatch.setenv("LANG", "bn_BD.UTF-8")
    spoken.cache_clear()
    assert BENGALI.search(run("tasks").stderr)


@pytest.mark.parametrize("error", [UsageError("team.none")])
def test_error_has_no_traceback(error: UsageError) -> None:
    """An error of ours is a sentence, never a traceback."""
    result = run("submissions", "fruit")
    assert result.exit_code == error.exit_code
    assert "Traceback" not in result.output
    assert "--team NAME" in result.stderr
