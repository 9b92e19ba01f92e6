"""What `arena doctor` tries on this machine."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from arena import __version__
from arena.authoring.backup import safe_vault
from arena.catalog.workspace import open_workspace
from arena.errors import ArenaError
from arena.sandbox.launchers import NAMES, open_launcher, probe
from arena.sandbox.runtime import find_runtime
from arena.text.render import render_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was tried. ``needed``: without it submitted code cannot be run."""

    name: str
    ok: bool
    detail: str
    needed: bool = True

    def to_json(self) -> dict[str, Any]:
        """For scripts."""
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "needed": self.needed}


def examine() -> list[Finding]:
    """Try everything; what fails says how to mend it."""
    findings = [
        Finding(name="arena", ok=True, detail=f"{__version__} on Python {sys.version.split()[0]}, {sys.platform}")
    ]
    root, python = Path.cwd(), Path(sys.executable)
    try:
        workspace = open_workspace(Path.cwd())
        root, python = workspace.root, workspace.runtime
        findings.append(Finding(name="workspace", ok=True, detail=f"{workspace.name} at {root}", needed=False))
    except ArenaError as error:
        findings.append(Finding(name="workspace", ok=False, detail=_said(error), needed=False))
    findings.append(_tried("vault", lambda: _vault(root)))
    findings.append(_tried("runtime", lambda: _runtime(python)))
    findings.append(_tried("bubblewrap", _bubblewrap))
    for name in reversed(NAMES):
        findings += _sandbox(python, name)
    return findings


def _said(error: ArenaError) -> str:
    return render_id(error.message_id, error.params, "en")


def _tried(name: str, action: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, ok=True, detail=action())
    except ArenaError as error:
        return Finding(name=name, ok=False, detail=_said(error))


def _vault(root: Path) -> str:
    vault = safe_vault(root)
    return f"{vault}, {'mode 0700' if vault.exists() else 'made on first use'}"


def _runtime(python: Path) -> str:
    runtime = find_runtime(python)
    return f"Python {runtime.version} with {len(runtime.packages())} packages, {python}"


def _bubblewrap() -> str:
    from arena.sandbox.bwrap import bwrap_version, find_bwrap

    path = find_bwrap()
    version = bwrap_version(path)
    return f"{'.'.join(map(str, version)) if version else 'unknown version'}, {path}"


def _sandbox(python: Path, name: str) -> list[Finding]:
    try:
        launcher = open_launcher(name, find_runtime(python))
        started = time.monotonic()
        walls = probe(launcher)
        seconds = time.monotonic() - started
        launcher.close()
    except ArenaError as error:
        return [Finding(name=name, ok=False, detail=_said(error))]
    detail = f"a start takes {seconds * 1000:.0f} ms; {', '.join(launcher.protections)}"
    return [
        Finding(name=name, ok=True, detail=detail),
        *(
            Finding(name=f"{name} wall: {wall}", ok=held, detail="held" if held else "open")
            for wall, held in walls.items()
        ),
    ]


def show_findings(findings: list[Finding]) -> None:
    """A line each; what does not work says how to mend it."""
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.name:<22}  {finding.detail}")
