"""Where attacks are struck: a workspace with secrets, sockets that would answer, one launcher, and its honest score."""

import contextlib
import hashlib
import json
import os
import platform
import secrets
import shutil
import socket
import sys
import sysconfig
import tempfile
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from arena.pipeline.grade import Graded, grade, log_path
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Launcher
from arena.sandbox.runtime import find_runtime
from arena.sandbox.syscall_numbers import AARCH64, X86_64
from arena.worker import scratch_folder
from tests.integration.attacks import machine
from tests.integration.attacks.attack import PROGRAMS, Attack
from tests.integration.attacks.launching import open_launcher
from tests.integration.conftest import CANARIES, IDS, PREFIX, TASK, Arena, guess, table

_MAX_RECORDS = 40
_KIT = PROGRAMS / "kit.py"
_NUMBERS = {"x86_64": X86_64, "aarch64": AARCH64}
_BUDGET = {"wall_seconds": 12.0, "cpu_seconds": 10.0, "log_bytes": 64 * 1024}
_HONEST = "open('submission.csv', 'w').write({table!r})"
# What a mean absolute error of predictions and answers may differ by is nothing: the same table has the same score.
_ANSWERS = "Id,Value\n" + "".join(f"{name},{value}\n" for name, value in zip(IDS, CANARIES, strict=True))


def _canary() -> str:
    return f"CANARY-{secrets.token_hex(8)}"


