"""Looks for the grader's modules, loaded or importable; only the guest's own may be there."""

import importlib.util
import sys

from kit import hand_in, must

loaded = [name for name in sys.modules if name.split(".")[0] == "arena"]
must(f"loaded: {loaded[:5]}", hold=not loaded)
for name in ("arena", "pydantic", "filelock", "pyarrow"):
    try:
        found = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        found = None
    must(f"{name} can be imported", hold=found is None)
hand_in()
