"""Write the JSON Schema of ``leaderboard/<task>.json``, which follows from the models below.

The same models hold the published boards against it: ``board`` reads one as strictly as the schema says.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

TARGET = Path(__file__).resolve().parent.parent / "docs" / "reference" / "leaderboard.schema.json"

Team = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
Score = Annotated[float, Field(allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=100)]
Direction = Literal["maximize", "minimize"]


def _optional(schema: dict[str, Any]) -> None:
    # What has a default here is left out of the file, never null: a default would tell readers to put one in.
    schema.pop("default", None)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Ranks(_Part):
    """From the best rank that a team could have to the worst."""

    best: Annotated[int, Field(ge=1)]
    worst: Annotated[int, Field(ge=1)]


class Gap(_Part):
    """How far a team is behind the leader: from least to most."""

    low: Score
    high: Score


class Compared(_Part):
    """What comparisons were made on, and how sure their intervals are."""

    rows: Annotated[int, Field(ge=1)]
    confidence: Annotated[float, Field(gt=0, lt=1)]


_COMPARED = Compared(rows=1, confidence=0.95)


class Row(_Part):
    """A team or a baseline, in its place."""

    rank: Annotated[int, Field(ge=1)] | None = Field(description="null of a baseline, and of what came late")
    team: Team = Field(description="a baseline's begins with baseline-")
    public: Score = Field(description="the score by the metric that ranks, as the task's feedback rule shows it")
    also: dict[str, Score] = Field(description="the same by the task's other metrics")
    kind: str = Field(description="what kind of submission the team stands by")
    submissions: Annotated[int, Field(ge=1)]
    percentile: Percent = Field(default=0.0, description="left out of baselines", json_schema_extra=_optional)
    points: Percent = Field(
        default=0.0, description="only where the task names a baseline and a reference", json_schema_extra=_optional
    )
    rank_interval: Ranks = Field(
        default=Ranks(best=1, worst=1),
        description="left out where the team was not compared, as are gap and few_rows",
        json_schema_extra=_optional,
    )
    gap: Gap | None = Field(default=None, description="null where too few rows tell", json_schema_extra=_optional)
    few_rows: bool = Field(
        default=False, description="few rows decide the gap: do not rely on it", json_schema_extra=_optional
    )


class Ranking(_Part):
    """The same teams by another metric."""

    direction: Direction
    compared: Compared = Field(
        default=_COMPARED, description="left out where none were compared", json_schema_extra=_optional
    )
    rows: list[Row]


class Board(_Part):
    """A published board. Rows are best first."""

    task: str
    title: str
    metric: str = Field(description="the metric that ranks")
    direction: Direction
    split: Literal["public", "cases"] = Field(description="what is scored: the public rows, or an exercise's cases")
    practice: bool
    closed: bool = Field(description="whether there is a final board")
    compared: Compared = Field(
        default=_COMPARED, description="left out where no teams were compared", json_schema_extra=_optional
    )
    rows: list[Row]
    late: list[Row] = Field(
        default=[], description="what came after the close; left out where nothing did", json_schema_extra=_optional
    )
    by: dict[str, Ranking] = Field(
        default={}, description="by each other metric; left out where there is none", json_schema_extra=_optional
    )
    beside: list[str] = Field(
        default=[], description="which of these the page shows as well", json_schema_extra=_optional
    )


def board(data: bytes) -> Board:
    """Read a published board.

    Raises:
        ValueError: it is none by the schema.
    """
    return Board.model_validate_json(data)


def schema_text() -> str:
    """The schema as it is kept."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Board.model_json_schema()}
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write it."""
    TARGET.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
