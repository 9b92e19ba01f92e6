"""Choosing a language and filling in a text."""

import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.message import Message
from arena.text.render import language, render, render_id


@pytest.mark.parametrize(
    ("configured", "environment", "expected"),
    [
        (None, {}, "en"),
        ("bn", {}, "bn"),
        (None, {"LANG": "bn_BD.UTF-8"}, "bn"),
        (None, {"LC_MESSAGES": "bn_IN", "LANG": "en_GB"}, "bn"),
        (None, {"LC_ALL": "en_US", "LC_MESSAGES": "bn_BD", "LANG": "bn_BD"}, "en"),
        ("en", {"LANG": "bn_BD.UTF-8"}, "en"),
        ("en", {"ARENA_LANG": "bn"}, "bn"),
        ("bn", {"ARENA_LANG": "en"}, "en"),
        ("bn", {"ARENA_LANG": ""}, "bn"),
        (None, {"ARENA_LANG": "BN"}, "bn"),
        (None, {"LC_ALL": "", "LANG": "bn_BD"}, "bn"),
        (None, {"LANG": "C"}, "en"),
        (None, {"LANG": "fr_FR.UTF-8"}, "en"),
        (None, {"ARENA_LANG": "fr", "LANG": "bn_BD"}, "en"),
        (None, {"LC_ALL": "C.UTF-8", "LANG": "bn_BD"}, "en"),
    ],
)
def test_language(configured: str | None, environment: Mapping[str, str], expected: str) -> None:
    """ARENA_LANG goes before the workspace's language, that before the locale's; one that we lack means English."""
    assert language(configured, environment) == expected


def test_language_of_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no environment is given it is the process's own."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    assert language("en") == "bn"


def test_render() -> None:
    """A message's parameters stand in the words of each language."""
    message = Message.of("run.crashed", code=7)
    assert render(message, "en") == "The program ended with exit code 7. Its last lines are in the log."
    assert "7" in render(message, "bn")
    assert "প্রোগ্রাম" in render(message, "bn")


@pytest.mark.parametrize(("value", "shown"), [(0.1 + 0.2, "0.3"), (1e-9, "1e-09"), (3, "3"), (2.0, "2")])
def test_numbers(value: float, shown: str) -> None:
    """A number is shown to six digits, without the noise of binary fractions."""
    assert render_id("run.crashed", {"code": value}, "en").split()[6] == f"{shown}."


def test_unknown() -> None:
    """An id without a text is a fault of the code, not silently shown."""
    with pytest.raises(KeyError):
        render_id("run.no_such_message", {}, "en")


def test_missing_parameter() -> None:
    """A text that is not given its parameters is a fault of the code."""
    with pytest.raises(KeyError):
        render_id("run.crashed", {}, "en")


def test_escapes_show() -> None:
    """A terminal's escapes and a reversed direction in a parameter are made visible instead of obeyed."""
    said = render_id("file.missing", {"path": "\x1b[2J\x07\u202egpj.exe\u200b\r"}, "en")
    assert said == r"\x1b[2J\x07\u202egpj.exe\u200b\r does not exist. Check the path."


def test_braces_are_text() -> None:
    """A parameter with braces is no template: it can reach nothing of the program."""
    assert "{0.__class__} {path}" in render_id("file.missing", {"path": "{0.__class__} {path}"}, "en")


def test_bengali_parameters() -> None:
    """Bengali in a parameter comes through whole, joiners included."""
    name = "র‍্যাম-ক্ষেত্র"
    assert name in render_id("file.missing", {"path": name}, "bn")


@given(st.text(max_size=60))
def test_nothing_steers(text: str) -> None:
    """No parameter whatever brings a control, override or unassigned character into what is shown."""
    said = render_id("file.missing", {"path": text}, "en")
    hidden = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [char for char in said if unicodedata.category(char) in hidden and char not in "\n\t"]
    assert not [char for char in said if unicodedata.category(char) == "Cf" and char not in "\u200c\u200d"]
