"""Run the guest's modules in this process, and leave the interpreter as it was."""

import json
import linecache
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import write_files


@pytest.fixture
def interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder of a guest; what the guest does to the interpreter is undone afterwards."""
    modules, path, meta_path, argv = dict(sys.modules), list(sys.path), list(sys.meta_path), list(sys.argv)
    hook, chance, cache = sys.excepthook, random.getstate(), dict(linecache.cache)
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)
    monkeypatch.setenv("ARENA_SEED", "7")
    try:
        yield working
    finally:
        sys.path[:], sys.meta_path[:], sys.argv, sys.excepthook = path, meta_path, argv, hook
        # What the guest imported besides the user's own modules stays: libraries cannot be imported twice.
        for name, module in list(sys.modules.items()):
            ours = str(getattr(module, "__file__", None) or "").startswith(str(tmp_path))
            if name not in modules and (ours or name.split(".")[0] == "IPython"):
                del sys.modules[name]
        sys.modules["__main__"] = modules["__main__"]
        random.setstate(chance)
        linecache.cache.clear()
        linecache.cache.update(cache)


@pytest.fixture
def source(interpreter: Path) -> Callable[[dict[str, str]], Path]:
    """Write the submission's files; return their folder."""
    return lambda files: write_files(interpreter.parent / "src", files)


@pytest.fixture
def spec(interpreter: Path) -> Callable[..., str]:
    """Write what drives a model; return the file's path."""

    def write(table: bytes, **parts: object) -> str:
        folder = interpreter.parent
        (folder / "table.csv").write_bytes(table)
        told = {
            "folder": str(folder / "src"),
            "id": "id",
            "target": ["ripe"],
            "predicted": ["ripe"],
            "table": str(folder / "table.csv"),
            "model": str(interpreter / "model.pkl"),
            **parts,
        }
        (folder / "spec.json").write_text(json.dumps(told), encoding="utf-8")
        return os.fspath(folder / "spec.json")

    return write
