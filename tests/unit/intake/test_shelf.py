"""The shelf keeps submissions by their content and believes nothing that lies beside them."""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from arena.intake.receive import receive
from arena.intake.shelf import Entry, entries, message_of, put
from arena.model.submission import Submission
from tests.conftest import FRUIT, write_files
from tests.unit.intake.conftest import contents

NOW = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """An empty shelf."""
    return tmp_path / "submissions"


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    """A frozen program of two files."""
    source = write_files(tmp_path / "mine", {"main.py": b"print(1)", "src/net.py": b"2"})
    received = receive(source, tmp_path / "frozen", task=FRUIT, team="rahim", received_at=NOW)
    assert isinstance(received, Submission)
    return received


def _entry(folder: Path, name: str = "sub") -> Entry:
    return Entry(task="fruit", team="rahim", path=folder / name)


def test_no_shelf(shelf: Path) -> None:
    """Where there is no shelf, nothing lies on it."""
    assert list(entries(shelf)) == []


def test_entries(shelf: Path) -> None:
    """Files and folders are found in order of task, team and name; manifests, notes and hidden ones are not."""
    write_files(
        shelf,
        {
            "fruit/rahim/b/main.py": b"",
            "fruit/rahim/b.json": b"{}",
            "fruit/rahim/a.csv": b"",
            "fruit/rahim/README.md": b"",
            "fruit/rahim/notes.txt": b"",
            "fruit/rahim/.half.tmp/main.py": b"",
            "fruit/asha/x.zip": b"",
            "animals/zara/model.json/main.py": b"",
            "fruit/.hidden/a.csv": b"",
            ".git/rahim/a.csv": b"",
            "README.md": b"",
            "fruit/stray.csv": b"",
        },
    )
    assert [entry.label for entry in entries(shelf)] == [
        "animals/zara/model.json",
        "fruit/asha/x.zip",
        "fruit/rahim/a.csv",
        "fruit/rahim/b",
    ]


@posix
@pytest.mark.parametrize("link", ["fruit/evil", "evil"])
def test_links_to_folders(tmp_path: Path, shelf: Path, link: str) -> None:
    """A team or task that is a link is not followed: it could lead to the grader's own files."""
    write_files(tmp_path / "vault", {"answers.csv": b"secret", "fruit/answers.csv": b"secret"})
    write_files(shelf, {"fruit/rahim/a.csv": b""})
    (shelf / link).symlink_to(tmp_path / "vault")
    assert [entry.label for entry in entries(shelf)] == ["fruit/rahim/a.csv"]


@posix
def test_links_to_submissions(tmp_path: Path, shelf: Path) -> None:
    """A link in a submission's place is found, whatever its name, so that its team learns why it is refused."""
    write_files(tmp_path / "vault", {"answers.csv": b"secret"})
    write_files(shelf, {"fruit/rahim/a.csv": b""})
    (shelf / "fruit" / "rahim" / "link").symlink_to(tmp_path / "vault")
    (shelf / "fruit" / "rahim" / "nowhere.json").symlink_to(tmp_path / "nowhere")
    assert [entry.path.name for entry in entries(shelf)] == ["a.csv", "link", "nowhere.json"]


def test_label_is_safe() -> None:
    """The name of a file on the shelf steers no terminal."""
    entry = Entry(task="fruit", team="rahim", path=Path("x") / "\x1b[2J.csv")
    assert entry.label == r"fruit/rahim/\x1b[2J.csv"


def test_put(shelf: Path, submission: Submission) -> None:
    """A submission is stored under its digest, with a manifest, and nothing else is left."""
    path = put(shelf, submission, message="first try\x1b[2J", now=NOW)
    assert path == shelf / "fruit" / "rahim" / submission.digest[:16]
    assert contents(path) == {"main.py": b"print(1)", "src/net.py": b"2"}
    assert sorted(each.name for each in path.parent.iterdir()) == [path.name, f"{path.name}.json"]
    assert json.loads(path.with_name(f"{path.name}.json").read_text(encoding="utf-8")) == {
        "schema": 1,
        "task": "fruit",
        "team": "rahim",
        "kind": "program",
        "digest": submission.digest,
        "message": r"first try\x1b[2J",
        "submitted_at": "2025-06-01T06:00:00+00:00",
    }


