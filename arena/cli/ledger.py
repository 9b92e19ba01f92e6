"""Commands of the ledger."""

import sys
from datetime import UTC, datetime

import click

from arena.cli.options import json_option
from arena.cli.output import note, print_json

_UNSOUND = 5


@click.group()
def ledger() -> None:
    """Verify, checkpoint, export and import the records."""


@ledger.command(epilog="Examples:\n\n  arena ledger verify\n\n  arena ledger verify --expect 3f2a9c01 --json")
@click.option(
    "--expect",
    "expected",
    multiple=True,
    metavar="CHECKPOINT",
    help="A checkpoint that must be there, by its first digits: history before it was not rewound. May be repeated.",
)
@json_option
def verify(expected: tuple[str, ...], as_json: bool) -> None:
    """Name every record that is forged, altered, missing, out of order or there twice.

    Exit code 5 if there is one. The last checkpoints are remembered on this machine, and must be there the next time.
    """
    from arena.cli.ledger_views import report_json, show_report
    from arena.cli.session import Session
    from arena.pipeline.ledgers import open_ledger, verified

    workspace = Session.open().workspace
    found = open_ledger(workspace)
    hidden = as_json or not sys.stderr.isatty()
    with click.progressbar(length=found.count(), label="Verifying", file=sys.stderr, hidden=hidden) as progress:
        report = verified(workspace, found, expected=expected, tick=progress.update)
    if as_json:
        print_json(report_json(report, workspace))
    else:
        show_report(report, workspace)
    click.get_current_context().exit(0 if report.sound else _UNSOUND)


@ledger.command(epilog="Example: arena ledger checkpoint")
@json_option
def checkpoint(as_json: bool) -> None:
    """State, signed, what the ledger holds now. Publishing boards does so by itself.

    Prints the name of the last checkpoint: whoever keeps it can show later that nothing was taken away.
    """
    from arena.cli.session import Session
    from arena.errors import UsageError
    from arena.pipeline.ledgers import checkpoint as write
    from arena.pipeline.ledgers import last_checkpoints, signing_ledger

    workspace = Session.open().workspace
    found, signer = signing_ledger(workspace)
    if signer is None:
        raise UsageError("key.not_trusted" if workspace.trust else "key.no_trust")
    made = write(workspace, found, signer, datetime.now(UTC))
    names = made[-1:] or last_checkpoints(workspace, found)
    if as_json:
        print_json({"new": made, "last": names})
        return
    for name in names:
        click.echo(name)
    note("key.stated" if made else "key.nothing_new")
