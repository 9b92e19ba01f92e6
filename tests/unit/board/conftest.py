"""Records to rank, and a board that is ranked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from arena.board import checkpoints
from arena.board.interface import Ledger
from arena.board.standings import Row, Standings
from arena.metrics.table import METRICS
from arena.model import merkle
from arena.model.budget import Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record, record_id
from arena.model.submission import Kind
from arena.signing.keys import Signer

DIGEST = "ab" * 32
START = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)


def make_record(
    *,
    team: str = "rahim",
    submission: int = 1,
    evaluation: int = 1,
    minute: float = 0,
    outcome: Outcome = Outcome.SCORED,
    feedback: Mapping[str, float] | None = None,
    task_digest: str = DIGEST,
    kind: Kind | None = Kind.PREDICTIONS,
) -> Record:
    """A record whose id follows from its contents; ``minute`` is when it was received."""
    digest = f"{submission:064x}"
    scores = {"accuracy": 0.5} if feedback is None else feedback
    return Record(
        id=record_id(team=team, submission_digest=digest, task_digest=task_digest, evaluation=evaluation),
        task="fruit",
        task_digest=task_digest,
        team=team,
        submission_digest=digest,
        kind=kind,
        evaluation=evaluation,
        received_at=START + timedelta(minutes=minute),
        graded_at=START + timedelta(minutes=minute, seconds=5),
        outcome=outcome,
        message=Message.of("run.scored", metric="Accuracy", score="0.50000"),
        feedback=scores if outcome is Outcome.SCORED else {},
        usage=Usage(charged=1.5, wall_s=1.5, cpu_s=1.0, peak_memory_bytes=1024),
        environment=Environment(arena="0.1.0", python="3.11.7", runtime_digest="cd" * 32, seed=7),
        protections=("namespaces",),
        supersedes=None,
        signature=None,
    )


def state(ledger: Ledger, signer: Signer, new: Mapping[str, str] | None = None, *, at: datetime = START) -> str:
    """State what the ledger holds, or ``new``, beside what its last checkpoints hold; return the checkpoint's name."""
    known = {name: checkpoints.load(name, data) for name, data in ledger.checkpoints()}
    heads = checkpoints.heads(known.values())
    held = {key: digest for name in heads for key, digest in checkpoints.held(name, known).items()}
    there = {f"{entry.task}/{entry.name}": entry.digest for entry in ledger.entries()}
    added = {key: digest for key, digest in (there if new is None else new).items() if key not in held}
    count, root = len(held | added), merkle.root(held | added)
    name, data = checkpoints.sealed(count=count, root=root, heads=heads, added=added, signer=signer, at=at)
    ledger.put_checkpoint(name, data)
    return name


_ROWS = (
    Row(
        rank=1,
        team="zara",
        scores={"accuracy": 2 / 3, "f1": 0.5},
        kind="model",
        submissions=3,
        received_at=START,
        record="ab" * 16,
    ),
    Row(
        rank=2,
        team="asha",
        scores={"accuracy": 0.25},
        kind="predictions",
        submissions=1,
        received_at=START,
        record="cd" * 16,
    ),
)
BOARD = Standings(
    task="fruit", title="Fruit | ripe?", sealed=False, metrics=(METRICS["accuracy"], METRICS["f1"]), rows=_ROWS
)
