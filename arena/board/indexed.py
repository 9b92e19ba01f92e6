"""A ledger with an index beside it, so that one record more costs nothing that grows with the records that are there.

Theory of operation. The index is a SQLite file that is derived from the ledger and can be deleted at any time. Before
it is asked, it reads what has come since the last time: from a ledger of files what folders have changed, from a
database the entries after the last one. It notes whose an entry is and whether it counts, and by a running number which
teams have changed. What a team has on a board is kept as of such a number and made anew when the team has changed
since, so that a board costs the teams, and what is new. What counts was found out when the entry was read; if the
workspace trusts other keys now, the index begins anew.
"""

import contextlib
import gc
import hashlib
import itertools
import json
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arena.board import checkpoints
from arena.board.checkpoints import MOST_ADDED, Checkpoint
from arena.board.interface import Counts, Entry, Ledger, News, Sight, every, first_of
from arena.board.live import LiveBoard, team_rows
from arena.board.row_file import FORM, dump_rows, load_rows
from arena.board.standings import Standings
from arena.errors import InfrastructureError
from arena.model.metric import Metric
from arena.model.record import Record
from arena.model.task import Task
from arena.signing.keys import Signer
from arena.store.engine import Store
from arena.store.index_migrations import INDEX_MIGRATIONS

if TYPE_CHECKING:  # It needs SQLAlchemy.
    from arena.store.index_rows import Connection

_CHUNK = 50_000
# Entries come in any order of their names: with less, most insertions would read a page.
_CACHE_MIB = 256
# How many teams' records are in memory together, and how many teams' rows are written in one go.
_TEAMS_READ, _TEAMS_WRITTEN = 10, 1000
Tick = Callable[[int], object]


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Records hold no cycles, and to look for some in a million of them takes a quarter of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass(slots=True)
class _View:
    """A board in this process, up to a change."""

    live: LiveBoard
    change: int = 0


