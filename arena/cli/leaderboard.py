"""The command that shows a board: printed, watched, or drawn."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from arena.cli.options import by_option, json_option, task_argument
from arena.cli.output import note, print_json
from arena.cli.session import Session

if TYPE_CHECKING:
    from arena.cli.boards import Asked


@click.command(
    epilog="Examples:\n\n  arena leaderboard titanic --by f1\n\n  arena leaderboard titanic --private --json\n\n"
    "  arena leaderboard titanic --watch\n\n  arena leaderboard titanic --plot titanic.svg --of cost"
)
@task_argument
@by_option
@click.option(
    "--private", is_flag=True, help="For instructors: private scores and scores over all rows, from the vault."
)
@click.option("--device-class", metavar="CLASS", help="Only what ran on devices of this class, or did not run.")
@click.option("--watch", is_flag=True, help="Show it anew whenever it changes, until Ctrl-C.")
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw public scores into this .svg file, from the records on this machine.",
)
@click.option("--of", type=click.Choice(["time", "cost"]), help="What --plot draws them against. Default: time.")
@json_option
def leaderboard(
    *,
    task: str,
    by: str | None,
    private: bool,
    device_class: str | None,
    watch: bool,
    plot: Path | None,
    of: str | None,
    as_json: bool,
) -> None:
    """Show a task's board.

    That is the public one, and from the close on the final one.
    """
    from arena.cli.boards import Asked

    _refuse(
        ("--watch is for people, --json prints once: give one of them.", watch and as_json),
        ("--watch shows a table, --plot writes a file: give one of them.", watch and plot is not None),
        ("--watch and --plot show what is public: leave --private out.", private and (watch or plot is not None)),
        ("--of says what --plot draws: give both.", of is not None and plot is None),
    )
    asked = Asked(session=Session.open(), task=task, by=by, private=private, device_class=device_class)
    if plot is not None:
        _draw(asked, plot, of or "time", as_json=as_json)
    elif watch:
        from arena.cli.watching import watch_board

        watch_board(asked)
    else:
        asked.show(as_json=as_json)


def _refuse(*rules: tuple[str, bool]) -> None:
    for why, is_broken in rules:
        if is_broken:
            raise click.UsageError(why)


def _draw(asked: "Asked", file: Path, of: str, *, as_json: bool) -> None:
    from arena.cli.plotting import write_plot

    write_plot(asked, file, of)
    if as_json:
        print_json({"task": asked.task, "of": of, "file": str(file)})
    else:
        note("plot.done", file=str(file))
