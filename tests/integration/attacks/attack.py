"""What an attack of the suite is, and what each cell of launcher × privilege × attack declares in advance."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from arena.model.outcome import Outcome

PROGRAMS = Path(__file__).with_name("programs")
LAUNCHERS = ("bwrap", "warm")
PRIVILEGES = ("root", "user")


class Need(Enum):
    """A protection that some machines, accounts or launchers lack and that an attack depends on."""

    MEMORY_GROUP = "memory control group"
    CPU_GROUP = "CPU accounting of a control group"
    INODE_LIMIT = "limit of inodes"


class Declared(Enum):
    """What a cell says before anything runs."""

    CONTAINED = "contained"
    UNPROTECTED = "unprotected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Where a cell runs. ``groups``: this grader can bound a job by a control group."""

    launcher: str
    privilege: str
    groups: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """One hostile submission.

    ``outcomes`` are the ways in which the pipeline may end it; where it ends in a score, that is the honest one.
    ``make`` builds what is handed in, given an empty folder; without it the program of that name is handed in, after
    the program ``first``, by another team, through the same launcher. ``extra`` are more files beside the program.
    """

    theme: str
    name: str
    outcomes: frozenset[Outcome]
    budget: Mapping[str, float] = field(default_factory=dict)
    needs: frozenset[Need] = frozenset()
    first: str | None = None
    make: Callable[[Path], Path] | None = None
    tells: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Theme and name."""
        return f"{self.theme}/{self.name}"

    @property
    def program(self) -> Path:
        """The file of a program."""
        return PROGRAMS / self.theme / f"{self.name}.py"

    @property
    def tries(self) -> str:
        """What it tries and what must hold, in one line."""
        if self.make is not None:
            return self.tells
        docstring = ast.get_docstring(ast.parse(self.program.read_text(encoding="utf-8"))) or ""
        return " ".join(docstring.split())


def declared(attack: Attack, setting: Setting) -> Declared:
    """What this cell promises. Nothing here looks at how a run ended."""
    there = set()
    if setting.groups:
        there |= {Need.MEMORY_GROUP, Need.CPU_GROUP}
    if setting.launcher == "warm":
        there.add(Need.INODE_LIMIT)
    return Declared.CONTAINED if attack.needs <= there else Declared.UNPROTECTED
