"""Compile the translations, or with ``--check`` say what is wrong with them.

Every message id that the code uses must have a text in each language, with the same parameters; a Bengali text must
hold Bengali letters; compiled files must be those of the sources.
"""

import io
import re
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from arena.exercises.mismatch import Mismatch
from arena.model.outcome import Outcome

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "arena" / "text" / "locale"
LANGUAGES = ("en", "bn")
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
BENGALI = re.compile("[\u0980-\u09ff]")
# Ids stand in the code as plain strings of this shape.
ID = re.compile(r"[\"']([a-z]+\.[a-z0-9_]+)[\"']")


def source(language: str) -> Path:
    """The text file of a language."""
    return LOCALE / language / "LC_MESSAGES" / "arena.po"


def read(language: str) -> Catalog:
    """Parse a language's texts; a broken file raises."""
    with source(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def texts(language: str) -> dict[str, str]:
    """Message id to text."""
    return {str(message.id): str(message.string) for message in read(language) if message.id}


def compiled(language: str) -> bytes:
    """The bytes of the compiled file: the same for the same texts, whenever it is asked."""
    catalog = read(language)
    # Babel writes the time of the call where the source names none.
    catalog.creation_date = NO_DATE
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def parameters(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def problems() -> list[str]:
    """Everything that is wrong, one line each."""
    found = []
    english, bengali = texts("en"), texts("bn")
    found += [f"{name}: only in one language" for name in sorted(set(english) ^ set(bengali))]
    for name in sorted(set(english) & set(bengali)):
        if parameters(english[name]) != parameters(bengali[name]):
            found.append(f"{name}: the parameters differ between the languages")
        if not BENGALI.search(bengali[name]):
            found.append(f"{name}: the Bengali text has no Bengali letters")
    groups = {name.split(".")[0] for name in english}
    used: set[str] = set()
    for path in sorted((ROOT / "arena").rglob("*.py")):
        ids = {name for name in ID.findall(path.read_text(encoding="utf-8")) if name.split(".")[0] in groups}
        found += [f"{path.relative_to(ROOT)}: {name} has no text" for name in sorted(ids - set(english) - NOT_IDS)]
        used |= ids
    found += [f"{name}: no code uses it" for name in sorted(set(english) - used) if name not in NAMED_BY_VALUE]
    for language in LANGUAGES:
        target = source(language).with_suffix(".mo")
        if not target.is_file() or target.read_bytes() != compiled(language):
            found.append(f"{target.relative_to(ROOT)}: not compiled from its source; run: make messages")
    return found


# Chosen by the value of an enum or a direction, so that no literal stands in the code.
NAMED_BY_VALUE = (
    {f"outcome.{outcome.value}" for outcome in Outcome}
    | {f"mismatch.{mismatch.value}" for mismatch in Mismatch}
    | {"show.maximize", "show.minimize"}
)
# File names and columns that look like ids.
NOT_IDS = {"store.sqlite3", "task.toml", "answers.csv", "submission.csv", "metric.py"}
NOT_IDS |= {"cases.py", "cases.json", "cases.md"}


def main() -> None:
    """Compile, or check."""
    if "--check" in sys.argv:
        found = problems()
        print("\n".join(found) or "messages: all translated")
        sys.exit(bool(found))
    for language in LANGUAGES:
        source(language).with_suffix(".mo").write_bytes(compiled(language))


if __name__ == "__main__":
    main()
