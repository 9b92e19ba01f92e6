"""A transaction is whole or absent, and what is wrong with a store is said in words."""

import logging
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from arena.errors import InfrastructureError
from arena.store import migrations, place
from arena.store.engine import Store
from arena.store.ledger_migrations import LEDGER_MIGRATIONS
from arena.store.schema import ALLOWANCE_ENTRIES, DEVICE_HEALTH, LEASES, LEDGER_METADATA, METADATA

NOW = datetime(2026, 11, 1, tzinfo=UTC)
_ENTRY = {"attempt": "a", "kind": "reserve", "team": "rahim", "task": "fruit", "device_class": "cpu"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store will be; its folder is not there yet."""
    return tmp_path / "state" / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Store:
    """A store that waits for nobody for long."""
    return Store.open(path, patience_s=0.05)


def _put(store: Store, device: str = "gpu-1") -> None:
    with store.write() as connection:
        connection.execute(DEVICE_HEALTH.insert().values(device_id=device, health="free", since=NOW))


def _devices(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(DEVICE_HEALTH.c.device_id)).scalars())


def _refusal(call: Callable[[], object]) -> InfrastructureError:
    with pytest.raises(InfrastructureError) as caught:
        call()
    return caught.value


def test_lazy(store: Store, path: Path) -> None:
    """Nothing is made before the first transaction; then the file is for its account alone, beside a log."""
    assert not path.parent.exists()
    _put(store)
    for file in path.parent.iterdir():
        assert file.name.startswith("store.sqlite3")
        if sys.platform != "win32":
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.close()


def test_settings(store: Store) -> None:
    """Commits are on disk when they return, and readers do not wait for writers."""
    with store.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_opened_to_others(store: Store, path: Path) -> None:
    """A file that others could read is taken from their eyes."""
    _put(store)
    store.close()
    path.chmod(0o644)
    assert _devices(store) == ["gpu-1"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_undone(store: Store) -> None:
    """Whatever goes wrong within a transaction undoes it all."""

    def fail() -> None:
        with store.write() as connection:
            connection.execute(DEVICE_HEALTH.insert().values(device_id="gpu-1", health="free", since=NOW))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert _devices(store) == []


def test_outlives(store: Store, path: Path) -> None:
    """What was committed is there for the next process, and times come back aware."""
    _put(store)
    store.close()
    with Store.open(path).read() as connection:
        assert connection.execute(select(DEVICE_HEALTH.c.since)).scalar_one() == NOW


def test_naive_time(store: Store) -> None:
    """A time without a zone is refused: it would mean another moment elsewhere."""
    with pytest.raises(Exception, match="without a zone"), store.write() as connection:
        connection.execute(LEASES.insert().values(device_id="x", fence=1, renewed_at=NOW.replace(tzinfo=None)))


def test_locked(store: Store, path: Path) -> None:
    """A writer that waits in vain says for how long; readers go on and see the state before."""
    _put(store)
    with Store.open(path).write() as connection:
        connection.execute(DEVICE_HEALTH.insert().values(device_id="gpu-2", health="free", since=NOW))
        error = _refusal(lambda: _put(store, "gpu-3"))
        assert _devices(store) == ["gpu-1"]
    assert error.message_id == "store.locked"
    assert error.params["seconds"] == "0.05"
    _put(store, "gpu-3")
    assert _devices(store) == ["gpu-1", "gpu-2", "gpu-3"]


def test_many_open_at_once(path: Path) -> None:
    """Stores that are opened together by threads make one schema."""
    from concurrent.futures import ThreadPoolExecutor

    def add(number: int) -> None:
        own = Store.open(path)
        _put(own, f"gpu-{number}")
        own.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    assert len(_devices(Store.open(path))) == 16


@pytest.mark.parametrize("content", [b"no database, but long enough to be looked at" * 100, b"SQLite format 3\0" * 300])
def test_garbage(store: Store, path: Path, content: bytes) -> None:
    """A file that is no database stays as it is."""
    path.parent.mkdir()
    path.write_bytes(content)
    assert _refusal(lambda: _devices(store)).message_id == "store.corrupt"
    assert path.read_bytes() == content


def test_damaged(store: Store, path: Path) -> None:
    """A store whose pages were overwritten is not read as if it were whole."""
    for number in range(200):
        _put(store, f"gpu-{number}" + "x" * 100)
    store.close()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)
    assert _refusal(lambda: _devices(store)).message_id == "store.corrupt"


def test_someone_elses(store: Store, path: Path) -> None:
    """A database of another program is not taken over."""
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name)")
    error = _refusal(lambda: _put(store))
    assert (error.message_id, error.params["reason"]) == ("store.corrupt", "it is not a store of arena")


def test_newer(store: Store, path: Path) -> None:
    """A store of a later arena is not touched."""
    _put(store)
    store.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO schema_versions VALUES (99, 'later')")
    error = _refusal(lambda: _put(store))
    assert (error.message_id, error.params["have"]) == ("store.newer", 99)


def test_full(store: Store) -> None:
    """A disk that is full is said to be, and the transaction is undone."""

    def fill() -> None:
        with store.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
            for number in range(100):
                connection.execute(DEVICE_HEALTH.insert().values(device_id=f"{number}" * 500, health="free", since=NOW))

    assert _refusal(fill).message_id == "store.full"
    assert _devices(store) == []


def test_read_only(store: Store) -> None:
    """A store that may not be written is said to be."""

    def write() -> None:
        with store.write() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
            connection.execute(LEASES.insert().values(device_id="x", fence=1))

    assert _refusal(write).message_id == "store.read_only"


@pytest.mark.parametrize("make", ["folder", "link", "file above"])
def test_unusable_place(tmp_path: Path, make: str) -> None:
    """Where no file can be, the reason is told, and nothing is put elsewhere."""
    path = tmp_path / "store.sqlite3"
    if make == "folder":
        path.mkdir()
    elif make == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "store.sqlite3"
    assert _refusal(lambda: _put(Store.open(path))).message_id == "store.unusable"
    assert not (tmp_path / "elsewhere").exists()


def test_network(store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A store on a network file system works, and the operator is warned."""
    monkeypatch.setattr(place, "network_file_system", lambda _: "nfs4")
    with caplog.at_level(logging.WARNING):
        _put(store)
    assert "nfs4" in caplog.text


def test_problems(store: Store) -> None:
    """A sound store has none."""
    _put(store)
    assert store.problems() == []


def test_schema_is_that_of_the_migrations(store: Store) -> None:
    """The tables that queries name have the columns that migrations make."""
    with store.read() as connection:
        for table in METADATA.sorted_tables:
            made = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
            assert [(row[1], bool(row[3])) for row in made] == [
                (each.name, not each.nullable) for each in table.columns
            ]


def test_schema_of_the_ledger(path: Path) -> None:
    """So have those of the ledger of records, in a file of its own."""
    store = Store(path=path, migrations=LEDGER_MIGRATIONS)
    with store.read() as connection:
        for table in LEDGER_METADATA.sorted_tables:
            made = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
            assert [row[1] for row in made] == [each.name for each in table.columns]
    store.close()


def test_cache(path: Path) -> None:
    """A store keeps as much of the file in memory as it is told, and SQLite's own measure without."""
    for mib, size in ((None, -2000), (16, -16 * 1024)):
        store = Store(path=path, cache_mib=mib)
        with store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA cache_size").scalar() == size
        store.close()


@pytest.mark.parametrize("statement", ["UPDATE ledger_entries SET task = 'x'", "DELETE FROM ledger_entries"])
def test_ledger_is_append_only(path: Path, statement: str) -> None:
    """The database itself refuses to change or delete a record."""
    store = Store(path=path, migrations=LEDGER_MIGRATIONS)
    with store.write() as connection:
        connection.exec_driver_sql("INSERT INTO ledger_entries (task, name, data) VALUES ('a', 'b', x'00')")
    with pytest.raises(IntegrityError, match="append-only"), store.write() as connection:
        connection.exec_driver_sql(statement)
    store.close()


def test_forward(path: Path) -> None:
    """A store of an earlier version gets what it lacks and keeps its rows; a migration that fails changes nothing."""
    first = Store.open(path)
    _put(first)
    first.close()
    broken = replace(first, migrations=(*migrations.MIGRATIONS, ("CREATE TABLE more (x)", "nonsense")))
    assert _refusal(lambda: _put(broken, "gpu-2")).message_id == "store.unusable"
    later = replace(first, migrations=(*migrations.MIGRATIONS, ("CREATE TABLE more (x)",)))
    assert _devices(later) == ["gpu-1"]
    with later.read() as connection:
        assert connection.exec_driver_sql("SELECT version FROM schema_versions").scalars().all() == [1, 2]
        assert connection.exec_driver_sql("SELECT count(*) FROM more").scalar() == 0


@pytest.mark.parametrize("change", [ALLOWANCE_ENTRIES.update().values(seconds=0), ALLOWANCE_ENTRIES.delete()])
def test_append_only(store: Store, change: object) -> None:
    """No entry of the ledger is edited or removed."""
    with store.write() as connection:
        connection.execute(ALLOWANCE_ENTRIES.insert().values(**_ENTRY, unit="cpu_slot_s", seconds=5, at=NOW))
    with pytest.raises(IntegrityError, match="append-only"), store.write() as connection:
        connection.execute(change)  # type: ignore[call-overload]
    with store.read() as connection:
        assert connection.execute(select(ALLOWANCE_ENTRIES.c.seconds)).scalars().all() == [5]


@pytest.mark.parametrize("wrong", [{}, {"kind": "gift"}, {"kind": "settle", "seconds": -1}])
def test_entries(store: Store, wrong: dict[str, object]) -> None:
    """An attempt has each kind of entry once, of the kinds there are, and of no negative time."""
    entry = {**_ENTRY, "unit": "cpu_slot_s", "seconds": 5, "at": NOW}
    with store.write() as connection:
        connection.execute(ALLOWANCE_ENTRIES.insert().values(**entry))
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(ALLOWANCE_ENTRIES.insert().values(**{**entry, **wrong}))


@pytest.mark.parametrize(
    "change",
    [LEASES.update().values(fence=4), LEASES.update().values(attempt="other"), LEASES.delete()],
    ids=["falls", "shared", "forgotten"],
)
def test_fences(store: Store, change: object) -> None:
    """The store itself lets no fence fall, be shared by two holders or be forgotten."""
    held = {"owner": "me", "acquired_at": NOW, "renewed_at": NOW, "expires_at": NOW}
    with store.write() as connection:
        connection.execute(LEASES.insert().values(device_id="gpu-1", fence=5, attempt="a", **held))
    with pytest.raises(IntegrityError), store.write() as connection:
        connection.execute(change)  # type: ignore[call-overload]
