"""The ledger of device time in the store: reserve, settle, refund; append-only, one entry of a kind for each attempt.

Theory of operation. Each step is one transaction that reads what the attempt and the account have, lets the pure
``steps`` decide, and adds one entry or none. A writer is alone from the moment at which it reads, so two reservations
never share the same seconds. Killed anywhere, a step has either left its entry or nothing, and may be repeated.

An attempt's id is ``<evaluation>.<number>``: the record that it works for, and the how manyth attempt at it this is.
``next_attempt`` gives it, under whatever makes its caller the only one at work on that evaluation, and refunds first
what earlier attempts left standing: they ended without a record, which is never the team's fault. What a killed
process left of other evaluations is found by ``reconcile``.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from arena.allowance import steps
from arena.allowance.account import (
    Balance,
    Charge,
    Entry,
    EntryKind,
    balance,
    charges,
    evaluation_of,
    micros,
    seconds_of,
)
from arena.allowance.steps import NotCovered, Reserved
from arena.allowance.week import Week, week_of
from arena.model.allowance import Allowance

if TYPE_CHECKING:  # SQLAlchemy takes longer to import than most commands run.
    from sqlalchemy import Connection

    from arena.store.engine import Store

ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceLedger:
    """The entries in ``store``, held against ``allowance``; weeks are those of ``zone``.

    Moments come in as arguments, and are aware. A reservation counts in the week of its ``at``, which should be when
    the submission was received: then records tell the same (``from_records``). Every method may raise what
    ``Store.write`` raises.
    """

    store: "Store"
    allowance: Allowance
    zone: tzinfo

    def reserve(
        self, *, attempt: str, team: str, task: str, unit: str, device_class: str, seconds: float, at: datetime
    ) -> Reserved | NotCovered:
        """Set ``seconds`` of ``unit`` aside for an attempt, if the team's week covers them.

        Raises:
            InfrastructureError: the attempt was reserved with other values, or its reservation was refunded meanwhile.
            ValueError: ``seconds`` is no amount.
        """
        entry = Entry(
            attempt=attempt,
            kind=EntryKind.RESERVE,
            team=team,
            task=task,
            device_class=device_class,
            unit=unit,
            seconds=seconds_of(micros(seconds)),
            at=at,
        )
        from arena.allowance import rows

        with self.store.write() as connection:
            has = rows.of_attempt(connection, attempt)
            known = has.get(EntryKind.RESERVE, entry)
            decided = steps.reserve(entry, has, self._account(connection, team, unit, known.at))
            if isinstance(decided, Reserved) and decided.entry is entry:
                rows.append(connection, entry)
            return decided

    def settle(self, attempt: str, used: float, *, at: datetime) -> Entry:
        """Charge ``min(used, reserved)`` seconds and give the rest back; return the entry that stands.

        It is the refund, if what was reserved had been given up as abandoned.

        Raises:
            InfrastructureError: nothing was reserved, or another amount was settled.
            ValueError: ``used`` is no amount of seconds.
        """
        return self._end(attempt, lambda has: steps.settle(attempt, used, has, at))

    def refund(self, attempt: str, reason: str, *, at: datetime) -> Entry:
        """Give back all that stands for an attempt, for a fault that is not the submission's; return the entry.

        ``reason`` is a stable code such as the outcome's.

        Raises:
            InfrastructureError: nothing was reserved.
        """
        return self._end(attempt, lambda has: steps.refund(attempt, reason, has, at))

    def next_attempt(self, evaluation: str, *, at: datetime) -> str:
        """The id of the next attempt at an evaluation that has no record; what earlier ones left standing is refunded.

        Only for whoever is the only one at work on this evaluation: an attempt that still runs would be refunded.
        """
        from arena.allowance import rows

        with self.store.write() as connection:
            before = rows.of_evaluation(connection, evaluation)
            for attempt, has in before.items():
                if EntryKind.REFUND not in has:
                    rows.append(connection, steps.refund(attempt, ABANDONED, has, at))
            return f"{evaluation}.{len(before) + 1}"

    def reconcile(self, is_alive: Callable[[str], bool], *, at: datetime) -> list[Entry]:
        """Refund the reservations of attempts that died without an end; return the refunds that this call made.

        ``is_alive`` is asked about each attempt that has only a reservation, after the list of them was read, and must
        be true from before an attempt is reserved until after it is settled or refunded. Where it cannot tell, it says
        true: what is refunded wrongly is never charged.
        """
        from arena.allowance import rows

        with self.store.read() as connection:
            held = rows.open_reservations(connection)
        made = [self._abandon(attempt, at) for attempt in held if not is_alive(attempt)]
        return [entry for entry in made if entry is not None]

    def adopt(self, entries: Iterable[Entry]) -> int:
        """Add what records tell (``from_records``) of evaluations that this store knows nothing of; return how many.

        A store that is new, or was deleted, forgets by that nothing that was charged. Repeating it changes nothing.
        """
        from arena.allowance import rows

        by_attempt: dict[str, list[Entry]] = {}
        for entry in entries:
            by_attempt.setdefault(entry.attempt, []).append(entry)
        with self.store.write() as connection:
            known = rows.charged_evaluations(connection)
            new = [attempt for attempt in by_attempt if evaluation_of(attempt) not in known]
            for attempt in new:
                for entry in by_attempt[attempt]:
                    rows.append(connection, entry)
        return len(new)

    def account(self, team: str, unit: str, at: datetime) -> Balance:
        """A team's account of one unit in the week around ``at``."""
        with self.store.read() as connection:
            return self._account(connection, team, unit, at)

    def charges(self, unit: str, at: datetime) -> list[Charge]:
        """What each attempt of every team stands for in the week around ``at``: what a fair queue goes by."""
        from arena.allowance import rows

        with self.store.read() as connection:
            return charges(rows.of_week(connection, self._week(at), unit=unit))

    def _week(self, at: datetime) -> Week:
        return week_of(at, self.zone, self.allowance.week_starts)

    def _account(self, connection: "Connection", team: str, unit: str, at: datetime) -> Balance:
        from arena.allowance import rows

        week = self._week(at)
        found = rows.of_week(connection, week, unit=unit, team=team)
        return balance(found, team=team, unit=unit, week=week, limit=self.allowance.seconds.get(unit))

    def _end(self, attempt: str, decide: Callable[[steps.Entries], Entry]) -> Entry:
        from arena.allowance import rows

        with self.store.write() as connection:
            has = rows.of_attempt(connection, attempt)
            entry = decide(has)
            if has.get(entry.kind) is not entry:
                rows.append(connection, entry)
            return entry

    def _abandon(self, attempt: str, at: datetime) -> Entry | None:
        from arena.allowance import rows

        with self.store.write() as connection:
            has = rows.of_attempt(connection, attempt)
            if set(has) != {EntryKind.RESERVE}:
                return None  # It came to an end since the list was read.
            entry = steps.refund(attempt, ABANDONED, has, at)
            rows.append(connection, entry)
            return entry
