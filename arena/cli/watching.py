"""Show a board anew whenever it changes, as `arena devices --watch` shows a machine."""

import contextlib
import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.live import Live
from rich.text import Text

from arena.board.final_file import final_path
from arena.cli.boards import Asked
from arena.cli.output import note, words
from arena.files import state_of

_EVERY_S = 1.0


def watch_board(asked: Asked, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Until Ctrl-C, in place on a terminal; elsewhere once, since a log of boards is of no use to anyone."""
    if not sys.stdout.isatty():
        asked.show()
        note("watch.no_terminal")
        return
    folder = asked.session.workspace.leaderboard
    files = (folder / f"{asked.task}.json", final_path(folder, asked.task))
    with contextlib.suppress(KeyboardInterrupt):
        _live(asked, files, pause)


def _live(asked: Asked, files: Sequence[Path], pause: Callable[[float], None]) -> None:
    shown = _states(files)
    with Live(_drawn(asked), auto_refresh=False) as live:
        while True:
            pause(_EVERY_S)
            now = _states(files)
            # Where no board is there for a moment, as while another version is checked out, the last one stays.
            if now != shown and any(now):
                shown = now
                live.update(_drawn(asked), refresh=True)


def _states(files: Sequence[Path]) -> list[tuple[int, ...] | None]:
    return [_state(file) for file in files]


def _state(file: Path) -> tuple[int, ...] | None:
    try:
        return state_of(file)
    except FileNotFoundError:
        return None


def _drawn(asked: Asked) -> Text:
    # What is printed once is what is shown here, notes included. As text: a title may look like rich's markup.
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        asked.show()
    return Text(f"{printed.getvalue()}\n{words('watch.until')}")
