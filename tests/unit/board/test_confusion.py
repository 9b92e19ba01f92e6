"""A confusion matrix as a picture that everyone can read."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.board.confusion import DARK, LIGHT, alt_text, shade, svg
from arena.board.svg import BLACK, WHITE, Colour, ink, luminance

COUNTS = ((38, 1, 1), (0, 40, 3), (10, 0, 5))
LABELS = ("cat", "dog", "other <animal>")
_SVG = "{http://www.w3.org/2000/svg}"


def _contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_says_it_in_words() -> None:
    """Whoever does not see the picture is told the same: what is right, and what is taken for what."""
    assert alt_text(COUNTS, LABELS) == (
        "Rows are true labels, columns predicted ones. cat: 38 of 40 right, 1 taken for dog. "
        "dog: 40 of 43 right, 3 taken for other <animal>. other <animal>: 5 of 15 right, 10 taken for cat."
    )


def test_picture() -> None:
    """The picture is well-formed, holds title, description and every count in its place, and changes with the page."""
    root = ET.fromstring(svg(COUNTS, LABELS, "Cats & dogs"))  # noqa: S314 - it was made here
    assert root.attrib["role"] == "img"
    assert [root.findtext(f"{_SVG}{name}") for name in ("title", "desc")] == ["Cats & dogs", alt_text(COUNTS, LABELS)]
    counts = [text for text in root.iter(f"{_SVG}text") if text.attrib["class"].startswith("t")]
    assert [int(text.text or "") for text in counts] == [count for line in COUNTS for count in line]
    columns = [float(text.attrib["x"]) for text in counts[:3]]
    assert columns == [float(text.attrib["x"]) for text in counts[3:6]]
    assert all(left < right for left, right in pairwise(columns))
    assert "prefers-color-scheme:dark" in (root.findtext(f"{_SVG}style") or "")


def test_shade_is_the_share_of_its_row() -> None:
    """A cell is as full as its share of the rows of that label; a label without rows has empty cells."""
    root = ET.fromstring(svg(((3, 1), (0, 0)), ("0", "1"), "t"))  # noqa: S314 - it was made here
    assert [rect.attrib["class"] for rect in root.iter(f"{_SVG}rect")] == ["c8", "c2", "c0", "c0"]


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("level", range(11))
def test_counts_can_be_read(scheme: tuple[Colour, Colour], level: int) -> None:
    """On every shade, on light pages and on dark ones, the count has the contrast that WCAG asks of text."""
    cell = shade(*scheme, level)
    assert ink(cell) in {BLACK, WHITE}
    assert _contrast(ink(cell), cell) >= 4.5


@settings(max_examples=30)
@given(st.integers(2, 20), st.data())
def test_any_counts(classes: int, data: st.DataObject) -> None:
    """Any counts and any labels give a well-formed picture."""
    line = st.lists(st.integers(0, 10**7), min_size=classes, max_size=classes)
    counts = data.draw(st.lists(line, min_size=classes, max_size=classes))
    visible = st.characters(exclude_categories=["Cc", "Cs", "Cn"])
    labels = data.draw(st.lists(st.text(visible, min_size=1, max_size=12), min_size=classes, max_size=classes))
    root = ET.fromstring(svg(counts, labels, "t"))  # noqa: S314 - it was made here
    assert len(list(root.iter(f"{_SVG}rect"))) == classes**2