@dataclass(frozen=True, slots=True)
class IndexedLedger:
    """The ledger ``base``; a ``Ledger``. ``basis`` names what decides which entries count, such as the trusted keys.

    ``reliable`` says of a checkpoint whether what it states is stated.
    """

    base: Ledger
    store: Store
    counts: Counts
    basis: str
    reliable: Callable[[Checkpoint], bool] = lambda _: True
    _views: dict[str, dict[str, _View]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def open(
        cls, base: Ledger, path: Path, *, counts: Counts, basis: str, reliable: Callable[[Checkpoint], bool]
    ) -> "IndexedLedger":
        """The ledger with its index in the file ``path``, which is made when it is first asked."""
        return cls(base, Store(path=path, migrations=INDEX_MIGRATIONS, cache_mib=_CACHE_MIB), counts, basis, reliable)

    def rebuild(self, tick: Tick = lambda _: None) -> int:
        """Make the index anew; return how many entries it has. ``tick`` is called with how many more were read."""
        self._cursor()  # A broken one is gone after this.
        with self.store.write() as connection:
            self._begin(connection)
        return self._sync(tick)

    def board(self, task: Task, metrics: Sequence[Metric]) -> Standings | None:
        """The board of all records that count, as ``standings`` makes it; ``None`` if the task has none."""
        from arena.store import index_rows

        self._sync()
        name = _view(task, metrics)
        with self.store.read() as connection:
            if index_rows.latest(connection, task.id) is None:
                return None
            stale = index_rows.stale_teams(connection, name, task.id)
        for start in range(0, len(stale), _TEAMS_WRITTEN):
            with _without_collector():
                made = [
                    (team, change, dump_rows(team_rows(records, task, metrics)))
                    for team, change, records in self._with_records(task.id, stale[start : start + _TEAMS_WRITTEN])
                ]
            with self.store.write() as connection:
                index_rows.put_rows(connection, name, made)
        (views,) = self._views.values()
        view = views.setdefault(name, _View(LiveBoard(task, metrics)))
        with self.store.read() as connection:
            news = index_rows.rows_since(connection, name, view.change)
        for team, change, text in news:
            view.live.put(team, load_rows(text, team))
            view.change = max(view.change, change)
        return view.live.board()

    def checkpoint(self, signer: Signer, at: datetime) -> list[str]:
        """State, signed, what counts and no checkpoint states yet; return the names of the new ones."""
        from arena.store import index_rows

        self._sync()
        self._take_in_checkpoints()
        made: list[str] = []
        while True:
            with self.store.write() as connection:
                new = self._to_state(connection)
                heads = index_rows.heads(connection)
                if not new and len(heads) < 2:  # noqa: PLR2004 - more than one is joined
                    return made
                index_rows.state(connection, new.items())
                count, root = index_rows.root(connection)
                name, data = checkpoints.sealed(count=count, root=root, heads=heads, added=new, signer=signer, at=at)
                self.base.put_checkpoint(name, data)
                index_rows.add_checkpoint(connection, name, heads, ())
                made.append(name)

    def last_checkpoints(self) -> list[str]:
        """The names of the last checkpoints that can be relied on."""
        from arena.store import index_rows

        self._take_in_checkpoints()
        with self.store.read() as connection:
            return list(index_rows.heads(connection))

    def _to_state(self, connection: "Connection") -> dict[str, str]:
        from arena.store import index_rows

        found = index_rows.to_state(connection, MOST_ADDED)
        by_task = itertools.groupby(found, key=lambda each: each[0])
        entries = (entry for task, each in by_task for entry in self.base.read(task, [name for _, name in each]))
        return {f"{entry.task}/{entry.name}": entry.digest for entry in entries}

    def _take_in_checkpoints(self) -> None:
        from arena.store import index_rows

        with self.store.write() as connection:
            known = index_rows.checkpoint_names(connection)
            for name, data in self.base.checkpoints(known):
                with contextlib.suppress(InfrastructureError):  # `verify` names it.
                    one = checkpoints.load(name, data)
                    if self.reliable(one):
                        index_rows.add_checkpoint(connection, name, one.previous, one.added.items())

    def _sync(self, tick: Tick = lambda _: None) -> int:
        """Read what has come since the last time; return how much that was."""
        from arena.store import index_rows

        cursor = self._cursor()
        news, total = self.base.news(cursor, self._known), 0
        while some := self._some(news):
            with self.store.write() as connection, _without_collector():
                facts = [self._facts(each, connection) for each in some]
                index_rows.add(connection, facts, index_rows.next_change(connection))
            tick(len(some))
            total += len(some)
        if news.gone or news.cursor != cursor:
            with self.store.write() as connection:
                if news.gone:
                    index_rows.remove(connection, news.gone, index_rows.next_change(connection))
                index_rows.note(connection, "cursor", news.cursor)
        return total

    def _some(self, news: News) -> list[Sight]:
        with _without_collector():
            return list(itertools.islice(news.new, _CHUNK))

    def _cursor(self) -> str:
        """Up to where the ledger was read; an index that is none of this ledger's, or broken, begins anew."""
        from arena.store import index_rows

        try:
            with self.store.write() as connection:
                if index_rows.fact(connection, "basis") != self.basis:
                    self._begin(connection)
                born = index_rows.fact(connection, "born") or ""
                cursor = index_rows.fact(connection, "cursor") or ""
        except InfrastructureError as error:
            if error.message_id not in {"store.corrupt", "store.newer"}:
                raise
            self.store.close()
            for end in ("", "-wal", "-shm"):
                self.store.path.with_name(self.store.path.name + end).unlink(missing_ok=True)
            return self._cursor()
        if self._views.keys() - {born}:
            self._views.clear()
        self._views.setdefault(born, {})
        return cursor

    def _begin(self, connection: "Connection") -> None:
        from arena.store import index_rows

        index_rows.clear(connection)
        index_rows.note(connection, "basis", self.basis)
        # Who has boards of the index in memory sees by this that its numbers are others now.
        index_rows.note(connection, "born", secrets.token_hex(8))

    def _known(self, task: str, prefix: str) -> set[str]:
        from arena.store import index_rows

        with self.store.read() as connection:
            return index_rows.names(connection, task, prefix)

    def _facts(self, sight: Sight, connection: "Connection") -> tuple[str, str, str, str, int, int | None]:
        from arena.store import index_rows

        if self.counts is every:
            return sight.task, sight.name, sight.team, sight.received_at, 1, None
        counts = self.counts(sight.load())
        stated = index_rows.is_stated(connection, f"{sight.task}/{sight.name}")
        return sight.task, sight.name, sight.team, sight.received_at, int(counts), int(stated)

    def _of_teams(self, task: str, teams: Sequence[str]) -> dict[str, list[Record]]:
        """The records of teams that count, each id once."""
        from arena.store import index_rows

        with self.store.read() as connection:
            names = index_rows.of_teams(connection, task, teams)
        by_id: dict[str, list[Record]] = {}
        for entry in self.base.read(task, names, teams):
            record = entry.load()
            by_id.setdefault(record.id, []).append(record)
        found: dict[str, list[Record]] = {team: [] for team in teams}
        for record in filter(None, map(first_of, by_id.values())):
            found[record.team].append(record)
        return found

    def _with_records(self, task: str, teams: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, list[Record]]]:
        for start in range(0, len(teams), _TEAMS_READ):
            some = teams[start : start + _TEAMS_READ]
            records = self._of_teams(task, [team for team, _ in some])
            yield from ((team, change, records[team]) for team, change in some)

    def append(self, record: Record) -> bool:
        """Keep a record; return whether this call made it."""
        return self.base.append(record)

    def get(self, task: str, record: str) -> Record | None:
        """The record of that id, if there is one."""
        return self.base.get(task, record)

    def records(self, task: str) -> Iterator[Record]:
        """Every record of a task, in order of id."""
        return self.base.records(task)

    def of_team(self, task: str, team: str) -> list[Record]:
        """A team's records of a task, in the order in which they were received."""
        self._sync()
        found = self._of_teams(task, [team])[team]
        return sorted(found, key=lambda record: (record.received_at, record.id))

    def latest(self, task: str) -> datetime | None:
        """The newest time of receipt of a task, ``None`` without records."""
        from arena.store import index_rows

        self._sync()
        with self.store.read() as connection:
            found = index_rows.latest(connection, task)
        return datetime.fromisoformat(found).astimezone(UTC) if found else None

    def find(self, task: str, prefix: str) -> list[Record]:
        """The records whose id begins with ``prefix``."""
        return self.base.find(task, prefix)

    def refused(self, task: str) -> int:
        """How many entries of a task do not count."""
        from arena.store import index_rows

        self._sync()
        with self.store.read() as connection:
            return index_rows.refused(connection, task)

    def entry(self, task: str, name: str) -> Entry | None:
        """The entry of that name."""
        return self.base.entry(task, name)

    def read(self, task: str, names: Collection[str], teams: Sequence[str] = ()) -> Iterator[Entry]:
        """The entries of these names that are there."""
        return self.base.read(task, names, teams)

    def news(self, cursor: str, known: Callable[[str, str], set[str]]) -> News:
        """What has come and gone since ``cursor``."""
        return self.base.news(cursor, known)

    def entries(self) -> Iterator[Entry]:
        """Every entry of every task."""
        return self.base.entries()

    def count(self) -> int:
        """How many entries there are."""
        return self.base.count()

    def put(self, entry: Entry) -> bool:
        """Keep an entry as it is; return whether this call made it."""
        return self.base.put(entry)

    def put_all(self, entries: Iterable[Entry]) -> int:
        """Keep entries as they are; return how many this call made."""
        return self.base.put_all(entries)

    def checkpoints(self, known: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
        """Every checkpoint but those that are known."""
        return self.base.checkpoints(known)

    def put_checkpoint(self, name: str, data: bytes) -> bool:
        """Keep a checkpoint as it is; return whether this call made it."""
        return self.base.put_checkpoint(name, data)

    def close(self) -> None:
        """Give both files back."""
        self.base.close()
        self.store.close()


def _view(task: Task, metrics: Sequence[Metric]) -> str:
    """A board by all that the rows of its teams follow from."""
    closes = task.board.closes.isoformat() if task.board.closes else None
    by = [[metric.name, metric.greater_is_better] for metric in metrics]
    text = json.dumps([FORM, task.id, task.digest, task.board.rule, closes, by])
    return hashlib.sha256(text.encode()).hexdigest()
