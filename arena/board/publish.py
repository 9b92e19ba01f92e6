"""Write boards: each file complete or as it was before."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.board import render
from arena.board.row_texts import RowTexts
from arena.board.standings import Standings
from arena.errors import InfrastructureError
from arena.files import write_atomic


def publish(
    folder: Path,
    boards: Sequence[Standings],
    practice_notes: Mapping[str, str],
    texts: Mapping[str, RowTexts] | None = None,
) -> list[Path]:
    """Write ``<task>.csv``, ``.md``, ``.json`` and pictures, and the index; return the files that changed.

    A picture that a board no longer has is removed. ``texts`` are, by task, what rows were rendered as before.
    """
    changed = []
    for board in boards:
        rows = (texts or {}).get(board.task) or RowTexts()
        files = {
            f"{board.task}.csv": render.csv_text(board, rows),
            f"{board.task}.md": render.markdown_text(board, practice_notes.get(board.task), rows),
            f"{board.task}.json": render.json_text(board, rows),
        }
        picture, name = render.picture(board), render.picture_name(board)
        if picture is not None:
            files[name] = picture
        elif (folder / name).exists():
            (folder / name).unlink()
            changed.append(folder / name)
        for file, text in files.items():
            if write_atomic(folder / file, text.encode()):
                changed.append(folder / file)
    index = folder / "README.md"
    there = {path.name for path in folder.iterdir()}
    found = _published(folder, {board.task: board for board in boards})
    if write_atomic(index, render.index_text(found, there).encode()):
        changed.append(index)
    return changed


def _published(folder: Path, boards: Mapping[str, Standings]) -> list[dict[str, Any]]:
    """Of every board in the folder what the index tells: of those made now, and of tasks that were not graded now."""
    found = []
    for path in sorted(path for path in folder.glob("*.json") if "." not in path.stem):
        if board := boards.get(path.stem):
            found.append(render.summary(board))
            continue
        try:
            found.append(json.loads(path.read_bytes()))
        except ValueError as error:
            raise InfrastructureError("ledger.unreadable", file=str(path), reason=str(error)) from error
    return found
