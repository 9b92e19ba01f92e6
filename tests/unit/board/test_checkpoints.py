"""What checkpoints state."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from arena.board import checkpoints
from arena.board.checkpoints import Checkpoint
from arena.board.ledger import FileLedger
from arena.board.signed import Refusal
from arena.errors import InfrastructureError
from arena.model.trust import Trust
from arena.signing import merkle
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import START

GRADER = make_signer()
TRUST = trust_in(GRADER)


def _entries(start: int, end: int) -> dict[str, str]:
    return {f"fruit/{number:032x}": f"{number:064x}" for number in range(start, end)}


def _all(ledger: FileLedger) -> dict[str, Checkpoint]:
    return {name: checkpoints.load(name, data) for name, data in ledger.checkpoints()}


def _write(ledger: FileLedger, new: dict[str, str], heads: tuple[str, ...] = ()) -> list[str]:
    known = _all(ledger)
    held: dict[str, str] = {}
    for name in heads:
        held |= checkpoints.held(name, known)
    return checkpoints.write(ledger, heads=heads, held=held, new=new, signer=GRADER, at=START)


def test_chain(tmp_path: Path) -> None:
    """Each adds to the one before it; its count and root are over all up to it, and its name is that of its bytes."""
    ledger = FileLedger(tmp_path)
    (first,) = _write(ledger, _entries(0, 5))
    (second,) = _write(ledger, _entries(5, 7), (first,))
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
    ledger = FileLedger(tmp_path)
    (first,) = _write(ledger, _entries(0, 2))
    (left,) = _write(ledger, _entries(2, 4), (first,))
    (right,) = _write(ledger, _entries(3, 6), (first,))
    heads = checkpoints.heads(_all(ledger).values())
    assert set(heads) == {left, right}
    (joined,) = _write(ledger, {}, heads)
    known = _all(ledger)
    assert checkpoints.heads(known.values()) == (joined,)
    assert (known[joined].count, known[joined].root, known[joined].added) == (6, merkle.root(_entries(0, 6)), {})


def test_nothing_new(tmp_path: Path) -> None:
    """Where there is nothing to say, none is written."""
    ledger = FileLedger(tmp_path)
    (first,) = _write(ledger, _entries(0, 1))
    assert _write(ledger, {}, (first,)) == []
    assert _write(FileLedger(tmp_path / "empty"), {}) == []


def test_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first one over many entries comes as a chain, so that no file is large."""
    monkeypatch.setattr(checkpoints, "MOST_ADDED", 10)
    ledger = FileLedger(tmp_path)
    made = _write(ledger, _entries(0, 25))
    known = _all(ledger)
    assert [len(known[name].added) for name in made] == [10, 10, 5]
    assert [known[name].count for name in made] == [10, 20, 25]
    assert checkpoints.heads(known.values()) == (made[-1],)


def test_altered(tmp_path: Path) -> None:
    """A checkpoint of which any byte was altered is not the one of its name; renamed, its signature does not fit."""
    ledger = FileLedger(tmp_path)
    (name,) = _write(ledger, _entries(0, 3))
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
