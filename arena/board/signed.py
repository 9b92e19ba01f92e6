"""Signed records: what is signed, and whose signature makes a record count."""

import json
from dataclasses import replace
from datetime import datetime
from enum import Enum

from arena.board.interface import Counts, every
from arena.board.record_file import to_json
from arena.model.record import Record
from arena.model.trust import Trust
from arena.signing.canonical import canonical, without_signature
from arena.signing.keys import Signer, signed_by, verifies

PURPOSE = "record"


class Refusal(Enum):
    """Why a record does not count in a workspace that trusts keys, or a checkpoint cannot be relied on."""

    UNSIGNED = "unsigned"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    FORGED = "forged"


def signed(record: Record, signer: Signer) -> Record:
    """The record with a signature over all its other fields."""
    return replace(record, signature=signer.sign(PURPOSE, _text(record)))


def refusal(record: Record, trust: Trust) -> Refusal | None:
    """Why the record does not count; ``None`` if it does.

    A revoked key's records count if they were received, and graded, before it was revoked.
    """
    return judge(record.signature, PURPOSE, _text(record), max(record.received_at, record.graded_at), trust)


def refusal_of_bytes(data: bytes, record: Record, trust: Trust) -> Refusal | None:
    """As ``refusal``, of a record as it stands in its file: another text of the same time is another text."""
    text = canonical(without_signature(json.loads(data)))
    return judge(record.signature, PURPOSE, text, max(record.received_at, record.graded_at), trust)


def judge(signature: str | None, purpose: str, text: bytes, moment: datetime, trust: Trust) -> Refusal | None:
    """Why what was signed so, at an aware moment, is not to be relied on; ``None`` if it is."""
    if signature is None:
        return Refusal.UNSIGNED
    key = signed_by(signature, trust)
    if key is None:
        return Refusal.UNTRUSTED
    if not verifies(signature, purpose, text, key):
        return Refusal.FORGED
    if key.revoked is not None and moment >= key.revoked:
        return Refusal.REVOKED
    return None


def counting(trust: Trust) -> Counts:
    """Which records count in a workspace: those that a trusted key signed, or all where none is trusted."""
    return (lambda record: refusal(record, trust) is None) if trust else every


def _text(record: Record) -> bytes:
    return canonical(without_signature(to_json(record)))
