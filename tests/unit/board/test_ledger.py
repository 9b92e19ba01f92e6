"""The ledger of files."""

import os
import shutil
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from arena.board import record_file
from arena.board.interface import entry_of
from arena.board.ledger import FileLedger
from arena.board.signed import counting, signed
from arena.errors import InfrastructureError
from arena.model.record import Record
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import make_record


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def test_append_get(tmp_path: Path) -> None:
    """A record that was appended is found by its id, also by another process."""
    record = make_record()
    assert FileLedger(tmp_path).append(record)
    assert FileLedger(tmp_path).get("fruit", record.id) == record
    assert _files(tmp_path) == [tmp_path / "fruit" / record.id[:2] / f"{record.id}.json"]


def test_create_once(tmp_path: Path) -> None:
    """The first record of an id stays as it is: a second one is neither written nor an error."""
    ledger, record = FileLedger(tmp_path), make_record()
    ledger.append(record)
    (file,) = _files(tmp_path)
    before = file.read_bytes()
    assert not ledger.append(replace(record, feedback={"accuracy": 1.0}))
    assert file.read_bytes() == before
    assert _files(tmp_path) == [file]


def test_missing(tmp_path: Path) -> None:
    """An unknown id or task has no record, and asking makes no folder."""
    ledger = FileLedger(tmp_path / "records")
    assert ledger.get("fruit", "ab" * 16) is None
    assert list(ledger.records("fruit")) == []
    assert not (tmp_path / "records").exists()


def test_records_in_order(tmp_path: Path) -> None:
    """Records come in order of id, those of other tasks never."""
    ledger = FileLedger(tmp_path)
    records = [make_record(submission=number) for number in range(20)]
    for record in (*records, replace(make_record(submission=99), task="other")):
        ledger.append(record)
    assert [record.id for record in ledger.records("fruit")] == sorted(record.id for record in records)


def test_find(tmp_path: Path) -> None:
    """A prefix finds exactly the records whose ids begin so."""
    ledger = FileLedger(tmp_path)
    records = [make_record(submission=number) for number in range(40)]
    for record in records:
        ledger.append(record)
    prefix = records[0].id[:1]
    assert {r.id for r in ledger.find("fruit", prefix)} == {r.id for r in records if r.id.startswith(prefix)}
    assert len(ledger.find("fruit", "")) == len(records)


def test_name_is_id(tmp_path: Path) -> None:
    """A record under another one's name is refused, and the file is named."""
    record, other = make_record(), make_record(submission=2)
    ledger = FileLedger(tmp_path)
    ledger.append(record)
    (file,) = _files(tmp_path)
    file.write_bytes(record_file.dump(other))
    with pytest.raises(InfrastructureError) as caught:
        FileLedger(tmp_path).get("fruit", record.id)
    assert caught.value.params["file"] == str(file)


@pytest.mark.parametrize(
    "change", [{"team": "karim"}, {"submission_digest": "ef" * 32}, {"task_digest": "ef" * 32}, {"evaluation": 2}]
)
def test_id_follows_from_contents(tmp_path: Path, change: dict[str, object]) -> None:
    """A record that was given to another team, submission, task version or number keeps an id that betrays it."""
    record = make_record()
    ledger = FileLedger(tmp_path)
    ledger.append(record)
    (file,) = _files(tmp_path)
    file.write_bytes(record_file.dump(replace(record, **change)))  # type: ignore[arg-type]
    with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
        list(FileLedger(tmp_path).records("fruit"))


def test_foreign_files(tmp_path: Path) -> None:
    """Temporary files that a killed writer left, and files of other names, are no records."""
    ledger, record = FileLedger(tmp_path), make_record()
    ledger.append(record)
    folder = tmp_path / "fruit" / record.id[:2]
    (folder / ".0123456789abcdef.tmp").write_bytes(b"{")
    (tmp_path / "fruit" / "README.md").write_text("notes", encoding="utf-8")
    assert [each.id for each in ledger.records("fruit")] == [record.id]


def test_readable_by_all(tmp_path: Path) -> None:
    """A record is public: git and web servers of other accounts may read it."""
    FileLedger(tmp_path).append(make_record())
    (file,) = _files(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) & 0o600 == 0o600
    assert b"private" not in file.read_bytes()


