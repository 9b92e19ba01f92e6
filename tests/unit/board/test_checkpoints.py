"""What checkpoints state."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from arena.board import checkpoints
from arena.board.checkpoints import Checkpoint
from arena.board.copy import copy
from arena.board.ledger import FileLedger
from arena.board.signed import Refusal
from arena.errors import InfrastructureError
from arena.model import merkle
from arena.model.trust import Trust
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import START, state

GRADER = make_signer()
TRUST = trust_in(GRADER)


def _entries(start: int, end: int) -> dict[str, str]:
    return {f"fruit/{number:032x}": f"{number:064x}" for number in range(start, end)}


def _all(ledger: FileLedger) -> dict[str, Checkpoint]:
    return {name: checkpoints.load(name, data) for name, data in ledger.checkpoints()}


def test_chain(tmp_path: Path) -> None:
    """Each adds to the one before it; its count and root are over all up to it, and its name is that of its bytes."""
    ledger = FileLedger(tmp_path)
    first = state(ledger, GRADER, _entries(0, 5))
    second = state(ledger, GRADER, _entries(5, 7))
    known = _all(ledger)
    assert (known[first].previous, known[second].previous) == ((), (first,))
    assert known[second].added == _entries(5, 7)
    assert (known[second].count, known[second].root) == (7, merkle.root(_entries(0, 7)))
    assert checkpoints.heads(known.values()) == (second,)
    assert checkpoints.held(second, known) == _entries(0, 7)
    for name, data in ledger.checkpoints():
        assert hashlib.sha256(data).hexdigest() == name
        assert checkpoints.refusal(known[name], TRUST) is None


def test_merge(tmp_path: Path) -> None:
    """Two that follow one are both heads, and the next one joins them, with nothing new to add."""
    ledger, left, right = (FileLedger(tmp_path / name) for name in ("joined", "left", "right"))
    state(left, GRADER, _entries(0, 2))
    copy(left, right)
    names = {state(left, GRADER, _entries(2, 4)), state(right, GRADER, _entries(3, 6))}
    copy(left, ledger)
    copy(right, ledger)
    assert set(checkpoints.heads(_all(ledger).values())) == names
    joined = state(ledger, GRADER, {})
    known = _all(ledger)
    assert checkpoints.heads(known.values()) == (joined,)
    assert (known[joined].count, known[joined].root, known[joined].added) == (6, merkle.root(_entries(0, 6)), {})


def test_altered(tmp_path: Path) -> None:
    """A checkpoint of which any byte was altered is not the one of its name; renamed, its signature does not fit."""
    ledger = FileLedger(tmp_path)
    name = state(ledger, GRADER, _entries(0, 3))
    ((_, data),) = ledger.checkpoints()
    for at in range(0, len(data), 7):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
            checkpoints.load(name, altered)
    changed = json.loads(data)
    changed["count"] = 2
    forged = json.dumps(changed).encode()
    one = checkpoints.load(hashlib.sha256(forged).hexdigest(), forged)
    assert checkpoints.refusal(one, TRUST) is Refusal.FORGED
    assert checkpoints.refusal(one, Trust()) is None
    late = trust_in(GRADER, revoked={GRADER.name: START - timedelta(days=1)})
    assert checkpoints.refusal(checkpoints.load(name, data), late) is Refusal.REVOKED


@pytest.mark.parametrize("data", [b"", b"{}", b'{"schema": 2}'])
def test_no_checkpoint(data: bytes) -> None:
    """What is no checkpoint is refused by name."""
    with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
        checkpoints.load(hashlib.sha256(data).hexdigest(), data)
