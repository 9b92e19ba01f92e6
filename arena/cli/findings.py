"""What an examination found, as JSON and as a table with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import click

from arena.cli.output import text, words
from arena.cli.remedies import Remedy


class Group(Enum):
    """What a finding is about; tables are shown in this order."""

    INSTALLATION = "installation"
    LAUNCHERS = "launchers"
    PROTECTIONS = "protections"
    LIMITS = "limits"
    DEVICES = "devices"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. ``needed``: without it submitted code cannot be run here."""

    group: Group
    name: str
    ok: bool
    detail: str
    needed: bool = False
    remedies: tuple[Remedy, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """For scripts: they match names and ids, people read the rest."""
        return {
            "group": self.group.value,
            "name": self.name,
            "ok": self.ok,
            "detail": self.detail,
            "needed": self.needed,
            "remedies": [
                {"id": each.why.id, "text": text(each.why), "commands": list(each.commands)} for each in self.remedies
            ],
        }


def can_run(findings: Sequence[Finding]) -> bool:
    """Whether submitted code can be run on this machine."""
    return all(finding.ok for finding in findings if finding.needed)


def show_findings(findings: Sequence[Finding]) -> None:
    """A table for each group, then what to do about what is missing, each advice once."""
    titles = {
        Group.INSTALLATION: words("doctor.installation"),
        Group.LAUNCHERS: words("doctor.launchers"),
        Group.PROTECTIONS: words("doctor.protections"),
        Group.LIMITS: words("doctor.limits"),
        Group.DEVICES: words("doctor.devices"),
    }
    width = max(len(finding.name) for finding in findings)
    for group, title in titles.items():
        click.echo(click.style(title, bold=True))
        for finding in findings:
            if finding.group is group:
                click.echo(f"{_mark(finding)}  {finding.name:<{width}}  {finding.detail}")
        click.echo()
    _show_remedies(findings)


def _mark(finding: Finding) -> str:
    if finding.ok:
        return click.style("ok  ", fg="green")
    return click.style("FAIL", fg="red") if finding.needed else click.style("--  ", fg="yellow")


def _show_remedies(findings: Sequence[Finding]) -> None:
    concerned: list[tuple[Remedy, list[str]]] = []
    for finding in findings:
        for remedy in finding.remedies:
            names = next((names for known, names in concerned if known == remedy), None)
            if names is None:
                concerned.append((remedy, [finding.name]))
            else:
                names.append(finding.name)
    if not concerned:
        click.echo(words("doctor.nothing_to_do"))
        return
    click.echo(click.style(words("doctor.to_do"), bold=True))
    for remedy, names in concerned:
        click.echo(f"{', '.join(names)}: {text(remedy.why)}")
        for command in remedy.commands:
            click.echo(f"    {command}")
