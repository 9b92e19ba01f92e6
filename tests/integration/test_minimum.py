"""A task that demands protections is graded where they are in force, and refused elsewhere before anything runs."""

import json
import os
import shutil
from pathlib import Path

import pytest

from arena.sandbox.cgroup import can_make_groups
from arena.sandbox.launchers import AUTO
from tests.integration.conftest import TASK, Arena, guess, table

# What this machine and account cannot have is demanded so that the refusal can be seen everywhere: bubblewrap never
# bounds the number of files.
_OUT_OF_REACH = ("files", "--launcher", "bwrap")


def _demand(arena: Arena, *names: str) -> None:
    definition = arena.root / "tasks" / TASK / "task.toml"
    text = definition.read_text(encoding="utf-8").partition("[sandbox]")[0]
    definition.write_text(f"{text}\n[sandbox]\nminimum = {json.dumps(names)}\n", encoding="utf-8")


def _program(offset: int = 0) -> str:
    return f"open('submission.csv', 'w').write({table(guess(offset))!r})"


@pytest.mark.sandbox
def test_what_is_in_force_is_enough(arena: Arena) -> None:
    """`auto` takes the launcher that has what is demanded, for the very first submission."""
    wanted = ["files", "seccomp", *(["memory:cgroup", "uid_drop"] if os.getuid() == 0 and can_make_groups() else [])]
    _demand(arena, *wanted)
    arena.use_launcher(AUTO)
    arena.shelve("rahim", "main.py", _program())
    said = arena.say("grade", "--json")
    assert said.code == 0, said.text
    assert [each["outcome"] for each in said.json] == ["scored"]
    assert set(wanted) <= set(arena.records()[0]["protections"])


@pytest.mark.sandbox
def test_below_it_nothing_runs_and_nothing_is_recorded(arena: Arena) -> None:
    """The grader's machine is at fault: exit code 5, no record, and the program has not run; a table is graded."""
    arena.use_launcher(AUTO)
    demanded, *options = _OUT_OF_REACH
    _demand(arena, demanded)
    # Looked for right before a program runs.
    shutil.rmtree(arena.root / ".arena" / "masks")
    arena.shelve("rahim", "main.py", _program())
    arena.shelve("karim", "mine.csv", table(guess(1)))
    said = arena.say("grade", "--json", *options)
    assert said.code == 5
    ended = {each["team"]: each for each in said.json}
    assert ended["rahim"]["outcome"] == "infrastructure_error"
    assert ended["rahim"]["message"]["id"] == "sandbox.below_minimum"
    assert ended["rahim"]["message"]["params"] == {"launcher": "bwrap", "missing": "files"}
    assert ended["karim"]["outcome"] == "scored"
    assert [record["team"] for record in arena.records()] == ["karim"]
    assert not (arena.root / ".arena" / "masks").exists()
    # Where it is in force later on, the submission is graded as if nothing had been.
    again = arena.say("grade", "--json")
    assert again.code == 0, again.text
    assert sorted(record["team"] for record in arena.records()) == ["karim", "rahim"]


@pytest.mark.sandbox
@pytest.mark.parametrize(("language", "word"), [("en", "demands"), ("bn", "সুরক্ষা")])
def test_the_learner_is_told_what_is_missing(arena: Arena, language: str, word: str) -> None:
    """By `check` too, in the learner's language, with the launcher, the protection and what to run next."""
    _demand(arena, "files")
    arena.use_launcher("bwrap")
    source = arena.hand("main.py", _program())
    said = arena.say("check", TASK, str(source), ARENA_LANG=language)
    assert said.code == 5
    for part in (word, "bwrap", "files", "arena doctor"):
        assert part in said.err


def test_a_name_that_is_no_protection_is_an_error_of_the_task(arena: Arena) -> None:
    """With its file, line, reason and fix; that something is polled cannot be demanded."""
    for name in ("sandboxed", "memory:polled"):
        _demand(arena, "seccomp", name)
        said = arena.say("show", TASK)
        assert said.code == 4
        line = (
            Path(arena.root / "tasks" / TASK / "task.toml").read_text(encoding="utf-8").splitlines().index("[sandbox]")
        )
        assert f"tasks/{TASK}/task.toml:{line + 2}:" in said.err
        assert f"'{name}' is no protection; there are: namespaces, seccomp" in said.err
        assert "fix: " in said.err


def test_the_task_s_page_names_what_is_demanded(arena: Arena) -> None:
    """For people and for scripts; where nothing is demanded, nothing is said."""
    assert "protections" not in arena.say("show", TASK).out
    assert arena.say("show", TASK, "--json").json["protections"] == []
    _demand(arena, "seccomp", "files")
    assert "seccomp, files" in arena.say("show", TASK).out
    assert arena.say("show", TASK, "--json").json["protections"] == ["seccomp", "files"]


def test_it_can_be_raised_without_a_regrade(arena: Arena) -> None:
    """What is demanded of the machine changes no score, so that it makes no new version of the task."""
    before = arena.task().digest
    _demand(arena, "files")
    assert arena.task().digest == before
