"""Hostile text is shown, never obeyed."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.safe_text import safe_block, safe_line

# Hypothesis rarely draws what matters here by itself.
_hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x1b\x07\x9b\r\n\t\u202e\u2066\u200b\u200c\u200d\ufeff\u2028\ud800\udcff\ue000"),
    ),
    max_size=30,
)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_JOINERS = {"\u200c", "\u200d"}


def _hidden(text: str) -> set[str]:
    return {char for char in text if unicodedata.category(char) in _HIDDEN} - _JOINERS


@given(_hostile)
def test_line_hides_nothing(text: str) -> None:
    """A safe line holds no character that steers a terminal, turns text around or stays invisible."""
    assert not _hidden(safe_line(text))


@given(_hostile)
def test_block_hides_nothing(text: str) -> None:
    """A safe block holds none either, but for line breaks and tabs."""
    assert _hidden(safe_block(text)) <= {"\n", "\t"}


@given(_hostile, st.integers(1, 12))
def test_line_limit(text: str, limit: int) -> None:
    """A safe line is never longer than its limit."""
    assert len(safe_line(text, limit)) <= limit


@given(_hostile)
def test_encodable(text: str) -> None:
    """Safe text can be written as UTF-8, whatever lone surrogates came in."""
    for shown in (safe_line(text), safe_block(text)):
        assert shown.encode().decode() == shown


@given(_hostile)
def test_line_settles(text: str) -> None:
    """Making a line safe twice changes nothing more."""
    once = safe_line(text, 10**6)
    assert safe_line(once, 10**6) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b2J", r"\x9b2J"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("abc\u202edcba", r"abc\u202edcba"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("a\u200bb\u00adc\ufeff", r"a\u200bb\xadc\ufeff"),
        ("one\u2028two", r"one\u2028two"),
        ("\udcff\ud800", r"\udcff\ud800"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_made_visible(text: str, shown: str) -> None:
    """Escapes, overrides, invisible characters and lone surrogates are spelt out."""
    assert safe_line(text) == shown


@pytest.mark.parametrize("text", ["অক্‌ষর", "র‍্যাব", "জাহিদ হাসান", "Zoë", "नमस्ते", "مرحبا", "数据", "👩‍🔬"])
def test_scripts_stay(text: str) -> None:
    """Text of any script stays as it is, with the joiners that Bengali needs."""
    assert safe_line(text) == unicodedata.normalize("NFC", text)
    assert safe_block(text) == text


def test_line_is_nfc() -> None:
    """Two spellings of one letter are shown alike."""
    assert safe_line("e\u0301") == "é"


def test_line_shortened() -> None:
    """A long line ends in an ellipsis; one that just fits does not."""
    assert safe_line("x" * 10, 10) == "x" * 10
    assert safe_line("x" * 11, 10) == "x" * 9 + "…"


def test_block_keeps_lines() -> None:
    """Line breaks of any system and tabs are kept; a lone carriage return, which overwrites a line, is shown."""
    assert safe_block("a\r\nb\n\tc\rd") == "a\nb\n\tc\\rd"
