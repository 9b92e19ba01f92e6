"""What the commands of the ledger show."""

import os
from typing import Any

import click

from arena.board.copy import Copied
from arena.board.verify import Finding, Report
from arena.catalog.workspace import Workspace
from arena.cli.output import message_json, note, text
from arena.model.safe_text import safe_line


def _place(finding: Finding, workspace: Workspace) -> str:
    return finding.place.removeprefix(f"{workspace.root}{os.sep}")


def report_json(report: Report, workspace: Workspace) -> dict[str, Any]:
    """For scripts: they match ``fault`` and the id of ``why``."""
    return {
        "sound": report.sound,
        "signed": bool(workspace.trust),
        "entries": report.entries,
        "checkpoints": report.checkpoints,
        "last": list(report.heads),
        "uncovered": report.uncovered,
        "findings": [
            {
                "fault": finding.fault.value,
                "fails": finding.fault.fails,
                "file": _place(finding, workspace),
                "why": message_json(finding.why),
            }
            for finding in report.findings
        ],
    }


def show_report(report: Report, workspace: Workspace) -> None:
    """A line for each finding, then how much was looked at."""
    for finding in report.findings:
        word = click.style(f"{finding.fault.value:<12}", fg="red" if finding.fault.fails else "yellow")
        click.echo(f"{word}  {_place(finding, workspace)}: {text(finding.why)}")
    failed = sum(finding.fault.fails for finding in report.findings)
    click.echo(f"{report.entries} record(s), {report.checkpoints} checkpoint(s), {failed} fault(s)")
    for name in report.heads:
        click.echo(f"last checkpoint {name}")
    if not workspace.trust:
        note("verify.no_trust")
    elif report.uncovered:
        note("verify.uncovered", count=report.uncovered)


def copied_json(copied: Copied) -> dict[str, Any]:
    """For scripts, what was copied."""
    return {
        "records": copied.entries,
        "present": copied.present,
        "checkpoints": copied.checkpoints,
        "left_out": list(copied.left_out),
    }


def show_copied(copied: Copied) -> None:
    """What was copied, and a line for each file that was left out."""
    for place in copied.left_out:
        note("verify.left_out", file=safe_line(place, 300))
    click.echo(
        f"{copied.entries} record(s) and {copied.checkpoints} checkpoint(s) copied, "
        f"{copied.present} record(s) were there already"
    )
