"""A team's id is safe as a folder's name everywhere."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.errors import UsageError
from arena.model.team import parse_team

_SLUG = set(string.ascii_lowercase + string.digits + "-")


@pytest.mark.parametrize(
    ("given_text", "team"),
    [("rahim", "rahim"), ("Team-7", "team-7"), ("A", "a"), ("0", "0"), ("x" * 40, "x" * 40), ("com", "com")],
)
def test_accepted(given_text: str, team: str) -> None:
    """A slug of up to 40 characters is taken, in small letters."""
    assert parse_team(given_text) == team


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 41,
        "-rahim",
        "rahim-",
        "ra--him",
        "ra him",
        "ra_him",
        "ra.him",
        "../rahim",
        "ra/him",
        "ra\\him",
        "rahim\n",
        "রহিম",
        "rahım",
        "ｒahim",
        "\x1b[31mrahim",
    ],
)
def test_refused(text: str) -> None:
    """Everything else is refused as a usage error that shows the text."""
    with pytest.raises(UsageError) as caught:
        parse_team(text)
    assert caught.value.message_id == "team.invalid"
    assert caught.value.exit_code == 2


def test_escapes_are_shown() -> None:
    """The refusal shows a terminal escape instead of passing it on."""
    with pytest.raises(UsageError) as caught:
        parse_team("\x1b[2J")
    assert caught.value.params == {"team": r"\x1b[2J"}


@pytest.mark.parametrize("word", ["con", "NUL", "Com1", "lpt9", "com0", "git", "arena", "ALL", "baseline", "private"])
def test_reserved(word: str) -> None:
    """Device names of Windows and words that a board would misread are refused in any case."""
    with pytest.raises(UsageError) as caught:
        parse_team(word)
    assert caught.value.message_id == "team.reserved"
    assert caught.value.params == {"team": word.casefold()}


@given(st.text(st.sampled_from("aZ0-_. /é\n"), max_size=45))
def test_canonical(text: str) -> None:
    """Whatever is taken is a slug, and is taken again as itself."""
    try:
        team = parse_team(text)
    except UsageError:
        return
    assert set(team) <= _SLUG
    assert 1 <= len(team) <= 40
    assert parse_team(team) == team
