"""Look through a whole ledger: what was forged, altered, taken away, put in twice or out of order.

Each entry is read once. Whatever is found names the entry, and says what it is that does not fit.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import assert_never

from arena.board import checkpoints, record_file, signed
from arena.board.checkpoints import Checkpoint
from arena.board.interface import NAME, Entry, Ledger
from arena.board.signed import Refusal
from arena.errors import InfrastructureError
from arena.model import merkle
from arena.model.message import Message
from arena.model.record import Record, grading_order, record_id
from arena.model.safe_text import safe_line
from arena.model.trust import Trust
from arena.signing.canonical import as_laid_out
from arena.signing.keys import signed_by


class Fault(Enum):
    """What may be wrong. Of the last two, honest work gives rise as well: they are told and do not fail."""

    UNREADABLE = "unreadable"
    ALTERED = "altered"
    MISPLACED = "misplaced"
    DUPLICATE = "duplicate"
    UNSIGNED = "unsigned"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    FORGED = "forged"
    MISSING = "missing"
    OUT_OF_ORDER = "out_of_order"
    REWOUND = "rewound"
    GRADED_TWICE = "graded_twice"
    UNWITNESSED = "unwitnessed"

    @property
    def fails(self) -> bool:
        """Whether a ledger with it is not sound."""
        return self not in {Fault.GRADED_TWICE, Fault.UNWITNESSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not fit. ``place`` is the file, or the name of what should be there."""

    fault: Fault
    place: str
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found. ``heads`` are the last checkpoints, ``uncovered`` counts the entries that none holds yet."""

    findings: tuple[Finding, ...]
    entries: int
    checkpoints: int
    heads: tuple[str, ...]
    uncovered: int

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not any(finding.fault.fails for finding in self.findings)


@dataclass(slots=True)
class _Found:
    """What is remembered of the entries, for what only all together can show.

    ``digests`` and ``by_revoked`` are by key, ``graded`` by id (of several entries the first), ``later`` has what
    supersedes, ``copies`` what lies where no record belongs, ``altered`` the keys that have been named already.
    """

    findings: list[Finding] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    graded: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    later: list[tuple[str, Record]] = field(default_factory=list)
    copies: list[tuple[Entry, str]] = field(default_factory=list)
    by_revoked: dict[str, str] = field(default_factory=dict)
    altered: set[str] = field(default_factory=set)

    def add(self, fault: Fault, place: str, message_id: str, **params: str | int) -> None:
        """Note a finding."""
        shown = {name: safe_line(value, 300) if isinstance(value, str) else value for name, value in params.items()}
        self.findings.append(Finding(fault=fault, place=safe_line(place, 300), why=Message.of(message_id, **shown)))


def verify(
    ledger: Ledger, trust: Trust, *, remembered: Collection[str] = (), tick: Callable[[int], object] = lambda _: None
) -> Report:
    """Check every entry and every checkpoint.

    ``remembered`` are names of checkpoints that must be there, or how they begin; ``tick`` is called with 1 for each
    entry.
    """
    found = _Found()
    for entry in ledger.entries():
        _entry(entry, trust, found)
        tick(1)
    for copy, record in found.copies:
        if record in found.graded:
            found.add(Fault.DUPLICATE, copy.place, "verify.copy", record=record)
        else:
            found.add(Fault.MISPLACED, copy.place, "verify.misplaced", record=record)
    for place, superseding in found.later:
        _order(place, superseding, found)
    names, known_checkpoints = _checkpoints(ledger, trust, found)
    covered = _held(known_checkpoints, found)
    for name in sorted(set(remembered)):
        if not any(each.startswith(name) for each in names):
            found.add(Fault.REWOUND, name, "verify.rewound", checkpoint=name)
    _witnesses(known_checkpoints, trust, found)
    return Report(
        findings=tuple(found.findings),
        entries=len(found.digests),
        checkpoints=len(known_checkpoints),
        heads=checkpoints.heads(known_checkpoints.values()),
        uncovered=len(found.digests.keys() - covered),
    )


def _entry(entry: Entry, trust: Trust, found: _Found) -> None:
    digest, named = entry.digest, NAME.fullmatch(entry.name)
    key = f"{entry.task}/{entry.name}"
    found.digests[key] = digest
    laid_out = as_laid_out(entry.data)
    if named is None:
        _misplaced(entry, found)
        return
    if laid_out is None:
        found.add(Fault.UNREADABLE, entry.place, "verify.no_json")
        return
    suffix = entry.name.partition(".")[2]
    if laid_out != entry.data or not digest.startswith(suffix):
        found.add(Fault.ALTERED, entry.place, "verify.altered")
        found.altered.add(key)
        return
    try:
        record = entry.load()
    except InfrastructureError as error:
        found.add(Fault.UNREADABLE, entry.place, "verify.unreadable", reason=str(error.params["reason"]))
        return
    if trust and (why := signed.refusal_of_bytes(entry.data, record, trust)):
        found.findings.append(finding_of(why, entry.place, record.signature, trust))
        return
    signing = signed_by(record.signature, trust)
    if signing is not None and signing.revoked is not None:
        found.by_revoked[f"{entry.task}/{entry.name}"] = entry.place
    _remember(entry, record, found)


def _misplaced(entry: Entry, found: _Found) -> None:
    """A file where no record belongs: a copy of one, or something else."""
    try:
        found.copies.append((entry, record_file.load(entry.data, entry.place).id))
    except InfrastructureError as error:
        found.add(Fault.UNREADABLE, entry.place, "verify.unreadable", reason=str(error.params["reason"]))


def finding_of(why: Refusal, place: str, signature: str | None, trust: Trust) -> Finding:
    """What to say of something whose signature is refused."""
    key = signed_by(signature, trust)
    name = safe_line(key.name if key else (signature or "").partition(":")[0], 60)
    place = safe_line(place, 300)
    match why:
        case Refusal.UNSIGNED:
            return Finding(fault=Fault.UNSIGNED, place=place, why=Message.of("verify.unsigned"))
        case Refusal.UNTRUSTED:
            return Finding(fault=Fault.UNTRUSTED, place=place, why=Message.of("verify.untrusted", key=name))
        case Refusal.REVOKED:
            return Finding(fault=Fault.REVOKED, place=place, why=Message.of("verify.revoked", key=name))
        case Refusal.FORGED:
            return Finding(fault=Fault.FORGED, place=place, why=Message.of("verify.forged", key=name))
        case _:
            assert_never(why)


def _remember(entry: Entry, record: Record, found: _Found) -> None:
    before = found.graded.get(record.id)
    if before is not None:
        found.add(Fault.GRADED_TWICE, entry.place, "verify.graded_twice", record=record.id)
    if before is None or grading_order(record) < before:
        found.graded[record.id] = grading_order(record)
    if record.evaluation > 1 or record.supersedes is not None:
        found.later.append((entry.place, record))


def _order(place: str, record: Record, found: _Found) -> None:
    """A later evaluation supersedes the one before it, which is there, and was graded before it."""
    number = record.evaluation - 1
    expected = number and record_id(
        team=record.team,
        submission_digest=record.submission_digest,
        task_digest=record.task_digest,
        evaluation=number,
    )
    if record.supersedes != (expected or None):
        given = record.supersedes or "-"
        found.add(Fault.OUT_OF_ORDER, place, "verify.supersedes", given=given, expected=str(expected or "-"))
    elif expected not in found.graded:
        found.add(Fault.MISSING, f"{record.task}/{expected}", "verify.missing_before", record=record.id)
    elif found.graded[str(expected)][0] > record.graded_at:
        found.add(Fault.OUT_OF_ORDER, place, "verify.graded_before", record=str(expected))


def _checkpoints(ledger: Ledger, trust: Trust, found: _Found) -> tuple[list[str], dict[str, Checkpoint]]:
    """The names of all checkpoints, and by name those that can be relied on."""
    names, known = [], {}
    for name, data in ledger.checkpoints():
        names.append(name)
        place = f"checkpoint {name}"
        try:
            one = checkpoints.load(name, data)
        except InfrastructureError as error:
            found.add(Fault.ALTERED, place, "verify.unreadable", reason=str(error.params["reason"]))
            continue
        if why := checkpoints.refusal(one, trust):
            found.findings.append(finding_of(why, place, one.signature, trust))
        else:
            known[name] = one
    return names, known


def _held(known: Mapping[str, Checkpoint], found: _Found) -> set[str]:
    """Hold what checkpoints state against what is there; return the keys of all entries that they state."""
    lost = {name: one.name for one in known.values() for name in one.previous if name not in known}
    for name, by in sorted(lost.items()):
        found.add(Fault.MISSING, f"checkpoint {name}", "verify.missing_checkpoint", checkpoint=by)
    stated: dict[str, str] = {}
    for one in known.values():
        for key, digest in one.added.items():
            if stated.setdefault(key, digest) != digest:
                found.add(Fault.ALTERED, key, "verify.differs", checkpoint=one.name)
            elif key not in found.digests:
                found.add(Fault.MISSING, key, "verify.missing", checkpoint=one.name)
            elif found.digests[key] != digest and key not in found.altered:
                found.add(Fault.ALTERED, key, "verify.differs", checkpoint=one.name)
    # Where a checkpoint is missing, what its followers count cannot be told.
    for name in () if lost else checkpoints.heads(known.values()):
        total = checkpoints.held(name, known)
        if (len(total), merkle.root(total)) != (known[name].count, known[name].root):
            found.add(Fault.ALTERED, f"checkpoint {name}", "verify.root")
    return set(stated)


def _witnesses(known: Mapping[str, Checkpoint], trust: Trust, found: _Found) -> None:
    """What a revoked key signed may bear an older date than it has, unless a key that is still trusted has seen it."""
    if not found.by_revoked:
        return
    seen: set[str] = set()
    for one in known.values():
        key = signed_by(one.signature, trust)
        if key is not None and key.revoked is None:
            seen |= checkpoints.held(one.name, known).keys()
    for name in sorted(found.by_revoked.keys() - seen):
        found.add(Fault.UNWITNESSED, found.by_revoked[name], "verify.unwitnessed")
