"""Checkpoints: signed statements of what the ledger holds, each of which names the ones before it.

Theory of operation. A checkpoint lists the entries that came since the checkpoints before it, with their digests; its
``count`` and ``root`` are over all entries up to it. Its name is the SHA-256 of its bytes, and it holds the names of
those before it: whoever knows one name knows all that was there by then. Clones that worked apart have each gone on
from the same checkpoint; the next one after the merge names both. An entry or a checkpoint that was taken away is
missing from what a later one states. When the newest are taken away too, the ledger looks as it did some time ago; who
remembers a name, this machine or a script, sees that it is gone.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints, ValidationError

from arena.board.signed import Refusal, judge
from arena.catalog.edge import Edge
from arena.errors import InfrastructureError
from arena.model.trust import Trust
from arena.signing.canonical import canonical, laid_out, without_signature
from arena.signing.keys import Signer

PURPOSE = "checkpoint"
SCHEMA = 1
# A ledger that has none yet may be large; no file of its repository should be.
MOST_ADDED = 10_000

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[^/]+/[0-9a-f]{32}(\.[0-9a-f]{16})?$")]


class _Checkpoint(Edge):
    schema_: Annotated[int, Field(alias="schema", ge=SCHEMA, le=SCHEMA)]
    at: AwareDatetime
    count: Annotated[int, Field(ge=0)]
    root: Sha256
    previous: tuple[Sha256, ...]
    added: dict[Key, Sha256]
    signature: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """One checkpoint. ``added`` maps ``<task>/<name>`` to the SHA-256 of the entry's bytes."""

    name: str
    at: datetime
    count: int
    root: str
    previous: tuple[str, ...]
    added: Mapping[str, str]
    signature: str | None
    signed: bytes


def load(name: str, data: bytes) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        InfrastructureError: it is none, or not the one of its name.
    """
    place = f"checkpoint {name}"
    if hashlib.sha256(data).hexdigest() != name:
        raise InfrastructureError("ledger.unreadable", file=place, reason="its bytes are not those of its name")
    try:
        read = _Checkpoint.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        reason = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        raise InfrastructureError("ledger.unreadable", file=place, reason=reason) from error
    return Checkpoint(
        name=name,
        at=read.at,
        count=read.count,
        root=read.root,
        previous=read.previous,
        added=read.added,
        signature=read.signature,
        signed=canonical(without_signature(_plain(read))),
    )


def refusal(checkpoint: Checkpoint, trust: Trust) -> Refusal | None:
    """Why a checkpoint is not to be relied on; ``None`` if it is, or where no key is trusted."""
    return judge(checkpoint.signature, PURPOSE, checkpoint.signed, checkpoint.at, trust) if trust else None


def heads(checkpoints: Iterable[Checkpoint]) -> tuple[str, ...]:
    """The names of those that no other one follows, in order."""
    found = list(checkpoints)
    followed = {name for each in found for name in each.previous}
    return tuple(sorted(each.name for each in found if each.name not in followed))


def held(name: str, known: Mapping[str, Checkpoint]) -> dict[str, str]:
    """All entries that a checkpoint states: its own, and those of all before it that are there."""
    found: dict[str, str] = {}
    todo, seen = [name], {name}
    while todo:
        one = known[todo.pop()]
        found.update(one.added)
        todo += [each for each in one.previous if each in known and each not in seen]
        seen.update(one.previous)
    return found


def sealed(
    *, count: int, root: str, heads: tuple[str, ...], added: Mapping[str, str], signer: Signer, at: datetime
) -> tuple[str, bytes]:
    """A signed checkpoint: its name and its bytes."""
    plain: dict[str, Any] = {
        "schema": SCHEMA,
        "at": at.isoformat(timespec="microseconds"),
        "count": count,
        "root": root,
        "previous": sorted(heads),
        "added": dict(sorted(added.items())),
    }
    data = laid_out({**plain, "signature": signer.sign(PURPOSE, canonical(plain))})
    return hashlib.sha256(data).hexdigest(), data


def _plain(read: _Checkpoint) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "at": read.at.isoformat(timespec="microseconds"),
        "count": read.count,
        "root": read.root,
        "previous": list(read.previous),
        "added": read.added,
    }
