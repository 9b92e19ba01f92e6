"""Plots that everyone can read, and that tell nothing that the board does not."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from arena.board.course import Course, courses
from arena.board.plots import DARK, GREY_ON_DARK, GREY_ON_LIGHT, LIGHT, MOST_NAMED, cost_plot, time_plot
from arena.board.svg import DARK_PAGE, LIGHT_PAGE, Colour, luminance
from arena.metrics.table import METRICS
from arena.model.budget import Usage
from arena.model.metric import Metric
from tests.conftest import FRUIT
from tests.unit.board.conftest import make_record

_SVG = "{http://www.w3.org/2000/svg}"
ACCURACY = METRICS["accuracy"]
Plot = Callable[[Sequence[Course], Metric, str], str]
BOTH = pytest.mark.parametrize("plot", [time_plot, cost_plot])


def _courses(teams: int, *, baselines: int = 1) -> list[Course]:
    """Teams of falling scores, each with two submissions, and baselines below them."""
    records = []
    for number in range(teams):
        for turn in range(2):
            record = make_record(
                team=f"team{number}",
                submission=2 * number + turn + 1,
                minute=60 * (number + 7 * turn),
                feedback={"accuracy": 0.9 - number / 100 + turn / 200},
            )
            records.append(replace(record, usage=Usage(charged=1.0 + number, wall_s=1.0)))
    records += [
        make_record(team=f"baseline-b{number}", submission=900 + number, feedback={"accuracy": 0.5 - number / 100})
        for number in range(baselines)
    ]
    return courses(records, FRUIT, (ACCURACY,))


def _parsed(plot: Plot, found: Sequence[Course], title: str = "Fruit") -> ET.Element:
    return ET.fromstring(plot(found, ACCURACY, title))  # noqa: S314 - it was made here


def _texts(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{_SVG}text")]


@BOTH
def test_says_it_in_words(plot: Plot) -> None:
    """Whoever does not see the picture is told what it is, and where those stand who are named in it."""
    root = _parsed(plot, _courses(12))
    assert root.attrib["role"] == "img"
    assert (root.findtext(f"{_SVG}title") or "").startswith("Fruit: scores")
    told = root.findtext(f"{_SVG}desc") or ""
    assert "1. team0: 0.90500" in told
    assert "baseline-b0: 0.50000" in told
    assert told.endswith("And 2 more.")


@BOTH
def test_the_best_are_named(plot: Plot) -> None:
    """Every team is drawn, and of the ten best each is named where there is room for its name."""
    root = _parsed(plot, _courses(30))
    names = {text for text in _texts(root) if "team" in text}
    best = {f"{rank}. team{rank - 1}" for rank in range(1, MOST_NAMED + 1)}
    assert names == best if plot is time_plot else "1. team0" in names < best
    titles = {title.text for title in root.iter(f"{_SVG}title")}
    assert {f"{rank}. team{rank - 1}" for rank in range(1, 31)} <= titles


def test_baselines_are_dashed_lines() -> None:
    """A baseline is a dashed line from side to side; the best eight have their names."""
    root = _parsed(time_plot, _courses(1, baselines=10))
    dashed = [path for path in root.iter(f"{_SVG}path") if "stroke-dasharray" in path.attrib]
    assert len(dashed) == 10
    assert sum(text.startswith("baseline-") for text in _texts(root)) == 8


def test_names_keep_clear_of_each_other() -> None:
    """However near to each other scores are, no name stands on another, and all stand within the picture."""
    root = _parsed(time_plot, [replace(one, steps=((one.steps[0][0], 0.5),)) for one in _courses(10, baselines=8)])
    places = sorted(float(text.attrib["y"]) for text in root.iter(f"{_SVG}text") if text.attrib["x"] == "578")
    assert len(places) == 18
    assert all(later - earlier >= 14 for earlier, later in pairwise(places))
    assert 0 < places[0] < places[-1] < 420


@BOTH
def test_hostile_text(plot: Plot) -> None:
    """Neither a title nor the name of a team becomes markup, or a character that no XML file may hold."""
    (course,) = _courses(1, baselines=0)
    text = plot([replace(course, team="</text><script>")], ACCURACY, "<b>\x1b[2J & \u202e")
    assert "<script" not in text
    root = ET.fromstring(text)  # noqa: S314 - it was made here
    assert (root.findtext(f"{_SVG}title") or "").startswith("<b>\\x1b[2J & \\u202e: scores")


@BOTH
def test_same_bytes(plot: Plot) -> None:
    """The same courses give the same bytes; a date of its making is not in it."""
    assert plot(_courses(3), ACCURACY, "Fruit") == plot(_courses(3), ACCURACY, "Fruit")


@BOTH
def test_one_team_alone(plot: Plot) -> None:
    """One submission is enough, and so are baselines with nobody who competes."""
    for found in (_courses(1, baselines=0), _courses(0, baselines=2)):
        assert _parsed(plot, found).attrib["viewBox"] == "0 0 760 420"


@BOTH
def test_only_feedback(plot: Plot) -> None:
    """Numbers of a plot are marks of its axes, and scores that the board shows."""
    found = _courses(3)
    told = _parsed(plot, found).findtext(f"{_SVG}desc") or ""
    assert set(re.findall(r"\d\.\d{5}", told)) == {f"{one.score:.5f}" for one in found}


def _contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("place", range(MOST_NAMED))
def test_names_can_be_read(place: int) -> None:
    """On light pages and on dark ones each colour of a name has the contrast that WCAG asks of text."""
    assert _contrast(LIGHT[place], LIGHT_PAGE) >= 4.5
    assert _contrast(DARK[place], DARK_PAGE) >= 4.5


def test_grey_can_be_read() -> None:
    """And so have the names of baselines."""
    assert _contrast(GREY_ON_LIGHT, LIGHT_PAGE) >= 4.5
    assert _contrast(GREY_ON_DARK, DARK_PAGE) >= 4.5
