"""The exercise ``numbers`` of the tests: as files, as values, and as what a sandbox would leave of it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from arena.model.submission import Kind
from arena.model.task import Exercise, Function, SubmissionRules, Task
from arena.sandbox.guest import values
from tests.conftest import FRUIT, write_files

DOT, MEAN = Function(name="dot", weight=2.0), Function(name="mean", rtol=1e-3, atol=0.5)
NUMBERS: Task = replace(
    FRUIT,
    id="numbers",
    work=Exercise(functions=(DOT, MEAN), preload=("numpy",), case_seconds=2.0, following=None),
    submissions=SubmissionRules(accepts=(Kind.EXERCISE,), max_bytes=2**20, per_day=3, failed_per_day=2),
    metric="cases_passed",
    also=(),
)

TOML = """\
schema = 1
id = "numbers"
kind = "exercise"
title = { en = "Numbers", bn = "সংখ্যা" }
tags = ["exercise"]
sealed = false

[submissions]
accepts = ["exercise"]
per_day = 3

[[functions]]
name = "dot"
weight = 2

[[functions]]
name = "mean"
rtol = 1e-3
atol = 0.5

[exercise]
preload = ["numpy"]
case_seconds = 2
next = "more-numbers"

[budget]
wall_seconds = 20
cpu_seconds = 10
memory = "512 MiB"
disk = "16 MiB"
log = "4 KiB"
"""
FILES = {
    "task.toml": TOML,
    "cases.py": "PUBLIC = []\n",
    "reference.py": "def dot(a, b): ...\n",
    "statement.en.md": "# Numbers\n",
    "statement.bn.md": "# সংখ্যা\n",
    "starter/solution.py": "def dot(a, b):\n    ...\n",
}

# The hidden arguments and what is expected of them: no other text of the tests holds these.
SECRETS = ("481700010001", "481700020002", "481700030003")


def write_exercise(root: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the task, not built, into a workspace; ``changes`` maps texts of its ``task.toml`` to others."""
    toml = TOML
    for old, new in (changes or {}).items():
        assert old in toml, f"the fixture's task.toml holds no {old!r}"
        toml = toml.replace(old, new)
    return write_files(root / "tasks" / "numbers", {**FILES, "task.toml": toml})


def told(function: str = "dot", title: str = "two", args: Sequence[Any] = ([1], [2]), **parts: Any) -> dict[str, Any]:
    """A case as ``cases.py`` and the guest tell it."""
    encoded = values.encode(list(args))
    return {"function": function, "name": {"en": title, "bn": f"{title} বাংলায়"}, "args": encoded, **parts}


def drawn(seed: int = 1) -> bytes:
    """What the guest leaves of ``cases.py``: for the task's seed the secret arguments, for the other one others."""
    hidden = [
        [told("dot", "a secret", [[int(secret)], [seed]]), told("mean", "nothing", [[]], raises="ValueError")]
        for secret in (SECRETS[0], "5")
    ]
    public = [told("dot", "two vectors", [[1, 2], [3, 4]]), told("mean", "three", [[60, 70, 80]])]
    return json.dumps({"public": public, "hidden": hidden}).encode()


def returned(value: object, *, changed: bool = False) -> dict[str, Any]:
    """What a case reports that returned something."""
    return {"returned": values.encode(value), "changed": changed}


def raised(*classes: str, text: str = "", at_import: bool = False) -> dict[str, Any]:
    """What a case reports that raised something."""
    return {"raised": list(classes), "text": text, "at_import": at_import, "changed": False}


def results(*reports: Mapping[str, Any] | str, printed: bytes = b"") -> bytes:
    """What the guest leaves of some cases: each is a report, or a word for how else it ended."""
    parts = [b'{"failed": null}\n']
    for report in reports:
        word, _, how = (report if isinstance(report, str) else "reported").partition(": ")
        body = b"" if isinstance(report, str) else json.dumps(report).encode()
        head = {"ended": word, "how": how, "report": len(body), "printed": len(printed)}
        parts += [json.dumps(head).encode() + b"\n", body, printed]
    return b"".join(parts)


# What the reference makes of ``drawn()``, and a solution that is right: the public cases, then the hidden ones.
PUBLIC_RIGHT = (returned(11), returned(70.0))
HIDDEN_RIGHT = (returned(int(SECRETS[1])), raised("ValueError", "Exception"))
