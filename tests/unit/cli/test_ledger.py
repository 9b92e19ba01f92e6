"""`arena ledger`: verify, checkpoint, export, import."""

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from arena.board.interface import entry_of
from arena.board.ledger import FileLedger
from arena.board.signed import signed
from arena.catalog.workspace import open_workspace
from arena.model.record import Record
from arena.pipeline.ledgers import indexed_ledger, open_ledger
from arena.signing.keyring import load_key, new_key
from arena.signing.keys import Signer
from tests.conftest import make_signer, run, run_json, write_trust
from tests.unit.board.conftest import make_record

Append = Callable[[int], Record]


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Signer:
    """A key of this account that the workspace trusts."""
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "keys"))
    new_key("grader")
    write_trust(Path(), load_key("grader"))
    return load_key("grader")


@pytest.fixture
def append(key: Signer) -> Append:
    """Append a signed record, and return it."""

    def one(submission: int) -> Record:
        record = signed(make_record(submission=submission, minute=submission), key)
        FileLedger(Path("leaderboard/records")).append(record)
        return record

    return one


def _file(record: Record) -> Path:
    (path,) = Path("leaderboard/records").rglob(f"{record.id}.*.json")
    return path


def test_practice() -> None:
    """Where no key is trusted the ledger is looked through all the same, and it is said what that is worth."""
    FileLedger(Path("leaderboard/records")).append(make_record())
    result = run("ledger", "verify")
    assert (result.exit_code, result.stdout) == (0, "1 record(s), 0 checkpoint(s), 0 fault(s)\n")
    assert "trusts no key" in result.stderr
    assert run_json("ledger", "verify")["signed"] is False


def test_sound(append: Append) -> None:
    """A sound ledger has exit code 0, and what no checkpoint states yet is counted."""
    append(1)
    name = run("ledger", "checkpoint").stdout.strip()
    append(2)
    result = run("ledger", "verify", "--expect", name[:10])
    assert result.exit_code == 0
    assert result.stdout == f"2 record(s), 1 checkpoint(s), 0 fault(s)\nlast checkpoint {name}\n"
    assert "1 record(s) are in no checkpoint yet" in result.stderr


def test_unsound(append: Append) -> None:
    """Each fault has a line with its file, below the workspace, and its reason; the exit code is 5."""
    altered, gone, *_ = [append(number) for number in range(4)]
    run("ledger", "checkpoint")
    path, name = _file(altered), f"fruit/{_file(gone).stem}"
    path.write_bytes(path.read_bytes().replace(b"0.5,", b"0.6,").replace(b'"accuracy": 0.5', b'"accuracy": 0.6'))
    _file(gone).unlink()
    result = run("ledger", "verify")
    assert result.exit_code == 5
    assert f"altered       {path}: " in result.stdout
    assert f"missing       {name}: it is not there, but checkpoint" in result.stdout
    assert "2 fault(s)" in result.stdout
    data = run_json("ledger", "verify")
    assert (data["sound"], data["entries"], len(data["findings"])) == (False, 3, 2)
    assert {(f["fault"], f["file"], f["why"]["id"]) for f in data["findings"]} == {
        ("altered", str(path), "verify.altered"),
        ("missing", name, "verify.missing"),
    }


def test_expect(append: Append) -> None:
    """A checkpoint that must be there and is not is a fault."""
    append(1)
    result = run("ledger", "verify", "--expect", "0" * 12)
    assert result.exit_code == 5
    assert f"rewound       {'0' * 12}" in result.stdout


def test_checkpoint(append: Append) -> None:
    """A checkpoint's name is printed; where nothing has come since, it is the last one's again."""
    append(1)
    first = run("ledger", "checkpoint")
    again = run("ledger", "checkpoint")
    assert first.exit_code == again.exit_code == 0
    assert first.stdout == again.stdout
    assert len(first.stdout.strip()) == 64
    assert "Nothing has come" in again.stderr
    append(2)
    data = run_json("ledger", "checkpoint")
    assert data["new"] == data["last"] != [first.stdout.strip()]


def test_cannot_sign(append: Append, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a trusted key of one's own no checkpoint can be made, and it is said what to do."""
    append(1)
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "none"))
    result = run("ledger", "checkpoint")
    assert (result.exit_code, "arena key new" in result.stderr) == (2, True)


