"""The ledger of a grader whom the workspace does not trust."""

from pathlib import Path

import pytest

from arena.board.beside import LocalLedger
from arena.board.ledger import FileLedger
from arena.board.signed import counting, signed
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import make_record

GRADER = make_signer()


@pytest.fixture
def public(tmp_path: Path) -> FileLedger:
    """The public ledger, which trusts one grader."""
    return FileLedger(tmp_path / "public", counting(trust_in(GRADER)))


def test_keeps_apart(public: FileLedger, tmp_path: Path) -> None:
    """What it grades is kept in its own ledger, which says so, and never in the public one."""
    said: list[int] = []
    ledger = LocalLedger(public=public, own=FileLedger(tmp_path / "own"), said=lambda: said.append(1))
    mine, theirs = make_record(submission=1, minute=1), signed(make_record(submission=2, minute=2), GRADER)
    public.append(theirs)
    before = {entry.name: entry.data for entry in public.entries()}
    assert ledger.append(mine)
    assert not ledger.append(mine)
    assert said == [1]
    assert {entry.name: entry.data for entry in public.entries()} == before
    assert sorted(record.id for record in ledger.records("fruit")) == sorted([mine.id, theirs.id])
    assert ledger.of_team("fruit", "rahim") == [mine, theirs]
    assert ledger.latest("fruit") == theirs.received_at
    assert ledger.find("fruit", mine.id[:9]) == [mine]
    assert (ledger.get("fruit", mine.id), ledger.get("fruit", theirs.id)) == (mine, theirs)


def test_public_first(public: FileLedger, tmp_path: Path) -> None:
    """What a trusted grader has graded stands, whatever this one had made of it before."""
    ledger = LocalLedger(public=public, own=FileLedger(tmp_path / "own"))
    record = make_record(feedback={"accuracy": 0.1})
    ledger.append(record)
    graded = signed(make_record(feedback={"accuracy": 0.9}), GRADER)
    public.append(graded)
    assert ledger.get("fruit", record.id) == graded
    assert list(ledger.records("fruit")) == [graded]
    assert not ledger.append(record)


def test_refused(public: FileLedger, tmp_path: Path) -> None:
    """How many public records do not count is told; what verifies and exports sees the public ledger alone."""
    public.append(signed(make_record(), make_signer("stranger")))
    ledger = LocalLedger(public=public, own=FileLedger(tmp_path / "own"))
    ledger.append(make_record(submission=5))
    assert list(ledger.records("fruit")) == [make_record(submission=5)]
    assert (ledger.refused("fruit"), ledger.count(), len(list(ledger.entries()))) == (1, 1, 1)
    assert list(ledger.checkpoints()) == []
