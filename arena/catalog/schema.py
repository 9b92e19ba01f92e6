"""What may stand in ``task.toml``. Keys that no feature reads yet are refused, so that no one relies on them."""

import math
import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from arena.catalog.edge import Edge
from arena.errors import UsageError
from arena.model.protection import DEMANDABLE
from arena.model.task import Label
from arena.model.team import parse_team

_SIZE = re.compile(r"\s*(\d{1,15}(?:\.\d{1,15})?)\s*(B|KiB|MiB|GiB)\s*\Z")
_UNITS = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_EXACT = 2**53  # beyond it, floats skip integers
_FILE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
_TASK_ID = r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"
_NAME = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"


def parse_size(value: object) -> int:
    """Turn ``"20 MiB"`` into bytes."""
    if not isinstance(value, str) or not (match := _SIZE.match(value)):
        msg = 'a size is text such as "20 MiB" (B, KiB, MiB or GiB)'
        raise ValueError(msg)
    size = int(float(match.group(1)) * _UNITS[match.group(2)])
    if size <= 0:
        raise ValueError("a size is more than zero")
    return size


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) != len(values):
        raise ValueError("a name stands here twice")
    return values


def _told_apart(labels: tuple[Label, ...]) -> tuple[Label, ...]:
    numbers = [label for label in labels if not isinstance(label, str)]
    if not all(-_EXACT <= number <= _EXACT for number in numbers):
        raise ValueError("a label that is a number is finite and at most 2**53")
    if any(label != label.strip() or not label for label in labels if isinstance(label, str)):
        raise ValueError("a label that is text is not empty and has no spaces around it")
    if len(set(numbers)) != len(numbers) or len({str(label) for label in labels}) != len(labels):
        raise ValueError("a label stands here twice")
    return labels


def _team(name: str) -> str:
    try:
        return parse_team(name)
    except UsageError as error:
        raise ValueError(f"{name!r} is no team's id") from error


Size = Annotated[int, BeforeValidator(parse_size)]
FileName = Annotated[str, StringConstraints(pattern=_FILE_NAME)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Number = Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True)]
Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
TaskId = Annotated[str, StringConstraints(pattern=_TASK_ID)]
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Team = Annotated[str, AfterValidator(_team)]
Tolerance = Annotated[float, Field(ge=0, le=1e300)]


class Title(Edge):
    """The task's name in each language."""

    en: Text
    bn: Text


class Data(Edge):
    """Columns and files."""

    id: Text
    target: Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(_distinct)]
    labels: Annotated[tuple[Label, ...], AfterValidator(_told_apart)] = ()
    train: FileName = "train.csv"
    test: FileName = "test.csv"
    sample_submission: FileName = "sample_submission.csv"
    train_files: Annotated[tuple[FileName, ...], AfterValidator(_distinct)] = ()
    test_files: Annotated[tuple[FileName, ...], AfterValidator(_distinct)] = ()


class Submissions(Edge):
    """What may be handed in."""

    accepts: Annotated[
        tuple[Literal["predictions", "program", "model", "artifact", "exercise"], ...],
        Field(min_length=1),
        AfterValidator(_distinct),
    ]
    max_size: Size = 20 * 1024**2
    per_day: Annotated[int, Field(ge=1)] = 10
    failed_per_day: Annotated[int, Field(ge=1)] = 50
    total: Annotated[int, Field(ge=1)] | None = None
    final_picks: Annotated[int, Field(ge=1, le=100)] = 2


def _not_nan(value: float) -> float:
    if math.isnan(value):
        raise ValueError("this is no number")
    return value


Bound = Annotated[float, AfterValidator(_not_nan)]


class CustomTable(Edge):
    """What the task's own metric declares about itself, and what it may use."""

    title: Text
    greater_is_better: bool
    needs: Literal["label", "probability", "probabilities", "distribution", "score", "number", "numbers", "ranking"]
    low: Bound = -math.inf
    high: Bound = math.inf
    wall_seconds: Seconds = 60
    memory: Size = 2 * 1024**3


