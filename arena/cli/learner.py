"""Commands of learners. None of them needs more than a predictions file and a portable Python."""

from pathlib import Path

import click

from arena.cli import learner_views as views
from arena.cli.case_views import first_file, made_for_download
from arena.cli.options import json_option, task_argument, team_option
from arena.cli.output import note, print_json, report_error, table
from arena.cli.session import Session, existing_path


@click.command(epilog="Example: arena tasks --json")
@json_option
def tasks(as_json: bool) -> None:
    """List the tasks of this workspace."""
    found = Session.open().tasks(broken=lambda error: report_error(error, as_json=False))
    if as_json:
        print_json([views.task_summary(task) for task in found])
    elif found:
        table(*views.task_table(found))
    else:
        note("tasks.none")


@click.command(epilog="Example: ARENA_LANG=bn arena show titanic")
@task_argument
@json_option
def show(task: str, as_json: bool) -> None:
    """Show a task: statement, rules, budget, runtime."""
    session = Session.open()
    loaded = session.task(task)
    if as_json:
        print_json(views.task_json(loaded, session.workspace))
    else:
        click.echo_via_pager(views.task_page(loaded, session.workspace))


@click.command(epilog="Example: arena download titanic --to data")
@task_argument
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Folder to write to. Default: the task's name.")
@click.option("--force", is_flag=True, help="Overwrite files that are there and differ.")
@json_option
def download(task: str, folder: Path | None, force: bool, as_json: bool) -> None:
    """Copy a task's public files and starter kit to a folder."""
    from arena.catalog.download import copy_public

    session = Session.open()
    loaded, target = session.task(task), folder or Path(task)
    made, folders = made_for_download(loaded), session.unpacked(loaded)
    written = copy_public(loaded, target, folders=folders, extra=made, force=force)
    if as_json:
        print_json({"task": task, "folder": str(target), "files": list(written.names)})
    else:
        note("download.done", count=written.files, task=task, folder=str(target))
        note("next.start", folder=str(target), task=task, sample=first_file(loaded))


@click.command(epilog="Examples:\n\n  arena check titanic submission.csv\n\n  arena check titanic my-program/ --json")
@task_argument
@click.argument("path", type=click.Path())
@json_option
def check(task: str, path: str, as_json: bool) -> None:
    """Try a submission without handing it in. This gives no score.

    The same steps as grading, without the answers: does it run in the sandbox, is the table right, what did it cost.
    """
    from arena.cli.handing_in import try_out

    session = Session.open()
    tried = try_out(session, session.task(task), existing_path(path))
    if as_json:
        print_json(views.trial_json(tried))
    else:
        views.show_trial(tried, path)
    click.get_current_context().exit(tried.outcome.exit_code)


@click.command(
    epilog="Examples:\n\n  arena submit titanic submission.csv --team rahim\n\n  arena submit titanic main.py -m 'age'"
)
@task_argument
@click.argument("path", type=click.Path())
@team_option
@click.option("-m", "--message", default="", help="A note to yourself, shown by `arena submissions`.")
@json_option
def submit(task: str, path: str, team: str | None, message: str, as_json: bool) -> None:
    """Hand in a submission, and grade it if the answers are here.

    PATH is a predictions file (.csv, .parquet), a main.py or notebook, a model.py, a folder with one of them, or a
    .zip or .tar.gz of it. It is stored under submissions/TASK/TEAM/.
    """
    from arena.cli.handing_in import hand_in

    session = Session.open()
    handed = hand_in(session, session.task(task), existing_path(path), team=session.team(team), message=message)
    if as_json:
        print_json(views.handed_json(handed))
    else:
        views.show_handed(handed, path)
    click.get_current_context().exit(handed.outcome.exit_code)


@click.command(epilog="Example: arena submissions titanic --team rahim")
@task_argument
@team_option
@json_option
def submissions(task: str, team: str | None, as_json: bool) -> None:
    """List a team's submissions with outcomes and scores."""
    from arena.cli.handing_in import history

    session = Session.open()
    loaded, name = session.task(task), session.team(team)
    lines = history(session, loaded, name)
    if as_json:
        print_json([views.history_json(line, loaded) for line in lines])
    elif lines:
        table(*views.history_table(lines, loaded))
    else:
        note("submissions.none", team=name, task=task)


@click.command(
    epilog="Examples:\n\n  arena select titanic 3f2a9c1b 77aa01c2 --team rahim\n\n  arena select titanic --team rahim"
)
@task_argument
@click.argument("submissions", nargs=-1, metavar="[SUBMISSION]...")
@team_option
@click.option("--clear", is_flag=True, help="Take earlier picks back.")
@json_option
def select(task: str, submissions: tuple[str, ...], team: str | None, clear: bool, as_json: bool) -> None:
    """Choose the submissions that count at the close.

    SUBMISSION is a name or the first digits of a record, as `arena submissions` lists them; new picks replace earlier
    ones. Without any, show what is picked. A team that picks nothing stands by its best ones on the public board.
    """
    from arena.cli.selecting import picked_json, show_picked
    from arena.cli.selecting import select as choose

    if clear and submissions:
        raise click.UsageError("give SUBMISSION or --clear, not both")
    session = Session.open()
    picked = choose(session, session.task(task), session.team(team), submissions, clear=clear)
    if as_json:
        print_json(picked_json(picked))
    else:
        show_picked(picked)


@click.command(epilog="Example: arena log 3f2a9c1b")
@click.argument("record")
@json_option
def log(record: str, as_json: bool) -> None:
    """Show what a submission printed while it was graded.

    RECORD is a record's id or its first digits, as `arena submissions` lists them.
    """
    from arena.cli.handing_in import log_of

    found, printed, cases = log_of(Session.open(), record)
    if as_json:
        print_json(views.log_json(found, printed, cases))
    else:
        views.show_log(printed, cases)
