"""`arena quota`: what a team has spent of its week."""

from typing import TYPE_CHECKING, Any

import click

from arena.cli.options import json_option, team_option
from arena.cli.output import note, print_json, table, words
from arena.cli.session import Session

if TYPE_CHECKING:
    from arena.cli.allowances import Accounts


@click.command(epilog="Examples:\n\n  arena quota --team rahim\n\n  arena quota --json")
@team_option
@json_option
def quota(team: str | None, as_json: bool) -> None:
    """Show a team's device time this week: spent, reserved, left."""
    from datetime import UTC, datetime

    from arena.cli.allowances import accounts

    session = Session.open()
    found = accounts(session.workspace, session.team(team), datetime.now(UTC))
    if as_json:
        print_json(_json(found, session))
    else:
        _show(found, session)


def _json(found: "Accounts", session: Session) -> dict[str, Any]:
    zone = session.workspace.time_zone
    return {
        "team": found.team,
        "begins": found.week.begins.astimezone(zone).isoformat(),
        "renews": found.week.ends.astimezone(zone).isoformat(),
        "source": "records" if found.from_records else "store",
        "accounts": [
            {
                "unit": each.unit,
                "limit": each.limit,
                "spent": each.spent,
                "reserved": each.reserved,
                "left": each.left,
            }
            for each in found.balances
        ],
    }


def _show(found: "Accounts", session: Session) -> None:
    from arena.allowance.forecast import left_text, moment_text, most_text

    unlimited = words("quota.unlimited")
    rows = [
        [
            each.unit,
            unlimited if each.limit is None else left_text(each.limit),
            most_text(each.spent),
            most_text(each.reserved),
            unlimited if each.left is None else left_text(each.left),
        ]
        for each in found.balances
    ]
    table(["unit", "a week", "spent", "reserved", "left"], rows)
    click.echo(words("quota.renews", renews=moment_text(found.week.ends, session.workspace.time_zone)))
    if found.from_records:
        note("quota.from_records")
