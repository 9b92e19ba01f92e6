"""What the pipeline works with: every clock, launcher and store comes in from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from arena.allowance.ledger import AllowanceLedger
from arena.board.interface import Ledger
from arena.board.row_texts import RowTexts
from arena.model.message import Message
from arena.model.record import Record
from arena.model.task import Task
from arena.sandbox.interface import Launcher
from arena.sandbox.runtime import Runtime
from arena.vault.plain import PlainVault

if TYPE_CHECKING:
    from arena.devices.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """All that a grader holds.

    ``runtime`` and ``launcher`` are asked for only when they are needed, the launcher for each submission to a task;
    ``masks`` finds the runtime's files that hold a task's hidden rows; ``folders`` says where a task's packed files lie
    unpacked; ``state`` is the grader's own folder, for locks, scratch and logs; ``ledger`` is where grading
    looks and writes, ``public`` what boards are made of where that is another one, ``sign`` makes a record count,
    ``seal`` gives the signature of another published file, for a purpose that it names, where this grader signs,
    ``counts`` says whether such a file counts as it is signed, and ``checkpoint`` states what the ledger holds when
    boards were published; ``allowance`` is the ledger of device time and ``devices`` gives what attempts lease,
    ``None`` where nothing is counted or leased; ``tell`` is told of what takes long; ``expect`` is told how many
    submissions will be run at most; ``close`` ends what launchers keep ready; ``texts`` are what boards were rendered
    as the last time, ``comparing`` what their teams were compared by.
    """

    now: Callable[[], datetime]
    zone: tzinfo
    runtime: Callable[[], Runtime]
    launcher: Callable[[Task], Launcher]
    masks: Callable[[Task], Sequence[Path]]
    state: Path
    ledger: Ledger
    vault: PlainVault
    public: Ledger | None = None
    sign: Callable[[Record], Record] = lambda record: record
    seal: Callable[[str, Mapping[str, Any]], str | None] = lambda *_: None
    counts: Callable[[str, Mapping[str, Any]], bool] = lambda *_: True
    checkpoint: Callable[[], None] = lambda: None
    folders: Callable[[Task], Mapping[str, Path]] = lambda _: {}
    allowance: AllowanceLedger | None = None
    devices: "Callable[[], Pool] | None" = None
    tell: Callable[[Message], None] = lambda _: None
    expect: Callable[[int], None] = lambda _: None
    close: Callable[[], None] = lambda: None
    texts: dict[str, RowTexts] = field(default_factory=dict)
    comparing: dict[str, Any] = field(default_factory=dict)

    @property
    def board_ledger(self) -> Ledger:
        """Whose records stand on the boards."""
        return self.public or self.ledger
