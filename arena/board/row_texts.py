"""Rows as text, remembered: a row that is the same object as the last time is not written anew."""

from collections.abc import Callable, Sequence

from arena.board.standings import Row


class RowTexts:
    """What rows were rendered as, for each way of rendering them, until they are rendered so again.

    A board of ten thousand teams is rendered after each submission, and most rows are where they were.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], dict[str, tuple[Row, str]]] = {}

    def of(self, way: tuple[object, ...], rows: Sequence[Row], render: Callable[[Row], str]) -> list[str]:
        """The text of each row, each team's once; ``way`` names all that the text depends on beside the row."""
        before, now = self._kept.get(way, {}), {}
        for row in rows:
            known = before.get(row.team)
            now[row.team] = known if known is not None and known[0] is row else (row, render(row))
        self._kept[way] = now
        return [text for _, text in now.values()]
