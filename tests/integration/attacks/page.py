"""The page of results: written from what a run found and from nothing else."""

import json
import os
import platform
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from itertools import product
from pathlib import Path

from tests.integration.attacks.attack import LAUNCHERS, PRIVILEGES, Attack

COMMAND = ".venv/bin/python -m tests.integration.attacks"
Column = tuple[str, str]
COLUMNS: tuple[Column, ...] = tuple(product(LAUNCHERS, PRIVILEGES))


class Result(Enum):
    """What became of a cell."""

    CONTAINED = "contained"
    NOT_RUN = "unprotected (not run)"
    HELD_OUTSIDE = "unprotected (run under an outer group)"
    FAILED = "FAILED"
    SKIPPED = "skipped"
    MISSING = "no result"


Cells = Mapping[tuple[str, Column], Result]


def read_results(path: Path) -> dict[tuple[str, Column], Result]:
    """The cells of one or more runs, as the tests wrote them down."""
    cells = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        cell = json.loads(line)
        cells[cell["attack"], (cell["launcher"], cell["privilege"])] = Result(cell["result"])
    return cells


def _commit() -> str:
    asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=False)
    return asked.stdout.strip() + (", with changes that are not committed" if changed.stdout.strip() else "")


_HEAD = """\
# Attacks

Every hostile program and file of the suite under `tests/integration/attacks`, handed in through the whole pipeline
(receive, run, check, score, record), with what became of it under each launcher and privilege of the grader. `root`
is a grader that is root and drops its uid before anything of the submission runs; `user` is an ordinary account.

Each cell says before it runs whether it is contained. *Contained* means: it ended in one of the expected outcomes,
reported no breach, and afterwards nothing of the machine had changed (settings of the kernel, accounts, runtime,
workspace, vault, clock, mounts), no process, control group, file or zombie was left, and an honest submission scored
what it scored before: at once after each attack on processes and resources, at the end
after the others. A cell that depends on a
protection that the machine, account or launcher lacks is *unprotected*; it is run only inside a control group around
the whole suite.

This page is written by the run.
"""


def _facts() -> Iterator[str]:
    yield f"- Command: `{COMMAND}`"
    yield f"- Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC; commit: {_commit()}"
    uname = os.uname()
    kernel = f"Linux {uname.release}, {uname.machine}, {os.cpu_count()} processors"
    version = "2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "1"
    yield f"- Machine: {kernel}, control groups of version {version}, Python {platform.python_version()}"


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    head, *body = rows
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in body:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def totals(attacks: Sequence[Attack], cells: Cells) -> dict[Column, dict[Result, int]]:
    """How often each result stands in each column."""
    return {
        column: dict(Counter(cells.get((attack.id, column), Result.MISSING) for attack in attacks))
        for column in COLUMNS
    }


def render(attacks: Sequence[Attack], cells: Cells) -> str:
    """The page, as Markdown."""
    heads = [f"{launcher}, {privilege}" for launcher, privilege in COLUMNS]
    counted = totals(attacks, cells)
    counts = [
        (result.value, *(str(counted[column].get(result, 0)) for column in COLUMNS))
        for result in Result
        if any(result in counts for counts in counted.values())
    ]
    rows = [
        (
            f"`{attack.id}`",
            attack.tries,
            ", ".join(sorted(outcome.value for outcome in attack.outcomes)),
            ", ".join(sorted(need.value for need in attack.needs)) or "–",
            *(cells.get((attack.id, column), Result.MISSING).value for column in COLUMNS),
        )
        for attack in attacks
    ]
    return "\n".join(
        [
            _HEAD,
            *_facts(),
            "",
            f"## Totals of {len(attacks)} attacks",
            "",
            *_table([("", *heads), *counts]),
            "",
            "## Each attack",
            "",
            *_table([("Attack", "What it tries, and what must hold", "Expected", "Depends on", *heads), *rows]),
            "",
        ]
    )
