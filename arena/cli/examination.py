"""What `arena doctor` tries on this machine."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from arena import __version__
from arena.authoring.backup import safe_vault
from arena.catalog.workspace import open_workspace
from arena.errors import ArenaError
from arena.model.budget import Budget
from arena.sandbox.interface import Exited, Job, Launcher, Mount
from arena.sandbox.runtime import find_runtime
from arena.text.render import render_id

# Tried inside: each line is the name of a wall and whether it held.
_PROBE = """
import os, socket
def held(name, action):
    try:
        action()
    except OSError:
        print(name, "held")
    else:
        print(name, "open")
def connect():
    with socket.socket() as s:
        s.settimeout(1)
        s.connect(("192.0.2.1", 80))
held("network", connect)
held("read-only-root", lambda: open("/written", "w"))
held("process-1", lambda: open("/proc/1/environ").read())
held("host-files", lambda: open(HOST))
print("uid", "held" if os.getuid() == 1000 else "open")
print("processes", "held" if len([p for p in os.listdir("/proc") if p.isdigit()]) < 5 else "open")
"""


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
    findings += _sandbox(python)
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


def _launcher(python: Path) -> Launcher:
    from arena.sandbox.bwrap import BubblewrapLauncher, find_bwrap

    return BubblewrapLauncher(bwrap=find_bwrap(), runtime=find_runtime(python))


def _sandbox(python: Path) -> list[Finding]:
    budget = Budget(
        device="cpu",
        cpu_seconds=20,
        wall_seconds=30,
        memory_bytes=1024**3,
        processes=32,
        disk_bytes=16 * 1024**2,
        log_bytes=64 * 1024,
    )
    with tempfile.TemporaryDirectory(prefix="arena-doctor-") as folder:
        Path(folder).chmod(0o755)
        script, canary = Path(folder) / "probe.py", Path(folder) / "canary"
        canary.write_text("the sandbox must not see this", encoding="ascii")
        script.write_text(f"HOST = {str(canary)!r}\n{_PROBE}", encoding="utf-8")
        mount = Mount(source=script, target="/kaggle/src/probe.py")
        job = Job(
            module="program",
            arguments=("/kaggle/src/probe.py",),
            mounts=(mount,),
            environment={},
            budget=budget,
            outputs=(),
            output_max_bytes=0,
        )
        try:
            launcher = _launcher(python)
            run = launcher.run(job)
        except ArenaError as error:
            return [Finding(name="sandbox", ok=False, detail=_said(error))]
    log = run.log.decode("utf-8", "replace")
    if run.ending != Exited(0):
        return [Finding(name="sandbox", ok=False, detail=f"the probe ended with {run.ending}: {log[-300:]}")]
    detail = f"{launcher.name}, a start takes {run.usage.wall_s * 1000:.0f} ms; {', '.join(launcher.protections)}"
    walls = dict(line.split() for line in log.splitlines())
    return [
        Finding(name="sandbox", ok=True, detail=detail),
        *(Finding(name=f"wall: {name}", ok=state == "held", detail=state) for name, state in walls.items()),
    ]


def show_findings(findings: list[Finding]) -> None:
    """A line each; what does not work says how to mend it."""
    for finding in findings:
        mark = click.style("ok  ", fg="green") if finding.ok else click.style("FAIL", fg="red")
        click.echo(f"{mark}  {finding.name:<22}  {finding.detail}")
