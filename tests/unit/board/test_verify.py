"""What was forged, altered, taken away, put in twice or out of order is named."""

import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.board import checkpoints, record_file
from arena.board.interface import Entry, entry_of
from arena.board.ledger import FileLedger
from arena.board.signed import signed
from arena.board.verify import Fault, Report, verify
from arena.model import merkle
from arena.model.record import Record
from arena.model.trust import Trust
from arena.signing.canonical import as_laid_out
from arena.signing.keys import Signer
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import START, make_record, state

GRADER, SECOND, STRANGER = make_signer(), make_signer("second"), make_signer("stranger")
TRUST = trust_in(GRADER, SECOND)
MANY = 1000


def _fill(ledger: FileLedger, count: int, *, signer: Signer | None = GRADER) -> list[Record]:
    found = []
    for number in range(count):
        record = make_record(team=f"team-{number % 50}", submission=number, minute=number)
        found.append(record if signer is None else signed(record, signer))
        ledger.append(found[-1])
    return found


def _state(ledger: FileLedger, signer: Signer = GRADER) -> str:
    return state(ledger, signer)


def _path(ledger: FileLedger, record: Record) -> Path:
    return ledger.root / record.task / record.id[:2] / f"{entry_of(record).name}.json"


def _faults(report: Report) -> list[tuple[Fault, str]]:
    return [(finding.fault, finding.place) for finding in report.findings]


def _again(record: Record, **changes: Any) -> Record:
    """The next evaluation of the same files."""
    number = record.evaluation + 1
    following = make_record(team=record.team, submission=int(record.submission_digest, 16), evaluation=number)
    rest = {
        "supersedes": record.id,
        "received_at": record.received_at,
        "graded_at": record.graded_at + timedelta(minutes=number),
    }
    return replace(following, **{**rest, **changes})


@pytest.fixture
def ledger(tmp_path: Path) -> FileLedger:
    """An empty ledger of files."""
    return FileLedger(tmp_path / "records")


@pytest.mark.parametrize(("trust", "signer"), [(TRUST, GRADER), (Trust(), None)], ids=["signed", "practice"])
def test_sound(ledger: FileLedger, trust: Trust, signer: Signer | None) -> None:
    """A ledger as graders leave it is sound, with later evaluations and checkpoints, and nothing is said of it."""
    sign: Callable[[Record], Record] = lambda record: signed(record, signer) if signer else record  # noqa: E731
    first = _fill(ledger, 20, signer=signer)[3]
    second = sign(_again(first, reason="the labels were wrong"))
    ledger.append(second)
    if signer:
        _state(ledger)
    ledger.append(sign(_again(second)))
    ticks: list[int] = []
    report = verify(ledger, trust, tick=ticks.append)
    assert (report.findings, report.sound, report.entries, sum(ticks)) == ((), True, 22, 22)
    assert (report.checkpoints, report.uncovered) == ((1, 1) if signer else (0, 22))


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> tuple[FileLedger, dict[Path, bytes]]:
    """A thousand signed records, and their bytes."""
    ledger = FileLedger(tmp_path_factory.mktemp("thousand"))
    return ledger, {_path(ledger, record): record_file.dump(record) for record in _fill(ledger, MANY)}


def _values(text: str) -> list[tuple[int, int]]:
    """Where the values of a record's file stand: each field's, those of tables and lists one by one."""
    found = re.finditer(r'(?m)(?:^ +"[^"]+": |^ +)("(?:[^"\\]|\\.)*"|-?[0-9.e+-]+|null)(?=,?$)', text)
    return [match.span(1) for match in found]


def _one_byte(data: bytes, chance: random.Random) -> bytes:
    """The file with one byte of one field's value altered."""
    start, end = chance.choice(_values(data.decode()))
    at = chance.randrange(start, end)
    return data[:at] + bytes([data[at] ^ chance.randrange(1, 256)]) + data[at + 1 :]


