"""Bad input at the real command line: the right outcome, a clear sentence, never a traceback, and an honest ledger."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.conftest import TASK, Arena, Said, guess, table

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def _zip(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 2 * 1024**3)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.txt").write_text("I will write main.py later", encoding="ascii")


@dataclass(frozen=True, slots=True)
class Case:
    """Something that is no good submission: how it is made, and what is said about it."""

    name: str
    make: Callable[[Path], object]
    outcome: str
    message: str


_CASES = (
    Case("empty.csv", lambda path: path.touch(), "invalid_predictions", "predictions.empty"),
    Case(
        "latin.csv",
        lambda path: path.write_bytes(b"Id,Value\n101,\xe9\n"),
        "invalid_predictions",
        "predictions.not_utf8",
    ),
    Case("wide.csv", lambda path: path.write_text("Id,Value\n101,1,2\n"), "invalid_predictions", "predictions.ragged"),
    Case("sparse.csv", _sparse, "rejected", "submission.too_large"),
    Case("bomb.zip", lambda path: path.write_bytes(_zip(("main.py", bytes(1 << 28)))), "rejected", "archive.bomb"),
    Case(
        "outside.zip",
        lambda path: path.write_bytes(_zip(("../../main.py", b"pass"), ("main.py", b"pass"))),
        "rejected",
        "submission.path_outside",
    ),
    Case("broken.zip", lambda path: path.write_bytes(b"PK\x03\x04 and no more"), "rejected", "archive.broken"),
    Case("no-main", _folder, "rejected", "submission.no_entry_file"),
    Case("link.csv", lambda path: path.symlink_to("/etc/passwd"), "rejected", "submission.link"),
    Case("pipe.csv", os.mkfifo, "rejected", "submission.not_a_file"),
)


def _is_clear(said: Said) -> None:
    assert "Traceback" not in said.text
    assert _CONTROL.search(said.text) is None, said.text
    assert said.seconds < 20


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.name)
def test_a_bad_submission_is_named_for_what_it_is(arena: Arena, case: Case) -> None:
    """``check`` and ``submit`` give the same outcome and exit code 3; no score comes of it."""
    path = arena.hand("x", b"").with_name(case.name)
    case.make(path)
    checked = arena.say("check", TASK, str(path), "--json")
    handed = arena.say("submit", TASK, str(path), "--team", "rahim", "--json")
    for said in (checked, handed):
        _is_clear(said)
        assert (said.code, said.json["outcome"]) == (3, case.outcome)
        message = said.json["messages"][0]
        assert message["id"] == case.message
        assert len(message["text"]) > 20
    records = arena.records()
    assert [record["outcome"] for record in records] == ([case.outcome] if case.outcome != "rejected" else [])
    assert "rahim" not in (arena.board() or "")


def test_every_bad_submission_on_the_shelf_gets_its_record(arena: Arena) -> None:
    """``grade`` judges them all and the good one among them; bad submissions do not fail the command."""
    for case in _CASES:
        path = arena.root / "submissions" / TASK / f"team-{case.name.replace('.', '-')}" / case.name
        path.parent.mkdir(parents=True)
        case.make(path)
    arena.shelve("karim", "good.csv", table(guess()))
    said = arena.say("grade", "--json")
    _is_clear(said)
    assert said.code == 0
    judged = {result["path"].rsplit("/", 1)[1]: result for result in said.json}
    for case in _CASES:
        result = judged[case.name]
        assert (result["outcome"], result["message"]["id"]) == (case.outcome, case.message)
        assert result["id"] is not None
    assert len(arena.records()) == len(_CASES) + 1
    board = arena.board()
    assert board is not None
    assert [line.split(",")[1] for line in board.splitlines()] == ["team", "karim"]
    again = arena.say("grade", "--json")
    assert (again.code, {result["is_new"] for result in again.json}) == (0, {False})


_USAGE = {
    "an unknown task": (("submit", "nope", "{path}", "--team", "rahim"), "task.unknown"),
    "a task with escapes": (("check", "\x1b[31mred", "{path}"), "task.unknown"),
    "a missing file": (("submit", TASK, "not-there.csv", "--team", "rahim"), "file.missing"),
    "a missing file with escapes": (("check", TASK, "\x1b[2J\x9b.csv"), "file.missing"),
    "a missing file whose name is no text": (("check", TASK, os.fsdecode(b"\xff\xfe.csv")), "file.missing"),
    "no team": (("submit", TASK, "{path}"), "team.none"),
    "a team with escapes": (("submit", TASK, "{path}", "--team", "\x1b[31mred\u202e"), "team.invalid"),
    "a team that leads out": (("submit", TASK, "{path}", "--team", "../../etc"), "team.invalid"),
    "a reserved team": (("submit", TASK, "{path}", "--team", "CON"), "team.reserved"),
}


@pytest.mark.parametrize(("arguments", "message"), _USAGE.values(), ids=_USAGE.keys())
def test_what_does_not_exist_is_a_usage_error(arena: Arena, arguments: tuple[str, ...], message: str) -> None:
    """Exit code 2, a sentence that cannot steer a terminal, and nothing is written."""
    path = arena.hand("good.csv", table(guess()))
    said = arena.say(*(part.format(path=path) for part in arguments), "--json")
    assert (said.code, said.json["error"]["id"]) == (2, message)
    _is_clear(said)
    assert not (arena.root / "submissions").exists()
    assert not (arena.root / "leaderboard").exists()


def test_hostile_names_on_the_shelf_harm_nothing(arena: Arena) -> None:
    """Folders and files whose names hold escapes, or of unknown tasks, are rejected safely; the rest is graded."""
    arena.shelve("\x1b[31mred", "x.csv", table(guess()))
    arena.shelve("rahim", "\x1b]0;title\x07\n.csv", table(guess(1)))
    other = arena.root / "submissions" / "no-such-task" / "rahim" / "x.csv"
    other.parent.mkdir(parents=True)
    other.write_text("Id,Value\n", encoding="ascii")
    arena.shelve("karim", "good.csv", table(guess(2)))
    said = arena.say("grade")
    _is_clear(said)
    assert said.code == 0
    assert "karim" in (arena.board() or "")
    for option in ((), ("--json",)):
        listed = arena.say("submissions", TASK, "--team", "rahim", *option)
        assert listed.code == 0
        _is_clear(listed)


@pytest.mark.sandbox
def test_hostile_requirements_are_only_a_note(arena: Arena) -> None:
    """A requirements file that no parser can read neither stops the grader nor the program."""
    lines = ["a; " + "(" * 90_000, "b" + "[" * 90_000, "c>=" + "1." * 90_000, "\x1b[31m", "d @ file:///etc/passwd", ""]
    arena.shelve("rahim", "work/requirements.txt", "\n".join(lines))
    arena.shelve("rahim", "work/main.py", f"open('submission.csv', 'w').write({table(guess())!r})")
    arena.shelve("salma", "good.csv", table(guess(1)))
    said = arena.say("grade", "--json")
    _is_clear(said)
    assert said.code == 0
    assert {each["team"]: each["outcome"] for each in said.json} == {"rahim": "scored", "salma": "scored"}


def test_the_same_files_are_graded_once(arena: Arena) -> None:
    """An identical submission under another name returns the first evaluation and spends nothing."""
    first = arena.say("submit", TASK, str(arena.hand("a.csv", table(guess()))), "--team", "rahim", "--json")
    second = arena.say("submit", TASK, str(arena.hand("b.csv", table(guess()))), "--team", "Rahim", "--json")
    assert (first.code, second.code) == (0, 0)
    assert first.json["id"] == second.json["id"]
    assert (first.json["is_new"], second.json["is_new"]) == (True, False)
    assert len(arena.records()) == 1
