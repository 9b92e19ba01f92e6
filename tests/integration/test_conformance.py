"""Both launchers pass the suite that is shipped for those who write another one; a broken one does not."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.model.budget import Usage
from arena.sandbox.conformance import CASES, Case, applicable, run_case
from arena.sandbox.interface import Exited, Finished, Job, Launcher
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import find_runtime

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module", params=NAMES)
def launcher(request: pytest.FixtureRequest, runtime: Path) -> Iterator[Launcher]:
    """One launcher for all cases: what a job leaves behind is the next one's to find."""
    opened = open_launcher(request.param, find_runtime(runtime))
    yield opened
    opened.close()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case(launcher: Launcher, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if case not in applicable(launcher):
        pytest.skip(f"{launcher.name} does not claim the protection {case.needs}")
    monkeypatch.setenv("ARENA_CONFORMANCE_MARK", "of the grader")
    assert run_case(launcher, case, tmp_path) is None


@dataclass(frozen=True, slots=True)
class Liar:
    """A launcher that runs nothing, and says of everything that it ended well and left each file."""

    name: str = "liar"
    protections: tuple[str, ...] = ("files",)

    def run(self, job: Job) -> Finished:
        """Run nothing."""
        return Finished(
            ending=Exited(0),
            outputs=dict.fromkeys(job.outputs, b""),
            faults={},
            log=b"",
            log_total_bytes=0,
            disk_full=False,
            usage=Usage(),
        )

    def close(self) -> None:
        """Nothing is kept."""


def test_a_launcher_that_runs_nothing_is_found_out(tmp_path: Path) -> None:
    found = [case.name for case in CASES if run_case(Liar(), case, tmp_path) is not None]
    assert {"ends with a code", "leaves a link", "takes too long", "fills the disk"} <= set(found)


@pytest.mark.parametrize("name", ["nope", "os:nope", ":", "--help"])
def test_a_wrong_name_is_said(name: str) -> None:
    command = [sys.executable, "-m", "arena.sandbox.conformance", name]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert "module:function" in said.stderr
    assert "Traceback" not in said.stderr
