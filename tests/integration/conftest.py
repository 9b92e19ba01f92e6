"""What integration tests share: a small task whose answers are canaries, the real command line, the real sandbox."""

import hashlib
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from arena.catalog.tasks import load_task
from arena.catalog.workspace import open_workspace
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.grade import Graded, grade, log_path
from arena.pipeline.stages import Stages
from arena.sandbox.interface import Launcher
from arena.sandbox.launchers import AUTO, NAMES
from arena.vault.plain import PlainVault
from arena.worker import scratch_folder

PROGRAMS = Path(__file__).with_name("programs")
TASK = "tiny"
ROWS = 30
# Every hidden answer begins so and has eight digits more: nothing else in the world does.
PREFIX = "4817"
_DIGITS = random.Random(20261101).sample(range(10**8), ROWS + 1)  # noqa: S311 - the same in every run
CANARIES = tuple(f"{PREFIX}{number:08d}" for number in _DIGITS[:ROWS])
# Looks like an answer but stands in the public training table: a search that works finds it.
CONTROL = f"{PREFIX}{_DIGITS[ROWS]:08d}"
IDS = tuple(range(101, 101 + ROWS))

_TASK_TOML = f"""\
schema = 1
id = "{TASK}"
kind = "prediction"
title = {{ en = "Tiny", bn = "ছোট" }}
sealed = false

[data]
id = "Id"
target = ["Value"]

[submissions]
accepts = ["predictions", "program", "model"]
max_size = "1 MiB"
per_day = 100

[metric]
name = "mae"

[budget]
device = "any"
cpu_seconds = 20
wall_seconds = 20
memory = "512 MiB"
processes = 32
disk = "16 MiB"
log = "16 KiB"
"""

_PREPARE = '''\
"""Copies the tables of the source folder."""

import os
import shutil

source, output = os.environ["ARENA_INPUT"], os.environ["ARENA_OUTPUT"]
os.mkdir(f"{output}/public")
for name in ("train.csv", "test.csv", "sample_submission.csv"):
    shutil.copy(f"{source}/{name}", f"{output}/public/{name}")
shutil.copy(f"{source}/answers.csv", f"{output}/answers.csv")
'''

_MODULES = {"main.py": "program", "model.py": "model"}


def table(rows: Mapping[int, object]) -> str:
    """A table of predictions as CSV."""
    return "Id,Value\n" + "".join(f"{name},{value}\n" for name, value in rows.items())


def guess(offset: int = 0) -> dict[int, int]:
    """Predictions that are all wrong by about the same; the score tells offsets apart."""
    return {name: 481750000000 + offset + 7 * offset * row for row, name in enumerate(IDS)}


def _tables() -> dict[str, str]:
    train = [(number, f"a measured thing, number {number}", 481700000000 + 17 * number) for number in range(1, 31)]
    train[11] = (12, "the control", int(CONTROL))
    test = [(name, f"a thing that was measured later, number {name}") for name in IDS]
    halves = ["Public", "Private"]
    return {
        "train.csv": "Id,Feature,Value\n" + "".join(f'{n},"{text}",{value}\n' for n, text, value in train),
        "test.csv": "Id,Feature\n" + "".join(f'{n},"{text}"\n' for n, text in test),
        "sample_submission.csv": table(dict.fromkeys(IDS, 0)),
        "answers.csv": "Id,Value,Usage\n"
        + "".join(f"{n},{v},{halves[i % 2]}\n" for i, (n, v) in enumerate(zip(IDS, CANARIES, strict=True))),
    }


