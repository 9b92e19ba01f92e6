"""Run code in a forked interpreter and end as a fresh one would, without the second that tearing all down takes.

What a program may rely on at its end, in the interpreter's own order (CPython's ``Py_FinalizeEx``): threads are waited
for, ``atexit`` runs, the streams are flushed, the program's modules are emptied, so that files are closed and
``__del__`` is called. The modules that were there before it are left alone.
"""

import atexit
import contextlib
import gc
import os
import signal
import sys
import threading
import weakref
from collections.abc import Callable
from typing import NoReturn

from . import kernel

_UNFLUSHED = 120


def forget_finalizers() -> None:
    """What was made so far is not finalized at the end of this process or of its forks."""
    for info in weakref.finalize._registry.values():  # type: ignore[attr-defined]  # noqa: SLF001
        info.atexit = False


def run(main: Callable[[], None]) -> NoReturn:
    """Call ``main`` and end this process with the exit code that the interpreter would give."""
    before = set(sys.modules)
    code, signalled = _call(main)
    # The interpreter's own two steps, which have no public names.
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001
    atexit._run_exitfuncs()  # noqa: SLF001
    code = _flush(code)
    _empty(before)
    code = _flush(code)
    kernel.flush_c_streams()
    if signalled is not None:
        signal.signal(signalled, signal.SIG_DFL)
        os.kill(os.getpid(), signalled)
    os._exit(code & 0xFF)


def _call(main: Callable[[], None]) -> tuple[int, signal.Signals | None]:
    try:
        main()
    except SystemExit as error:
        return _exit_code(error.code), None
    except KeyboardInterrupt:
        _show()
        return 1, signal.SIGINT
    except BaseException:
        _show()
        return 1, None
    return 0, None


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code if abs(code) < 1 << 63 else -1
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        print(code, file=sys.stderr)
    return 1


def _show() -> None:
    kind, error, trace = sys.exc_info()
    if kind is not None and error is not None:
        try:
            sys.excepthook(kind, error, trace)
        except BaseException:
            sys.__excepthook__(kind, error, trace)


def _flush(code: int) -> int:
    for stream in (sys.stdout, sys.stderr):
        if stream is None or getattr(stream, "closed", False):
            continue
        try:
            stream.flush()
        except Exception:
            code = code or _UNFLUSHED
    return code


def _empty(before: set[str]) -> None:
    """Drop the program's own modules; ``__main__`` was made for it, too."""
    own = [name for name in sys.modules if name not in before or name == "__main__"]
    modules = [module for name in own if (module := sys.modules.pop(name, None)) is not None]
    spaces = [vars(module) for module in modules if hasattr(module, "__dict__")]
    modules.clear()
    gc.collect()
    # As the interpreter does: private names first, then the others, the builtins last.
    for space in spaces:
        for private in (True, False):
            for name in [each for each in space if isinstance(each, str) and each != "__builtins__"]:
                if (name.startswith("_") and not name.startswith("__")) == private:
                    space[name] = None
    gc.collect()
