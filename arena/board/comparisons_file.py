"""Comparisons of a task's boards as JSON, and back: strict and bounded; a board may come from a shared repository."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from arena.board.compared import Compared, Comparisons
from arena.board.record_file import Finite, Hex
from arena.catalog.edge import Edge
from arena.errors import InfrastructureError

SUFFIX = ".comparisons"
# What its signature is for.
COMPARISONS = "comparisons"
SCHEMA = 1
MOST_TEAMS = 1_000_000
_LARGEST_BYTES = 1 << 28

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]
Rank = Annotated[int, Field(ge=1, le=MOST_TEAMS, strict=True)]


class _Compared(Edge):
    record: Hex
    rank_low: Rank
    rank_high: Rank
    gap_low: Finite | None
    gap_high: Finite | None
    few_rows: bool

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.rank_low > self.rank_high:
            raise ValueError("the best rank is not above the worst")
        if (self.gap_low is None) is not (self.gap_high is None):
            raise ValueError("a gap has both ends or none")
        if self.gap_low is not None and self.gap_high is not None and self.gap_low > self.gap_high:
            raise ValueError("a gap's low end is not above its high end")
        return self


class _Comparisons(Edge):
    task: Name
    task_digest: Hex
    metric: Name
    split: Name
    rows: Annotated[int, Field(ge=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    leader: Hex
    step: Annotated[Finite, Field(ge=0)]
    compared: Annotated[tuple[_Compared, ...], Field(min_length=1, max_length=MOST_TEAMS)]

    @model_validator(mode="after")
    def _of_one_board(self) -> Self:
        records = {each.record for each in self.compared}
        if len(records) != len(self.compared):
            raise ValueError("a record stands twice")
        if self.leader not in records:
            raise ValueError("the leader is not among the records")
        if any(each.rank_high > len(records) for each in self.compared):
            raise ValueError("a rank is beyond the number of records")
        return self


class _File(Edge):
    schema_: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    boards: Annotated[tuple[_Comparisons, ...], Field(min_length=1, max_length=100)]
    signature: str | None

    @model_validator(mode="after")
    def _of_one_task(self) -> Self:
        if len({(each.task, each.task_digest) for each in self.boards}) > 1:
            raise ValueError("the boards are of more than one task")
        if len({each.metric for each in self.boards}) != len(self.boards):
            raise ValueError("a metric stands twice")
        return self


def to_json(boards: Sequence[Comparisons]) -> dict[str, Any]:
    """Comparisons of boards of one task as plain data; the signature is over all of it but itself."""
    return {"schema": SCHEMA, "boards": [_board_json(board) for board in boards], "signature": None}


def _board_json(comparisons: Comparisons) -> dict[str, Any]:
    return {
        "task": comparisons.task,
        "task_digest": comparisons.task_digest,
        "metric": comparisons.metric,
        "split": comparisons.split,
        "rows": comparisons.rows,
        "confidence": comparisons.confidence,
        "leader": comparisons.leader,
        "step": comparisons.step,
        "compared": [compared_json(each) for each in comparisons.compared],
    }


def compared_json(compared: Compared) -> dict[str, Any]:
    """What was found of one record."""
    return {
        "record": compared.record,
        "rank_low": compared.rank_low,
        "rank_high": compared.rank_high,
        "gap_low": compared.gap_low,
        "gap_high": compared.gap_high,
        "few_rows": compared.few_rows,
    }


def dump(plain: dict[str, Any]) -> bytes:
    """The bytes of a file of ``to_json``."""
    return json.dumps(plain, indent=1, allow_nan=False).encode() + b"\n"


def load(data: bytes, name: str) -> tuple[Comparisons, ...]:
    """Read a file of comparisons; whose signature it bears is another question.

    Raises:
        InfrastructureError: it is none; the message names the file.
    """
    if len(data) > _LARGEST_BYTES:
        raise InfrastructureError("ledger.unreadable", file=name, reason="it is too large")
    try:
        read = _File.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise InfrastructureError("ledger.unreadable", file=name, reason=reason) from error
    return tuple(_comparisons(board) for board in read.boards)


def _comparisons(board: _Comparisons) -> Comparisons:
    fields = board.model_dump(exclude={"compared"})
    return Comparisons(**fields, compared=tuple(Compared(**each.model_dump()) for each in board.compared))
