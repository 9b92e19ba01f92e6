"""Which ledger a grader works with, and what it signs."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.board.interface import entry_of
from arena.board.ledger import FileLedger
from arena.board.signed import refusal, signed
from arena.board.verify import Fault
from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace, open_workspace
from arena.metrics.table import METRICS
from arena.model.message import Message
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published
from arena.pipeline.closing import close
from arena.pipeline.ledgers import (
    GraderLedgers,
    checkpoint,
    grader_ledgers,
    indexed_ledger,
    open_ledger,
    own_signer,
    remembered,
    verified,
)
from arena.pipeline.stages import Stages
from arena.signing.keyring import new_key
from tests.conftest import START, TRUTH, Hand, make_signer, predictions, write_trust
from tests.unit.board.conftest import make_record

Told = list[Message]


@pytest.fixture
def told() -> Told:
    """What people were told."""
    return []


@pytest.fixture
def trusting(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Workspace:
    """The workspace, which trusts a key of this account, and another grader's."""
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "keys"))
    write_trust(workspace.root, new_key("laptop"), make_signer("other"))
    return open_workspace(workspace.root)


def _ledgers(workspace: Workspace, told: Told) -> GraderLedgers:
    return grader_ledgers(workspace, told.append)


def test_practice(workspace: Workspace, told: Told) -> None:
    """Where no key is trusted records are kept as they are, and nothing is said."""
    ledgers = _ledgers(workspace, told)
    record = ledgers.sign(make_record())
    assert record.signature is None
    assert ledgers.own.append(record)
    ledgers.checkpoint()
    assert list(ledgers.public.records("fruit")) == [record]
    assert (told, list(ledgers.public.checkpoints())) == ([], [])


def test_trusted(trusting: Workspace, told: Told) -> None:
    """A grader with a trusted key signs, and its records count at once."""
    ledgers = _ledgers(trusting, told)
    record = ledgers.sign(make_record())
    assert refusal(record, trusting.trust) is None
    assert ledgers.own.append(record)
    assert list(open_ledger(trusting).records("fruit")) == [record]
    assert told == []


