"""Commands of graders."""

import click

from arena.cli.options import json_option
from arena.cli.output import print_json
from arena.model.safe_text import safe_line
from arena.sandbox.launchers import AUTO, NAMES

_LONGEST_REASON = 200


@click.command(epilog='Examples:\n\n  arena grade\n\n  arena grade titanic --again --reason "answers corrected"')
@click.argument("tasks", nargs=-1, metavar="[TASK]...")
@click.option("--again", is_flag=True, help="Make a new evaluation of what has one; the newest counts.")
@click.option("--reason", metavar="TEXT", help="Why, with --again: it stands in the new records.")
@click.option(
    "--launcher",
    type=click.Choice([AUTO, *NAMES]),
    help="Start each program afresh (bwrap), or fork it from a server that has imported the packages (warm). "
    "Default: what arena.toml says, else auto: warm for more than three programs, fresh for fewer.",
)
@json_option
def grade(tasks: tuple[str, ...], again: bool, reason: str | None, launcher: str | None, as_json: bool) -> None:
    """Grade everything under submissions/ and update the boards.

    What has a record already is skipped. A submission that fails does not fail the command; a task or this machine that
    fails does, with exit code 4 or 5.
    """
    from arena.cli.grading import grade_shelf, results_json, show_results
    from arena.cli.session import Session
    from arena.worker import exit_code

    if reason is not None:
        if not again:
            raise click.UsageError("--reason says why something is graded again: give it with --again.")
        if not (reason := safe_line(reason, _LONGEST_REASON).strip()):
            raise click.UsageError("--reason is empty: say why, or leave it out.")
    run = grade_shelf(Session.open(), tasks, again=again, reason=reason, quiet=as_json, launcher=launcher)
    if as_json:
        print_json(results_json(run.results))
    else:
        show_results(run)
    click.get_current_context().exit(exit_code(run.results))


@click.command(epilog="Example: arena doctor --json")
@json_option
def doctor(as_json: bool) -> None:
    """Say what this machine can run, and what to install for the rest.

    Each line is the result of trying it, not of reading a setting. Exit code 5 where submitted code cannot be run.
    """
    from arena.cli.examination import examine
    from arena.cli.findings import can_run, show_findings

    findings = examine()
    if as_json:
        print_json([finding.to_json() for finding in findings])
    else:
        show_findings(findings)
    click.get_current_context().exit(0 if can_run(findings) else 5)
