"""A record as JSON, and back: strict, because a ledger may be a shared repository."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, ValidationError

from arena.catalog.edge import Edge
from arena.errors import InfrastructureError
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import MOST_CLASSES, SCHEMA, Environment, Record
from arena.model.submission import Kind
from arena.signing.canonical import laid_out


def _square(counts: tuple[tuple[int, ...], ...]) -> tuple[tuple[int, ...], ...]:
    if len(counts) > MOST_CLASSES or any(len(line) != len(counts) for line in counts):
        raise ValueError(f"as many lines as columns are needed, at most {MOST_CLASSES}")
    return counts


Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16,64}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
# Canonical ids only: what stands here goes into CSV files and onto terminals as it is.
Team = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]


class _Message(Edge):
    id: str
    params: dict[str, str | int | Finite]


class _Usage(Edge):
    unit: str
    device_class: str
    charged: Finite
    wall_s: Finite
    cpu_s: Finite
    peak_memory_bytes: int
    advisory: tuple[dict[str, Any], ...]


class _Environment(Edge):
    arena: str
    python: str
    runtime_digest: str
    seed: int


class _Record(Edge):
    schema_: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    id: Hex
    task: str
    task_digest: Hex
    team: Team
    submission_digest: Hex
    kind: Kind | None
    evaluation: Annotated[int, Field(ge=1)]
    received_at: AwareDatetime
    graded_at: AwareDatetime
    outcome: Outcome
    message: _Message
    feedback: dict[str, Finite]
    confusion: Annotated[tuple[tuple[Annotated[int, Field(ge=0)], ...], ...], AfterValidator(_square)]
    usage: _Usage
    environment: _Environment
    protections: tuple[str, ...]
    supersedes: Hex | None
    reason: str | None = None
    signature: str | None


def to_json(record: Record) -> dict[str, Any]:
    """The record as plain data, its keys in the order in which people read it."""
    usage, environment = record.usage, record.environment
    return {
        "schema": SCHEMA,
        "id": record.id,
        "task": record.task,
        "task_digest": record.task_digest,
        "team": record.team,
        "submission_digest": record.submission_digest,
        "kind": record.kind.value if record.kind else None,
        "evaluation": record.evaluation,
        "received_at": _time(record.received_at),
        "graded_at": _time(record.graded_at),
        "outcome": record.outcome.value,
        "message": {"id": record.message.id, "params": dict(record.message.params)},
        "feedback": dict(record.feedback),
        "confusion": [list(line) for line in record.confusion],
        "usage": {
            "unit": usage.unit,
            "device_class": usage.device_class,
            "charged": round(usage.charged, 6),
            "wall_s": round(usage.wall_s, 6),
            "cpu_s": round(usage.cpu_s, 6),
            "peak_memory_bytes": usage.peak_memory_bytes,
            "advisory": [dict(each) for each in usage.advisory],
        },
        "environment": {
            "arena": environment.arena,
            "python": environment.python,
            "runtime_digest": environment.runtime_digest,
            "seed": environment.seed,
        },
        "protections": list(record.protections),
        "supersedes": record.supersedes,
        # Only where there is one: what was written and signed before the field existed keeps its bytes.
        **({} if record.reason is None else {"reason": record.reason}),
        "signature": record.signature,
    }


def dump(record: Record) -> bytes:
    """The bytes of a record's file."""
    return laid_out(to_json(record))


def load(data: bytes, name: str) -> Record:
    """Read a record's file.

    Raises:
        InfrastructureError: it is no record; the message names the file.
    """
    try:
        read = _Record.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise InfrastructureError("ledger.unreadable", file=name, reason=reason) from error
    return Record(
        id=read.id,
        task=read.task,
        task_digest=read.task_digest,
        team=read.team,
        submission_digest=read.submission_digest,
        kind=read.kind,
        evaluation=read.evaluation,
        received_at=read.received_at,
        graded_at=read.graded_at,
        outcome=read.outcome,
        message=Message(read.message.id, read.message.params),
        feedback=read.feedback,
        confusion=read.confusion,
        usage=Usage(
            charged=read.usage.charged,
            wall_s=read.usage.wall_s,
            cpu_s=read.usage.cpu_s,
            peak_memory_bytes=read.usage.peak_memory_bytes,
            unit=read.usage.unit,
            device_class=read.usage.device_class,
            advisory=read.usage.advisory,
        ),
        environment=Environment(
            arena=read.environment.arena,
            python=read.environment.python,
            runtime_digest=read.environment.runtime_digest,
            seed=read.environment.seed,
        ),
        protections=read.protections,
        supersedes=read.supersedes,
        reason=read.reason,
        signature=read.signature,
    )


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
