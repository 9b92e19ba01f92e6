"""Run code in a forked interpreter and end as a fresh one would, without the second that tearing all down takes.

What a program may rely on at its end, in the interpreter's own order (CPython's ``Py_FinalizeEx``): threads are waited
for, ``atexit`` runs, the streams are flushed, the program's modules are emptied, so that files are closed and
``__del__`` is called. The modules that were there before it are left alone; a last ``__del__`` may still import them.
What the interpreter prints of an exception follows its ``PyErr_Print``.
"""

import atexit
import ctypes
import gc
import itertools
import os
import sys
import threading
import types
import weakref
from collections.abc import Callable
from typing import Any, NoReturn

from . import kernel

_UNFLUSHED = 120


def forget_finalizers() -> None:
    """What was made so far is not finalized at the end of this process or of its forks."""
    for info in weakref.finalize._registry.values():  # type: ignore[attr-defined]  # noqa: SLF001
        info.atexit = False


def run(main: Callable[[], None]) -> NoReturn:
    """Call ``main`` and end this process with the exit code that the interpreter would give."""
    before = len(sys.modules)
    code = _call(main)
    # The interpreter's own two steps, which have no public names.
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001
    atexit._run_exitfuncs()  # noqa: SLF001
    code = _flush(code)
    _empty(before)
    code = _flush(code)
    kernel.flush_c_streams()
    os._exit(code & 0xFF)


def _call(main: Callable[[], None]) -> int:
    try:
        main()
    except SystemExit as error:
        return _exit_code(error.code)
    except BaseException as error:
        failed = error
    else:
        return 0
    # Not while it is handled: what a hook raises has nothing to do with it.
    return _show(failed)


def _exit_code(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code if abs(code) < 1 << 63 else -1
    try:
        if sys.stderr is not None:
            print(code, file=sys.stderr)
    except Exception:
        _say(b"\n")
    return 1


def _say(text: bytes) -> None:
    """Print to standard error as the interpreter does, whatever became of ``sys.stderr``."""
    ctypes.pythonapi.PySys_WriteStderr(b"%s", text)


def _show(error: BaseException) -> int:
    """Report an exception that nobody caught; return the exit code, which a hook may choose."""
    trace = _without_own(error)
    try:
        hook = sys.excepthook
    except AttributeError:
        _say(b"sys.excepthook is missing\n")
        hook = sys.__excepthook__
    try:
        hook(type(error), error, trace)
    except SystemExit as left:
        return _exit_code(left.code)
    except BaseException as second:
        _say(b"Error in sys.excepthook:\n")
        sys.__excepthook__(type(second), second, _without_own(second))
        _say(b"\nOriginal exception was:\n")
        sys.__excepthook__(type(error), error, trace)
    return 1


def _without_own(error: BaseException) -> types.TracebackType | None:
    """The traceback below this module's own frame."""
    return error.__traceback__.tb_next if error.__traceback__ is not None else None


def _flush(code: int) -> int:
    for stream, is_output in ((sys.stdout, True), (sys.stderr, False)):
        if stream is None or getattr(stream, "closed", False):
            continue
        try:
            stream.flush()
        except BaseException as error:
            if is_output:
                _say(b"Exception ignored in: " + repr(stream).encode("utf-8", "backslashreplace") + b"\n")
                sys.__excepthook__(type(error), error, _without_own(error))
                code = _UNFLUSHED
    return code


def _empty(before: int) -> None:
    """Drop the program's own modules, as ``finalize_modules`` does; ``__main__`` was made for it, too.

    The packages' modules are not touched, not even looked at: to count a reference to one is to copy its page.
    """
    gc.collect()
    sys.stdin, sys.stdout, sys.stderr = sys.__stdin__, sys.__stdout__, sys.__stderr__
    sys.meta_path = None  # type: ignore[assignment]  # so that nothing new is imported any more
    names = ["__main__", *reversed([*itertools.islice(reversed(sys.modules), len(sys.modules) - before)])]
    own = [_weakly(sys.modules[name]) for name in names]
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]  # one by one, in the order of their import
    gc.collect()
    for reference in reversed(own):
        if (module := reference()) is not None:
            _clear(vars(module))
    # The interpreter would go on to take the packages themselves apart, and with them what they hold of the program's.
    # All that is older than the program is frozen, unless it undid that: so by name, too.
    for found in gc.get_objects():
        if type(found) is dict and "__builtins__" in found and found.get("__name__") in names:
            _clear(found)
    gc.collect()


def _weakly(module: Any) -> Callable[[], Any]:
    try:
        return weakref.ref(module) if hasattr(module, "__dict__") else lambda: None
    except TypeError:
        return lambda: None


def _clear(space: dict[str, Any]) -> None:
    """Empty a module: private names first, then the others, the builtins never."""
    for private in (True, False):
        for name in [each for each in space if isinstance(each, str) and each != "__builtins__"]:
            if (name.startswith("_") and not name.startswith("__")) == private:
                space[name] = None
