"""What users can name is in the reference: each command, option, outcome, metric, key, variable, field and message."""

import dataclasses
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from babel.messages.pofile import read_po
from packaging.requirements import Requirement
from pydantic import BaseModel

from arena.catalog.schema import ExerciseFile, PredictionFile
from arena.catalog.workspace import WorkspaceFile
from arena.cli.main import main
from arena.metrics.table import METRICS
from arena.model.budget import Usage
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record
from arena.sandbox.bwrap import BubblewrapLauncher
from arena.sandbox.runtime import Runtime

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"

_CODE = re.compile(r"`([^`]+)`")
_VARIABLE = re.compile(r"\bARENA_[A-Z]+\b")
# The ids of messages that end an attempt or a command begin so; the others only accompany a result.
_REASONS = (
    *("run", "predictions", "submission", "archive", "notebook", "denied", "metric", "answers"),
    *("sandbox", "clock", "ledger"),
)


def page(path: Path) -> str:
    """The text of a page."""
    return path.read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    _, _, below = text.partition(f"\n## {heading}\n")
    return below.partition("\n## ")[0]


def first_cells(text: str) -> list[str]:
    """What stands as code in the first cell of the tables' rows."""
    rows = [line.split(" | ")[0] for line in text.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in _CODE.findall(row)]


def all_commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it, with their full names."""
    yield name, command
    if isinstance(command, click.Group):
        with click.Context(command) as context:
            for part in command.list_commands(context):
                found = command.get_command(context, part)
                assert found is not None
                yield from all_commands(found, f"{name} {part}")


def keys(schema: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every key of a file, those of tables as ``table.key``."""
    for name, field in schema.model_fields.items():
        key = f"{prefix}{field.alias or name}"
        yield key
        # A list of tables has its tables' keys.
        inner = next((each for each in get_args(field.annotation) if each is not Ellipsis), field.annotation)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{key}.")


COMMANDS = dict(all_commands(main, "arena"))


@pytest.mark.parametrize("name", list(COMMANDS))
def test_a_command_and_its_options_have_a_section(name: str) -> None:
    text = section(page(REFERENCE / "cli.md"), name)
    assert text, f"docs/reference/cli.md has no section {name}"
    options = [option for part in COMMANDS[name].params if isinstance(part, click.Option) for option in part.opts]
    documented = {word for cell in first_cells(text) for word in cell.split() if word.startswith("-")}
    assert set(options) == documented - {"-h", "--help"}


def test_the_table_of_outcomes_is_the_enum() -> None:
    assert first_cells(page(REFERENCE / "outcomes.md")) == [outcome.value for outcome in Outcome]


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.value)
def test_an_outcome_s_row_tells_its_exit_code(outcome: Outcome) -> None:
    row = next(line for line in page(REFERENCE / "outcomes.md").splitlines() if line.startswith(f"| `{outcome.value}`"))
    assert row.endswith(f"| {outcome.exit_code} |")


@pytest.mark.parametrize("outcome", list(Outcome), ids=lambda outcome: outcome.value)
def test_a_learner_finds_what_to_do_about_an_outcome(outcome: Outcome) -> None:
    headings = [line for line in page(DOCS / "how-to" / "read-a-failure.md").splitlines() if line.startswith("## ")]
    assert any(f"`{outcome.value}`" in heading for heading in headings)


def test_every_reason_of_an_outcome_stands_in_the_how_to() -> None:
    with (ROOT / "arena" / "text" / "locale" / "en" / "LC_MESSAGES" / "arena.po").open("rb") as file:
        known = {str(message.id) for message in read_po(file) if message.id}
    explained = set(first_cells(page(DOCS / "how-to" / "read-a-failure.md")))
    assert {name for name in known if name.startswith(tuple(f"{group}." for group in _REASONS))} <= explained
    assert explained <= known


def test_the_table_of_metrics_is_the_registry() -> None:
    assert first_cells(page(REFERENCE / "metrics.md")) == list(METRICS)


@pytest.mark.parametrize("name", list(METRICS))
def test_a_metric_s_row_tells_its_title_direction_and_range(name: str) -> None:
    metric = METRICS[name]
    row = next(line for line in page(REFERENCE / "metrics.md").splitlines() if line.startswith(f"| `{name}`"))
    direction = "greater is better" if metric.greater_is_better else "less is better"
    low, high = (f"{end:g}".replace("-", "−").replace("inf", "∞") for end in (metric.low, metric.high))
    assert row.startswith(f"| `{name}` | {metric.title} | {direction} | {low} to {high} |")


def test_every_parameter_of_a_metric_has_a_row() -> None:
    parameters = [(metric.name, parameter.name) for metric in METRICS.values() for parameter in metric.parameters]
    lines = section(page(REFERENCE / "metrics.md"), "Parameters").splitlines()
    _, _, *rows = [line[2:].split(" | ")[:2] for line in lines if line.startswith("| ")]
    assert [tuple(row) for row in rows] == parameters


def test_every_key_of_task_toml_has_a_row() -> None:
    known = {*keys(PredictionFile), *keys(ExerciseFile)}
    assert {"data.id", "functions.rtol", "exercise.next", "budget.fit.wall_seconds"} <= known
    assert known <= set(first_cells(page(REFERENCE / "task-toml.md")))


def test_every_key_of_arena_toml_has_a_row() -> None:
    assert first_cells(section(page(REFERENCE / "files.md"), "`arena.toml`")) == list(keys(WorkspaceFile))


def test_every_environment_variable_has_a_row() -> None:
    sources = (ROOT / "arena").rglob("*.py")
    used = {name for source in sources for name in _VARIABLE.findall(source.read_text(encoding="utf-8"))}
    assert used <= set(first_cells(page(REFERENCE / "environment.md")))


def test_every_field_of_a_record_has_a_row() -> None:
    parts: dict[str, Any] = {"usage": Usage, "environment": Environment}
    fields = {"schema", *(field.name for field in dataclasses.fields(Record))}
    fields |= {f"{name}.{field.name}" for name, part in parts.items() for field in dataclasses.fields(part)}
    assert fields == set(first_cells(page(REFERENCE / "record.md")))


def test_every_protection_has_a_row() -> None:
    runtime = Runtime(python=Path(), version="", prefixes=(), site=(), foreign=())
    in_force = BubblewrapLauncher(bwrap=Path(), runtime=runtime).protections
    assert set(in_force) <= set(first_cells(section(page(REFERENCE / "sandbox.md"), "Protections")))


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads(page(ROOT / "pyproject.toml"))["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    explained = [line.split(" | ")[0][2:] for line in page(DOCS / "dependencies.md").splitlines() if " | " in line]
    assert {Requirement(line).name for line in wanted} == set(explained) - {"package", "---"}
