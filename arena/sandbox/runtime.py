"""The runtime: the interpreter and packages that submissions run with."""

import functools
import hashlib
import importlib.metadata
import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arena.sandbox.interface import SandboxUnavailableError

_ASK = """
import json, sys, sysconfig
base = {"base": sys.base_prefix, "platbase": sys.base_prefix}
print(json.dumps({
    "version": ".".join(map(str, sys.version_info[:3])),
    "prefixes": [sys.prefix, sys.base_prefix],
    "stdlib": [sysconfig.get_path(name) for name in ("stdlib", "platstdlib")],
    "site": [sysconfig.get_path(name) for name in ("purelib", "platlib")],
    "foreign": [p for p in (sysconfig.get_path(n, "posix_prefix", base) for n in ("purelib", "platlib")) if p not in
    sys.path],
}))
"""
_SYSTEM_PREFIX = "/usr"
_SEPARATORS = re.compile(r"[-_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """Where an interpreter lives.

    ``prefixes`` are the folders that hold all of it, ``site`` those of its packages; ``foreign`` are packages of the
    base interpreter that the runtime does not use and that are nobody's business inside.
    """

    python: Path
    version: str
    prefixes: tuple[Path, ...]
    site: tuple[Path, ...]
    foreign: tuple[Path, ...]

    def packages(self) -> dict[str, str]:
        """Name (normalised as PEP 503 says) and version of every installed package, in order."""
        return dict(_installed(self.site))

    def digest(self) -> str:
        """Hash of the Python version and every package's."""
        text = json.dumps([self.version, sorted(self.packages().items())])
        return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _installed(site: tuple[Path, ...]) -> tuple[tuple[str, str], ...]:
    """Reading every package's metadata takes tens of milliseconds, and every record names what it ran with."""
    found = importlib.metadata.distributions(path=[str(path) for path in site])
    return tuple(sorted({normalised(dist.name): dist.version for dist in found if dist.name}.items()))


def normalised(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return _SEPARATORS.sub("-", name).casefold()


def find_runtime(python: Path) -> Runtime:
    """Ask an interpreter where it lives. A virtual environment stays one: its link is not followed.

    Raises:
        SandboxUnavailableError: it cannot be started.
    """
    try:
        asked = subprocess.run([str(python), "-I", "-c", _ASK], capture_output=True, text=True, timeout=60, check=True)
        answer = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise SandboxUnavailableError("sandbox.no_runtime", python=str(python), reason=str(error)) from error
    return Runtime(
        python=python,
        version=answer["version"],
        prefixes=holding_folders(answer["prefixes"], [*answer["stdlib"], *answer["site"]]),
        site=_paths(answer["site"]),
        foreign=tuple(path for path in _paths(answer["foreign"]) if path.is_dir()),
    )


def holding_folders(prefixes: Sequence[str], libraries: Sequence[str]) -> tuple[Path, ...]:
    """The outermost folders that hold a runtime.

    Of a Python that came with the system, whose prefix is ``/usr``, only the libraries are its own: the rest is the
    machine's, which nobody inside needs to see, and which would take a minute to look through.
    """
    paths = _paths([*(prefix for prefix in prefixes if prefix != _SYSTEM_PREFIX), *libraries])
    return tuple(
        path
        for path in paths
        if not any(other != path and path.is_relative_to(other) for other in paths)
        and (path.exists() or str(path) in prefixes)
    )


def _paths(texts: list[str]) -> tuple[Path, ...]:
    return tuple(Path(text) for text in dict.fromkeys(texts))