def test_untrusted(trusting: Workspace, told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A grader without one keeps its records on its machine alone, where git does not look, and says so once."""
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "elsewhere"))
    ledgers = _ledgers(trusting, told)
    for submission in (1, 2):
        record = ledgers.sign(make_record(submission=submission))
        assert record.signature is None
        assert ledgers.own.append(record)
    assert [message.id for message in told] == ["key.local"]
    assert len(list(ledgers.own.records("fruit"))) == 2
    assert list(open_ledger(trusting).records("fruit")) == []
    assert not trusting.records.exists()
    assert FileLedger(trusting.state / "records").count() == 2
    ledgers.checkpoint()
    assert list(ledgers.public.checkpoints()) == []


@pytest.fixture
def grading(stages: Stages, trusting: Workspace, told: Told) -> Stages:
    """The stages of a trusted grader."""
    ledgers = _ledgers(trusting, told)
    return replace(
        stages,
        ledger=ledgers.own,
        public=ledgers.public,
        sign=ledgers.sign,
        seal=ledgers.seal,
        checkpoint=ledgers.checkpoint,
        tell=told.append,
    )


def test_grade(grading: Stages, hand_in: Hand, trusting: Workspace, task: Task) -> None:
    """What is graded and what is handed back is the signed record."""
    graded = hand_in(predictions(), stages=grading)
    assert graded.record is not None
    assert refusal(graded.record, trusting.trust) is None
    assert list(open_ledger(trusting).records(task.id)) == [graded.record]


def test_publish(grading: Stages, hand_in: Hand, trusting: Workspace, task: Task, told: Told) -> None:
    """Boards are made of what counts; what does not is told, and left out of the checkpoint that is then written."""
    hand_in(predictions(), stages=grading)
    rival = signed(make_record(team="rival", task_digest=task.digest, feedback={"accuracy": 1.0}), make_signer("who"))
    FileLedger(trusting.records).put(entry_of(rival))
    publish_boards([task], grading, trusting.leaderboard)
    board = published(trusting.leaderboard, task.id)
    assert board is not None
    assert [row["team"] for row in board["rows"]] == ["rahim"]
    assert [(message.id, dict(message.params)) for message in told] == [
        ("board.refused", {"count": 1, "task": "fruit"})
    ]
    report = verified(trusting, open_ledger(trusting), tick=lambda _: None)
    assert [finding.fault for finding in report.findings] == [Fault.UNTRUSTED]
    assert (report.checkpoints, report.uncovered) == (1, 1)
    publish_boards([task], grading, trusting.leaderboard)
    assert len(list(open_ledger(trusting).checkpoints())) == 1


def test_checkpoints_join(trusting: Workspace) -> None:
    """A checkpoint goes on from all last ones that can be relied on, and from no other."""
    ledger, signer = indexed_ledger(trusting), own_signer(trusting)
    assert signer is not None
    ledger.append(signed(make_record(submission=1), signer))
    (first,) = checkpoint(trusting, ledger, signer, START)
    ledger.put_checkpoint("0" * 64, b"garbage")
    ledger.append(signed(make_record(submission=2), make_signer("other")))
    (second,) = checkpoint(trusting, ledger, make_signer("other"), START)
    assert checkpoint(trusting, ledger, signer, START) == []
    assert ledger.last_checkpoints() == [second]
    assert first != second
    report = verified(trusting, ledger, tick=lambda _: None)
    assert [finding.place for finding in report.findings] == [f"checkpoint {'0' * 64}"]


def test_remembered(trusting: Workspace) -> None:
    """The last checkpoint is remembered here: a ledger that is set back is found at every look from then on."""
    ledger, signer = indexed_ledger(trusting), own_signer(trusting)
    assert signer is not None
    ledger.append(signed(make_record(submission=1), signer))
    (first,) = checkpoint(trusting, ledger, signer, START)
    late = signed(make_record(submission=2), signer)
    ledger.append(late)
    (second,) = checkpoint(trusting, ledger, signer, START)
    assert remembered(trusting.state) == {second}
    assert verified(trusting, ledger, tick=lambda _: None).sound
    (trusting.records / "_checkpoints" / f"{second}.json").unlink()
    (trusting.records / "fruit" / late.id[:2] / f"{entry_of(late).name}.json").unlink()
    for _ in range(2):
        report = verified(trusting, ledger, tick=lambda _: None)
        assert [(finding.fault, finding.place) for finding in report.findings] == [(Fault.REWOUND, second)]
    assert remembered(trusting.state) == {first, second}


@pytest.mark.parametrize("content", [b"", b"{"])
def test_forgets_garbage(trusting: Workspace, content: bytes) -> None:
    """A broken memory is none."""
    trusting.state.mkdir()
    (trusting.state / "checkpoints.json").write_bytes(content)
    assert remembered(trusting.state) == set()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('"private": 1.0', '"private": 0.9'), Fault.FORGED),
        (('"signature": "', '"signature": "0'), Fault.UNTRUSTED),
        (('"closed_at"', '"closed"'), Fault.UNREADABLE),
        (("{", ""), Fault.UNREADABLE),
        (("", ""), None),
    ],
)
def test_close(
    grading: Stages, hand_in: Hand, trusting: Workspace, change: tuple[str, str], fault: Fault | None
) -> None:
    """A published close is signed by a trusted grader, and what was altered in it is found."""
    hand_in(predictions(TRUTH), stages=grading)
    task = load_task(trusting.root, "fruit", METRICS)
    close(task, grading, folder=trusting.leaderboard, shelf=trusting.submissions, reason="it is over")
    path = trusting.leaderboard / "fruit.final.json"
    path.write_text(path.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    report = verified(trusting, open_ledger(trusting), tick=lambda _: None)
    assert [(f.fault, f.place) for f in report.findings] == ([(fault, str(path))] if fault else [])
