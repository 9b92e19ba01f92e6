"""How exercises look: their public cases, and what became of each case. Of other tasks everything here is empty.

What an exercise needs is imported only where there is one: it brings NumPy, and listing tasks should start at once.
"""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from arena.cli.output import message_json, spoken, table, text, words
from arena.model.safe_text import safe_line
from arena.model.task import Exercise, Task

if TYPE_CHECKING:
    from arena.exercises.case import Case
    from arena.exercises.result import Details, Result

_NAME = 40
# Of what a case printed.
_LINES = 12


def cases_json(results: "Sequence[Result]") -> dict[str, Any]:
    """The key ``cases`` for scripts; a message with its words."""
    if not results:
        return {}
    from arena.exercises.result import to_json

    told = []
    for result in results:
        message = result.details.message if result.details else None
        told.append({**to_json(result), **({"message": message_json(message)} if message else {})})
    return {"cases": told}


def show_cases(results: "Sequence[Result]") -> None:
    """A line for each case, then what there is to see of each public one that failed."""
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


def _show_failed(result: "Result", details: "Details") -> None:
    click.echo()
    click.echo(click.style(f"✗ {safe_line(result.name[spoken()], _NAME)}", fg="red", bold=True))
    click.echo(f"  {words('cases.call')}: {details.call}")
    click.echo(f"  {words('cases.expected')}: {details.expected}")
    if details.returned:
        click.echo(f"  {words('cases.returned')}: {details.returned}")
    message = details.message
    # Of the whole result, expected and returned stand there already.
    if message is not None and (message.id, message.params.get("where")) != ("case.wrong_value", "result"):
        click.echo(f"  {text(message)}")
    if details.printed.strip():
        click.echo(f"  {words('cases.printed')}:")
        for line in details.printed.rstrip("\n").splitlines()[-_LINES:]:
            click.echo(f"    {line}")


def checked(task: Task, results: "Sequence[Result]", path: str) -> str:
    """The last line of a trial: how many cases passed, and how to go on."""
    passed = sum(result.passed for result in results)
    said = words("check.cases", passed=passed, total=len(results), task=task.id, path=path)
    return click.style(said, fg="green" if passed == len(results) else "yellow")


def following(task: Task, results: "Sequence[Result]") -> str | None:
    """The task that comes next, for whoever has passed every case of this one."""
    is_done = bool(results) and all(result.passed for result in results)
    return task.work.following if is_done and isinstance(task.work, Exercise) else None


def exercise_json(task: Task) -> dict[str, Any]:
    """What only an exercise has, for scripts."""
    if not isinstance(task.work, Exercise):
        return {}
    from arena.exercises.result import expected_text

    return {
        "functions": [dataclasses.asdict(function) for function in task.work.functions],
        "case_seconds": task.work.case_seconds,
        "next": task.work.following,
        "cases": [
            {
                "function": case.function.name,
                "name": dict(case.name),
                "call": _call(case),
                "expected": expected_text(case),
            }
            for case in _public_cases(task)
        ],
    }


def exercise_page(task: Task, statement: str = "") -> list[str]:
    """The public cases as lines of Markdown; none where the statement has a section of them."""
    title = words("cases.title")
    told = any(line.startswith("#") and title.lower() in line.lower() for line in statement.splitlines())
    if told or not isinstance(task.work, Exercise):
        return []
    from arena.exercises.result import expected_text

    heads = [words("cases.case"), words("cases.call"), words("cases.expected")]
    rows = [
        [safe_line(case.name[spoken()], _NAME), _code(_call(case)), _code(expected_text(case))]
        for case in _public_cases(task)
    ]
    cells = ["| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *rows)]
    return [f"## {title}", "", *cells, ""]


def made_for_download(task: Task) -> dict[str, bytes]:
    """What a learner is given beside the files that lie there."""
    page = exercise_page(task)
    return {"cases.md": "\n".join([f"# {safe_line(task.title[spoken()])}", "", *page]).encode()} if page else {}


def first_file(task: Task) -> str:
    """What to try first of what was downloaded."""
    return "starter/solution.py" if isinstance(task.work, Exercise) else task.work.sample_submission


def _public_cases(task: Task) -> "Sequence[Case]":
    from arena.pipeline.exercise import public_cases

    return public_cases(task)


def _call(case: "Case") -> str:
    from arena.exercises.show import shown_call

    return shown_call(case.function.name, case.args, case.kwargs)


def _code(code: str) -> str:
    """Text as code in a table's cell, where a bar ends the cell and a backtick the code."""
    return "`" + code.replace("`", "'").replace("|", "\\|") + "`"
