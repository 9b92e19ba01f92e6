"""The texts themselves, in both languages."""

import importlib.util
import re
import string
from pathlib import Path
from types import ModuleType

import pytest

from arena.model.outcome import Outcome
from arena.text.render import LANGUAGES, LOCALE, catalogue, render_id

_TOOL = Path(__file__).parents[3] / "tools" / "messages.py"
_SOURCE = (LOCALE / "en" / "LC_MESSAGES" / "arena.po").read_text("utf-8")
_IDS = re.findall(r'(?m)^msgid "([a-z]+\.[a-z0-9_]+)"$', _SOURCE)
_BENGALI = re.compile("[\u0980-\u09ff]")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The program behind `make messages`, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("messages_tool", _TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_problems(tool: ModuleType) -> None:
    """Every id in the code has its texts, each text is used, the compiled files are those of the sources."""
    assert tool.problems() == []


def test_all_found() -> None:
    """The list of ids that the tests below go through is not empty and names no id twice."""
    assert len(_IDS) > 100
    assert len(set(_IDS)) == len(_IDS)


def test_translated() -> None:
    """Every text is there in both languages, with the same parameters; the Bengali one is no copy of the English."""
    for message_id in _IDS:
        english, bengali = (catalogue(lang).gettext(message_id) for lang in ("en", "bn"))
        assert message_id not in {english, bengali}
        assert _fields(english) == _fields(bengali), message_id
        assert _BENGALI.search(bengali), message_id
        assert not _BENGALI.search(english), message_id


@pytest.mark.parametrize("lang", LANGUAGES)
def test_renders(lang: str) -> None:
    """Given its parameters every text renders: they all show, and no brace is left over."""
    for message_id in _IDS:
        names = sorted(_fields(catalogue("en").gettext(message_id)))
        shown = render_id(message_id, {name: f"<{name}>" for name in names}, lang)
        assert all(f"<{name}>" in shown for name in names), message_id
        assert not set("{}") & set(shown), message_id


def test_compiled_is_stable(tool: ModuleType) -> None:
    """Compiling the texts puts no time of the call into the bytes, so that they can be compared."""
    assert b"POT-Creation-Date: 2000-01-01 00:00+0000\n" in tool.compiled("en")


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_outcomes(outcome: Outcome, lang: str) -> None:
    """Every way in which an attempt can end has a name in both languages."""
    assert render_id(f"outcome.{outcome.value}", {}, lang)
