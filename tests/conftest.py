"""What tests of every kind share: a small workspace with one task, and fakes of what the pipeline is given."""

import hashlib
import json
import sys
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings

from arena.board.ledger import FileLedger
from arena.catalog.tasks import load_task
from arena.catalog.workspace import Workspace, open_workspace
from arena.cli.main import main
from arena.cli.output import spoken
from arena.metrics.table import METRICS
from arena.model.budget import Budget, Usage
from arena.model.submission import Kind
from arena.model.task import BoardRules, DataSpec, SubmissionRules, Task
from arena.model.trust import Trust, TrustedKey
from arena.pipeline.grade import Graded, grade
from arena.pipeline.stages import Stages
from arena.pipeline.state import make_state
from arena.sandbox.interface import Ending, Exited, Finished, Job, Launcher
from arena.sandbox.runtime import Runtime
from arena.signing.keys import Signer
from arena.vault.plain import PlainVault
from arena.worker import scratch_folder

# A timed assertion is not a test.
settings.register_profile("arena", deadline=None, print_blob=True)
settings.load_profile("arena")

IDS = tuple(range(101, 113))
# The hidden labels: six public rows, then six private ones.
TRUTH = "101101001011"
# Right on five of six public rows and two of six private ones: each split's score is a number of its own.
GUESS = "101100110111"
START = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)

_NAMES = tuple(f"mango number {number} of the orchard at Rajshahi" for number in IDS)

_TASK = """\
schema = 1
id = "fruit"
kind = "prediction"
title = { en = "Fruit: is it ripe?", bn = "ফল: পেকেছে কি?" }
tags = ["tabular"]
sealed = false

[data]
id = "id"
target = ["ripe"]
labels = [0, 1]

[submissions]
accepts = ["predictions", "program", "model"]
max_size = "1 MiB"
per_day = 3
failed_per_day = 2

[metric]
name = "accuracy"
also = ["f1"]

[budget]
wall_seconds = 20
cpu_seconds = 10
memory = "512 MiB"
disk = "16 MiB"
log = "4 KiB"

[board]
rule = "best"
"""

_PREPARE = '''\
"""Splits source/ into what learners see and what only the scorer sees."""

import os
import shutil
from pathlib import Path

source, output = Path(os.environ["ARENA_INPUT"]), Path(os.environ["ARENA_OUTPUT"])
(output / "public").mkdir()
for name in ("train.csv", "test.csv", "sample_submission.csv"):
    shutil.copyfile(source / name, output / "public" / name)
shutil.copyfile(source / "answers.csv", output / "answers.csv")
'''


def table(heads: str, *rows: object) -> bytes:
    """A CSV file: ``heads`` as it is, then each row's text."""
    return "".join(f"{line}\n" for line in (heads, *rows)).encode()


def predictions(digits: str = GUESS) -> bytes:
    """A predictions file: one digit for each hidden row."""
    return table("id,ripe", *(f"{name},{digit}" for name, digit in zip(IDS, digits, strict=True)))


ANSWERS = table(
    "id,ripe,Usage",
    *(
        f"{name},{digit},{'Public' if row < 6 else 'Private'}"
        for row, (name, digit) in enumerate(zip(IDS, TRUTH, strict=True))
    ),
)
PUBLIC = {
    "train.csv": table(
        "id,weight,name,ripe", *(f"{n},{n * 10},guava {n} of the market,{int(n % 3 == 0)}" for n in range(1, 9))
    ),
    "test.csv": table("id,weight,name", *(f"{n},{n * 10},{name}" for n, name in zip(IDS, _NAMES, strict=True))),
    "sample_submission.csv": predictions("0" * len(IDS)),
}


# The task as values alone, for what needs no files.
FRUIT = Task(
    id="fruit",
    title={"en": "Fruit", "bn": "ফল"},
    tags=(),
    sealed=False,
    work=DataSpec(
        id="id",
        target=("ripe",),
        labels=(0, 1),
        train="train.csv",
        test="test.csv",
        sample_submission="sample_submission.csv",
    ),
    submissions=SubmissionRules(
        accepts=(Kind.PREDICTIONS, Kind.PROGRAM, Kind.MODEL), max_bytes=2**20, per_day=3, failed_per_day=2
    ),
    metric="accuracy",
    also=("f1",),
    budget=Budget(
        device="any",
        cpu_seconds=10,
        wall_seconds=20,
        memory_bytes=512 * 2**20,
        processes=64,
        disk_bytes=16 * 2**20,
        files=1000,
        log_bytes=4096,
    ),
    protections=(),
    board=BoardRules(feedback="exact", rule="best", opens=None, closes=None),
    root=Path("tasks/fruit"),
    digest="ab" * 32,
)


