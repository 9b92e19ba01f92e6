"""Run the user's code as ``__main__``, seeded, with tracebacks that start in the user's own file."""

import importlib.abc
import importlib.machinery
import os
import random
import sys
import types
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

# Seeded when the user imports them, so that a program that needs neither does not wait for either; at once where a
# warm sandbox has imported them before.
_SEEDERS: dict[str, Callable[[Any, int], object]] = {
    "numpy.random": lambda module, seed: module.seed(seed),
    "torch": lambda module, seed: module.manual_seed(seed),
}


class _Seeding(importlib.abc.MetaPathFinder):
    """Finds a module as usual and seeds it right after it was executed."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.waiting = {name: seeder for name, seeder in _SEEDERS.items() if name not in sys.modules}
        seed_loaded(seed)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        seeder = self.waiting.pop(fullname, None)
        if seeder is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        loader, execute = spec.loader, spec.loader.exec_module

        def exec_module(module: types.ModuleType) -> None:
            execute(module)
            seeder(module, self.seed)

        loader.exec_module = exec_module  # type: ignore[method-assign]  # this one loader, for this one module
        return spec


def seed_loaded(seed: int) -> None:
    """Seed what has been imported before."""
    for name, seeder in _SEEDERS.items():
        if name in sys.modules:
            seeder(sys.modules[name], seed)


def prepare(script: str) -> types.ModuleType:
    """Seed, and make a fresh ``__main__`` for ``script``; pickle and multiprocessing look things up there."""
    seed = int(os.environ.get("ARENA_SEED", "0"))
    random.seed(seed)
    sys.meta_path.insert(0, _Seeding(seed))
    module = types.ModuleType("__main__")
    module.__file__ = script
    module.__builtins__ = __builtins__  # type: ignore[attr-defined]  # as the interpreter does
    sys.modules["__main__"] = module
    sys.argv = [script]
    sys.path.insert(0, os.path.dirname(script))
    sys.excepthook = _report
    return module


def _report(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    while trace is not None and is_ours(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    # Not the interpreter's own hook: before Python 3.13 it does not know the lines of a notebook's cells.
    import traceback

    traceback.print_exception(kind, error, trace)


def is_ours(filename: str) -> bool:
    """Whether the code is not the user's: the guest's, or what imports and runs modules."""
    return filename.startswith((os.path.dirname(os.path.abspath(__file__)), "<frozen "))


def fail(text: str) -> NoReturn:
    """End with a sentence for the learner instead of a traceback."""
    sys.stdout.flush()
    print(f"arena: {text}", file=sys.stderr)
    raise SystemExit(1)
