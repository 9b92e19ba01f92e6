"""Which ledger a workspace has: what counts there, where this account's records go, and what states what it holds."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from arena.board import checkpoints, signed
from arena.board.beside import LocalLedger
from arena.board.comparisons_file import COMPARISONS
from arena.board.comparisons_file import SUFFIX as COMPARISONS_SUFFIX
from arena.board.comparisons_file import load as load_comparisons
from arena.board.final_file import FINAL, SUFFIX, read_final
from arena.board.indexed import IndexedLedger
from arena.board.interface import Ledger
from arena.board.ledger import FileLedger
from arena.board.signed import Refusal
from arena.board.sql_ledger import SqlLedger
from arena.board.verify import Fault, Finding, Report, finding_of, verify
from arena.catalog.workspace import Workspace
from arena.errors import InfrastructureError
from arena.files import write_atomic
from arena.model.message import Message
from arena.model.record import Record
from arena.model.safe_text import safe_line
from arena.pipeline.state import make_state
from arena.signing.canonical import canonical, without_signature
from arena.signing.keyring import signer_for
from arena.signing.keys import Signer

LOCAL = "records"
DATABASE = ".sqlite3"
INDEX = "index.sqlite3"
_REMEMBERED = "checkpoints.json"
# What bears no time counts as if it were signed at the end: no key that is ever revoked is good for that.
LAST = datetime.max.replace(tzinfo=UTC)


def open_ledger(workspace: Workspace) -> Ledger:
    """The workspace's ledger, where only what counts is seen."""
    counts = signed.counting(workspace.trust)
    if workspace.ledger_kind == "sql":
        return SqlLedger.open(workspace.records_database, counts)
    return FileLedger(workspace.records, counts)


def indexed_ledger(workspace: Workspace) -> IndexedLedger:
    """The workspace's ledger with its index, which is among the grader's own files."""
    make_state(workspace.state)
    text = json.dumps([workspace.ledger_kind, [[key.text, str(key.revoked)] for key in workspace.trust.keys]])
    return IndexedLedger.open(
        open_ledger(workspace),
        workspace.state / INDEX,
        counts=signed.counting(workspace.trust),
        basis=hashlib.sha256(text.encode()).hexdigest(),
        reliable=lambda one: checkpoints.refusal(one, workspace.trust) is None,
    )


def checkpoint(workspace: Workspace, ledger: IndexedLedger, signer: Signer, at: datetime) -> list[str]:
    """State what the ledger holds since the last checkpoints, and remember that; return the names of the new ones.

    Only what counts is stated, and only checkpoints that can be relied on are gone on from.
    """
    before = ledger.last_checkpoints()
    if made := ledger.checkpoint(signer, at):
        _remember(workspace.state, (remembered(workspace.state) - set(before)) | {made[-1]})
    return made


