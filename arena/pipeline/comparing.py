"""Compare the submissions that stand on a board, beside the vault, and publish what may be published of that.

``<task>.comparisons.json`` is signed where its grader signs, and boards are made of records and that file: a clone
without the vault makes the same ones. What stands there is kept as long as it is about what stands on the boards; a
grader whose vault knows less of that, or whose signature does not count, does not replace it.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arena.board.compared import Comparisons, Overlay
from arena.board.comparisons_file import COMPARISONS, SUFFIX, dump, load, to_json
from arena.board.feedback import Feedback
from arena.board.standings import Row, Standings
from arena.errors import InfrastructureError
from arena.files import state_of, write_atomic
from arena.model.metric import Metric, Needs
from arena.model.task import Task
from arena.pipeline.stages import Stages
from arena.vault.plain import PlainVault

if TYPE_CHECKING:  # It needs NumPy, which who only reads boards does not.
    from arena.board.tracked import Tracked
    from arena.model.influence import Influence


@dataclass(slots=True)
class Memory:
    """Of one task: what is published, in which state of the file, and what makes the next comparisons cheap."""

    overlay: Overlay = field(default_factory=Overlay)
    published: dict[str, Comparisons] = field(default_factory=dict)
    state: tuple[int, ...] | None = None
    tracked: "dict[str, Tracked]" = field(default_factory=dict)


def comparisons_path(folder: Path, task: str) -> Path:
    """Where comparisons are published."""
    return folder / f"{task}{SUFFIX}.json"


def with_comparisons(board: Standings, task: Task, stages: Stages, folder: Path) -> tuple[Standings, list[Path]]:
    """The board with rank intervals, and the files that were changed for them. Only for whoever publishes."""
    memory = stages.comparing.setdefault(task.id, Memory())
    path = comparisons_path(folder, task.id)
    # Another grader may have published since.
    before = memory.published if memory.state == _state(path) else _read(path, stages)
    found = {
        one.metrics[0].name: made
        for one in (board, *board.others)
        if (made := _of_board(one, task, stages, memory, before.get(one.metrics[0].name)))
    }
    changed = []
    if found != before:
        if not _publish(path, found, stages):
            found = {name: one for name, one in before.items() if found.get(name) == one}
        else:
            changed.append(path)
    memory.published, memory.state = found, _state(path)
    return memory.overlay.on(board, found), changed


def _of_board(
    board: Standings, task: Task, stages: Stages, memory: Memory, before: Comparisons | None
) -> Comparisons | None:
    metric = board.metrics[0]
    rows = [row for row in board.rows if row.rank is not None]
    if len(rows) < 2 or metric.needs is Needs.CASES:  # noqa: PLR2004 - a pair
        return None
    wanted = {row.record for row in rows}
    if before is not None and (before.task_digest != task.digest or not wanted.issuperset(before.records)):
        before = None
    if before is not None and wanted == set(before.records):
        return before
    made = _made(rows, metric, task, stages, memory)
    return made if made is not None and (before is None or len(made.compared) >= len(before.compared)) else before


def _made(rows: Sequence[Row], metric: Metric, task: Task, stages: Stages, memory: Memory) -> Comparisons | None:
    from arena.board.tracked import Stand, Tracked

    # Where only a part of the vault was put back, boards are published all the same.
    if not stages.vault.has_answers(task):
        return None
    accepted = _accepted(task, stages, rows) if task.board.feedback == Feedback.LADDER.value else None
    of_vault = _loader(task, metric, "public", stages.vault)
    stands = [Stand(team=row.team, record=row.record, score=row.scores[metric.name]) for row in rows]
    tracked = memory.tracked.setdefault(metric.name, Tracked())
    known = tracked.update(
        stands,
        lambda record: of_vault(record) if accepted is None or record in accepted else None,
        greater_is_better=metric.greater_is_better,
    )
    if known is None:
        return None
    return comparisons_of(tracked, [row.record for row in rows], task, metric, is_public=True, vault=stages.vault)


def of_final(rows: Sequence[Mapping[str, Any]], task: Task, metric: Metric, vault: PlainVault) -> Comparisons | None:
    """The comparisons of the rows of a final board, on the private rows; ``None`` where there is nothing to compare."""
    from arena.board.tracked import Stand, Tracked

    competing = [row for row in rows if row["rank"] is not None]
    if len(competing) < 2 or metric.needs is Needs.CASES:  # noqa: PLR2004 - a pair
        return None
    stands = [Stand(team=row["team"], record=row["record"], score=row["private"]) for row in competing]
    tracked, load = Tracked(), _loader(task, metric, "private", vault)
    if tracked.update(stands, load, greater_is_better=metric.greater_is_better) is None:
        return None
    return comparisons_of(tracked, [each.record for each in stands], task, metric, is_public=False, vault=vault)


def _loader(task: Task, metric: Metric, split: str, vault: PlainVault) -> "Callable[[str], Influence | None]":
    """What gives a record's influences on one score, where this vault has them."""
    from arena.pipeline.influences import kept

    def load(record: str) -> "Influence | None":
        data = vault.influences(task.id, record)
        return None if data is None else kept(data, split, metric.name)

    return load


def comparisons_of(
    tracked: "Tracked", order: Sequence[str], task: Task, metric: Metric, *, is_public: bool, vault: PlainVault
) -> Comparisons:
    """What may be published of a field, in the board's ``order``, whose first that was compared is the leader."""
    from arena.board.comparisons import comparisons
    from arena.pipeline.contracts import contract_of
    from arena.pipeline.truth import truth_of

    if tracked.known is None:
        raise ValueError("nothing is compared")
    compared = set(tracked.records)
    public_rows = truth_of(task, contract_of(task), vault).is_public
    made = comparisons(
        *tracked.known,
        tracked.records,
        leader=next(record for record in order if record in compared),
        task=task.id,
        task_digest=task.digest,
        metric=metric.name,
        split="public" if is_public else "private",
        rows=int((public_rows if is_public else ~public_rows).sum()),
    )
    place = {record: number for number, record in enumerate(order)}
    return replace(made, compared=tuple(sorted(made.compared, key=lambda each: place[each.record])))


def _accepted(task: Task, stages: Stages, rows: Iterable[Row]) -> set[str]:
    """Of these rows' records those that a ladder accepted, or that are later evaluations of one that it did."""
    found = set()
    for row in rows:
        names = {name for name, _ in stages.vault.accepted(task, row.team)}
        record: str | None = row.record
        while record is not None and record not in names:
            entry = stages.board_ledger.get(task.id, record)
            record = entry.supersedes if entry else None
        if record is not None:
            found.add(row.record)
    return found


def _state(path: Path) -> tuple[int, ...] | None:
    try:
        return state_of(path)
    except FileNotFoundError:
        return None


def _read(path: Path, stages: Stages) -> dict[str, Comparisons]:
    """What is published and counts here, by metric."""
    try:
        data = path.read_bytes()
        boards = load(data, str(path))
    except FileNotFoundError:
        return {}
    except InfrastructureError:
        return {}  # It follows from records and vault: whoever has those writes it anew.
    return {board.metric: board for board in boards} if stages.counts(COMPARISONS, json.loads(data)) else {}


def _publish(path: Path, found: Mapping[str, Comparisons], stages: Stages) -> bool:
    """Write the file, or remove it where nothing is compared; return whether this grader may."""
    if not found:
        path.unlink(missing_ok=True)
        return True
    plain = to_json(list(found.values()))
    plain["signature"] = stages.seal(COMPARISONS, plain)
    if not stages.counts(COMPARISONS, plain):
        return False
    write_atomic(path, dump(plain))
    return True