def test_no_trust() -> None:
    """Nor where no key is trusted at all."""
    result = run("ledger", "checkpoint")
    assert (result.exit_code, "trusts no key" in result.stderr) == (2, True)


def test_in_bengali(append: Append, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Bengali the reasons are Bengali; the words that scripts match stay."""
    FileLedger(Path("leaderboard/records")).append(signed(make_record(submission=9), make_signer("stranger")))
    append(1)
    monkeypatch.setenv("ARENA_LANG", "bn")
    result = run("ledger", "verify")
    assert result.stdout.startswith("untrusted     leaderboard/records/fruit/")
    assert "চাবি" in result.stdout


def _all_files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_export_and_import(append: Append, tmp_path: Path) -> None:
    """What is exported to a database and imported again is the same files, byte for byte, checkpoints too."""
    for number in range(20):
        append(number)
    run("ledger", "checkpoint")
    before = _all_files(Path("leaderboard/records"))
    result = run("ledger", "export", tmp_path / "copy.sqlite3")
    assert (result.exit_code, result.stdout) == (
        0,
        "20 record(s) and 1 checkpoint(s) copied, 0 record(s) were there already\n",
    )
    assert run("ledger", "export", tmp_path / "folder").exit_code == 0
    assert _all_files(tmp_path / "folder") == before
    shutil.rmtree("leaderboard/records")
    data = run_json("ledger", "import", tmp_path / "copy.sqlite3")
    assert data == {"records": 20, "present": 0, "checkpoints": 1, "left_out": []}
    assert _all_files(Path("leaderboard/records")) == before
    assert run_json("ledger", "import", tmp_path / "folder")["present"] == 20
    assert run("ledger", "verify").exit_code == 0


def test_import_other_bytes(append: Append, tmp_path: Path) -> None:
    """A record under a name that has other bytes here is not taken in, and nothing is overwritten."""
    path = _file(append(1))
    run("ledger", "export", tmp_path / "folder")
    altered = path.read_bytes().replace(b"0.5", b"0.6")
    path.write_bytes(altered)
    result = run("ledger", "import", tmp_path / "folder")
    assert (result.exit_code, "Nothing was overwritten" in result.stderr) == (5, True)
    assert path.read_bytes() == altered


def test_export_leaves_out(append: Append, tmp_path: Path) -> None:
    """What lies where no record belongs is left out, and named."""
    path = _file(append(1))
    shutil.copy(path, path.with_name("copy.json"))
    result = run("ledger", "export", tmp_path / "copy.sqlite3")
    assert "copy.json" in result.stderr
    assert "1 record(s) and" in result.stdout


def test_sql(key: Signer) -> None:
    """A workspace that keeps its records in a database has no files of them, and verifies alike."""
    text = Path("arena.toml").read_text(encoding="utf-8").replace("[ledger]", '[ledger]\nkind = "sql"')
    Path("arena.toml").write_text(text, encoding="utf-8")
    ledger = open_ledger(open_workspace(Path()))
    ledger.append(signed(make_record(), key))
    ledger.put(entry_of(replace(signed(make_record(submission=2), key), feedback={"accuracy": 1.0})))
    ledger.close()
    run("ledger", "checkpoint")
    assert not Path("leaderboard/records").exists()
    result = run("ledger", "verify")
    assert result.exit_code == 5
    assert result.stdout.startswith("forged        leaderboard/records.sqlite3:fruit/")
    assert "2 record(s), 1 checkpoint(s), 1 fault(s)" in result.stdout


def test_index(append: Append) -> None:
    """The index is made anew from the records, whatever it was; what is not trusted is in it and does not count."""
    for number in range(3):
        append(number)
    Path(".arena").mkdir(exist_ok=True)
    Path(".arena/index.sqlite3").write_bytes(b"garbage" * 999)
    assert run("ledger", "index").stdout.startswith("3 record(s) indexed in ")
    FileLedger(Path("leaderboard/records")).append(signed(make_record(submission=9), make_signer("stranger")))
    assert run_json("ledger", "index")["records"] == 4
    with closing(indexed_ledger(open_workspace(Path()))) as found:
        assert (found.refused("fruit"), len(found.of_team("fruit", "rahim"))) == (1, 3)
