"""Make hostile text fit to show: no terminal escapes, no bidirectional overrides, no unbounded length."""

import unicodedata

# Cc: control, Cs: lone surrogate, Co: private use, Cn: unassigned. Of Cf (format) the two joiners stay: Bengali needs
# them.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
JOINERS = frozenset({"\u200c", "\u200d"})


def _shown(char: str, keep: str) -> str:
    if char in keep or char in JOINERS:
        return char
    category = unicodedata.category(char)
    if category in _HIDDEN_CATEGORIES or category in {"Cf", "Zl", "Zp"}:
        return char.encode("unicode_escape", "surrogatepass").decode("ascii")
    return char


def safe_line(text: str, limit: int = 200) -> str:
    """Return ``text`` as one printable line of at most ``limit`` characters."""
    shown = "".join(_shown(char, "") for char in unicodedata.normalize("NFC", text[: 4 * limit]))
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def safe_block(text: str) -> str:
    """Return ``text`` with line breaks and tabs kept, and whatever else could steer a terminal made visible."""
    unix = text.replace("\r\n", "\n")
    return "".join(_shown(char, "\n\t") for char in unix)