class MetricChoice(Edge):
    """The ranking metric, those shown beside it, and what they are computed with."""

    name: Text
    also: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    parameters: dict[Text, dict[Text, _Number]] = Field(default_factory=dict)
    custom: CustomTable | None = None


class FunctionTable(Edge):
    """One function that a solution must define."""

    name: Name
    weight: Annotated[float, Field(gt=0, le=1000)] = 1
    rtol: Tolerance = 1e-6
    atol: Tolerance = 1e-9


def _some_named_once(functions: tuple[FunctionTable, ...]) -> tuple[FunctionTable, ...]:
    # Not by `min_length`: pydantic would count one that has a fault as none.
    if not functions:
        raise ValueError("an exercise has a function at least")
    _distinct(tuple(function.name for function in functions))
    return functions


class ExerciseTable(Edge):
    """How the cases are run."""

    preload: Annotated[
        tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,63}$")], ...], AfterValidator(_distinct)
    ] = ()
    case_seconds: Annotated[float, Field(gt=0, le=600)] = 5
    next: TaskId | None = None


class PhaseBudget(Edge):
    """What one phase of a model may spend by itself; what is left out is the attempt's."""

    gpu_seconds: Seconds | None = None
    cpu_slot_seconds: Seconds | None = None
    cpu_seconds: Seconds | None = None
    wall_seconds: Seconds | None = None


class BudgetTable(Edge):
    """What an attempt may spend."""

    device: Literal["any", "cpu", "gpu"] = "any"
    gpu_seconds: Seconds | None = None
    cpu_slot_seconds: Seconds | None = None
    cpu_seconds: Seconds = 300
    wall_seconds: Seconds = 240
    gpu_memory: Size | None = None
    memory: Size = 4 * 1024**3
    processes: Annotated[int, Field(ge=1, le=4096)] = 64
    disk: Size = 256 * 1024**2
    fit: PhaseBudget | None = None
    predict: PhaseBudget | None = None
    files: Annotated[int, Field(ge=16, le=10_000_000)] = 10_000
    log: Size = 64 * 1024


def _known_protection(name: str) -> str:
    if name not in DEMANDABLE:
        raise ValueError(f"{name!r} is no protection; there are: {', '.join(DEMANDABLE)}")
    return name


class Sandbox(Edge):
    """What grading demands of a machine."""

    minimum: Annotated[tuple[Annotated[str, AfterValidator(_known_protection)], ...], AfterValidator(_distinct)] = ()


class Board(Edge):
    """How standings are made."""

    feedback: Literal["exact", "rounded", "ladder"] = "exact"
    rule: Literal["best", "last"] = "best"
    by: Annotated[tuple[Text, ...], AfterValidator(_distinct)] = ()
    opens: AwareDatetime | None = None
    closes: AwareDatetime | None = None
    baseline: Team | None = None
    reference: Team | None = None


class Late(Edge):
    """What becomes of submissions after the close."""

    until: AwareDatetime


class TaskFile(Edge):
    """What every ``task.toml`` holds."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    id: TaskId
    kind: Literal["prediction", "exercise"]
    title: Title
    tags: tuple[Text, ...] = ()
    sealed: bool
    submissions: Submissions
    budget: BudgetTable = BudgetTable()
    sandbox: Sandbox = Sandbox()
    board: Board = Board()
    late: Late | None = None


class PredictionFile(TaskFile):
    """The ``task.toml`` of a task whose rows are predicted."""

    data: Data
    metric: MetricChoice


class ExerciseFile(TaskFile):
    """The ``task.toml`` of an exercise."""

    functions: Annotated[tuple[FunctionTable, ...], AfterValidator(_some_named_once)]
    exercise: ExerciseTable = ExerciseTable()


def is_window(opens: datetime | None, closes: datetime | None) -> bool:
    """Whether the task is open for some time at all."""
    return opens is None or closes is None or opens < closes