def test_every_field_is_reached() -> None:
    """The byte that the next tests alter is one of any field, in tables and lists too."""
    text = record_file.dump(signed(make_record(), GRADER)).decode()
    lines = {text[:start].count("\n") for start, _ in _values(text)}
    assert lines == {n for n, line in enumerate(text.splitlines()) if not re.search(r"[{}\[\]],?$", line)}
    assert len(lines) > 25


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_one_byte(thousand: tuple[FileLedger, dict[Path, bytes]], seed: int) -> None:
    """One altered byte, in any field of any of a thousand records, is found, and no other record is blamed."""
    chance, (ledger, before) = random.Random(seed), thousand  # noqa: S311
    altered = {path: _one_byte(data, chance) for path, data in before.items() if chance.random() < 0.5}
    try:
        for path, data in altered.items():
            path.write_bytes(data)
        found = {finding.place for finding in verify(ledger, TRUST).findings if finding.fault.fails}
        assert found == set(map(str, altered))
    finally:
        for path in altered:
            path.write_bytes(before[path])


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_one_byte_by_who_knows_the_format(thousand: tuple[FileLedger, dict[Path, bytes]], seed: int) -> None:
    """So is one in a file that was then laid out and named as if a grader had written it: the signature tells."""
    chance, (_, before) = random.Random(seed), thousand  # noqa: S311
    for path, data in chance.sample(sorted(before.items()), 100):
        altered = _one_byte(data, chance)
        mended = as_laid_out(altered) or altered
        if mended != data:  # Else it was another text of the same number.
            one = _One(Entry(task="fruit", name=path.stem.partition(".")[0], data=mended, place="it"))
            report = verify(one, TRUST)
            assert not report.sound, mended


class _One(FileLedger):
    """A ledger of one entry."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(Path("nowhere"))
        object.__setattr__(self, "only", entry)

    def entries(self) -> Iterator[Entry]:
        """The entry."""
        yield self.only  # type: ignore[attr-defined]


def test_any_byte_of_an_unsigned_record(ledger: FileLedger) -> None:
    """Of an unsigned record what no grader would write is found still: bytes between the values, ids, types."""
    (record,) = _fill(ledger, 1, signer=None)
    path = _path(ledger, record)
    path.write_bytes(path.read_bytes().replace(b'"evaluation": 1', b'"evaluation":  1'))
    assert _faults(verify(ledger, Trust())) == [(Fault.ALTERED, str(path))]
    path.write_bytes(record_file.dump(replace(record, team="karim")))
    assert _faults(verify(ledger, Trust())) == [(Fault.UNREADABLE, str(path))]


def test_not_trusted(ledger: FileLedger) -> None:
    """What is not signed, or by a key that is not trusted, is named, with the key."""
    own, unsigned, foreign = signed(make_record(), GRADER), make_record(submission=2), make_record(submission=3)
    foreign = signed(foreign, STRANGER)
    for record in (own, unsigned, foreign):
        ledger.append(record)
    report = verify(ledger, TRUST)
    assert sorted(_faults(report), key=str) == sorted(
        [(Fault.UNSIGNED, str(_path(ledger, unsigned))), (Fault.UNTRUSTED, str(_path(ledger, foreign)))], key=str
    )
    assert [f.why.params for f in report.findings if f.fault is Fault.UNTRUSTED] == [{"key": STRANGER.fingerprint}]


def test_forged(ledger: FileLedger) -> None:
    """A record with a trusted key's name and a signature of another record is forged."""
    record = replace(make_record(), signature=signed(make_record(submission=2), GRADER).signature)
    ledger.put(entry_of(record))
    assert _faults(verify(ledger, TRUST)) == [(Fault.FORGED, str(_path(ledger, record)))]


def test_revoked(ledger: FileLedger) -> None:
    """Of a revoked key's records those from afterwards are named."""
    records = _fill(ledger, 10)
    trust = trust_in(GRADER, SECOND, revoked={GRADER.name: records[6].received_at})
    _state(ledger, SECOND)
    assert set(_faults(verify(ledger, trust))) == {(Fault.REVOKED, str(_path(ledger, r))) for r in records[6:]}


def test_unwitnessed(ledger: FileLedger) -> None:
    """A record of a revoked key with an old date is told where no key that is still trusted has stated it, not more."""
    early, late = _fill(ledger, 2)
    trust = trust_in(GRADER, SECOND, revoked={GRADER.name: START + timedelta(days=1)})
    _path(ledger, late).rename(ledger.root / "aside")
    _state(ledger, SECOND)
    (ledger.root / "aside").rename(_path(ledger, late))
    report = verify(ledger, trust)
    assert (_faults(report), report.sound) == ([(Fault.UNWITNESSED, str(_path(ledger, late)))], True)
    assert early != late


