"""A confusion matrix as a picture: SVG text out, the same text for the same counts.

Rows are true labels, columns predicted ones. Each cell shows its count; the darker it is, the greater its share of its
row. It brings colours for light and for dark pages, chosen so that every count can be read on its cell: whoever shows
the picture decides which are used (https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme).
"""

from collections.abc import Sequence
from html import escape

Counts = Sequence[Sequence[int]]
Colour = tuple[int, int, int]

_CELL, _LABEL, _HEAD = 44, 72, 40
_LONGEST_ABOVE, _LONGEST_BESIDE = 6, 9
_LEVELS = 10
# The page's colour and that of a full cell.
LIGHT: tuple[Colour, Colour] = ((255, 255, 255), (5, 80, 174))
DARK: tuple[Colour, Colour] = ((13, 17, 23), (121, 192, 255))
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
_HALFWAY = 0.179  # Above this luminance black has the greater contrast.


def svg(counts: Counts, labels: Sequence[str], title: str) -> str:
    """The picture, with a title and a description for those who do not see it."""
    size, right = len(counts), _LABEL + len(counts) * _CELL
    box = f'viewBox="0 0 {right + 8} {_HEAD + size * _CELL + 8}" width="{right + 8}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title, quote=False)}</title>',
        f'<desc id="description">{escape(alt_text(counts, labels), quote=False)}</desc>',
        f"<style>{_style()}</style>",
        f'<text class="name" x="{_LABEL - 8}" y="{_HEAD - 26}" text-anchor="end">true ↓</text>',
        f'<text class="name" x="{_LABEL}" y="{_HEAD - 26}">predicted →</text>',
    ]
    for at, label in enumerate(labels):
        middle = at * _CELL + _CELL // 2
        above, beside = _cut(label, _LONGEST_ABOVE), _cut(label, _LONGEST_BESIDE)
        parts.append(f'<text class="name" x="{_LABEL + middle}" y="{_HEAD - 8}" text-anchor="middle">{above}</text>')
        parts.append(f'<text class="name" x="{_LABEL - 8}" y="{_HEAD + middle + 4}" text-anchor="end">{beside}</text>')
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            level = round(_LEVELS * count / sum(line)) if count else 0
            x, y = _LABEL + column * _CELL, _HEAD + row * _CELL
            parts.append(f'<rect class="c{level}" x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" rx="4"/>')
            place = f'x="{x + _CELL // 2 - 1}" y="{y + _CELL // 2 + 4}" text-anchor="middle"'
            parts.append(f'<text class="t{level}" {place}>{count}</text>')
    return "\n".join([*parts, "</svg>", ""])


def alt_text(counts: Counts, labels: Sequence[str]) -> str:
    """What the picture says, in words: of each label how many rows are right, and what most of the others became."""
    sentences = ["Rows are true labels, columns predicted ones."]
    for row, line in enumerate(counts):
        others = [(count, -column) for column, count in enumerate(line) if column != row and count]
        most, column = max(others, default=(0, 0))
        mistaken = f", {most} taken for {labels[-column]}" if most else ""
        sentences.append(f"{labels[row]}: {line[row]} of {sum(line)} right{mistaken}.")
    return " ".join(sentences)


def _cut(label: str, longest: int) -> str:
    return escape(label if len(label) <= longest else f"{label[: longest - 1]}…", quote=False)


def _style() -> str:
    return f"text{{font:12px sans-serif}}{_scheme(*LIGHT)}@media(prefers-color-scheme:dark){{{_scheme(*DARK)}}}"


def _scheme(page: Colour, full: Colour) -> str:
    rules = [f".name{{fill:{_hex(ink(page))}}}"]
    for level in range(_LEVELS + 1):
        cell = shade(page, full, level)
        rules.append(
            f".c{level}{{fill:{_hex(cell)};stroke:{_hex(full)};stroke-opacity:.4}}.t{level}{{fill:{_hex(ink(cell))}}}"
        )
    return "".join(rules)


def shade(page: Colour, full: Colour, level: int) -> Colour:
    """A cell's colour at a level from 0 to 10."""
    red, green, blue = (round(p + (f - p) * level / _LEVELS) for p, f in zip(page, full, strict=True))
    return red, green, blue


def ink(background: Colour) -> Colour:
    """Black or white, whichever can be read on it: one of the two always has a contrast of 4.5 or more."""
    return BLACK if luminance(background) > _HALFWAY else WHITE


def luminance(colour: Colour) -> float:
    """Relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
