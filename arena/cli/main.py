"""The group of all commands. Only click is imported here: a command's module is loaded when the command is used."""

import errno
import importlib
import os
import sys
from typing import NoReturn

import click

from arena import __version__
from arena.errors import ArenaError, InfrastructureError

# name -> (module, its command, what `arena --help` says). A test holds the last against the command's own help.
COMMANDS = {
    "init": ("instructor", "init", "Make a folder a workspace."),
    "tasks": ("learner", "tasks", "List the tasks of this workspace."),
    "show": ("learner", "show", "Show a task: statement, rules, budget, runtime."),
    "download": ("learner", "download", "Copy a task's public files and starter kit to a folder."),
    "check": ("learner", "check", "Try a submission without handing it in. This gives no score."),
    "submit": ("learner", "submit", "Hand in a submission, and grade it if the answers are here."),
    "submissions": ("learner", "submissions", "List a team's submissions with outcomes and scores."),
    "select": ("learner", "select", "Choose the submissions that count at the close."),
    "log": ("learner", "log", "Show what a submission printed while it was graded."),
    "quota": ("quota", "quota", "Show a team's device time this week: spent, reserved, left."),
    "leaderboard": ("leaderboard", "leaderboard", "Show a task's board."),
    "grade": ("grader", "grade", "Grade everything under submissions/ and update the boards."),
    "task": ("instructor", "task", "Build and maintain tasks."),
    "vault": ("instructor", "vault", "Back up and restore hidden answers."),
    "key": ("keys", "key", "Make and show the key that this grader signs records with."),
    "ledger": ("ledger", "ledger", "Verify, checkpoint, index, export and import the records."),
    "devices": ("devices", "devices", "Show this machine's GPUs and CPU slots, and who holds them."),
    "doctor": ("grader", "doctor", "Say what this machine can run, and what to install for the rest."),
}
# They run submitted code, or try what that needs (see `arena.cli.scope`).
_SCOPED = ("check", "submit", "grade", "doctor")


class LazyGroup(click.Group):
    """Loads a command when it is used, and reports every ``ArenaError`` without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table, which is that of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"arena.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, and name the command that was probably meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{args[0]}'.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn errors into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except ArenaError as error:
            _report(ctx, error)
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # Whoever read the output has gone; click ends quietly.
            where = f": {error.filename}" if error.filename else ""
            _report(ctx, InfrastructureError("machine.failed", reason=f"{error.strerror or error}{where}"))


def _report(ctx: click.Context, error: ArenaError) -> NoReturn:
    from arena.cli.output import report_error

    report_error(error, as_json=bool(ctx.meta.get("arena.json")))
    ctx.exit(error.exit_code)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="First steps: arena tasks; arena show TASK; arena download TASK; arena submit TASK FILE --team NAME",
)
@click.option(
    "-C",
    "folder",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False),
    help="Run as if started in FOLDER.",
)
@click.version_option(__version__, prog_name="arena")
def main(folder: str | None) -> None:
    """Competitions with hidden labels: hand in predictions, programs or models, and see where you stand."""
    if sys.platform == "linux" and click.get_current_context().invoked_subcommand in _SCOPED:
        from arena.cli.scope import enter_scope

        enter_scope()
    if folder is not None:
        os.chdir(folder)
