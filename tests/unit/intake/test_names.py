"""A submission's names work on every system and stay in their folder."""

import unicodedata
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.names import MAX_DEPTH, MAX_NAME_BYTES, is_junk, name_fault

_paths = st.text(
    st.one_of(st.characters(), st.sampled_from("../\\:\0\n\x1b\u202e\ud800\udc80 ~-CON")), min_size=0, max_size=12
)


@pytest.mark.parametrize(
    "path",
    ["main.py", "src/net/model.py", "জমা.csv", "a b.txt", "-rf", "~", "..a", "a..b", ".hidden", "/".join("abcdefgh")],
)
def test_usable(path: str) -> None:
    """Ordinary names of any script may be used, down to the deepest folder that is allowed."""
    assert name_fault(path) is None


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("", "submission.path_outside"),
        ("/etc/passwd", "submission.path_outside"),
        ("../main.py", "submission.path_outside"),
        ("a/../../main.py", "submission.path_outside"),
        ("a/..", "submission.path_outside"),
        ("./main.py", "submission.path_outside"),
        ("a//b", "submission.path_outside"),
        ("a/", "submission.path_outside"),
        ("//host/share", "submission.path_outside"),
        ("a/" * MAX_DEPTH + "b", "submission.too_deep"),
        ("x" * (MAX_NAME_BYTES + 1), "submission.name_too_long"),
        ("ক" * (MAX_NAME_BYTES // 3 + 1), "submission.name_too_long"),
        ("..\\main.py", "submission.name_unusable"),
        ("C:main.py", "submission.name_unusable"),
        ("a\0.py", "submission.name_unusable"),
        ("a\n.py", "submission.name_unusable"),
        ("\x1b[2J.py", "submission.name_unusable"),
        ("yp.\u202enoisrucer", "submission.name_unusable"),
        ("a\ud800", "submission.name_unusable"),
        ("\udc80b", "submission.name_unusable"),
        ("what?.py", "submission.name_unusable"),
        (" main.py", "submission.name_unusable"),
        ("main.py ", "submission.name_unusable"),
        ("main.", "submission.name_unusable"),
        ("folder./main.py", "submission.name_unusable"),
    ],
)
def test_faults(path: str, fault: str) -> None:
    """A path that leaves its folder, or whose name some system cannot hold, breaks the rule that is named."""
    assert name_fault(path) == fault


def test_longest_name() -> None:
    """A name's limit is in bytes, and the limit itself still fits."""
    assert name_fault("x" * MAX_NAME_BYTES) is None
    assert name_fault("ক" * (MAX_NAME_BYTES // 3)) is None


@given(_paths)
def test_whatever_passes_is_safe(path: str) -> None:
    """Every path that passes is relative on every system, never climbs, and can be written as UTF-8."""
    if name_fault(path) is not None:
        return
    for pure in (PurePosixPath(path), PureWindowsPath(path)):
        assert not pure.is_absolute()
        assert not pure.drive
        assert ".." not in pure.parts
    assert path.encode().decode() == path
    assert not any(unicodedata.category(char) == "Cc" for char in path)


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store",
        "src/Thumbs.db",
        "._main.py",
        "__MACOSX/main.py",
        "src/__pycache__/main.cpython-311.pyc",
        ".git/config",
        ".venv/lib/site.py",
        ".ipynb_checkpoints/a.ipynb",
    ],
)
def test_junk(path: str) -> None:
    """What systems and editors leave behind is junk, at any depth."""
    assert is_junk(path)


@pytest.mark.parametrize("path", ["main.py", "__pycache__.py", ".env", "git/config", "src/.DS_Store.py"])
def test_not_junk(path: str) -> None:
    """A file that only resembles junk is the learner's."""
    assert not is_junk(path)


def test_joiners_of_bengali_words_may_stand_in_names() -> None:
    """A zero-width joiner belongs to the spelling; a mark of direction does not."""
    assert name_fault("র\u200d্যাম.csv") is None
    assert name_fault("র\u202e্যাম.csv") == "submission.name_unusable"
