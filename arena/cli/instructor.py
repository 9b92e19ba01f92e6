"""Commands of instructors."""

import dataclasses
from pathlib import Path

import click

from arena.cli.options import json_option, task_argument
from arena.cli.output import print_json
from arena.model.safe_text import safe_line


@click.command(epilog="Example: arena init my-class --time-zone Asia/Dhaka")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option("--name", help="The workspace's name. Default: the folder's.")
@click.option("--time-zone", default="UTC", show_default=True, help="Days and deadlines are this zone's.")
@json_option
def init(folder: Path, name: str | None, time_zone: str, as_json: bool) -> None:
    """Make a folder a workspace."""
    from arena.catalog.workspace import init_workspace

    marker = init_workspace(folder, name=name, zone=time_zone)
    if as_json:
        print_json({"workspace": str(marker.parent), "file": str(marker)})
    else:
        click.echo(f"Wrote {marker}, tasks/, submissions/ and leaderboard/. Next: add a folder below tasks/.")


@click.group()
def task() -> None:
    """Build and maintain tasks."""


@task.command(epilog="Examples:\n\n  arena task build titanic\n\n  arena task build titanic --update")
@task_argument
@click.option("--update", is_flag=True, help="Rewrite the task's public files and their checksums.")
@json_option
def build(task: str, update: bool, as_json: bool) -> None:
    """Run the task's recipe in the sandbox: public files to public/, answers to the vault.

    Of an exercise: draw the cases, let reference.py answer them. It is run twice, to see that the same comes out.
    Public files that differ from the recipe's are an error unless --update is given.
    """
    from arena.authoring.build import build as build_task
    from arena.authoring.exercise import BuiltExercise
    from arena.cli.session import Session

    session = Session.open()
    loaded, stages = session.task(task), session.stages()
    built = build_task(loaded, stages.vault, stages.launcher(loaded), update=update, repeat=True)
    if as_json:
        print_json({"task": task, "digest": loaded.digest, **dataclasses.asdict(built)})
    elif isinstance(built, BuiltExercise):
        click.echo(f"{task}: {built.public_cases} public cases; {built.hidden_cases} hidden ones are in the vault")
    else:
        click.echo(f"{task}: {built.rows} hidden rows, {built.public_rows} of them public; answers are in the vault")
    if not as_json:
        click.echo(f"public files: {', '.join(built.public)}; changed: {', '.join(built.changed) or 'none'}")


@task.command(epilog="Examples:\n\n  arena task close titanic\n\n  arena task close titanic --now cancelled")
@task_argument
@click.option("--now", "reason", metavar="REASON", help="Close before the time; the reason is published.")
@json_option
def close(task: str, reason: str | None, as_json: bool) -> None:
    """Reveal exact scores and publish the private board, with who rose and who fell.

    Records are held against the vault first. A task that is closed is held against both again; nothing is changed.
    """
    from arena.cli.closing import close_task, show_final
    from arena.cli.session import Session

    session = Session.open()
    definition = session.task(task)
    final = close_task(session, definition, reason)
    if as_json:
        print_json(final)
    else:
        show_final(final, definition)


@click.group()
def vault() -> None:
    """Back up and restore hidden answers.

    The vault is $ARENA_VAULT, else arena/vault in the account's data folder.
    """


@vault.command(epilog="Example: arena vault log --json")
@json_option
def log(as_json: bool) -> None:
    """Show who looked at private scores before the close, and when."""
    from arena.authoring.backup import looks
    from arena.cli.output import note, table
    from arena.cli.session import Session

    workspace = Session.open().workspace
    found = looks(workspace.root, workspace.name)
    if as_json:
        print_json(found)
    elif found:
        heads = ["at", "account", "task", "what", "by"]
        table(heads, [[safe_line(str(look.get(head, "")), 60) for head in heads] for look in found])
    else:
        note("vault.no_looks")


@vault.command(epilog="Example: arena vault backup ~/arena-vault.tar.gz")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def backup(file: Path, as_json: bool) -> None:
    """Copy the whole vault to one .tar.gz. It holds answers: keep it where you would keep them."""
    from arena.authoring.backup import backup as back_up

    count = back_up(file)
    print_json({"file": str(file), "files": count}) if as_json else click.echo(f"{count} file(s) in {file}")


@vault.command(epilog="Example: arena vault restore ~/arena-vault.tar.gz")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def restore(file: Path, as_json: bool) -> None:
    """Put back what a backup holds and the vault lacks. Nothing is overwritten."""
    from arena.authoring.backup import restore as put_back

    restored, present = put_back(file)
    if as_json:
        print_json({"file": str(file), "restored": restored, "present": present})
    else:
        click.echo(f"{restored} file(s) restored, {present} were there already")
