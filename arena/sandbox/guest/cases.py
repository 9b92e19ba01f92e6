"""``python -m arena_guest.cases``: draw the cases of an exercise.

Standard input is ``{"folder", "seeds": [text, …]}``, where ``folder`` holds the task's ``cases.py`` and a seed is a
hexadecimal number. ``cases.json`` is ``{"public": [case, …], "hidden": [[case, …], …]}``, a list for each seed, values
as ``values`` writes them. What a case may hold is checked here only as far as nobody else can: by ``arena`` outside.
"""

import json
from typing import Any

from . import entry, exercise, values

_VALUES = ("args", "kwargs", "expect", "between")


def main() -> None:
    """Draw them."""
    with open(0, "rb", closefd=False) as file:
        spec = json.load(file)
    entry.prepare(f"{spec['folder']}/cases.py")
    module = exercise.load(f"{spec['folder']}/cases.py")
    for name in ("PUBLIC", "hidden"):
        if not hasattr(module, name):
            entry.fail(f"cases.py has no `{name}`")
    drawn = {
        "public": [_told(case, f"PUBLIC[{number}]") for number, case in enumerate(module.PUBLIC)],
        "hidden": [
            [_told(case, f"hidden case {number}") for number, case in enumerate(module.hidden(int(seed, 16)))]
            for seed in spec["seeds"]
        ],
    }
    with open("cases.json", "w", encoding="ascii") as file:
        json.dump(drawn, file)


def _told(case: Any, where: str) -> dict[str, Any]:
    if not isinstance(case, dict):
        entry.fail(f"{where} of cases.py is no dict")
    told = dict(case)
    if isinstance(told.get("args"), tuple):
        told["args"] = list(told["args"])
    for name in _VALUES:
        if name in told:
            try:
                told[name] = values.encode(told[name])
            except values.NotPlainError as error:
                entry.fail(f"{where} of cases.py: `{name}` cannot cross: {error}")
    try:
        json.dumps(told, allow_nan=False)
    except (TypeError, ValueError) as error:
        entry.fail(f"{where} of cases.py: {error}")
    return told


if __name__ == "__main__":
    main()
