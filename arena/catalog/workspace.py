"""The workspace: a folder with an ``arena.toml``, found upward from the current one, as git finds its own."""

import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from arena.catalog import edge
from arena.errors import InvalidFileError, UsageError
from arena.files import create_once, write_atomic
from arena.model.allowance import FIRST_WEEKDAY, Allowance
from arena.model.device import DeviceKind
from arena.model.safe_text import safe_line
from arena.model.trust import PREFIX, Trust, TrustedKey

MARKER = "arena.toml"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone of the tz database") from error
    return name


# A team of thirty GPUs, all week; beyond it stands a slip of the pen.
WeeklySeconds = Annotated[float, Field(gt=0, le=30 * 7 * 24 * 3600)]


class AllowanceTable(edge.Edge):
    """What each team may spend in a week; a unit that is not named has no limit."""

    gpu_seconds: WeeklySeconds | None = None
    cpu_slot_seconds: WeeklySeconds | None = None
    week_starts: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = FIRST_WEEKDAY


def _public(text: str) -> str:
    if not re.fullmatch(PREFIX + "[0-9a-f]{64}", text):
        raise ValueError(f"a key is `{PREFIX}` and 64 hexadecimal digits, as `arena key show` prints it")
    return text


class TrustedTable(edge.Edge):
    """A grader whose signatures count; those made from ``revoked`` on do not."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
    key: Annotated[str, AfterValidator(_public)]
    revoked: AwareDatetime | None = None


def _distinct(keys: tuple[TrustedTable, ...]) -> tuple[TrustedTable, ...]:
    for of in ("name", "key"):
        values = [getattr(each, of) for each in keys]
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise ValueError(f"{twice[0]} stands twice")
    return keys


class LedgerTable(edge.Edge):
    """Where records are kept, and whose count. Without a trusted key nothing is signed."""

    kind: Literal["files", "sql"] = "files"
    trusted: Annotated[tuple[TrustedTable, ...], AfterValidator(_distinct)] = ()


class WorkspaceFile(edge.Edge):
    """The whole of ``arena.toml``."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")]
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    language: Literal["en", "bn"] | None = None
    team: str | None = None
    runtime: str | None = None
    launcher: Literal["auto", "warm", "bwrap"] = "auto"
    cpu_slots: Annotated[int, Field(ge=1, le=4096)] | None = None
    allowance: AllowanceTable = AllowanceTable()
    ledger: LedgerTable = LedgerTable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Where things are. ``runtime`` is the interpreter that submissions run with."""

    root: Path
    name: str
    time_zone: ZoneInfo
    language: str | None
    team: str | None
    runtime: Path
    launcher: str
    cpu_slots: int | None = None
    allowance: Allowance = field(default_factory=Allowance)
    ledger_kind: str = "files"
    trust: Trust = field(default_factory=Trust)

    @property
    def submissions(self) -> Path:
        """What is graded."""
        return self.root / "submissions"

    @property
    def leaderboard(self) -> Path:
        """Published boards, and the ledger's records."""
        return self.root / "leaderboard"

    @property
    def records(self) -> Path:
        """The ledger of files: its records, and its checkpoints."""
        return self.leaderboard / "records"

    @property
    def records_database(self) -> Path:
        """The SQL ledger, in a workspace that keeps its records so."""
        return self.leaderboard / "records.sqlite3"

    @property
    def state(self) -> Path:
        """The grader's own working files: locks, scratch folders, logs. Never published, safe to delete when idle."""
        return self.root / ".arena"

    @property
    def store(self) -> Path:
        """The database of leases and of the ledger of device time, where attempts are run."""
        return self.state / "store.sqlite3"


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` with an ``arena.toml``, or raise ``UsageError``."""
    for folder in (start, *start.parents):
        if (folder / MARKER).is_file():
            return folder
    raise UsageError("workspace.none", folder=str(start))


def open_workspace(start: Path) -> Workspace:
    """Find and load the workspace around ``start``."""
    root = find_root(start.resolve())
    try:
        settings, _ = edge.validated(edge.read_definition(root / MARKER, MARKER), MARKER, WorkspaceFile)
    except InvalidFileError as error:
        raise UsageError("workspace.invalid", **error.params) from error
    return Workspace(
        root=root,
        name=settings.name,
        time_zone=ZoneInfo(settings.time_zone),
        language=settings.language,
        team=settings.team,
        launcher=settings.launcher,
        cpu_slots=settings.cpu_slots,
        runtime=root / settings.runtime if settings.runtime else Path(sys.executable),
        allowance=_allowance(settings.allowance),
        ledger_kind=settings.ledger.kind,
        trust=_trust(settings.ledger.trusted),
    )


def _allowance(table: AllowanceTable) -> Allowance:
    limits = {DeviceKind.GPU: table.gpu_seconds, DeviceKind.CPU_SLOT: table.cpu_slot_seconds}
    seconds = {kind.unit: limit for kind, limit in limits.items() if limit is not None}
    return Allowance(seconds=seconds, week_starts=table.week_starts)


def _trust(keys: tuple[TrustedTable, ...]) -> Trust:
    return Trust(
        tuple(
            TrustedKey(name=each.name, public=bytes.fromhex(each.key.removeprefix(PREFIX)), revoked=each.revoked)
            for each in keys
        )
    )


_TEMPLATE = """\
# A workspace of arena: `arena` finds this file from any folder below it.
schema = 1
name = "{name}"
time_zone = "{zone}"
# language = "bn"                 # en | bn: messages for learners; ARENA_LANG overrides it
# team = "my-team"                # who submits from here; --team and ARENA_TEAM override it
# runtime = ".venv/bin/python"    # the interpreter that submissions run with; default: the one that runs arena
# cpu_slots = 2                   # into how many shares this machine's cores are divided; default: one for each core
# [allowance]                     # what each team may spend in a week; without a line there is no limit
# gpu_seconds = 3600
# cpu_slot_seconds = 36000
# week_starts = "sunday"
# [ledger]
# trusted = [                     # whose records count; without a key nothing is signed. `arena key show` prints a line
# ]
"""


def init_workspace(folder: Path, *, name: str | None, zone: str) -> Path:
    """Make ``folder`` a workspace; refuse one that already is."""
    marker = folder / MARKER
    if marker.exists():
        raise UsageError("workspace.exists", path=str(marker))
    text = _TEMPLATE.format(name=name or _slug(folder.resolve().name), zone=zone)
    try:
        edge.validated(text.encode(), MARKER, WorkspaceFile)
    except InvalidFileError as error:
        reasons = "; ".join(problem.reason for problem in error.problems)
        raise UsageError("workspace.refused", reasons=safe_line(reasons)) from error
    for part in ("tasks", "submissions", "leaderboard"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    create_once(folder / ".gitignore", b".arena/\n.venv/\n")
    # A record is the bytes that were signed: git on Windows would write other ends of lines.
    create_once(folder / ".gitattributes", b"leaderboard/records/** -text\n")
    write_atomic(marker, text.encode())
    return marker


def _slug(text: str) -> str:
    kept = "".join(char if char.isascii() and char.isalnum() else "-" for char in text.casefold())
    return "-".join(part for part in kept.split("-") if part)[:64].strip("-") or "arena"
