"""Run commands of arena as on a system that is not Linux; tell as JSON how each ended.

Its one argument is JSON: ``{platform, commands}``. Libraries are imported as they are; from there on the modules and
the functions that only POSIX systems have are missing for whatever is imported, which is arena alone.
"""

# ruff: noqa: T201

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import sys
import traceback
import types
from collections.abc import Sequence
from typing import Any

LIBRARIES = (
    *("asyncio", "csv", "ctypes", "email.parser", "gettext", "gzip", "importlib.metadata", "lzma", "multiprocessing"),
    *("random", "secrets", "selectors", "shutil", "subprocess", "tarfile", "tempfile", "tomllib", "zipfile"),
    *("zoneinfo", "click", "click._termui_impl", "filelock", "numpy", "packaging.requirements", "pyarrow.compute"),
    *("pyarrow.csv", "pyarrow.parquet", "pydantic"),
)
MODULES = frozenset({"crypt", "fcntl", "grp", "nis", "pty", "pwd", "resource", "spwd", "syslog", "termios", "tty"})
# What the `os` of Windows lacks: https://docs.python.org/3/library/os.html, "Availability".
FUNCTIONS = frozenset(
    {
        *("O_CLOEXEC", "O_DIRECTORY", "O_NOCTTY", "O_NOFOLLOW", "O_NONBLOCK", "O_PATH", "O_TMPFILE", "WEXITSTATUS"),
        *("WIFEXITED", "WIFSIGNALED", "WTERMSIG", "chown", "chroot", "fchmod", "fchown", "fork", "geteuid", "getgid"),
        *("getgroups", "getpgid", "getpgrp", "getsid", "getuid", "killpg", "lchown", "memfd_create", "mkfifo", "mknod"),
        *("nice", "openpty", "pidfd_open", "pread", "pwrite", "sched_getaffinity", "setgid", "setgroups", "setresuid"),
        *("setsid", "setuid", "statvfs", "sync", "sysconf", "uname", "wait", "wait3", "wait4"),
    }
)


class Missing(importlib.abc.MetaPathFinder):
    """Finds nothing, and says so for the modules that only POSIX systems have."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Refuse a module of POSIX."""
        del path, target
        if fullname in MODULES:
            raise ModuleNotFoundError(f"No module named {fullname!r}", name=fullname)
        return None


class PortableOs(types.ModuleType):
    """The module ``os`` without what only POSIX systems have."""

    def __getattr__(self, name: str) -> Any:
        """Everything else is the real module's."""
        if name in FUNCTIONS:
            raise AttributeError(f"module 'os' has no attribute {name!r}")
        return getattr(os, name)


def run(arguments: list[str]) -> dict[str, Any]:
    """One command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            importlib.import_module("arena.cli.main").main(arguments)
        except SystemExit as leaving:
            code: object = leaving.code
        except BaseException:  # noqa: BLE001 - told as the interpreter would tell it
            traceback.print_exc()
            code = 1
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def main() -> None:
    """Run each command."""
    asked = json.loads(sys.argv[1])
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in MODULES:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, Missing())
    sys.modules["os"] = PortableOs("os")
    sys.platform = asked["platform"]
    print(json.dumps([run(each) for each in asked["commands"]]))


main()
