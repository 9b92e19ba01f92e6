"""A program does and gives the same under every launcher and without any: predictions to the last bit, endings, logs.

Bare is the same guest in a fresh interpreter with the same flags and environment, without a sandbox. Programs come from
this file, so that running them so harms nobody.
"""

import importlib.util
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from arena.model.budget import Budget
from arena.sandbox.interface import Ending, Exited, Job, Launcher, Mount, Signalled
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import Runtime, find_runtime
from arena.sandbox.view import GUEST_SOURCE, LIBRARY, WORKING, environment
from tests.integration.conftest import PROGRAMS

pytestmark = pytest.mark.sandbox

_OUTPUT = "out.txt"
_BUDGET = Budget(
    device="cpu",
    cpu_seconds=120,
    wall_seconds=120,
    memory_bytes=4 * 1024**3,
    processes=64,
    disk_bytes=64 * 1024**2,
    files=1000,
    log_bytes=256 * 1024,
)
_SEED = {"ARENA_SEED": "20261101"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a program leaves: how it ended, what it printed, the bytes of its file."""

    ending: Ending
    log: str
    output: bytes | None


Run = Callable[[Path], Left]


def _launched(launcher: Launcher, script: Path) -> Left:
    run = launcher.run(
        Job(
            module="program",
            arguments=("/kaggle/src/main.py",),
            mounts=(Mount(source=script.parent, target="/kaggle/src"),),
            environment=_SEED,
            budget=_BUDGET,
            outputs=(_OUTPUT,),
            output_max_bytes=1 << 24,
        )
    )
    return Left(ending=run.ending, log=run.log.decode("utf-8", "replace"), output=run.outputs.get(_OUTPUT))


def _bare(runtime: Runtime, script: Path) -> Left:
    library, working = script.parents[1] / "lib", script.parents[1] / "working"
    library.mkdir()
    working.mkdir()
    (library / "arena_guest").symlink_to(GUEST_SOURCE)
    # Where a sandbox is, a sandbox's environment names places of its own.
    told = {**environment(runtime, _SEED), "PYTHONPATH": str(library), "HOME": str(working)}
    ended = subprocess.run(
        [str(runtime.python), "-s", "-P", "-B", "-m", "arena_guest.program", str(script)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=working,
        env=told,
        timeout=120,
        check=False,
        start_new_session=True,
    )
    code, output = ended.returncode, working / _OUTPUT
    log = ended.stdout.decode("utf-8", "replace")
    for here, there in ((script.parent, "/kaggle/src"), (library, LIBRARY), (working, WORKING)):
        log = log.replace(str(here), there)
    return Left(
        ending=Exited(code) if code >= 0 else Signalled(-code),
        log=log,
        output=output.read_bytes() if output.exists() else None,
    )


@pytest.fixture(scope="module")
def ways() -> Iterator[Mapping[str, Run]]:
    """How a program can be run."""
    runtime = find_runtime(Path(sys.executable))
    launchers = {name: open_launcher(name, runtime) for name in NAMES}
    try:
        runs: dict[str, Run] = {"bare": lambda script: _bare(runtime, script)}
        for name, launcher in launchers.items():
            runs[name] = lambda script, launcher=launcher: _launched(launcher, script)  # type: ignore[misc]
        yield runs
    finally:
        for launcher in launchers.values():
            launcher.close()


def _everywhere(ways: Mapping[str, Run], folder: Path, source: str) -> dict[str, Left]:
    """Run a program in each way, with a folder of its own for each."""

    def run(name: str) -> Left:
        script = folder / name / "src" / "main.py"
        script.parent.mkdir(parents=True)
        script.write_text(source, encoding="utf-8")
        (script.parent / "beside.py").write_text(_BESIDE, encoding="utf-8")
        for path in (folder, folder / name, script.parent):
            path.chmod(0o755)
        return ways[name](script)

    with ThreadPoolExecutor(len(ways)) as pool:
        return dict(zip(ways, pool.map(run, ways), strict=True))


_BESIDE = """\
class Last:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("deleted", self.name)

held = Last("of the module beside")
"""

_DATA = """\
import numpy as np
rng = np.random.RandomState(7)
X = rng.rand(240, 6)
y = (X[:, 0] + X[:, 1] * X[:, 2] + 0.2 * rng.rand(240) > 0.8).astype(int)
lines = []
def keep(name, values):
    values = np.ascontiguousarray(values)
    lines.append(f"{name} {values.dtype} {values.shape} {values.tobytes().hex()}")
    with open("out.txt", "w") as file:
        print(*lines, sep="\\n", file=file)
keep("numpy", np.random.rand(5))
"""
_LIGHTGBM = """
import lightgbm
for threads in (1, 2):
    grown = lightgbm.LGBMClassifier(
        n_estimators=20, num_leaves=7, min_child_samples=5, subsample=0.7, subsample_freq=1, random_state=3,
        n_jobs=threads, deterministic=True, force_row_wise=True, verbose=-1,
    ).fit(X, y)
    keep(f"lightgbm {threads}", grown.predict_proba(X))
"""
_FORESTS = """
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
for threads in (1, 2):
    keep(f"forest {threads}", RandomForestClassifier(30, n_jobs=threads).fit(X, y).predict_proba(X))
keep("boosted", HistGradientBoostingClassifier(max_iter=20, random_state=3).fit(X, y).predict_proba(X))
"""
_TORCH = """
import torch
from torch.utils.data import DataLoader, TensorDataset
def main():
    rows, wanted = torch.tensor(X, dtype=torch.float32), torch.tensor(y, dtype=torch.float32)[:, None]
    for threads, workers in ((1, 2), (2, 0)):
        torch.set_num_threads(threads)
        layers = torch.nn.Linear(6, 16), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(16, 1)
        net = torch.nn.Sequential(*layers)
        steps = torch.optim.Adam(net.parameters(), 0.01)
        for _ in range(2):
            for part, target in DataLoader(TensorDataset(rows, wanted), 32, shuffle=True, num_workers=workers):
                steps.zero_grad()
                torch.nn.functional.binary_cross_entropy_with_logits(net(part), target).backward()
                steps.step()
        net.eval()
        keep(f"torch {threads} {workers}", net(rows).detach().numpy())
if __name__ == "__main__":
    main()
"""
_KERAS = """
import keras
keras.utils.set_random_seed(5)
model = keras.Sequential([keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(X, y, epochs=2, batch_size=32, verbose=0)
keep("keras " + keras.backend.backend(), model.predict(X, verbose=0))
"""

_TRAINED = {
    "all of them": (_DATA + _LIGHTGBM + _FORESTS + _TORCH + _KERAS, ("lightgbm", "sklearn", "torch", "keras"), 9),
    "LightGBM alone": (_DATA + _LIGHTGBM, ("lightgbm",), 3),
    "forests alone": (_DATA + _FORESTS, ("sklearn",), 4),
    "torch alone": (_DATA + _TORCH, ("torch",), 3),
}


@pytest.mark.parametrize("name", _TRAINED)
def test_predictions_are_the_same_to_the_last_bit(ways: Mapping[str, Run], tmp_path: Path, name: str) -> None:
    """The same seeds and threads give the same bytes, whatever the sandbox had imported before, and in which order."""
    source, needed, results = _TRAINED[name]
    lacking = [package for package in ("numpy", *needed) if not importlib.util.find_spec(package)]
    if lacking:
        pytest.skip(f"{sys.executable} lacks {', '.join(lacking)}; install arena[runtime]")
    left = _everywhere(ways, tmp_path, source)
    for each in left.values():
        assert each.ending == Exited(0), each.log
    told = {way: (each.output or b"").decode("ascii").splitlines() for way, each in left.items()}
    assert len(told["bare"]) == results
    assert len({line.split(" ")[-1] for line in told["bare"]}) >= results - 2, "results do not tell seeds apart"
    for way, lines in told.items():
        assert [line[:40] for line in lines] == [line[:40] for line in told["bare"]], way
        assert lines == told["bare"], way


_EXITS = ("None", "0", "3", "'text'", "''", "-1", "256", "2**70", "True", "1.5", "(1, 2)", "[]")
_EXIT_PROGRAMS = {f"sys.exit({code})": f"import sys\nprint('before')\nsys.exit({code})\n" for code in _EXITS}

# One after the other, each below a line with its name.
_NAMED = re.split(r"^=== (.+)\n", (PROGRAMS / "endings.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
_PROGRAMS = dict(zip(_NAMED[1::2], _NAMED[2::2], strict=True))


# Whoever puts the interpreter's own hook in place of the guest's sees the guest in tracebacks.
_OF_THE_HARNESS = re.compile(rf' +File "(<frozen runpy>|{LIBRARY}/[^"]*)", line .*\n(?:    .*\n)*')


def _scrubbed(log: str) -> str:
    """A log without what is no promise: addresses, counts of references, the harness's own frames."""
    log = _OF_THE_HARNESS.sub("", log)
    log = re.sub(r"Traceback \(most recent call last\):\n(?! )", "", log)
    return re.sub(r"0x[0-9a-f]{6,}|refcount : \d+", "", log)


@pytest.mark.parametrize("name", [*_EXIT_PROGRAMS, *_PROGRAMS])
def test_programs_end_the_same(ways: Mapping[str, Run], tmp_path: Path, name: str) -> None:
    """Exit code or signal, all that was printed and what was written do not tell a warm sandbox from an interpreter."""
    if name == "loky" and not importlib.util.find_spec("joblib"):
        pytest.skip(f"{sys.executable} has no joblib; install arena[runtime]")
    left = _everywhere(ways, tmp_path, (_EXIT_PROGRAMS | _PROGRAMS)[name])
    told = {way: (each.ending, _scrubbed(each.log), each.output) for way, each in left.items()}
    assert told["bwrap"] == told["bare"]
    assert told["warm"] == told["bare"]


@pytest.mark.parametrize("name", NAMES)
def test_a_grader_in_the_background(name: str, tmp_path: Path) -> None:
    """A shell has it ignore signals; what it grades ignores none."""
    signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTERM)
    handlers = {number: signal.signal(number, signal.SIG_IGN) for number in signals}
    launcher = open_launcher(name, find_runtime(Path(sys.executable)))
    script = tmp_path / "main.py"
    script.write_text("import os, signal\nprint(1, flush=True)\nos.kill(os.getpid(), signal.SIGQUIT)\nprint(2)\n")
    tmp_path.chmod(0o755)
    try:
        left = _launched(launcher, script)
    finally:
        launcher.close()
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert (left.ending, left.log) == (Signalled(signal.SIGQUIT), "1\n")


def test_a_crash_can_be_looked_at(ways: Mapping[str, Run], tmp_path: Path) -> None:
    """``faulthandler`` shows where a program crashed, and the signal is the crash's own."""
    source = "import ctypes, faulthandler\nfaulthandler.enable()\ndef crash():\n    ctypes.string_at(0)\ncrash()\n"
    for way, each in _everywhere(ways, tmp_path, source).items():
        assert each.ending == Signalled(signal.SIGSEGV), way
        assert each.log.startswith("Fatal Python error: Segmentation fault\n"), way
        assert [line for line in each.log.splitlines() if "main.py" in line] == [
            '  File "/kaggle/src/main.py", line 4 in crash',
            '  File "/kaggle/src/main.py", line 5 in <module>',
        ], way


def test_a_program_is_the_child_of_process_1(ways: Mapping[str, Run], tmp_path: Path) -> None:
    """Inside there are process 1, the program, and nobody else."""
    source = (
        "import os\nnumbers = {name for name in os.listdir('/proc') if name.isdigit()}\n"
        "print(os.getppid(), numbers == {'1', str(os.getpid())})\n"
    )
    inside = {name: run for name, run in ways.items() if name != "bare"}
    assert {way: each.log for way, each in _everywhere(inside, tmp_path, source).items()} == dict.fromkeys(
        inside, "1 True\n"
    )