def write_task(root: Path) -> None:
    """Write the fixture task as its instructor would, public files and their checksums included."""
    folder = root / "tasks" / TASK
    tables = _tables()
    for part in ("source", "public", "starter"):
        (folder / part).mkdir(parents=True)
    (folder / "task.toml").write_text(_TASK_TOML, encoding="utf-8")
    (folder / "prepare.py").write_text(_PREPARE, encoding="utf-8")
    (folder / "starter" / "main.py").write_text("print('start here')\n", encoding="utf-8")
    for language in ("en", "bn"):
        (folder / f"statement.{language}.md").write_text("# Tiny\n\nA task for tests.\n", encoding="utf-8")
    sums = []
    for name, text in sorted(tables.items()):
        (folder / "source" / name).write_text(text, encoding="utf-8")
        if name != "answers.csv":
            (folder / "public" / name).write_text(text, encoding="utf-8")
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n")
    (folder / "public" / "SHA256SUMS").write_text("".join(sums), encoding="ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How a command of the real command line ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def json(self) -> Any:
        """What it printed for scripts."""
        return json.loads(self.out)

    @property
    def text(self) -> str:
        """Everything that it printed."""
        return self.out + self.err


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """A workspace in a folder of its own, with its vault, used as people use it."""

    root: Path
    vault: Path
    home: Path
    opened: list[Stages] = field(default_factory=list, compare=False)

    def environment(self, **extra: str) -> dict[str, str]:
        """What a command is started with; nothing of this account's own arena is in it."""
        return {
            "PATH": os.environ["PATH"],
            # The code under test, where that is not what is installed.
            **{name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ},
            "LANG": "C.UTF-8",
            "HOME": str(self.home),
            "ARENA_VAULT": str(self.vault),
            **extra,
        }

    def start(self, *arguments: str, umask: int = -1, **extra: str) -> subprocess.Popen[str]:
        """Start a command and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "arena", *arguments],
            cwd=self.root,
            env=self.environment(**extra),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            umask=umask,
        )

    def say(self, *arguments: str, umask: int = -1, **extra: str) -> Said:
        """Run a command to its end."""
        started = time.monotonic()
        process = self.start(*arguments, umask=umask, **extra)
        out, err = process.communicate(timeout=120)
        return Said(code=process.returncode, out=out, err=err, seconds=time.monotonic() - started)

    def hand(self, name: str, content: str | bytes) -> Path:
        """Write a file beside the workspace, as a learner would have it; return its path."""
        path = self.root.parent / "learner" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def shelve(self, team: str, name: str, content: str | bytes) -> Path:
        """Put a file on the shelf, as a merged pull request would."""
        path = self.root / "submissions" / TASK / team / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def use_runtime(self, python: Path) -> None:
        """Let submissions run with another interpreter."""
        self._set("runtime", str(python))

    def _set(self, key: str, value: str) -> None:
        marker = self.root / "arena.toml"
        lines = [line for line in marker.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{key} ")]
        marker.write_text("\n".join([*lines, f"{key} = {json.dumps(value)}", ""]), encoding="utf-8")

    def task(self, **budget: float) -> Task:
        """The fixture task; ``budget`` replaces limits without a new version of the task."""
        loaded = load_task(self.root, TASK, METRICS)
        return replace(loaded, budget=replace(loaded.budget, **budget))  # type: ignore[arg-type]  # by name

    def stages(self) -> Stages:
        """The real stages of this workspace, in this process."""
        stages = assemble(open_workspace(self.root))
        self.opened.append(stages)
        return replace(stages, vault=PlainVault(root=self.vault, workspace=stages.vault.workspace))

    def close(self) -> None:
        """End what launchers of this process keep ready."""
        while self.opened:
            self.opened.pop().close()

    def use_launcher(self, name: str) -> None:
        """Let submissions run with this launcher."""
        self._set("launcher", name)

    def launcher(self) -> Launcher:
        """The real sandbox."""
        return self.stages().launcher(self.task())

    def grade(self, source: Path, task: Task | None = None) -> "Ended":
        """Take a submission through the whole pipeline in this process."""
        stages, graded_task = self.stages(), task or self.task()
        started = time.monotonic()
        with scratch_folder(stages.state) as scratch:
            graded = grade(source, task=graded_task, team="tester", stages=stages, scratch=scratch)
        seconds = time.monotonic() - started
        self.close()
        path = log_path(stages.state, graded.record.id) if graded.record else None
        log = path.read_bytes() if path else b""
        return Ended(graded=graded, log=log.decode("utf-8", "replace"), seconds=seconds)

    def program(self, source: str, **budget: float) -> "Ended":
        """Grade a program given as text."""
        name = hashlib.sha256(source.encode()).hexdigest()[:12]
        return self.grade(self.hand(f"{name}/main.py", source), self.task(**budget))

    def records(self) -> list[dict[str, Any]]:
        """Every record of the ledger, as it lies there."""
        return [json.loads(path.read_bytes()) for path in sorted(self.root.glob("leaderboard/records/*/*/*.json"))]

    def board(self) -> str | None:
        """The published board."""
        path = self.root / "leaderboard" / f"{TASK}.csv"
        return path.read_text(encoding="utf-8") if path.exists() else None

    def scratch(self) -> list[Path]:
        """What is left of scratch folders."""
        return sorted((self.root / ".arena" / "scratch").glob("*"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How the pipeline ended."""

    graded: Graded
    log: str
    seconds: float

    @property
    def outcome(self) -> Outcome:
        """How the attempt ended."""
        return self.graded.outcome

    @property
    def message(self) -> str:
        """The stable id of the first message."""
        return self.graded.messages[0].id


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a virtual environment without packages: programs of these tests need none."""
    folder = tmp_path_factory.mktemp("runtime") / "venv"
    venv.create(folder, symlinks=True, with_pip=False)
    return folder / "bin" / "python"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, runtime: Path) -> Arena:
    """A workspace that every test gets a copy of."""
    base = tmp_path_factory.mktemp("template")
    made = Arena(root=base / "class", vault=base / "vault", home=base / "home")
    for folder in (made.root, made.home):
        folder.mkdir()
    (made.root / "arena.toml").write_text('schema = 1\nname = "class"\n', encoding="utf-8")
    made.use_runtime(runtime)
    write_task(made.root)
    vault = PlainVault(root=made.vault, workspace="class")
    vault.put_answers(load_task(made.root, TASK, METRICS), _tables()["answers.csv"].encode())
    return made


@pytest.fixture(scope="session")
def sandbox(template: Arena) -> Arena:
    """The template, where the sandbox is known to run; else whoever asks for it is skipped."""
    tried = template.say("check", TASK, str(template.hand("main.py", _TRIVIAL)), "--json")
    if tried.code != 0:
        pytest.skip(f"no sandbox on this machine: {tried.text.strip()[-500:]}")
    return template


_TRIVIAL = f"""\
import shutil
shutil.copy("/kaggle/input/{TASK}/sample_submission.csv", "submission.csv")
"""


@pytest.fixture(scope="session", autouse=True)
def _signals_as_on_a_terminal() -> None:
    """A shell that starts the tests in the background has them ignore some, and all that they start."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _sandbox_is_here(request: pytest.FixtureRequest) -> None:
    """A test with the marker ``sandbox`` is skipped, with the reason, where there is none."""
    if request.node.get_closest_marker("sandbox"):
        request.getfixturevalue("sandbox")


# The walls and outcomes are the same whichever launcher is used.
each_launcher = pytest.mark.parametrize("launcher_name", NAMES, indirect=True)


@pytest.fixture
def launcher_name(request: pytest.FixtureRequest) -> str:
    """The launcher that the test's workspace uses: ``each_launcher`` runs a test with all of them."""
    return str(getattr(request, "param", AUTO))


@pytest.fixture
def arena(template: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, launcher_name: str) -> Iterator[Arena]:
    """A workspace of the test's own, with built answers and a vault; nothing is on its shelf."""
    return_to = Arena(root=tmp_path / "class", vault=tmp_path / "vault", home=tmp_path / "home")
    for mine, original in zip(
        (return_to.root, return_to.vault, return_to.home), (template.root, template.vault, template.home), strict=True
    ):
        shutil.copytree(original, mine)
    monkeypatch.setenv("ARENA_VAULT", str(return_to.vault))
    monkeypatch.setenv("HOME", str(return_to.home))
    return_to.use_launcher(launcher_name)
    yield return_to
    return_to.close()
    assert not return_to.scratch(), "a scratch folder was left behind"


@pytest.fixture(scope="session")
def scientific_masks(sandbox: Arena, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is covered of the interpreter that runs these tests: looking through all its packages takes seconds."""
    if not all(importlib.util.find_spec(name) for name in ("numpy", "pandas")):
        pytest.skip(f"{sys.executable} has no pandas; install arena[runtime] for what models need")
    root = tmp_path_factory.mktemp("scientific") / "class"
    shutil.copytree(sandbox.root, root)
    made = Arena(root=root, vault=sandbox.vault, home=sandbox.home)
    made.use_runtime(Path(sys.executable))
    said = made.say("check", TASK, str(made.hand("main.py", _TRIVIAL)), "--json")
    assert said.code == 0, said.text
    return root / ".arena" / "masks"


@pytest.fixture
def scientific(arena: Arena, scientific_masks: Path) -> Arena:
    """A workspace whose submissions run with the packages of the interpreter that runs these tests."""
    shutil.copytree(scientific_masks, arena.root / ".arena" / "masks", dirs_exist_ok=True)
    arena.use_runtime(Path(sys.executable))
    return arena
