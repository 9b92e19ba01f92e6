"""How the cases of an exercise look: the public ones before anything was run, and what became of each."""

from collections.abc import Sequence
from typing import Any

import click

from arena.cli.output import message_json, spoken, table, text, words
from arena.exercises.case import Case
from arena.exercises.result import Details, Result, expected_text, to_json
from arena.exercises.show import shown_call
from arena.model.safe_text import safe_line

_NAME = 40
# Of what a case printed.
_LINES = 12


def cases_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The cases for scripts; a message with its words."""
    told = []
    for result in results:
        message = result.details.message if result.details else None
        told.append({**to_json(result), **({"message": message_json(message)} if message else {})})
    return told


def show_cases(results: Sequence[Result]) -> None:
    """A line for each case, then what there is to see of each public one that failed. Without cases, nothing."""
    if not results:
        return
    click.echo()
    table(
        [words("cases.case"), words("cases.function"), words("cases.seen"), words("cases.result")],
        [
            [
                safe_line(result.name[spoken()], _NAME),
                result.function,
                words("cases.public" if result.is_public else "cases.hidden"),
                words(f"mismatch.{result.mismatch.value}" if result.mismatch else "mismatch.passed"),
            ]
            for result in results
        ],
    )
    for result in results:
        if result.details is not None and not result.passed:
            _show_failed(result, result.details)
    click.echo()


def _show_failed(result: Result, details: Details) -> None:
    click.echo()
    click.echo(click.style(f"✗ {safe_line(result.name[spoken()], _NAME)}", fg="red", bold=True))
    click.echo(f"  {words('cases.call')}: {details.call}")
    click.echo(f"  {words('cases.expected')}: {details.expected}")
    if details.returned:
        click.echo(f"  {words('cases.returned')}: {details.returned}")
    if details.message is not None:
        click.echo(f"  {text(details.message)}")
    if details.printed.strip():
        click.echo(f"  {words('cases.printed')}:")
        for line in details.printed.rstrip("\n").splitlines()[-_LINES:]:
            click.echo(f"    {line}")


def public_table(cases: Sequence[Case], language: str) -> list[str]:
    """The public cases as a Markdown table."""
    heads = [words("cases.case"), words("cases.call"), words("cases.expected")]
    rows = [
        [case.name[language], shown_call(case.function.name, case.args, case.kwargs), expected_text(case)]
        for case in cases
    ]

    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    quoted = [[name, f"`{call}`", f"`{expected}`"] for name, call, expected in rows]
    return [line(heads), line(["---"] * len(heads)), *(line(row) for row in quoted)]