def write_files(folder: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files below ``folder``, whose names may have folders; return ``folder``."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def checksums(files: Mapping[str, bytes]) -> str:
    """What ``sha256sum`` prints of files, in order of name."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def write_workspace(root: Path, *, zone: str = "UTC", changes: Mapping[str, str] | None = None) -> Path:
    """Make a workspace with the task ``fruit``, built; ``changes`` maps texts of its ``task.toml`` to others."""
    definition = _TASK
    for old, new in (changes or {}).items():
        assert old in definition, f"the fixture's task.toml holds no {old!r}"
        definition = definition.replace(old, new)
    task = root / "tasks" / "fruit"
    write_files(root, {"arena.toml": f'schema = 1\nname = "class"\ntime_zone = "{zone}"\n'})
    write_files(
        task,
        {
            "task.toml": definition,
            "prepare.py": _PREPARE,
            "statement.en.md": "# Fruit\n\nSay which fruit is ripe.\n",
            "statement.bn.md": "# ফল\n\nকোন ফল পেকেছে বলুন।\n",
            "starter/main.py": "print('start here')\n",
            "public/SHA256SUMS": checksums(PUBLIC),
        },
    )
    write_files(task / "public", PUBLIC)
    write_files(task / "source", {**PUBLIC, "answers.csv": ANSWERS})
    return root


def run(*arguments: str | Path) -> Result:
    """Run a command as a process of its own would: the language is chosen anew, and no traceback is hidden."""
    spoken.cache_clear()
    return CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)


def run_json(*arguments: str | Path) -> Any:
    """What a command with ``--json`` prints, whatever its exit code."""
    return json.loads(run(*arguments, "--json").stdout)


@dataclass(slots=True)
class Clock:
    """Stands still until it is moved."""

    moment: datetime = START

    def __call__(self) -> datetime:
        """The time."""
        return self.moment

    def move(self, **by: float) -> None:
        """Move it, by the arguments of ``timedelta``."""
        self.moment += timedelta(**by)


def finished(
    outputs: Mapping[str, bytes] | None = None,
    *,
    ending: Ending = Exited(0),  # noqa: B008 - it is frozen
    faults: Mapping[str, str] | None = None,
    log: bytes = b"hello from inside\n",
    disk_full: bool = False,
    usage: Usage | None = None,
) -> Finished:
    """What a job may leave."""
    return Finished(
        ending=ending,
        outputs=outputs or {},
        faults=faults or {},
        log=log,
        log_total_bytes=len(log),
        disk_full=disk_full,
        usage=usage or Usage(charged=1.5, wall_s=1.5, cpu_s=1.25, peak_memory_bytes=64 * 1024**2),
    )


@dataclass(slots=True)
class FakeLauncher:
    """A ``Launcher`` that starts nothing: each run gives, or raises, the next of ``results``; the last one stays."""

    results: deque[Finished | Exception] = field(default_factory=deque)
    jobs: list[Job] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As reports show it."""
        return "fake"

    @property
    def protections(self) -> tuple[str, ...]:
        """None is in force, but the record must name them."""
        return ("pretence",)

    def will(self, *results: Finished | Exception) -> None:
        """Say how the next runs end."""
        self.results = deque(results)

    def close(self) -> None:
        """Nothing is kept."""

    def run(self, job: Job) -> Finished:
        """Note the job and give the next result."""
        self.jobs.append(job)
        result = self.results.popleft() if len(self.results) > 1 else self.results[0]
        if isinstance(result, Exception):
            raise result
        return result


_CHECKED: Callable[[FakeLauncher], Launcher] = lambda fake: fake  # noqa: E731 - mypy holds the fake against the seam


def isolate(patch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Hide every setting, the home and the vault of the account that runs the tests; return the vault's new place."""
    for name in ("ARENA_LANG", "ARENA_TEAM", "ARENA_KEYS", "XDG_DATA_HOME"):
        patch.delenv(name, raising=False)
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LOCALAPPDATA"):
        patch.delenv(name, raising=False)
    patch.setenv("LANG", "C.UTF-8")
    for name in ("HOME", "USERPROFILE"):
        patch.setenv(name, str(folder / "home"))
    patch.setenv("ARENA_VAULT", str(folder / "vault"))
    return folder / "vault"


@pytest.fixture
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home and a vault of the test's own, neither of which is there yet; return the vault's place."""
    return isolate(monkeypatch, tmp_path)


@pytest.fixture
def workspace(tmp_path: Path, isolated: Path) -> Workspace:
    """The fixture workspace, opened. Its answers are not in the vault yet."""
    del isolated
    return open_workspace(write_workspace(tmp_path / "class"))


@pytest.fixture
def task(workspace: Workspace) -> Task:
    """The task ``fruit``."""
    return load_task(workspace.root, "fruit", METRICS)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still, well in the past."""
    return Clock()


@pytest.fixture
def launcher() -> FakeLauncher:
    """A launcher that has not been told yet how its runs end."""
    return FakeLauncher()


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    """A runtime with two packages, which nothing is asked about by starting it."""
    site = tmp_path / "runtime" / "site-packages"
    for name, version in (("Pandas", "2.2.3"), ("scikit_learn", "1.5.2")):
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        write_files(site / f"{name}-{version}.dist-info", {"METADATA": metadata})
    return Runtime(
        python=Path(sys.executable), version="3.11.7", prefixes=(tmp_path / "runtime",), site=(site,), foreign=()
    )


@pytest.fixture
def vault(workspace: Workspace, task: Task) -> PlainVault:
    """The workspace's vault, which holds the answers of ``fruit``."""
    vault = PlainVault.open(workspace.root, workspace.name)
    vault.put_answers(task, ANSWERS)
    return vault


@pytest.fixture
def stages(workspace: Workspace, vault: PlainVault, launcher: FakeLauncher, runtime: Runtime, clock: Clock) -> Stages:
    """The stages of the fixture workspace: files are real, time and the sandbox are not."""
    make_state(workspace.state)
    return Stages(
        now=clock,
        zone=workspace.time_zone,
        runtime=lambda: runtime,
        launcher=lambda _: launcher,
        masks=lambda _: (),
        state=workspace.state,
        ledger=FileLedger(workspace.leaderboard / "records"),
        vault=vault,
    )


def make_signer(name: str = "grader") -> Signer:
    """A key that is the same for a name, in every run."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


def trust_in(*signers: Signer, revoked: Mapping[str, datetime] | None = None) -> Trust:
    """Trust in these keys; of some, by name, only until a moment."""
    until = revoked or {}
    return Trust(tuple(TrustedKey(name=s.name, public=s.public, revoked=until.get(s.name)) for s in signers))


def write_trust(root: Path, *signers: Signer) -> None:
    """Let the workspace's ``arena.toml`` trust these keys."""
    lines = "".join(f'  {{ name = "{signer.name}", key = "{signer.text}" }},\n' for signer in signers)
    with (root / "arena.toml").open("a", encoding="utf-8") as file:
        file.write(f"[ledger]\ntrusted = [\n{lines}]\n")


def records_of(stages: Stages) -> Path:
    """Where the fixture's ledger keeps its files."""
    return stages.state.parent / "leaderboard" / "records"


Hand = Callable[..., Graded]


@pytest.fixture
def hand_in(tmp_path: Path, task: Task, stages: Stages) -> Hand:
    """Grade a predictions file, or files by name, for a team."""

    def hand(
        content: bytes | Mapping[str, bytes | str] | None = None,
        team: str = "rahim",
        *,
        again: bool = False,
        reason: str | None = None,
        stages: Stages = stages,
    ) -> Graded:
        files = content if isinstance(content, Mapping) else {"submission.csv": content or predictions()}
        number = len(list(tmp_path.glob("handed-*")))
        source = write_files(tmp_path / f"handed-{number}", files)
        with scratch_folder(stages.state) as scratch:
            return grade(source, task=task, team=team, stages=stages, scratch=scratch, again=again, reason=reason)

    return hand
