"""Replaces what a metric would be computed with, in its own process; the score must be the table's true one."""

import builtins
import json
import math
import statistics
import sys
import types

from kit import hand_in


def perfect(*_: object, **__: object) -> float:
    """The best error there is."""
    return 0.0


for name in ("arena", "arena.metrics", "arena.metrics.table", "arena.metrics.regression", "numpy", "sklearn.metrics"):
    fake = types.ModuleType(name)
    fake.mae = fake.mean = fake.mean_absolute_error = perfect  # type: ignore[attr-defined]  # the attack
    sys.modules[name] = fake
math.fsum = statistics.mean = perfect  # type: ignore[assignment]  # the attack
hand_in()
builtins.abs = builtins.sum = perfect  # type: ignore[assignment]  # the attack
json.dumps = perfect  # type: ignore[assignment]  # the attack
