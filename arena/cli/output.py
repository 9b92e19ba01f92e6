"""Print results on standard output and everything for people's eyes on standard error, in the learner's language."""

import functools
import json
import os
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from arena.errors import ArenaError
from arena.model.message import Message, Param
from arena.text.render import language, render, render_id


@functools.cache
def spoken() -> str:
    """The language of this process: ``ARENA_LANG``, the workspace's, the locale's, or English."""
    if os.environ.get("ARENA_LANG"):
        return language(None)
    from arena.catalog.workspace import open_workspace

    try:
        configured = open_workspace(Path.cwd()).language
    except ArenaError:
        configured = None
    return language(configured)


def text(message: Message) -> str:
    """A message's words."""
    return render(message, spoken())


def words(message_id: str, **params: Param) -> str:
    """The words of a message that is made here."""
    return text(Message.of(message_id, **params))


def note(message_id: str, **params: Param) -> None:
    """Tell the person at the terminal something, on standard error."""
    click.echo(words(message_id, **params), err=True)


def tell(message: Message) -> None:
    """Tell the person at the terminal what takes long, on standard error."""
    click.echo(text(message), err=True)


# What JSON leaves as it is though it steers a terminal, or cannot be encoded: control characters, marks of direction,
# lone surrogates.
_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def print_json(data: object) -> None:
    """Print a result for scripts."""
    dumped = json.dumps(data, ensure_ascii=False, indent=1)
    click.echo(_STEERING.sub(lambda match: f"\\u{ord(match.group()):04x}", dumped))


def message_json(message: Message) -> dict[str, Any]:
    """A message for scripts: they match the id, people read the text."""
    return {"id": message.id, "params": dict(message.params), "text": text(message)}


def report_error(error: ArenaError, *, as_json: bool) -> None:
    """Say what went wrong; with ``as_json`` also on standard output for scripts."""
    said = render_id(error.message_id, error.params, spoken())
    if as_json:
        params = {name: str(value) for name, value in error.params.items()}
        print_json({"error": {"id": error.message_id, "params": params, "text": said}})
    label = click.style("arena:", fg="red", bold=True)
    click.echo(f"{label} {said}", err=True)


def _width(cell: str) -> int:
    # Combining marks take no column: Bengali vowel signs would push every following cell to the right.
    return sum(unicodedata.category(char) not in {"Mn", "Me", "Cf"} for char in cell)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in aligned columns; columns of numbers are aligned to the right."""
    widths = [max(_width(line[column]) for line in (heads, *rows)) for column in range(len(heads))]
    right = [bool(rows) and all(_is_number(row[column]) for row in rows) for column in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        parts = []
        for cell, width, to_right in zip(cells, widths, right, strict=True):
            space = " " * (width - _width(cell))
            parts.append(space + cell if to_right else cell + space)
        return "  ".join(parts).rstrip()

    click.echo(click.style(line(heads), bold=True))
    for row in rows:
        click.echo(line(row))


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).replace("-", "", 1).isdigit() or cell in {"", "-"}