def ledger_at(path: Path) -> Ledger:
    """The ledger at a path, whoever signed it: in a file that ends in ``.sqlite3``, else in a folder of files."""
    return SqlLedger.open(path) if path.suffix == DATABASE else FileLedger(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderLedgers:
    """What a grader works with: ``public`` is what boards are made of, ``own`` where its records go.

    They are one and the same but for a grader whose signature the workspace does not trust.
    """

    workspace: Workspace
    public: IndexedLedger
    own: Ledger
    signer: Signer | None

    def sign(self, record: Record) -> Record:
        """The record as it is kept: signed by a grader that is trusted."""
        return record if self.signer is None else signed.signed(record, self.signer)

    def seal(self, purpose: str, plain: Mapping[str, Any]) -> str | None:
        """The signature over all of a published file but its signature; ``None`` where this account cannot sign."""
        return self.signer.sign(purpose, canonical(without_signature(dict(plain)))) if self.signer else None

    def counts(self, purpose: str, plain: Mapping[str, Any]) -> bool:
        """Whether a published file counts here; one without a time only by a key that was never revoked."""
        return not self.workspace.trust or _refusal(purpose, plain, LAST, self.workspace) is None

    def checkpoint(self) -> None:
        """State what the public ledger holds; nothing where this account cannot sign."""
        if self.signer is not None:
            checkpoint(self.workspace, self.public, self.signer, datetime.now(UTC))


def grader_ledgers(workspace: Workspace, tell: Callable[[Message], None]) -> GraderLedgers:
    """The ledgers of this account in a workspace; ``tell`` is told, once, where records stay on this machine."""
    public = indexed_ledger(workspace)
    signer = own_signer(workspace)
    if signer is not None or not workspace.trust:
        return GraderLedgers(workspace=workspace, public=public, own=public, signer=signer)
    told: list[None] = []

    def said() -> None:
        if not told:
            tell(Message.of("key.local", folder=f".arena/{LOCAL}"))
            told.append(None)

    own = LocalLedger(public=public, own=FileLedger(workspace.state / LOCAL), said=said)
    return GraderLedgers(workspace=workspace, public=public, own=own, signer=None)


def own_signer(workspace: Workspace) -> Signer | None:
    """The key of this account that the workspace trusts, if there is one."""
    return signer_for(workspace.trust, workspace.root)


def verified(
    workspace: Workspace, ledger: Ledger, *, expected: Collection[str] = (), tick: Callable[[int], object]
) -> Report:
    """Verify the ledger against its checkpoints and those that this machine remembers, and remember the last ones."""
    before = remembered(workspace.state)
    report = verify(ledger, workspace.trust, remembered=before | set(expected), tick=tick)
    report = replace(report, findings=(*report.findings, *_closes(workspace), *_comparisons(workspace)))
    lost = {finding.place for finding in report.findings if finding.fault is Fault.REWOUND}
    _remember(workspace.state, (before & lost) | set(report.heads))
    return report


def _refusal(purpose: str, plain: Mapping[str, Any], moment: datetime, workspace: Workspace) -> Refusal | None:
    text = canonical(without_signature(dict(plain)))
    return signed.judge(plain["signature"], purpose, text, moment, workspace.trust)


def _closes(workspace: Workspace) -> Iterator[Finding]:
    """What is wrong with published closes: as a record, each is signed and reads as arena writes it."""
    for path in sorted(workspace.leaderboard.glob(f"*{SUFFIX}.json")) if workspace.trust else ():
        try:
            final = read_final(workspace.leaderboard, path.name.removesuffix(f"{SUFFIX}.json")) or {}
            signature, moment = final["signature"], datetime.fromisoformat(final["closed_at"])
        except (InfrastructureError, AttributeError, KeyError, TypeError, ValueError):
            yield Finding(fault=Fault.UNREADABLE, place=str(path), why=Message.of("verify.no_json"))
            continue
        if why := _refusal(FINAL, final, moment, workspace):
            yield finding_of(why, str(path), signature, workspace.trust)


def _comparisons(workspace: Workspace) -> Iterator[Finding]:
    """What is wrong with published comparisons."""
    for path in sorted(workspace.leaderboard.glob(f"*{COMPARISONS_SUFFIX}.json")) if workspace.trust else ():
        try:
            data = path.read_bytes()
            load_comparisons(data, str(path))
            plain = json.loads(data)
        except InfrastructureError as error:
            why = Message.of("verify.unreadable", reason=safe_line(str(error.params["reason"]), 300))
            yield Finding(fault=Fault.UNREADABLE, place=str(path), why=why)
            continue
        if refused := _refusal(COMPARISONS, plain, LAST, workspace):
            yield finding_of(refused, str(path), plain["signature"], workspace.trust)


def remembered(state: Path) -> set[str]:
    """The last checkpoints that this machine has seen."""
    try:
        return set(json.loads((state / _REMEMBERED).read_bytes()))
    except (FileNotFoundError, ValueError):
        return set()


def _remember(state: Path, names: Collection[str]) -> None:
    if names:
        make_state(state)
        write_atomic(state / _REMEMBERED, json.dumps(sorted(names), indent=1).encode() + b"\n", mode=0o600)
