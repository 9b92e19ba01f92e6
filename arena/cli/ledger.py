"""Commands of the ledger."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from arena.cli.options import json_option
from arena.cli.output import note, print_json

if TYPE_CHECKING:
    from arena.board.interface import Ledger

_UNSOUND = 5


@contextlib.contextmanager
def _progress(label: str, ledger: "Ledger", *, hidden: bool) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal, which a tick for each entry moves."""
    unseen = hidden or not sys.stderr.isatty()
    with click.progressbar(length=ledger.count(), label=label, file=sys.stderr, hidden=unseen) as progress:
        yield progress.update


@click.group()
def ledger() -> None:
    """Verify, checkpoint, index, export and import the records."""


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
    from arena.pipeline.ledgers import verified

    session = Session.open()
    workspace, found = session.workspace, session.ledger()
    with _progress("Verifying", found, hidden=as_json) as tick:
        report = verified(workspace, found, expected=expected, tick=tick)
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
    from arena.pipeline.ledgers import indexed_ledger, own_signer

    workspace = Session.open().workspace
    signer = own_signer(workspace)
    if signer is None:
        raise UsageError("key.not_trusted" if workspace.trust else "key.no_trust")
    with contextlib.closing(indexed_ledger(workspace)) as found:
        made = write(workspace, found, signer, datetime.now(UTC))
        names = found.last_checkpoints()
    if as_json:
        print_json({"new": made, "last": names})
        return
    for name in names:
        click.echo(name)
    note("key.stated" if made else "key.nothing_new")


@ledger.command(epilog="Example: arena ledger index")
@json_option
def index(as_json: bool) -> None:
    """Make the index anew from the records, and say how long that took.

    It is made and kept up by itself, so that publishing does not read all records; it can be deleted at any time.
    """
    from arena.cli.session import Session
    from arena.pipeline.ledgers import indexed_ledger

    started = time.monotonic()
    with (
        contextlib.closing(indexed_ledger(Session.open().workspace)) as found,
        _progress("Indexing", found, hidden=as_json) as tick,
    ):
        count = found.rebuild(tick)
    seconds = round(time.monotonic() - started, 2)
    if as_json:
        print_json({"records": count, "seconds": seconds})
    else:
        click.echo(f"{count} record(s) indexed in {seconds:.1f} s")


@ledger.command(epilog="Examples:\n\n  arena ledger export backup.sqlite3\n\n  arena ledger export ../records")
@click.argument("path", type=click.Path(path_type=Path))
@json_option
def export(path: Path, as_json: bool) -> None:
    """Copy all records and checkpoints to PATH, byte for byte.

    A name that ends in .sqlite3 is a database, any other a folder of files. What is there already stays.
    """
    from arena.cli.session import Session
    from arena.pipeline.ledgers import ledger_at

    with contextlib.closing(ledger_at(path)) as target:
        _copy(Session.open().ledger(), target, "Exporting", as_json=as_json)


@ledger.command("import", epilog="Example: arena ledger import backup.sqlite3")
@click.argument("path")
@json_option
def import_(path: str, as_json: bool) -> None:
    """Take in all records and checkpoints that PATH has and this workspace lacks, byte for byte.

    What counts of them, their signatures say as before.
    """
    from arena.cli.session import Session, existing_path
    from arena.pipeline.ledgers import ledger_at

    with contextlib.closing(ledger_at(existing_path(path))) as source:
        _copy(source, Session.open().ledger(), "Importing", as_json=as_json)


def _copy(source: "Ledger", target: "Ledger", label: str, *, as_json: bool) -> None:
    from arena.board.copy import copy
    from arena.cli.ledger_views import copied_json, show_copied

    with _progress(label, source, hidden=as_json) as tick:
        copied = copy(source, target, tick=tick)
    if as_json:
        print_json(copied_json(copied))
    else:
        show_copied(copied)
