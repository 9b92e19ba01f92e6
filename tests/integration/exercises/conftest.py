"""A small exercise in the real sandbox: the test says what its cases are and what the solution does."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from arena.authoring.build import build
from arena.authoring.exercise import BuiltExercise
from arena.catalog.tasks import load_task
from arena.exercises.case import Case, parse_cases
from arena.exercises.result import Result, load_results
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.pipeline.grade import Graded, cases_path, grade, log_path
from arena.pipeline.stages import Stages
from arena.worker import scratch_folder
from tests.conftest import write_files
from tests.integration.conftest import Arena, Said

EXERCISE = "figures"

_TOML = """\
schema = 1
id = "figures"
kind = "exercise"
title = {{ en = "Figures", bn = "সংখ্যা" }}
sealed = false

[submissions]
accepts = ["exercise"]
per_day = 100

{functions}

[exercise]
preload = {preload}
case_seconds = {seconds}

[budget]
wall_seconds = 150
cpu_seconds = 150
memory = "{memory}"
processes = 32
disk = "16 MiB"
log = "16 KiB"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a solution was graded: the pipeline's word, and what became of each case by its English name."""

    graded: Graded
    results: tuple[Result, ...]
    log: str

    @property
    def by_name(self) -> dict[str, str]:
        """``passed`` or the kind of mismatch."""
        return {each.name["en"]: each.mismatch.value if each.mismatch else "passed" for each in self.results}

    @property
    def returned(self) -> dict[str, str]:
        """What the public cases returned, as learners see it."""
        return {each.name["en"]: each.details.returned for each in self.results if each.details}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """The exercise ``figures`` in a workspace of the test's own."""

    arena: Arena

    @property
    def folder(self) -> Path:
        """The task's folder."""
        return self.arena.root / "tasks" / EXERCISE

    def write(
        self,
        functions: tuple[str, ...],
        files: Mapping[str, str],
        *,
        preload: tuple[str, ...] = (),
        seconds: float = 2,
        memory: str = "512 MiB",
    ) -> BuiltExercise:
        """Write the task as its author would, and build it."""
        tables = "\n".join(f'[[functions]]\nname = "{name}"' for name in functions)
        toml = _TOML.format(functions=tables, preload=json.dumps(preload), seconds=seconds, memory=memory)
        statements = {f"statement.{language}.md": "# Figures\n" for language in ("en", "bn")}
        write_files(self.folder, {"task.toml": toml, **statements, **files})
        return self.build()

    def build(self, *, update: bool = False) -> BuiltExercise:
        """Build it in this process."""
        stages = self.arena.stages()
        task = self.task()
        built = build(task, stages.vault, stages.launcher(task), update=update, repeat=False)
        assert isinstance(built, BuiltExercise)
        return built

    def task(self) -> Task:
        """The task as it stands there now."""
        return load_task(self.arena.root, EXERCISE, METRICS)

    def hidden(self) -> tuple[Case, ...]:
        """What learners never see."""
        task = self.task()
        return parse_cases(self.arena.stages().vault.cases(task), task)

    def solution(self, source: str, **files: str | bytes) -> Path:
        """Write a solution beside the workspace; return its folder."""
        number = len(list((self.arena.root.parent / "learner").glob("solution-*")))
        for name, content in {"solution.py": source, **files}.items():
            path = self.arena.hand(f"solution-{number}/{name}", content)
        return path.parent

    def grade(self, source: str, **files: str | bytes) -> Outcome:
        """Take a solution through the whole pipeline in this process."""
        return self.graded(self.solution(source, **files), self.arena.stages())

    def graded(self, solution: Path, stages: Stages) -> Outcome:
        """Grade what lies there."""
        with scratch_folder(stages.state) as scratch:
            graded = grade(solution, task=self.task(), team="tester", stages=stages, scratch=scratch)
        self.arena.close()
        path = cases_path(stages.state, graded.record.id) if graded.record else None
        results = load_results(path.read_bytes()) if path and path.exists() else ()
        log = log_path(stages.state, graded.record.id).read_text(encoding="utf-8") if graded.record else ""
        return Outcome(graded=graded, results=results, log=log)

    def say(self, *arguments: str) -> Said:
        """Run a command of the real command line."""
        return self.arena.say(*arguments)

    def say_json(self, *arguments: str) -> Any:
        """What it prints for scripts."""
        return self.say(*arguments, "--json").json


@pytest.fixture
def exercise(arena: Arena) -> Iterator[Exercise]:
    """Nothing is written yet."""
    yield Exercise(arena=arena)
    arena.close()


@pytest.fixture
def scientific_exercise(scientific: Arena) -> Iterator[Exercise]:
    """The same, where NumPy and torch are."""
    yield Exercise(arena=scientific)
    scientific.close()
