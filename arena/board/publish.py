"""Write boards: each file complete or as it was before."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from arena.board import render
from arena.board.final_file import SUFFIX
from arena.board.standings import Standings
from arena.errors import InfrastructureError
from arena.files import write_atomic


def publish(folder: Path, boards: Sequence[Standings], practice_notes: Mapping[str, str]) -> list[Path]:
    """Write ``<task>.csv``, ``.md``, ``.json`` and pictures, and the index; return the files that changed.

    A picture that a board no longer has is removed.
    """
    changed = []
    for board in boards:
        texts = {
            f"{board.task}.csv": render.csv_text(board),
            f"{board.task}.md": render.markdown_text(board, practice_notes.get(board.task)),
            f"{board.task}.json": render.json_text(board),
        }
        picture, name = render.picture(board), render.picture_name(board)
        if picture is not None:
            texts[name] = picture
        elif (folder / name).exists():
            (folder / name).unlink()
            changed.append(folder / name)
        for file, text in texts.items():
            if write_atomic(folder / file, text.encode()):
                changed.append(folder / file)
    index = folder / "README.md"
    if write_atomic(index, render.index_text(_published(folder)).encode()):
        changed.append(index)
    return changed


def _published(folder: Path) -> list[dict[str, Any]]:
    """Every board in the folder, those of tasks that were not graded now included."""
    found = []
    for path in sorted(path for path in folder.glob("*.json") if not path.name.endswith(f"{SUFFIX}.json")):
        try:
            found.append(json.loads(path.read_bytes()))
        except ValueError as error:
            raise InfrastructureError("ledger.unreadable", file=str(path), reason=str(error)) from error
    return found
