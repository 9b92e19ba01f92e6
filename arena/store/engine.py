"""The store: one SQLite file that processes of one machine share.

Theory of operation. Readers see the state of one moment and never wait (write-ahead log). Writers take turns: a write
begins with the lock (``BEGIN IMMEDIATE``), so that what it reads is still so when it writes, and a commit is on disk
when it returns (``synchronous=FULL``), so that a power cut takes nothing back. A process that is killed leaves a
transaction whole or without a trace. The log is shared through memory, which a network file system has not: the store
belongs on a disk of the machine.

Nothing outside ``arena.store`` speaks SQL.
"""

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from arena.errors import InfrastructureError
from arena.store import migrations, place

if TYPE_CHECKING:  # It is imported with the first transaction: most commands make none, and need not wait for it.
    from sqlalchemy import Connection, Engine

_LOG = logging.getLogger(__name__)
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.01
_BEGIN = "arena_begin"

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# What SQLite also says where no further file can be made.
_NOT_OPENED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# A fork inherits connections that it must neither use nor close: https://www.sqlite.org/howtocorrupt.html, section 2.6
_INHERITED: "list[Engine]" = []


@dataclass(slots=True)
class Store:
    """One store. Nothing is opened or made before the first transaction; threads may share it, forks too.

    ``cache_mib`` is how much of the file each connection keeps in memory, instead of SQLite's 2 MiB.
    """

    path: Path
    patience_s: float = _PATIENCE_SECONDS
    migrations: Sequence[Sequence[str]] = migrations.MIGRATIONS
    cache_mib: int | None = None
    _engine: "Engine | None" = field(default=None, init=False)
    _pid: int = field(default=0, init=False)

    @classmethod
    def open(cls, path: Path, *, patience_s: float = _PATIENCE_SECONDS) -> "Store":
        """The store in the file ``path``, which is made, for this account alone, when it is first used.

        ``patience_s`` is how long a transaction waits for those of others, in seconds.
        """
        return cls(path=path, patience_s=patience_s)

    @contextlib.contextmanager
    def write(self) -> "Iterator[Connection]":
        """A transaction that nobody else writes beside; committed at the end, undone by any exception.

        Raises:
            InfrastructureError: the store cannot be used; ``message_id`` says why.
            IntegrityError: what was written breaks a rule of the tables.
        """
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextlib.contextmanager
    def read(self) -> "Iterator[Connection]":
        """A transaction that sees the state of one moment.

        Raises:
            InfrastructureError: the store cannot be used; ``message_id`` says why.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextlib.contextmanager
    def _transaction(self, begin: str) -> "Iterator[Connection]":
        with self._explained(), self._ready().connect() as connection:
            connection.execution_options(**{_BEGIN: begin})
            with connection.begin():
                yield connection

    def problems(self) -> list[str]:
        """What SQLite finds wrong in the whole file, for operators; empty if it is sound."""
        with self.read() as connection:
            found = [str(line) for (line,) in connection.exec_driver_sql("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        """Give the file back. The next transaction opens it again."""
        if self._engine is not None and self._pid == os.getpid():
            self._engine.dispose()
        self._engine = None

    def _ready(self) -> "Engine":
        if self._engine is not None and self._pid != os.getpid():
            _INHERITED.append(self._engine)
            self._engine = None
        if self._engine is None:
            place.prepare(self.path)
            if system := place.network_file_system(self.path):
                _LOG.warning("%s lies on %s; processes on other machines must not use it", self.path, system)
            engine = self._new_engine()
            try:
                self._bring_up_to_date(engine)
            except BaseException:
                engine.dispose()
                raise
            self._engine, self._pid = engine, os.getpid()
        return self._engine

    def _new_engine(self) -> "Engine":
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import QueuePool

        engine = create_engine("sqlite://", creator=self._connect, pool_size=4, max_overflow=-1, poolclass=QueuePool)

        @event.listens_for(engine, "begin")
        def begin(connection: "Connection") -> None:
            connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))

        return engine

    def _bring_up_to_date(self, engine: "Engine") -> None:
        # Most often nothing is missing, and then nobody waits for a writer.
        for begin in ("BEGIN", "BEGIN IMMEDIATE"):
            with engine.connect() as connection:
                connection.execution_options(**{_BEGIN: begin})
                with connection.begin():
                    if migrations.version(connection) == len(self.migrations):
                        return
                    if begin == "BEGIN IMMEDIATE":
                        migrations.migrate(connection, migrations=self.migrations)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=self.patience_s, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        try:
            self._patiently(lambda: _set_up(connection))
            if self.cache_mib is not None:
                connection.execute(f"PRAGMA cache_size = -{self.cache_mib * 1024}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _patiently(self, step: Callable[[], None]) -> None:
        """Do what SQLite does not wait for by itself: the change to a write-ahead log while others open the file."""
        end = time.monotonic() + self.patience_s
        while True:
            try:
                return step()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() >= end:
                    raise
            time.sleep(_PAUSE_SECONDS)

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Say of a database error what it means for whoever runs arena."""
        from sqlalchemy.exc import DBAPIError, IntegrityError

        try:
            yield
        except IntegrityError:
            raise
        except DBAPIError as error:
            raise self._explain(error.orig) from error
        except (sqlite3.Error, OSError) as error:
            raise self._explain(error) from error

    def _explain(self, error: BaseException | None) -> InfrastructureError:
        if isinstance(error, OSError):
            return InfrastructureError("store.unusable", path=str(self.path), reason=error.strerror or str(error))
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        reason = str(error)
        if code in _BUSY:
            return InfrastructureError("store.locked", path=str(self.path), seconds=f"{self.patience_s:g}")
        if code in _CORRUPT:
            return InfrastructureError("store.corrupt", path=str(self.path), reason=reason)
        if code == sqlite3.SQLITE_READONLY:
            return InfrastructureError("store.read_only", path=str(self.path))
        if code == sqlite3.SQLITE_FULL or (code in _NOT_OPENED and place.is_full(self.path.parent)):
            return InfrastructureError("store.full", path=str(self.path))
        return InfrastructureError("store.unusable", path=str(self.path), reason=reason)


def _set_up(connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"no write-ahead log can be kept there, only: {mode}")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
