"""In which order one grader takes what waits on the shelf: the fair queue's."""

from collections.abc import Iterable, Mapping

from arena.allowance.forecast import may_cost
from arena.devices.interface import NoGpuError
from arena.intake.shelf import Entry
from arena.model.device import DeviceKind
from arena.model.submission import Kind
from arena.model.task import Task
from arena.pipeline.placing import kind_of
from arena.pipeline.stages import Stages
from arena.queue.order import Started, Waiting, order


def in_fair_order(entries: Iterable[Entry], tasks: Iterable[Task], stages: Stages) -> list[Entry]:
    """The team first that has used least device time this week; of one team's, and between equals, by name.

    What lies on a shelf does not say since when, so all of it waits since now. Each kind of device has a queue of its
    own, since their seconds cannot be compared. What belongs to no task comes last.
    """
    by_kind: dict[DeviceKind, dict[str, tuple[Entry, Waiting]]] = {kind: {} for kind in DeviceKind}
    known, rest, now = {task.id: task for task in tasks}, [], stages.now()
    for entry in entries:
        task = known.get(entry.task)
        if task is None:
            rest.append(entry)
            continue
        kind = _kind(task, stages)
        # What it is shows when it is received; of all kinds a program may cost most.
        seconds = may_cost(Kind.PROGRAM, task, kind).seconds
        waiting = Waiting(attempt=entry.label, team=entry.team.casefold(), since=now, seconds=seconds)
        by_kind[kind][entry.label] = entry, waiting
    return [*(entry for kind, found in by_kind.items() for entry in _ordered(kind, found, stages)), *rest]


def _kind(task: Task, stages: Stages) -> DeviceKind:
    try:
        return kind_of(task, stages)
    except NoGpuError:
        return DeviceKind.GPU  # It will be refused, each with the reason.


def _ordered(kind: DeviceKind, found: Mapping[str, tuple[Entry, Waiting]], stages: Stages) -> list[Entry]:
    if not found or stages.allowance is None:
        return [entry for entry, _ in found.values()]
    charged = stages.allowance.charges(kind.unit, stages.now())
    started = [Started(team=charge.team, seconds=charge.seconds) for charge in charged]
    return [found[each.attempt][0] for each in order((waiting for _, waiting in found.values()), started)]
