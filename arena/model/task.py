"""A task's definition, after validation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from arena.model.budget import Budget
from arena.model.metric import CustomMetric, Needs
from arena.model.submission import Kind

Label = int | float | str
# The public cases of an exercise.
CASES = "cases.json"
# A public file with this ending is one file in the repository, and a folder of many where it is used.
PACKED = ".zip"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSpec:
    """Names of the tables' columns and of the public files.

    ``train_files`` and ``test_files`` are what lies beside the tables: images, arrays. ``needs`` is what is predicted
    for each row.
    """

    id: str
    target: tuple[str, ...]
    labels: tuple[Label, ...]
    train: str
    test: str
    sample_submission: str
    train_files: tuple[str, ...] = ()
    test_files: tuple[str, ...] = ()
    needs: Needs = Needs.LABEL

    @property
    def predicted(self) -> tuple[str, ...]:
        """The columns of a table of predictions, beside the id."""
        return tuple(map(str, self.labels)) if self.needs is Needs.PROBABILITIES else self.target

    @property
    def public_files(self) -> tuple[str, ...]:
        """The files that learners are given."""
        return (self.train, self.test, self.sample_submission, *self.train_files, *self.test_files)

    @property
    def train_side(self) -> tuple[str, ...]:
        """The training table and what belongs to it: all that a model's ``fit`` sees."""
        return (self.train, *self.train_files)

    @property
    def test_side(self) -> tuple[str, ...]:
        """The test table and what belongs to it: all that a model's ``predict`` sees."""
        return (self.test, *self.test_files)

    @property
    def packed(self) -> tuple[str, ...]:
        """Those of the files that are kept packed and shown as folders."""
        return tuple(name for name in (*self.train_files, *self.test_files) if name.endswith(PACKED))


def shown_as(name: str) -> str:
    """How a public file is called where it is used: ``images.zip`` is shown unpacked, as the folder ``images``."""
    return name.removesuffix(PACKED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """What a solution of an exercise must define. ``weight`` is spread over its cases.

    A number is right where ``|got - want| <= atol + rtol * |want|``.
    """

    name: str
    weight: float = 1.0
    rtol: float = 1e-6
    atol: float = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """Functions to write. ``preload`` are imported before the cases; ``following`` is the task that comes next."""

    functions: tuple[Function, ...]
    preload: tuple[str, ...]
    case_seconds: float
    following: str | None

    @property
    def public_files(self) -> tuple[str, ...]:
        """The files that learners are given."""
        return (CASES,)

    @property
    def packed(self) -> tuple[str, ...]:
        """None of them is a packed folder."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRules:
    """What may be handed in, and how often: a day, and in all where there is a ``total``."""

    accepts: tuple[Kind, ...]
    max_bytes: int
    per_day: int
    failed_per_day: int
    total: int | None = None
    final_picks: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRules:
    """How standings are made. ``by`` are the metrics whose boards stand beside that of the ranking metric.

    What comes after ``closes`` is late: taken until ``late_until`` where there is one, and never ranked. Points count
    the way from the score of the team ``baseline`` to that of the team ``reference``.
    """

    feedback: str
    rule: str
    opens: datetime | None
    closes: datetime | None
    by: tuple[str, ...] = ()
    late_until: datetime | None = None
    baseline: str | None = None
    reference: str | None = None

    def is_late(self, received_at: datetime) -> bool:
        """Whether a submission came after the close."""
        return self.closes is not None and received_at > self.closes


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task. ``digest`` changes with everything that can change a score, and with nothing else.

    ``work`` is what learners are asked for: to predict the rows of tables, or to write functions.
    ``fit_budget`` and ``predict_budget`` are those of a model's phases, where they have their own; otherwise both share
    ``budget``. ``protections`` are those without which it is not graded (see ``arena.model.protection``).
    ``parameters`` holds what the task sets of its metrics, by metric and parameter; ``custom`` is its own metric.
    """

    id: str
    title: Mapping[str, str]
    tags: tuple[str, ...]
    sealed: bool
    work: DataSpec | Exercise
    submissions: SubmissionRules
    metric: str
    also: tuple[str, ...]
    budget: Budget
    protections: tuple[str, ...]
    board: BoardRules
    root: Path
    digest: str
    fit_budget: Budget | None = None
    predict_budget: Budget | None = None
    parameters: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    custom: CustomMetric | None = None

    @property
    def kind(self) -> str:
        """``"prediction"`` or ``"exercise"``."""
        return "exercise" if isinstance(self.work, Exercise) else "prediction"

    @property
    def data(self) -> DataSpec:
        """The tables, for what only a prediction task comes to."""
        if not isinstance(self.work, DataSpec):
            raise TypeError(f"{self.id} has no tables")
        return self.work

    @property
    def exercise(self) -> Exercise:
        """The functions, for what only an exercise comes to."""
        if not isinstance(self.work, Exercise):
            raise TypeError(f"{self.id} has no functions")
        return self.work

    @property
    def metrics(self) -> tuple[str, ...]:
        """The ranking metric first, then those shown beside it."""
        return (self.metric, *self.also)

    @property
    def public_files(self) -> tuple[str, ...]:
        """The files that learners are given, in ``public_dir``."""
        return self.work.public_files

    @property
    def packed(self) -> tuple[str, ...]:
        """Those of the public files that are shown as folders."""
        return self.work.packed

    @property
    def shown_files(self) -> tuple[str, ...]:
        """How the public files are called where they are used; a folder has a slash."""
        return tuple(f"{shown_as(name)}/" if name in self.packed else name for name in self.public_files)

    @property
    def public_dir(self) -> Path:
        """The folder of the public files."""
        return self.root / "public"

    @property
    def seed(self) -> int:
        """The seed of every attempt, fixed per task so that resubmitting cannot farm noise."""
        return int(self.digest[:8], 16)
