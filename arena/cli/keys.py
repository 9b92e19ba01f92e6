"""Commands of the key that a grader signs with."""

from pathlib import Path

import click

from arena.cli.options import json_option
from arena.cli.output import note, print_json
from arena.signing.keyring import DEFAULT, keys_root, load_key, new_key
from arena.signing.keys import Signer

_name = click.option("--name", default=DEFAULT, show_default=True, help="The key's name on this account.")


@click.group()
def key() -> None:
    """Make and show the key that this grader signs records with.

    The private half lies in $ARENA_KEYS, else in arena/keys in the account's data folder, and goes nowhere else.
    """


@key.command(epilog="Example: arena key new --name laptop")
@_name
@json_option
def new(name: str, as_json: bool) -> None:
    """Make a key, and print the line that makes a workspace trust it. One that is there is not overwritten."""
    _show(new_key(name, _workspace()), as_json=as_json)


@key.command(epilog="Example: arena key show")
@_name
@json_option
def show(name: str, as_json: bool) -> None:
    """Print the line that makes a workspace trust the key. It holds the public half only."""
    _show(load_key(name), as_json=as_json)


def _workspace() -> Path | None:
    """The workspace around the current folder, in which no key may lie; a key can be made outside of any."""
    from arena.catalog.workspace import find_root
    from arena.errors import UsageError

    try:
        return find_root(Path.cwd())
    except UsageError:
        return None


def _show(signer: Signer, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": signer.name, "key": signer.text, "fingerprint": signer.fingerprint})
        return
    click.echo(f'{{ name = "{signer.name}", key = "{signer.text}" }},')
    note("key.add", folder=str(keys_root()))
