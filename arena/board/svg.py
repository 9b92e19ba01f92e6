"""What pictures share: an SVG document that says in words what it shows, and colours that can be read.

Whoever shows a picture decides whether its page is light or dark, and with that which colours are used
(https://www.w3.org/TR/mediaqueries-5/#prefers-color-scheme). Text out, the same text for the same picture.
"""

from collections.abc import Sequence
from html import escape

from arena.model.safe_text import safe_line

Colour = tuple[int, int, int]

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
# The page, where it is light and where it is dark.
LIGHT_PAGE: Colour = WHITE
DARK_PAGE: Colour = (13, 17, 23)
_HALFWAY = 0.179  # Above this luminance black has the greater contrast.
_LONGEST = 20_000


def document(
    width: int, height: int, *, title: str, description: str, light: str, dark: str, parts: Sequence[str]
) -> str:
    """A picture with a title and a description for those who do not see it; ``light`` and ``dark`` are style rules."""
    box = f'viewBox="0 0 {width} {height}" width="{width}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="title description">',
        f'<title id="title">{escaped(title)}</title>',
        f'<desc id="description">{escaped(description)}</desc>',
        f"<style>text{{font:12px sans-serif}}{light}@media(prefers-color-scheme:dark){{{dark}}}</style>",
    ]
    return "\n".join([*lines, *parts, "</svg>", ""])


def escaped(text: str) -> str:
    """Any text as content of an element: nothing in it is read as markup, or is a character that XML does not have."""
    return escape(safe_line(text, _LONGEST), quote=False)


def cut(text: str, longest: int) -> str:
    """The same, of at most so many characters."""
    return escaped(text if len(text) <= longest else f"{text[: longest - 1]}…")


def ink(background: Colour) -> Colour:
    """Black or white, whichever can be read on it: one of the two always has a contrast of 4.5 or more."""
    return BLACK if luminance(background) > _HALFWAY else WHITE


def luminance(colour: Colour) -> float:
    """Relative luminance (https://www.w3.org/TR/WCAG22/#dfn-relative-luminance)."""
    linear = [value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4 for value in colour]  # noqa: PLR2004
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def hexadecimal(colour: Colour) -> str:
    """As style sheets write it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)
