"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _remember_json(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    # Errors are reported by the group, which must know in which form.
    ctx.meta["arena.json"] = value
    return value


def json_option(command: _Function) -> _Function:
    """``--json``: print the result as JSON on standard output."""
    decorate = click.option("--json", "as_json", is_flag=True, callback=_remember_json, help="Print JSON.")
    return decorate(command)


def team_option(command: _Function) -> _Function:
    """``--team``: whose submissions."""
    decorate = click.option(
        "--team", metavar="NAME", envvar="ARENA_TEAM", help="Your team's id. Default: ARENA_TEAM, else arena.toml's."
    )
    return decorate(command)


def task_argument(command: _Function) -> _Function:
    """The task's id."""
    return click.argument("task", metavar="TASK", shell_complete=_complete_task)(command)


def by_option(command: _Function) -> _Function:
    """``--by``: which of the task's metrics ranks."""
    decorate = click.option(
        "--by",
        metavar="METRIC",
        shell_complete=_complete_metric,
        help="Rank by another of the task's metrics, each team by its best (or last) submission under that one.",
    )
    return decorate(command)


def _complete_task(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    from pathlib import Path

    from arena.catalog.tasks import task_ids
    from arena.catalog.workspace import find_root
    from arena.errors import ArenaError

    try:
        return [name for name in task_ids(find_root(Path.cwd())) if name.startswith(incomplete)]
    except ArenaError:
        return []


def _complete_metric(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    from arena.cli.session import Session
    from arena.errors import ArenaError

    # While the option's value is still to come, click leaves every argument unassigned in `args`.
    task = next((word for word in (ctx.params.get("task"), *ctx.args) if word and not word.startswith("-")), "")
    try:
        names = Session.open().task(task).metrics
    except ArenaError:
        return []
    return [name for name in names if name.startswith(incomplete)]
