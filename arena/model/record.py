"""The immutable record of one evaluation."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.submission import Kind

SCHEMA = 1
# A confusion matrix of more labels would be no picture that anyone reads.
MOST_CLASSES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What the attempt ran with, so that it can be repeated."""

    arena: str
    python: str
    runtime_digest: str
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Scores of one submission under one version of its task; a rescore is a new record that supersedes this one.

    ``feedback`` holds what the task's rule lets learners see: public scores by metric. Private scores stay in the
    vault. ``confusion`` counts the public rows by true and predicted label, where the task shows that.
    ``reason`` says why it supersedes another one, where somebody gave one.
    """

    id: str
    task: str
    task_digest: str
    team: str
    submission_digest: str
    kind: Kind | None
    evaluation: int
    received_at: datetime
    graded_at: datetime
    outcome: Outcome
    message: Message
    feedback: Mapping[str, float]
    usage: Usage
    environment: Environment
    protections: tuple[str, ...]
    supersedes: str | None
    signature: str | None
    confusion: tuple[tuple[int, ...], ...] = ()
    reason: str | None = None


def record_id(*, team: str, submission_digest: str, task_digest: str, evaluation: int) -> str:
    """Hash of team, submission, task version and evaluation number: two graders name the same evaluation alike."""
    text = f"arena record 1\n{team}\n{submission_digest}\n{task_digest}\n{evaluation}\n"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def grading_order(record: Record) -> tuple[datetime, str]:
    """Of several records of one evaluation the least counts: the first that was graded, wherever it is looked at."""
    return record.graded_at, record.signature or ""
