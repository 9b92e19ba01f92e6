"""What comparisons say of each team on a board, and how it comes onto the board. Standings are made without them.

A board is made of records; which ranks its teams could have is made of comparisons. So this only adds to rows what was
found of their records, and a record that was not compared has nothing added.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arena.board.standings import Row, Standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One team's record: the ranks that it could have, and how far it is behind the leader.

    The gap is positive where the leader is better, whatever the metric's direction. Its ends are ``None`` where the
    rows are too few to tell. ``few_rows`` warns that few rows, with errors unlike all others, decide the gap.
    """

    record: str
    rank_low: int
    rank_high: int
    gap_low: float | None
    gap_high: float | None
    few_rows: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """What is published of the comparisons of one board; ``comparisons`` says why no more."""

    task: str
    task_digest: str
    metric: str
    split: str
    rows: int
    confidence: float
    leader: str
    step: float
    compared: tuple[Compared, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """The records that were compared, in the given order."""
        return tuple(each.record for each in self.compared)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The records whose gap to the leader is not to be relied on."""
        return tuple(each.record for each in self.compared if each.few_rows)

    def of(self, record: str) -> Compared | None:
        """A record's comparison, if it was compared."""
        return next((each for each in self.compared if each.record == record), None)


class Overlay:
    """Puts comparisons on boards, of which the same rows come again and again.

    A row of which the same is found as the last time gives the same object as then.
    """

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, tuple[Row, Compared, Row]]] = {}

    def on(self, board: "Standings", found: Mapping[str, Comparisons]) -> "Standings":
        """The board, and those by other metrics beside it, with what was ``found`` by metric."""
        name = board.metrics[0].name
        others = tuple(self.on(each, found) for each in board.others)
        if (comparisons := found.get(name)) is None:
            return replace(board, others=others)
        by_record = {each.record: each for each in comparisons.compared}
        before, now = self._kept.get(name, {}), {}
        rows = []
        for row in board.rows:
            if (compared := by_record.get(row.record)) is None:
                rows.append(row)
                continue
            known = before.get(row.team)
            if known is None or known[0] is not row or known[1] != compared:
                known = (row, compared, replace(row, compared=compared))
            now[row.team] = known
            rows.append(known[2])
        self._kept[name] = now
        return replace(board, rows=tuple(rows), others=others, compared_rows=comparisons.rows)
