"""A confusion matrix as a picture: SVG text out, the same text for the same counts.

Rows are true labels, columns predicted ones. Each cell shows its count; the darker it is, the greater its share of its
row. It brings colours for light and for dark pages, chosen so that every count can be read on its cell.
"""

from collections.abc import Sequence

from arena.board.svg import DARK_PAGE, LIGHT_PAGE, Colour, cut, document, hexadecimal, ink

Counts = Sequence[Sequence[int]]

_CELL, _LABEL, _HEAD = 44, 72, 40
_LONGEST_ABOVE, _LONGEST_BESIDE = 6, 9
_LEVELS = 10
# The page's colour and that of a full cell.
LIGHT: tuple[Colour, Colour] = (LIGHT_PAGE, (5, 80, 174))
DARK: tuple[Colour, Colour] = (DARK_PAGE, (121, 192, 255))


def svg(counts: Counts, labels: Sequence[str], title: str) -> str:
    """The picture, with a title and a description for those who do not see it."""
    size, right = len(counts), _LABEL + len(counts) * _CELL
    parts = [
        f'<text class="name" x="{_LABEL - 8}" y="{_HEAD - 26}" text-anchor="end">true ↓</text>',
        f'<text class="name" x="{_LABEL}" y="{_HEAD - 26}">predicted →</text>',
    ]
    for at, label in enumerate(labels):
        middle = at * _CELL + _CELL // 2
        above, beside = cut(label, _LONGEST_ABOVE), cut(label, _LONGEST_BESIDE)
        parts.append(f'<text class="name" x="{_LABEL + middle}" y="{_HEAD - 8}" text-anchor="middle">{above}</text>')
        parts.append(f'<text class="name" x="{_LABEL - 8}" y="{_HEAD + middle + 4}" text-anchor="end">{beside}</text>')
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            level = round(_LEVELS * count / sum(line)) if count else 0
            x, y = _LABEL + column * _CELL, _HEAD + row * _CELL
            parts.append(f'<rect class="c{level}" x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" rx="4"/>')
            place = f'x="{x + _CELL // 2 - 1}" y="{y + _CELL // 2 + 4}" text-anchor="middle"'
            parts.append(f'<text class="t{level}" {place}>{count}</text>')
    return document(
        right + 8,
        _HEAD + size * _CELL + 8,
        title=title,
        description=alt_text(counts, labels),
        light=_scheme(*LIGHT),
        dark=_scheme(*DARK),
        parts=parts,
    )


def alt_text(counts: Counts, labels: Sequence[str]) -> str:
    """What the picture says, in words: of each label how many rows are right, and what most of the others became."""
    sentences = ["Rows are true labels, columns predicted ones."]
    for row, line in enumerate(counts):
        others = [(count, -column) for column, count in enumerate(line) if column != row and count]
        most, column = max(others, default=(0, 0))
        mistaken = f", {most} taken for {labels[-column]}" if most else ""
        sentences.append(f"{labels[row]}: {line[row]} of {sum(line)} right{mistaken}.")
    return " ".join(sentences)


def _scheme(page: Colour, full: Colour) -> str:
    rules, edge = [f".name{{fill:{hexadecimal(ink(page))}}}"], hexadecimal(full)
    for level in range(_LEVELS + 1):
        cell = shade(page, full, level)
        rules.append(f".c{level}{{fill:{hexadecimal(cell)};stroke:{edge};stroke-opacity:.4}}")
        rules.append(f".t{level}{{fill:{hexadecimal(ink(cell))}}}")
    return "".join(rules)


def shade(page: Colour, full: Colour, level: int) -> Colour:
    """A cell's colour at a level from 0 to 10."""
    red, green, blue = (round(p + (f - p) * level / _LEVELS) for p, f in zip(page, full, strict=True))
    return red, green, blue