@pytest.mark.parametrize("content", [b"", b"<<<<<<< HEAD\n{}\n=======\n", b"[]\n", b"\xff"])
def test_unreadable(ledger: FileLedger, content: bytes) -> None:
    """What is no record is named, and the others are looked at all the same."""
    records = _fill(ledger, 3)
    path = _path(ledger, records[1])
    path.write_bytes(content)
    report = verify(ledger, TRUST)
    assert (_faults(report), report.entries) == ([(Fault.UNREADABLE, str(path))], 3)


def test_copies(ledger: FileLedger) -> None:
    """A second file of a record is a duplicate wherever it lies; one that lies wrong without another is misplaced."""
    record, other = _fill(ledger, 2)
    path = _path(ledger, record)
    shutil.copy(path, path.with_name("copy.json"))
    (ledger.root / "fruit" / "zz").mkdir()
    shutil.copy(path, ledger.root / "fruit" / "zz" / path.name)
    _path(ledger, other).rename(ledger.root / "fruit" / "zz" / _path(ledger, other).name)
    assert set(_faults(verify(ledger, TRUST))) == {
        (Fault.DUPLICATE, str(path.with_name("copy.json"))),
        (Fault.DUPLICATE, str(ledger.root / "fruit" / "zz" / path.name)),
        (Fault.MISPLACED, str(ledger.root / "fruit" / "zz" / _path(ledger, other).name)),
    }


def test_other_task(ledger: FileLedger) -> None:
    """A record in another task's folder is none of that task's."""
    (record,) = _fill(ledger, 1)
    place = ledger.root / "other" / record.id[:2]
    place.mkdir(parents=True)
    shutil.copy(_path(ledger, record), place)
    assert _faults(verify(ledger, TRUST)) == [(Fault.UNREADABLE, str(place / _path(ledger, record).name))]


def test_graded_twice(ledger: FileLedger) -> None:
    """Two graders' records of one evaluation are told; that is no fault, and the first that was graded counts."""
    record = make_record()
    late = signed(replace(record, graded_at=record.graded_at + timedelta(minutes=1)), SECOND)
    for each in (late, signed(record, GRADER)):
        ledger.put(entry_of(each))
    report = verify(ledger, TRUST)
    assert ([finding.fault for finding in report.findings], report.sound) == ([Fault.GRADED_TWICE], True)
    assert list(FileLedger(ledger.root).records("fruit")) == [signed(record, GRADER)]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"supersedes": None}, Fault.OUT_OF_ORDER),
        ({"supersedes": "ab" * 16}, Fault.OUT_OF_ORDER),
        ({"graded_at": START - timedelta(days=1)}, Fault.OUT_OF_ORDER),
        ({}, None),
    ],
)
def test_order(ledger: FileLedger, change: dict[str, Any], fault: Fault | None) -> None:
    """An evaluation that supersedes another than the one before it, or an older one a later, is out of order."""
    (first,) = _fill(ledger, 1)
    second = signed(_again(first, **change), GRADER)
    ledger.append(second)
    assert _faults(verify(ledger, TRUST)) == ([(fault, str(_path(ledger, second)))] if fault else [])


def test_first_supersedes_nothing(ledger: FileLedger) -> None:
    """A first evaluation that supersedes another one is out of order."""
    record = signed(replace(make_record(), supersedes="ab" * 16), GRADER)
    ledger.append(record)
    assert _faults(verify(ledger, TRUST)) == [(Fault.OUT_OF_ORDER, str(_path(ledger, record)))]


def test_superseded_is_missing(ledger: FileLedger) -> None:
    """An evaluation that another one supersedes is missed, also where no checkpoint states it."""
    (first,) = _fill(ledger, 1)
    ledger.append(signed(_again(first), GRADER))
    _path(ledger, first).unlink()
    assert _faults(verify(ledger, TRUST)) == [(Fault.MISSING, f"fruit/{first.id}")]


