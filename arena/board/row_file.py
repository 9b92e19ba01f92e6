"""A team's rows as JSON, for the index: what is read is what was written, or the index is made anew."""

import json
from datetime import datetime
from typing import Any

from arena.board.live import TeamRows
from arena.board.standings import Row

# Part of a view's name: what the rows of another form or rule were is not read as these.
FORM = 1


def dump_rows(rows: TeamRows) -> str:
    """The text of a team's rows, that have no places yet."""
    return json.dumps([[_plain(row) for row in part] for part in (rows.in_time, rows.late)])


def load_rows(text: str, team: str) -> TeamRows:
    """The rows of such a text."""
    in_time, late = (tuple(_row(each, team) for each in part) for part in json.loads(text))
    return TeamRows(in_time=in_time, late=late)


def _plain(row: Row | None) -> list[Any] | None:
    if row is None:
        return None
    return [row.scores, row.kind, row.submissions, row.received_at.isoformat(), row.record, row.confusion]


def _row(plain: list[Any] | None, team: str) -> Row | None:
    if plain is None:
        return None
    scores, kind, submissions, received_at, record, confusion = plain
    return Row(
        rank=None,
        team=team,
        scores=scores,
        kind=kind,
        submissions=submissions,
        received_at=datetime.fromisoformat(received_at),
        record=record,
        confusion=tuple(tuple(line) for line in confusion),
    )