def _age(root: Path, seconds: float = 10) -> None:
    """Let every folder look as if it had last changed some time ago."""
    for folder in (root / "fruit").iterdir():
        changed = folder.stat().st_mtime - seconds
        os.utime(folder, (changed, changed))


def test_of_team(tmp_path: Path) -> None:
    """A team's records come in the order in which they were received, whatever their ids; others' never."""
    ledger = FileLedger(tmp_path)
    mine = [make_record(submission=number, minute=(7 * number) % 20) for number in range(20)]
    for record in (*mine, *(make_record(team="karim", submission=number) for number in range(5))):
        ledger.append(record)
    assert ledger.of_team("fruit", "rahim") == sorted(mine, key=lambda record: record.received_at)
    assert ledger.of_team("fruit", "nobody") == []
    assert ledger.of_team("other", "rahim") == []


def test_latest(tmp_path: Path) -> None:
    """The newest time of receipt is that of any team; no record, no time."""
    ledger = FileLedger(tmp_path)
    assert ledger.latest("fruit") is None
    records = [make_record(team=team, minute=minute) for team, minute in (("a", 3), ("b", 9), ("c", 5))]
    for record in records:
        ledger.append(record)
    assert ledger.latest("fruit") == records[1].received_at


@pytest.mark.parametrize("settled", [False, True])
def test_two_writers_see_each_other(tmp_path: Path, *, settled: bool) -> None:
    """What another writer appends is seen at the next look, in folders that are old, that are new and that changed."""
    mine, other = FileLedger(tmp_path), FileLedger(tmp_path)
    for number in range(300):
        record = make_record(submission=number, minute=number)
        (mine if number % 2 else other).append(record)
        if number % 30 == 0:
            for ledger in (mine, other):
                assert len(ledger.of_team("fruit", "rahim")) == number + 1
                assert ledger.latest("fruit") == record.received_at
            if settled:
                _age(tmp_path)
    assert list(mine.records("fruit")) == list(other.records("fruit")) == list(FileLedger(tmp_path).records("fruit"))


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    """Each record is read once, and a folder that has not changed for a while is not even listed again."""
    ledger, records = FileLedger(tmp_path), [make_record(submission=number) for number in range(40)]
    for record in records:
        ledger.append(record)
    _age(tmp_path)
    assert len(ledger.of_team("fruit", "rahim")) == 40
    for file in _files(tmp_path):
        file.write_bytes(b"{")
    assert len(ledger.of_team("fruit", "rahim")) == 40
    folder = tmp_path / "fruit" / records[0].id[:2]
    unchanged = folder.stat().st_mtime_ns
    (folder / f"{'0' * 32}.json").write_bytes(b"{")
    os.utime(folder, ns=(unchanged, unchanged))
    assert len(ledger.of_team("fruit", "rahim")) == 40
    os.utime(folder)
    with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
        ledger.of_team("fruit", "rahim")


def test_what_is_taken_away_is_forgotten(tmp_path: Path) -> None:
    """A record that the operator removes counts no more, whether its folder goes along or not."""
    ledger = FileLedger(tmp_path)
    records = [make_record(submission=number, minute=number) for number in range(60)]
    for record in records:
        ledger.append(record)
    _age(tmp_path)
    assert ledger.latest("fruit") == records[-1].received_at
    (tmp_path / "fruit" / records[-1].id[:2] / f"{records[-1].id}.json").unlink()
    shutil.rmtree(tmp_path / "fruit" / records[0].id[:2])
    left = [record for record in records[:-1] if record.id[:2] != records[0].id[:2]]
    assert ledger.of_team("fruit", "rahim") == left
    assert ledger.latest("fruit") == left[-1].received_at
    shutil.rmtree(tmp_path / "fruit")
    assert ledger.latest("fruit") is None


