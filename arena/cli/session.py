"""What commands work in: the workspace around the current folder, its tasks, and its stages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arena.board.final_file import as_closed
from arena.catalog.tasks import load_task, task_ids
from arena.catalog.workspace import Workspace, open_workspace
from arena.errors import ArenaError, UsageError
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.model.team import parse_team

if TYPE_CHECKING:
    from arena.board.interface import Ledger
    from arena.pipeline.stages import Stages


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One command's surroundings."""

    workspace: Workspace

    @classmethod
    def open(cls) -> "Session":
        """Find the workspace from the current folder upward."""
        return cls(workspace=open_workspace(Path.cwd()))

    def task(self, task_id: str) -> Task:
        """Load one task; one that was closed before its time is closed."""
        return as_closed(load_task(self.workspace.root, task_id, METRICS), self.workspace.leaderboard)

    def tasks(self, broken: Callable[[ArenaError], None] = lambda _: None) -> list[Task]:
        """Every task that can be loaded; ``broken`` is told of one that cannot, which does not hide the others."""
        found = []
        for task_id in task_ids(self.workspace.root):
            try:
                found.append(self.task(task_id))
            except ArenaError as error:
                broken(error)
        return found

    def stages(self, *, launcher: str | None = None) -> "Stages":
        """The stages of the workspace; what they keep ready ends with the command."""
        from arena.cli.output import tell
        from arena.pipeline.assemble import assemble

        stages = assemble(self.workspace, tell, launcher=launcher)
        if context := click.get_current_context(silent=True):
            context.call_on_close(stages.close)
        return stages

    def ledger(self) -> "Ledger":
        """The workspace's ledger, where only what counts is seen."""
        from arena.pipeline.ledgers import open_ledger

        ledger = open_ledger(self.workspace)
        if context := click.get_current_context(silent=True):
            context.call_on_close(ledger.close)
        return ledger

    def unpacked(self, task: Task) -> Mapping[str, Path]:
        """Where the task's packed files lie unpacked; without any, nothing is written and nothing heavy imported."""
        if not task.packed:
            return {}
        from arena.pipeline.folders import unpacked
        from arena.pipeline.state import make_state

        make_state(self.workspace.state)
        return unpacked(task, self.workspace.state)

    def team(self, given: str | None) -> str:
        """The canonical id of the team that acts."""
        name = given or self.workspace.team
        if not name:
            raise UsageError("team.none")
        return parse_team(name)


def existing_path(text: str) -> Path:
    """A path that a learner gave, which must be there. A link counts as there; intake says what is wrong with it."""
    path = Path(text)
    try:
        # An empty path would mean the current folder, which nobody means.
        found = bool(text) and (path.exists() or path.is_symlink())
    except OSError as error:
        raise UsageError("file.unreadable", path=text, reason=error.strerror or "") from error
    if not found:
        raise UsageError("file.missing", path=text)
    return path
