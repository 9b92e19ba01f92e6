"""What `arena doctor` tries on this machine: whether something works is found by doing it, not by reading a setting."""

import functools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from arena import __version__
from arena.authoring.backup import safe_vault
from arena.catalog.workspace import open_workspace
from arena.cli import remedies
from arena.cli.findings import Finding, Group
from arena.cli.limit_trials import NAMES as LIMITS
from arena.cli.limit_trials import try_limits
from arena.cli.output import spoken, words
from arena.cli.remedies import Remedy
from arena.cli.system import System, look
from arena.errors import ArenaError
from arena.model.protection import CPU_GROUP, DEMANDABLE, FILES, MEMORY_GROUP, UID_DROP
from arena.model.safe_text import safe_line
from arena.model.sizes import human_size
from arena.sandbox.interface import Launcher
from arena.sandbox.launchers import NAMES, open_launcher, probe
from arena.sandbox.runtime import find_runtime
from arena.text.render import render_id

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One launcher: why it does not start, or what it does."""

    name: str
    fault: str = ""
    start_s: float = 0.0
    first_s: float = 0.0
    walls: Mapping[str, bool]
    protections: frozenset[str] = frozenset()
    limits: Mapping[str, bool]

    @property
    def works(self) -> bool:
        """Whether submissions may be run in it."""
        return not self.fault and all(self.walls.values())


def examine() -> list[Finding]:
    """Try everything; what fails says how to mend it."""
    root, python = Path.cwd(), Path(sys.executable)
    detail = words("doctor.version", version=__version__, python=sys.version.split()[0], platform=sys.platform)
    found = [Finding(group=Group.INSTALLATION, name="arena", ok=True, detail=detail)]
    try:
        workspace = open_workspace(Path.cwd())
        root, python = workspace.root, workspace.runtime
        detail = words("doctor.workspace", name=workspace.name, path=str(root))
        found.append(Finding(group=Group.INSTALLATION, name="workspace", ok=True, detail=detail))
    except ArenaError as error:
        found.append(Finding(group=Group.INSTALLATION, name="workspace", ok=False, detail=_said(error)))
    found.append(_installed("vault", lambda: _vault(root), needed=True))
    found.append(_installed("runtime", lambda: _runtime(python), needed=True))
    system = look()
    tried = [try_launcher(name, functools.partial(_opened, name, python)) for name in reversed(NAMES)]
    none_works = not any(each.works for each in tried)
    bubblewrap = _installed("bubblewrap", _bubblewrap, needed=none_works)
    if not bubblewrap.ok:
        bubblewrap = replace(bubblewrap, remedies=tuple(remedies.for_bubblewrap(system)))
    return [*found, bubblewrap, *sandbox_findings(tried, system), *_devices()]


def _said(error: ArenaError) -> str:
    return render_id(error.message_id, error.params, spoken())


def _why(error: ArenaError) -> str:
    """Why a launcher does not start: its own last words, without the advice that stands below here."""
    reason = str(error.params.get("reason", "")).strip()
    return reason.splitlines()[-1] if reason else _said(error)


def _installed(name: str, action: Callable[[], str], *, needed: bool) -> Finding:
    try:
        return Finding(group=Group.INSTALLATION, name=name, ok=True, detail=action(), needed=needed)
    except ArenaError as error:
        return Finding(group=Group.INSTALLATION, name=name, ok=False, detail=_said(error), needed=needed)


def _vault(root: Path) -> str:
    vault = safe_vault(root)
    return words("doctor.vault" if vault.exists() else "doctor.vault_later", path=str(vault))


def _runtime(python: Path) -> str:
    runtime = find_runtime(python)
    return words("doctor.runtime", version=runtime.version, count=len(runtime.packages()), path=str(python))


def _bubblewrap() -> str:
    from arena.sandbox.bwrap import bwrap_version, find_bwrap

    path = find_bwrap()
    version = bwrap_version(path)
    return f"{'.'.join(map(str, version)) if version else '?'}, {path}"


def _opened(name: str, python: Path) -> Launcher:
    return open_launcher(name, find_runtime(python))


def try_launcher(name: str, opened: Callable[[], Launcher]) -> Tried:
    """Start it twice, look at its walls from inside, pass each of its limits."""
    try:
        launcher = opened()
        try:
            started = time.monotonic()
            walls = probe(launcher)
            again = time.monotonic()
            probe(launcher)
            ended = time.monotonic()
            limits = try_limits(launcher)
            protections = frozenset(launcher.protections)
        finally:
            launcher.close()
    except ArenaError as error:
        return Tried(name=name, fault=_why(error), walls={}, limits={})
    return Tried(
        name=name,
        start_s=ended - again,
        first_s=again - started,
        walls=walls,
        protections=protections,
        limits=limits,
    )


def sandbox_findings(tried: Sequence[Tried], system: System) -> list[Finding]:
    """Launchers, protections and limits, with advice for what is missing."""
    needed = not any(each.works for each in tried)
    found = [finding for each in tried for finding in _launcher(each, system, needed=needed)]
    working = [each for each in tried if each.works]
    for name in DEMANDABLE:
        having = [each.name for each in working if name in each.protections]
        advice = () if having or not working else tuple(_advice(name, system))
        detail = _where(having, working)
        found.append(Finding(group=Group.PROTECTIONS, name=name, ok=bool(having), detail=detail, remedies=advice))
    for name in LIMITS:
        having = [each.name for each in working if each.limits.get(name)]
        # Of bubblewrap it is known, and documented, that it cannot bound their number.
        ok = bool(having) and (name == "files" or len(having) == len(working))
        found.append(Finding(group=Group.LIMITS, name=f"limit: {name}", ok=ok, detail=_how(name, having, working)))
    return found


def _launcher(tried: Tried, system: System, *, needed: bool) -> list[Finding]:
    if tried.fault:
        advice = tuple(remedies.for_launcher(tried.name, system))
        detail = safe_line(tried.fault, 600)
        return [
            Finding(group=Group.LAUNCHERS, name=tried.name, ok=False, detail=detail, needed=needed, remedies=advice)
        ]
    detail = words("doctor.starts", ms=round(tried.start_s * 1000), first_ms=round(tried.first_s * 1000))
    walls = [
        Finding(
            group=Group.LAUNCHERS,
            name=f"{tried.name} wall: {wall}",
            ok=held,
            detail=words("doctor.held") if held else words("doctor.open"),
            needed=needed,
            remedies=() if held else tuple(remedies.for_walls(tried.name)),
        )
        for wall, held in tried.walls.items()
    ]
    return [Finding(group=Group.LAUNCHERS, name=tried.name, ok=True, detail=detail, needed=needed), *walls]


def _advice(name: str, system: System) -> list[Remedy]:
    if name in {MEMORY_GROUP, CPU_GROUP}:
        return remedies.for_groups(system)
    if name == UID_DROP:
        return remedies.for_uid_drop(system)
    return remedies.for_files() if name == FILES else []


def _where(having: Sequence[str], working: Sequence[Tried]) -> str:
    lacking = [each.name for each in working if each.name not in having]
    if not having:
        return words("doctor.nowhere")
    if lacking:
        return words("doctor.in_some", launchers=", ".join(having), others=", ".join(lacking))
    return words("doctor.in_all", launchers=", ".join(having))


def _how(name: str, having: Sequence[str], working: Sequence[Tried]) -> str:
    where = _where(having, working)
    if name in {"cpu", "memory"} and having:
        protection = CPU_GROUP if name == "cpu" else MEMORY_GROUP
        by_group = all(protection in each.protections for each in working)
        return f"{where}; {words('doctor.by_group') if by_group else words('doctor.by_polling')}"
    return where


def _devices() -> list[Finding]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    cpus = words("doctor.cpus", count=os.cpu_count() or 1, usable=usable)
    gpus = _gpus()
    return [
        Finding(group=Group.DEVICES, name="cpu", ok=True, detail=cpus),
        Finding(group=Group.DEVICES, name="memory", ok=True, detail=_memory()),
        Finding(
            group=Group.DEVICES,
            name="gpu",
            ok=True,
            detail=words("doctor.gpus", names=", ".join(gpus)) if gpus else words("doctor.no_gpu"),
        ),
    ]


def _memory() -> str:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return "?"
    kibibytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
    total, free = (human_size(kibibytes.get(name, 0) * 1024) for name in ("MemTotal", "MemAvailable"))
    return words("doctor.memory", total=total, free=free)


def _gpus() -> list[str]:
    """The names of NVIDIA's devices, by asking the driver's own program, else by what the kernel shows."""
    if program := shutil.which("nvidia-smi"):
        try:
            asked = subprocess.run(
                [program, "--query-gpu=name,memory.total", "--format=csv,noheader"],
                capture_output=True,
                text=True,
                timeout=_PATIENCE_SECONDS,
                check=True,
            )
            return [safe_line(line, 80) for line in asked.stdout.splitlines() if line.strip()]
        except (OSError, subprocess.SubprocessError):
            pass
    return [path.name for path in sorted(Path("/proc/driver/nvidia/gpus").glob("*"))]