def test_one_bad_record_is_said_at_every_look(tmp_path: Path) -> None:
    """A file that is no record is an error again and again until it is gone; then nothing is missing."""
    ledger, record = FileLedger(tmp_path), make_record()
    ledger.append(record)
    bad = tmp_path / "fruit" / record.id[:2] / f"{'0' * len(record.id)}.json"
    bad.write_bytes(b"{")
    _age(tmp_path)
    for _ in range(2):
        with pytest.raises(InfrastructureError, match=r"ledger\.unreadable"):
            ledger.latest("fruit")
    assert ledger.get("fruit", record.id) == record
    bad.unlink()
    assert list(ledger.records("fruit")) == [record]


def _signed(name: str, *, seconds: float = 5, **of: Any) -> Record:
    record = make_record(**of)
    return signed(replace(record, graded_at=record.received_at + timedelta(seconds=seconds)), make_signer(name))


def test_signed_names(tmp_path: Path) -> None:
    """A signed record's file is named by its id and its bytes, so that two graders' files of one evaluation differ."""
    ledger, one, other = FileLedger(tmp_path), _signed("one"), _signed("other", seconds=6)
    for record in (other, one):
        ledger.put(entry_of(record))
    assert sorted(path.stem for path in _files(tmp_path)) == sorted(entry_of(record).name for record in (one, other))
    assert all(path.stem.startswith(f"{one.id}.") for path in _files(tmp_path))
    assert list(ledger.records("fruit")) == ledger.of_team("fruit", "rahim") == [one]
    assert ledger.get("fruit", one.id) == one


def test_one_evaluation_a_ledger(tmp_path: Path) -> None:
    """Who sees that an evaluation has a record makes no second one, by whatever key."""
    ledger = FileLedger(tmp_path)
    assert ledger.append(_signed("one", seconds=9))
    assert not ledger.append(_signed("other"))
    assert len(_files(tmp_path)) == 1


def test_first_graded_is_taken_away(tmp_path: Path) -> None:
    """When the record that counted is taken away, the next of its evaluation does."""
    ledger, one, other = FileLedger(tmp_path), _signed("one"), _signed("other", seconds=6)
    for record in (one, other):
        ledger.put(entry_of(record))
    assert list(ledger.records("fruit")) == [one]
    (tmp_path / "fruit" / one.id[:2] / f"{entry_of(one).name}.json").unlink()
    assert list(ledger.records("fruit")) == [other]


def test_what_does_not_count(tmp_path: Path) -> None:
    """What a trusted key did not sign is nowhere to be seen, keeps nobody's place, and is counted as refused."""
    ledger = FileLedger(tmp_path, counting(trust_in(make_signer("one"))))
    forged, mine = _signed("stranger", minute=9), _signed("one", minute=3)
    ledger.put(entry_of(forged))
    ledger.put(entry_of(make_record()))
    assert (ledger.get("fruit", mine.id), list(ledger.records("fruit")), ledger.latest("fruit")) == (None, [], None)
    assert ledger.append(mine)
    assert list(ledger.records("fruit")) == ledger.of_team("fruit", "rahim") == ledger.find("fruit", "") == [mine]
    assert (ledger.get("fruit", mine.id), ledger.latest("fruit")) == (mine, mine.received_at)
    assert (ledger.refused("fruit"), ledger.count()) == (2, 3)


def test_put(tmp_path: Path) -> None:
    """An entry is kept as it is; the same bytes may come again, others under its name are an error."""
    ledger, entry = FileLedger(tmp_path), entry_of(make_record())
    assert ledger.put(entry)
    assert not ledger.put(entry)
    with pytest.raises(InfrastructureError, match=r"ledger\.differs"):
        ledger.put(replace(entry, data=b"{}"))
    assert [(each.task, each.name, each.data) for each in ledger.entries()] == [(entry.task, entry.name, entry.data)]


def test_checkpoints(tmp_path: Path) -> None:
    """Checkpoints are kept beside the records and are none of them."""
    ledger = FileLedger(tmp_path)
    assert [ledger.put_checkpoint(name, name.encode()) for name in ("bb", "aa", "bb")] == [True, True, False]
    with pytest.raises(InfrastructureError, match=r"ledger\.differs"):
        ledger.put_checkpoint("aa", b"x")
    assert list(ledger.checkpoints()) == [("aa", b"aa"), ("bb", b"bb")]
    assert (list(ledger.entries()), ledger.count()) == ([], 0)
