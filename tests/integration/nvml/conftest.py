"""A driver's library that is compiled here and answers as told, and a process that loads it."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
_HERE = Path(__file__).resolve().parent
GPU = "GPU-00000000-0000-0000-0000-{:012d}"


def compiled(folder: Path, *options: str) -> Path:
    """Compile the stub into ``folder``, or skip for want of a compiler."""
    compiler = next(filter(None, map(shutil.which, ("gcc", "cc", "clang"))), None)
    if compiler is None:
        pytest.skip("no C compiler here: nothing of NVML was tested; install gcc")
    if importlib.util.find_spec("pynvml") is None:
        pytest.skip("no nvidia-ml-py here: nothing of NVML was tested; install arena[gpu]")
    folder.mkdir()
    library = folder / "libnvidia-ml.so.1"
    warnings = ("-std=c11", "-O1", "-Wall", "-Wextra", "-Werror")
    subprocess.run(
        [compiler, *warnings, *options, "-shared", "-fPIC", "-o", str(library), str(_HERE / "stub.c")], check=True
    )
    return folder


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the stub."""
    return compiled(tmp_path_factory.mktemp("nvml") / "now")


@pytest.fixture(scope="session")
def old_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a stub that is older than the binding."""
    return compiled(tmp_path_factory.mktemp("nvml") / "old", "-DOLD_LIBRARY")


@dataclass(frozen=True, slots=True)
class Stub:
    """A process that has the stub for its driver."""

    process: subprocess.Popen[str]
    scenario: Path

    def told(self, **answers: int) -> None:
        """Say what the driver answers from now on; the whole of it, at once."""
        written = self.scenario.with_suffix(".new")
        written.write_text("".join(f"{name}={value}\n" for name, value in answers.items()), encoding="ascii")
        written.replace(self.scenario)

    def ask(self, command: str) -> Any:
        """Give one command, return its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"{command!r} ended the process with {self.process.wait()}"
        return json.loads(line)


def surroundings(library: Path | None, scenario: Path) -> dict[str, str]:
    """The environment of a process that has the stub for its driver; without ``library`` it has none."""
    found = {"LD_LIBRARY_PATH": str(library)} if library else {}
    rest = {name: value for name, value in os.environ.items() if name != "LD_LIBRARY_PATH"}
    return {**rest, **found, "NVML_STUB": str(scenario), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[Path | None], Stub]]:
    """Start processes with a library; they end with the test."""
    started: list[Stub] = []

    def starter(library: Path | None) -> Stub:
        scenario = tmp_path / f"scenario-{len(started)}"
        scenario.touch()
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(_HERE / "ask.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=surroundings(library, scenario),
        )
        started.append(Stub(process, scenario))
        return started[-1]

    yield starter
    for stub in started:
        with stub.process as process:
            assert process.stdin is not None
            process.stdin.close()
            assert process.wait(30) == 0


@pytest.fixture
def stub(start: Callable[[Path | None], Stub], library: Path) -> Stub:
    """A process with one GPU that answers everything."""
    return start(library)
