"""Leaves a pickle that would run a command as its table; the grader must read text and nothing else."""

import os
import pickle
from typing import Any


class Bomb:
    """Runs a command in whoever loads it."""

    def __reduce__(self) -> tuple[Any, ...]:
        """What to call."""
        return os.system, ("echo BREACH a pickle was loaded; touch /tmp/evil-pickle",)


with open("/kaggle/working/submission.csv", "wb") as file:
    file.write(pickle.dumps(Bomb()))