def test_put_and_find(shelf: Path, submission: Submission) -> None:
    """What was stored is found again, is received as the same submission, and its message is read back."""
    path = put(shelf, submission, message="প্রথম চেষ্টা", now=NOW)
    (entry,) = entries(shelf)
    assert (entry.task, entry.team, entry.path) == ("fruit", "rahim", path)
    assert "প্রথম চেষ্টা" in path.with_name(f"{path.name}.json").read_text(encoding="utf-8")
    assert message_of(entry) == "প্রথম চেষ্টা"
    again = receive(path, shelf.parent / "again", task=FRUIT, team="rahim", received_at=NOW)
    assert isinstance(again, Submission)
    assert again.digest == submission.digest


@pytest.mark.parametrize(("second", "kept"), [("", "first"), ("second", "second")])
def test_put_twice(shelf: Path, submission: Submission, second: str, kept: str) -> None:
    """The same content lands on the same path; what was said first stays unless something else is said."""
    path = put(shelf, submission, message="first", now=NOW)
    assert put(shelf, submission, message=second, now=NOW) == path
    (entry,) = entries(shelf)
    assert message_of(entry) == kept


def test_put_without_message(shelf: Path, submission: Submission) -> None:
    """Without a message there is a manifest all the same."""
    path = put(shelf, submission, message="", now=NOW)
    assert message_of(_entry(path.parent, path.name)) == ""
    assert path.with_name(f"{path.name}.json").is_file()


@posix
def test_put_in_a_taken_place(shelf: Path, submission: Submission) -> None:
    """Where the submission cannot be stored, that is an error, and no half of it is left."""
    folder = shelf / "fruit" / "rahim"
    folder.mkdir(parents=True)
    (folder / submission.digest[:16]).symlink_to("nowhere")
    with pytest.raises(OSError, match="Not a directory"):
        put(shelf, submission, message="", now=NOW)
    assert [path.name for path in folder.iterdir()] == [submission.digest[:16]]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, ""),
        ({"sub.json": '{"message": "tuned\\u001b[2J"}'}, r"tuned\x1b[2J"),
        ({"sub.json": '{"message": "\\ud800"}'}, r"\ud800"),
        ({"sub.json": json.dumps({"message": "x" * 500})}, "x" * 199 + "…"),
        ({"sub.json": '{"message": 7}'}, ""),
        ({"sub.json": "{}"}, ""),
        ({"sub.json": '["message"]'}, ""),
        ({"sub.json": "no json"}, ""),
        ({"sub.json": b"\xff\xfe"}, ""),
        ({"sub.json": "[" * 16000}, ""),
        ({"sub.json": '{"message": "%s"}' % ("x" * 17000)}, ""),
        ({"sub.json/x": "a folder"}, ""),
    ],
    ids=[
        *("none", "escape", "surrogate", "long", "number", "no message", "list", "no json", "no text", "deep"),
        *("too large", "folder"),
    ],
)
def test_message(tmp_path: Path, files: Mapping[str, str | bytes], message: str) -> None:
    """A manifest's message is made safe and short; a manifest that cannot be used says nothing."""
    assert message_of(_entry(write_files(tmp_path, files))) == message


@posix
def test_message_behind_link(tmp_path: Path) -> None:
    """A manifest that is a link is not followed."""
    write_files(tmp_path, {"secret": '{"message": "secret"}'})
    (tmp_path / "sub.json").symlink_to("secret")
    assert message_of(_entry(tmp_path)) == ""