@dataclass(slots=True)
class Doors:
    """Sockets of the host that would answer whoever gets through."""

    mark: str
    stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    open: dict[str, socket.socket] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The socket that has a path."""
        return Path("/tmp", f"{self.mark}.sock")

    def listen(self) -> None:
        """Open them all."""
        make = self.stack.enter_context
        self.open["tcp"] = make(socket.create_server(("127.0.0.1", 0)))
        for name, kind, address in (
            ("udp", socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            ("unix path", socket.SOCK_STREAM, str(self.path)),
            ("unix name", socket.SOCK_STREAM, f"\0{self.mark}-door"),
        ):
            self.open[name] = make(socket.socket(socket.AF_INET if name == "udp" else socket.AF_UNIX, kind))
            self.open[name].bind(address)
        self.stack.callback(self.path.unlink)
        for name in ("unix path", "unix name"):
            self.open[name].listen()
        for door in self.open.values():
            door.settimeout(0)

    def port(self, name: str) -> int:
        """Where an Internet socket listens."""
        number: int = self.open[name].getsockname()[1]
        return number

    def knock(self) -> None:
        """Come through all of them, as a program without walls would."""
        for name, door in self.open.items():
            with socket.socket(door.family, door.type) as plug:
                plug.connect(door.getsockname())
                if name == "udp":
                    plug.send(b"out")

    def arrived(self) -> list[str]:
        """Which of them something came through."""
        found = []
        for name, door in self.open.items():
            with contextlib.suppress(BlockingIOError):
                door.recv(64) if name == "udp" else door.accept()[0].close()
                found.append(f"something came through the host's {name} socket")
        return found


@dataclass(slots=True, kw_only=True)
class Struck:
    """How an attack ended, and everything that is not as it was before."""

    graded: Graded
    log: str
    damage: list[str]


@dataclass(slots=True, kw_only=True)
class World:
    """One launcher's workspace. Attacks come one after the other, as the submissions of a class do."""

    arena: Arena
    launcher: Launcher
    doors: Doors
    runtime: Path
    canaries: dict[str, str]
    stages: Stages
    scores: dict[str, float] = field(default_factory=dict)
    before: "_Before | None" = None
    # With its launcher ready; one that had to end a server has fewer of both until the next job.
    processes: int = 0
    descriptors: int = 0

    def honest(self) -> Mapping[str, float]:
        """Grade the cheap honest program once more."""
        source = self.arena.hand("honest/main.py", _HONEST.format(table=table(guess())))
        graded, log = self._grade(source, "honest", {})
        assert graded.record is not None, (graded.messages, log)
        return graded.record.feedback

    def strike(self, attack: Attack, *, then_honest: bool) -> Struck:
        """Grade an attack and look at what it left behind."""
        mark = f"evil{secrets.token_hex(5)}"
        self._tidy()
        if attack.first is not None:
            first = self._folder(Path(attack.theme, f"{attack.first}.py"), mark, {}, plants=True)
            graded, log = self._grade(first, "earlier", attack.budget)
            assert graded.outcome.value == "scored", f"what came first ended in {graded.outcome}: {log}"
        # What was seen after the attack before this one is what this one begins with.
        before = self.before or _Before.of(self)
        if attack.make is not None:
            folder = self.arena.root.parent / "learner" / mark
            folder.mkdir(parents=True)
            source = attack.make(folder)
        else:
            source = self._folder(Path(attack.theme, f"{attack.name}.py"), mark, attack.extra, plants=False)
        graded, log = self._grade(source, attack.name.replace("_", "-"), attack.budget)
        damage = [line for line in log.splitlines() if line.startswith("BREACH")]
        damage += before.damage(self, mark)
        self.before = _Before.of(self)
        damage += before.changes(self.before)
        if graded.outcome.value == "scored" and graded.record and dict(graded.record.feedback) != self.scores:
            damage.append(f"its score is {graded.record.feedback}, not {self.scores}")
        if then_honest and (scores := dict(self.honest())) != self.scores:
            damage.append(f"the next honest submission scored {scores}, not {self.scores}")
        return Struck(graded=graded, log=log, damage=damage)

    def _tidy(self) -> None:
        """Begin a new ledger now and then: every grading reads all of it."""
        records = self.arena.root / "leaderboard" / "records"
        if len(list(records.glob("*/*/*.json"))) > _MAX_RECORDS:
            shutil.rmtree(records)
            self.before = None

    def _grade(self, source: Path, team: str, budget: Mapping[str, float]) -> tuple[Graded, str]:
        stages = self.stages
        task = self.arena.task(**{**_BUDGET, **budget})
        with scratch_folder(stages.state) as scratch:
            graded = grade(source, task=task, team=team, stages=stages, scratch=scratch, again=True)
        path = log_path(stages.state, graded.record.id) if graded.record else None
        return graded, path.read_bytes().decode("utf-8", "replace") if path else ""

    def _folder(self, program: Path, mark: str, extra: Mapping[str, str], *, plants: bool) -> Path:
        """What is handed in: the program, what it carries, and what it knows of the host."""
        source = (PROGRAMS / program).read_text(encoding="utf-8")
        if plants:
            source += f"# {self.canaries['the source of an earlier submission']}\n"
        name = f"{mark}-{'first' if plants else 'then'}"
        files = {"main.py": source, "kit.py": _KIT.read_text(encoding="utf-8"), **extra}
        for path, content in files.items():
            self.arena.hand(f"{name}/{path}", content)
        known = self._known(mark) | ({"planted": self.canaries} if plants else {})
        return self.arena.hand(f"{name}/host.json", json.dumps(known)).parent

    def _known(self, mark: str) -> dict[str, object]:
        held = [
            *((f"the answer {number}", value) for number, value in enumerate(CANARIES)),
            *self.canaries.items(),
            ("the vault's path", self.arena.vault.name),
            ("the workspace's path", self.arena.root.name),
        ]
        kinds: dict[str, tuple[int, dict[str, str]]] = {}
        for name, value in held:
            head = PREFIX if value.startswith(PREFIX) else value[: value.rindex("-") + 1]
            kinds.setdefault(head, (len(value), {}))[1][hashlib.sha256(value.encode()).hexdigest()] = name
        paths = {
            "vault": self.arena.vault,
            "answers": next(self.arena.vault.rglob("answers.csv")),
            "workspace": self.arena.root,
            "source": self.arena.root / "tasks" / TASK / "source" / "answers.csv",
            "records": self.arena.root / "leaderboard" / "records",
            "door": self.doors.path,
            "repository": Path(__file__).parents[3],
        }
        return {
            "mark": mark,
            "secrets": kinds,
            "table": table(guess()),
            "numbers": _NUMBERS.get(platform.machine(), {}),
            # Spelled backwards, so that a program that looks for them in memory did not bring them along.
            "paths": {name: str(path)[::-1] for name, path in paths.items()},
            "python": str(self.runtime),
            "prefix": str(self.runtime.parent.parent),
            "base": sys.base_prefix,
            "stdlib": sysconfig.get_path("stdlib"),
            "site": str(next(self.runtime.parent.parent.glob("lib/python*/site-packages"))),
            "tcp": self.doors.port("tcp"),
            "udp": self.doors.port("udp"),
            "door": f"{self.doors.mark}-door",
            "launcher": self.launcher.name,
            "top": sorted({Path(each).parts[1] for each in (sys.base_prefix, str(self.runtime))}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """The machine before an attack."""

    fixed: machine.Picture
    growing: machine.Picture
    clock: float
    groups: set[str]

    @classmethod
    def of(cls, world: World) -> "_Before":
        return cls(
            fixed=_fixed(world),
            growing=_growing(world),
            clock=machine.clock_offset(),
            groups=machine.groups(),
        )

    def changes(self, after: "_Before") -> list[str]:
        """What is not as it was."""
        found = [*machine.changes(self.fixed, after.fixed)]
        found += machine.changes(self.growing, after.growing, may_grow=True)
        if abs(after.clock - self.clock) > 1:
            found.append("the clock was set")
        return found

    def damage(self, world: World, mark: str) -> list[str]:
        """What was left of the attack, after a moment of patience."""
        found = []
        if not machine.settles(lambda: machine.marked_processes(mark)):
            found += machine.marked_processes(mark)
        if not machine.settles(lambda: machine.groups() - self.groups):
            found += [f"control group {name}" for name in machine.groups() - self.groups]
        if not machine.settles(lambda: len(machine.below()) > world.processes):
            found.append(f"{len(machine.below())} processes of the grader instead of {world.processes}")
        if not machine.settles(lambda: machine.descriptors() > world.descriptors):
            found.append(f"{machine.descriptors()} open files of the grader instead of {world.descriptors}")
        if not machine.settles(machine.zombies):
            found.append(f"zombies: {machine.zombies()}")
        found += machine.marked_files(mark)
        found += [f"scratch {path.name}" for path in world.arena.scratch()]
        return found + world.doors.arrived()


def _fixed(world: World) -> machine.Picture:
    arena = world.arena
    folders = [world.runtime.parent.parent, arena.root / "tasks", arena.root / "arena.toml"]
    return {
        **machine.settings(),
        **machine.files(folders),
        **machine.accounts(),
        **machine.own(),
        **machine.system_v(),
        **hooks(Path(sysconfig.get_path("stdlib"))),
    }


def hooks(library: Path) -> machine.Picture:
    """What an interpreter runs at its start without being asked, of the base installation and of this one."""
    names = ("sitecustomize.py", "usercustomize.py", "*.pth", "site.py", "os.py")
    places = (library, library / "site-packages", Path(sysconfig.get_path("purelib")))
    return machine.files(path for place in places for name in names for path in place.glob(name))


def _growing(world: World) -> machine.Picture:
    return machine.files([world.arena.vault, world.arena.root / "leaderboard" / "records"])


@contextlib.contextmanager
def opened_world(name: str, template: Arena, base: Path) -> Iterator[World]:
    """A copy of the template with names that are secrets, and the launcher of that name, kept open throughout.

    Raises:
        SandboxUnavailableError: this machine cannot start that launcher.
    """
    with contextlib.ExitStack() as stack:
        # Where every account can reach it, and where no job has a folder of its own in its place.
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="arena-attacks-", dir="/var/tmp")))
        place.chmod(0o755)
        canaries = {
            "the grader's environment": _canary(),
            "the source of an earlier submission": _canary(),
            "the environment of an earlier submission": _canary(),
            "an argument of an earlier submission": _canary(),
            "an output of an earlier submission": _canary(),
            "the log of an earlier submission": _canary(),
            "a file of an earlier submission": _canary(),
            "shared memory of an earlier submission": _canary(),
        }
        arena = Arena(
            root=base / f"hidden-class-{secrets.token_hex(8)}",
            vault=base / f"secret-vault-{secrets.token_hex(8)}",
            home=base / "home",
        )
        for mine, original in ((arena.root, template.root), (arena.vault, template.vault), (arena.home, template.home)):
            shutil.copytree(original, mine)
        runtime = place / "runtime"
        venv.create(runtime, symlinks=True, with_pip=False)
        (site,) = runtime.glob("lib/python*/site-packages")
        (site / "popular_datasets").mkdir()
        (site / "popular_datasets" / "table.csv").write_text(_ANSWERS, encoding="ascii")
        arena.use_runtime(runtime / "bin" / "python")
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        patch.setenv("ARENA_VAULT", str(arena.vault))
        patch.setenv("HOME", str(arena.home))
        patch.setenv("ARENA_CANARY", canaries["the grader's environment"])
        # A descriptor of the grader's that is wrongly inheritable.
        leaked = os.open(next(arena.vault.rglob("answers.csv")), os.O_RDONLY)
        stack.callback(os.close, leaked)
        os.set_inheritable(leaked, True)  # noqa: FBT003 - its only form
        doors = Doors(f"arena-{secrets.token_hex(6)}")
        stack.callback(doors.stack.close)
        doors.listen()
        ours = tuple(arena.root / part for part in ("tasks", "submissions", "leaderboard", ".arena"))
        launcher = open_launcher(name, find_runtime(runtime / "bin" / "python"), (arena.vault, *ours))
        stack.callback(launcher.close)
        world = World(
            arena=arena,
            launcher=launcher,
            doors=doors,
            runtime=runtime / "bin" / "python",
            canaries=canaries,
            stages=replace(arena.stages(), launcher=lambda _: launcher),
        )
        world.scores.update(world.honest())
        world.processes, world.descriptors = len(machine.below()), machine.descriptors()
        yield world