def test_deleted(ledger: FileLedger) -> None:
    """Records that were taken away after a checkpoint are missed by name; so is one that was exchanged."""
    records = _fill(ledger, 10)
    _state(ledger)
    ledger.append(signed(make_record(submission=99), GRADER))
    _state(ledger)
    gone, exchanged = records[2], records[5]
    _path(ledger, gone).unlink()
    other = signed(replace(exchanged, feedback={"accuracy": 1.0}), GRADER)
    _path(ledger, exchanged).unlink()
    ledger.put(entry_of(other))
    names = {f"fruit/{entry_of(record).name}" for record in (gone, exchanged)}
    assert set(_faults(verify(ledger, TRUST))) == {(Fault.MISSING, name) for name in names}


def test_deleted_checkpoint(ledger: FileLedger) -> None:
    """A checkpoint from the middle of the chain is missed by the one that follows it."""
    made = []
    for number in range(3):
        ledger.append(signed(make_record(submission=number), GRADER))
        made.append(_state(ledger))
    (ledger.root / "_checkpoints" / f"{made[1]}.json").unlink()
    assert (Fault.MISSING, f"checkpoint {made[1]}") in _faults(verify(ledger, TRUST))


def test_rewound(ledger: FileLedger, tmp_path: Path) -> None:
    """A ledger that was set back to what it once was shows to whoever remembers a later checkpoint, and only then."""
    _fill(ledger, 3)
    early = _state(ledger)
    shutil.copytree(ledger.root, tmp_path / "before")
    ledger.append(signed(make_record(submission=99), GRADER))
    late = _state(ledger)
    rewound = FileLedger(tmp_path / "before")
    assert verify(rewound, TRUST).sound
    assert verify(rewound, TRUST, remembered=[early, early[:8]]).sound
    for name in (late, late[:8]):
        assert _faults(verify(rewound, TRUST, remembered=[name])) == [(Fault.REWOUND, name)]
    assert verify(ledger, TRUST, remembered=[early, late]).sound


def test_foreign_checkpoint(ledger: FileLedger) -> None:
    """A stranger's checkpoint is named, and nothing that it states is missed."""
    _fill(ledger, 2)
    name = _state(ledger, STRANGER)
    next(path for path in ledger.root.rglob("*.json") if path.parent.name != "_checkpoints").unlink()
    report = verify(ledger, TRUST)
    assert (_faults(report), report.checkpoints) == ([(Fault.UNTRUSTED, f"checkpoint {name}")], 0)


def test_altered_checkpoint(ledger: FileLedger) -> None:
    """A checkpoint whose bytes were altered is named."""
    _fill(ledger, 2)
    name = _state(ledger)
    path = ledger.root / "_checkpoints" / f"{name}.json"
    path.write_bytes(path.read_bytes().replace(b'"count": 2', b'"count": 1'))
    assert _faults(verify(ledger, TRUST)) == [(Fault.ALTERED, f"checkpoint {name}")]


@pytest.mark.parametrize("wrong", [{"count": 3}, {"root": "0" * 64}])
def test_false_checkpoint(ledger: FileLedger, wrong: dict[str, Any]) -> None:
    """A signed checkpoint whose count or root is not that of what it states is named."""
    _fill(ledger, 2)
    added = {f"{entry.task}/{entry.name}": entry.digest for entry in ledger.entries()}
    told = {"count": 2, "root": merkle.root(added), **wrong}
    name, data = checkpoints.sealed(heads=(), added=added, signer=GRADER, at=START, **told)
    ledger.put_checkpoint(name, data)
    assert _faults(verify(ledger, TRUST)) == [(Fault.ALTERED, f"checkpoint {name}")]


def test_uncovered(ledger: FileLedger) -> None:
    """How many records no checkpoint states yet is counted."""
    _fill(ledger, 4)
    _state(ledger)
    ledger.append(signed(make_record(submission=99), GRADER))
    assert verify(ledger, TRUST).uncovered == 1


def test_hostile_names(ledger: FileLedger) -> None:
    """What a file is called cannot steer the terminal on which it is named."""
    _fill(ledger, 1)
    (ledger.root / "fruit" / "\x1b[2Jx.json").write_bytes(b"{}")
    (finding,) = verify(ledger, TRUST).findings
    assert "\x1b" not in finding.place
