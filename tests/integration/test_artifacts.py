"""Trained weights of every format predict in the real sandbox what they predict at home; bad ones say why not."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from arena.catalog.tasks import load_task
from arena.catalog.workspace import open_workspace
from arena.intake.receive import Rejected, receive
from arena.metrics.table import METRICS
from arena.model.metric import Needs
from arena.model.outcome import Outcome
from arena.model.task import Task
from arena.pipeline.assemble import assemble
from arena.pipeline.attempt import Attempt, attempt
from arena.pipeline.stages import Stages
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import find_runtime
from tests.conftest import write_files
from tests.integration.conftest import PROGRAMS, Arena

pytestmark = pytest.mark.sandbox

ROWS = 30
LABELS = ("red", "green", "blue")
_TASK = """\
schema = 1
id = "petals"
kind = "prediction"
title = { en = "Petals", bn = "পাপড়ি" }
sealed = false

[data]
id = "id"
target = ["colour"]
labels = ["red", "green", "blue"]

[submissions]
accepts = ["predictions", "artifact"]

[metric]
name = "accuracy"

[budget]
cpu_seconds = 60
wall_seconds = 60
memory = "1 GiB"
disk = "64 MiB"
"""


def _test_table() -> bytes:
    numbers = np.random.default_rng(20261101).normal(size=(ROWS, 3)).round(3)
    lines = [f"{row},{a},seen on day {row},{b},{c}" for row, (a, b, c) in enumerate(numbers, 1)]
    return "\n".join(["id,a,note,b,c", *lines, ""]).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Petals:
    """The task, stages that reach its launcher, and folders of weights by group and case."""

    task: Task
    stages: Stages
    weights: Path

    def attempt(self, source: Path, scratch: Path) -> Attempt:
        """Take a folder of weights through intake and the sandbox."""
        received = receive(
            source, scratch / "received", task=self.task, team="rahim", received_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert not isinstance(received, Rejected), received.message
        (scratch / "scratch").mkdir()
        return attempt(received, self.task, self.stages, scratch / "scratch", name="attempt")


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good and bad weights of every format, written by the libraries themselves in a process of their own."""
    folder = tmp_path_factory.mktemp("weights")
    (folder / "test.csv").write_bytes(_test_table())
    script = str(PROGRAMS / "make_weights.py")
    made = subprocess.run(
        [sys.executable, script, str(folder), str(folder / "test.csv")],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        env={**os.environ, "KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"},
    )
    assert made.returncode == 0, made.stderr[-4000:]
    return folder


@pytest.fixture(scope="module", params=NAMES)
def petals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox: Arena, weights: Path
) -> Iterator[Petals]:
    """The task in a workspace of its own, whose submissions run with the packages that run these tests."""
    root = tmp_path_factory.mktemp("petals") / "class"
    texts = {f"statement.{language}.md": "# Petals\n" for language in ("en", "bn")}
    files: Mapping[str, bytes | str] = {"task.toml": _TASK, "prepare.py": "", "public/test.csv": _test_table(), **texts}
    write_files(root / "tasks" / "petals", files)
    (root / "arena.toml").write_text('schema = 1\nname = "petals"\n', encoding="utf-8")
    launcher = open_launcher(request.param, find_runtime(Path(sys.executable)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENA_VAULT", str(sandbox.vault))
        stages = assemble(open_workspace(root))
    stages = replace(stages, launcher=lambda _: launcher, masks=lambda _: ())
    yield Petals(task=load_task(root, "petals", METRICS), stages=stages, weights=weights)
    launcher.close()


_GOOD = (
    *("onnx", "onnx-one-row-at-once", "onnx-seven-rows-at-once", "onnx-columns", "onnx-two-files", "onnx-preprocess"),
    *("onnx-maps", "torchscript", "torchscript-traced", "export", "export-four-rows-at-once", "export-by-name"),
    *("keras", "keras-columns", "lightgbm", "lightgbm-line-ends", "skops", "skops-without-names", "skops-two-labels"),
)


# A library does not know who started it; that each of them starts is tried under both.
_ONE_EACH = ("onnx", "torchscript", "export", "keras", "lightgbm", "skops")


@pytest.mark.parametrize(
    ("petals", "case"),
    [*(("warm", case) for case in _GOOD), *(("bwrap", case) for case in _ONE_EACH)],
    indirect=["petals"],
)
def test_weights_predict_what_they_predict_at_home(petals: Petals, tmp_path: Path, case: str) -> None:
    """Every format's predictions are those that its library makes outside, whatever the batch that it was saved for."""
    ended = petals.attempt(petals.weights / "good" / case, tmp_path)
    assert ended.predictions is not None, ended.log.decode()
    expected = json.loads((petals.weights / "expected.json").read_bytes())[case]
    assert [LABELS[code] for code in ended.predictions.values] == expected
    assert b"arena:" not in ended.log


_ONE = pytest.mark.parametrize("petals", ["warm"], indirect=True)


@_ONE
@pytest.mark.parametrize("case", ["skops", "lightgbm"])
def test_a_probability_for_each_label(petals: Petals, tmp_path: Path, case: str) -> None:
    """Where probabilities are needed they are asked for, and stand below the labels that they are of."""
    task = replace(petals.task, metric="log_loss", work=replace(petals.task.data, needs=Needs.PROBABILITIES))
    ended = replace(petals, task=task).attempt(petals.weights / "good" / case, tmp_path)
    assert ended.predictions is not None, ended.log.decode()
    expected = json.loads((petals.weights / "expected.json").read_bytes())[case]
    assert ended.predictions.values.shape == (ROWS, len(LABELS))
    assert [LABELS[code] for code in ended.predictions.values.argmax(axis=1)] == expected


@_ONE
@pytest.mark.parametrize("needs", [Needs.PROBABILITY, Needs.SCORE])
def test_of_two_labels(petals: Petals, tmp_path: Path, needs: Needs) -> None:
    """A probability, or a score above 0, says how sure the second label is, in the task's order of the two."""
    two = ("red", "green")
    task = replace(petals.task, metric="roc_auc", work=replace(petals.task.data, needs=needs, labels=two))
    ended = replace(petals, task=task).attempt(petals.weights / "good" / "skops-two-labels", tmp_path)
    assert ended.predictions is not None, ended.log.decode()
    expected = json.loads((petals.weights / "expected.json").read_bytes())["skops-two-labels"]
    bound = 0.5 if needs is Needs.PROBABILITY else 0
    assert [two[int(value > bound)] for value in ended.predictions.values] == expected
    assert len(set(ended.predictions.values.tolist())) > ROWS // 2


def test_every_good_case_is_tried(weights: Path) -> None:
    """No weights were written for nothing."""
    assert {path.name for path in (weights / "good").iterdir()} == set(_GOOD)
    assert {path.name for path in (weights / "bad").iterdir()} == set(_BAD)


_BAD = {
    "keras-bomb": "",
    "onnx-opset": "export it with a lower `opset_version`",
    "onnx-ir": "export it with an older `onnx`",
    "onnx-width": "the model takes 5 values a row, and the test table has 3 numeric columns (a, b, c)",
    "onnx-operator": "an operator that is not part of ONNX",
    "onnx-no-column": "no column for the model's input 'weight'",
    "onnx-name": "the model's inputs are 'a', 'b', 'c'; preprocess returned 'a', 'b', 'C'",
    "onnx-shape": "the model's input `x` has the shape (rows, 3); it was given (30, 2)",
    "onnx-rows": "preprocess returned shape (3, 3) for 30 rows",
    "onnx-scalar": "its first output needs one entry a row",
    "onnx-cut": "is no ONNX model, or is cut short",
    "onnx-absolute": "may only lie beside it in the submission",
    "onnx-outside": "may only lie beside it in the submission",
    "onnx-huge": "the model failed when it was given shape (30, 3)",
    "preprocess-raises": "KeyError: 'weight'",
    "preprocess-misspelled": "preprocess.py has no function `preprocess`",
    "torchscript-width": "the model failed when it was given shape (30, 3)",
    "torchscript-pickle": "torch.jit.load refuses the file",
    "keras-lambda": "the model has a Lambda layer",
    "keras-own-layer": "the model has a layer that Keras",
    "keras-width": "the model takes 5 values a row",
    "lightgbm-cut": "the LightGBM model is cut short",
    "lightgbm-width": "the model takes 5 values a row",
    "skops-own-type": "__main__.own_step",
    "skops-hostile-type": "posix.system",
    "skops-no-predict": "has no `predict`",
}


# What the guest says does not depend on who started it; what must not get out is tried under both.
_HOSTILE = ("onnx-absolute", "onnx-outside", "onnx-huge", "torchscript-pickle", "skops-hostile-type")


@pytest.mark.parametrize(
    ("petals", "case"),
    [
        *(("warm", case) for case in _BAD if case != "keras-bomb"),
        *(("bwrap", case) for case in _HOSTILE),
    ],
    indirect=["petals"],
)
def test_bad_weights_say_what_to_do(petals: Petals, tmp_path: Path, case: str) -> None:
    """What cannot be used has crashed, with a sentence in the log that begins the learner's next step."""
    ended = petals.attempt(petals.weights / "bad" / case, tmp_path)
    log = ended.log.decode()
    assert (ended.outcome, ended.messages[0].id) == (Outcome.CRASHED, "run.crashed"), log
    assert _BAD[case] in log
    assert "arena_guest" not in log, "the learner reads of the harness"


def test_a_bomb_is_held_by_the_sandbox(petals: Petals, tmp_path: Path) -> None:
    """Weights of a few kilobytes that unpack to hundreds of megabytes end at the sandbox's limits."""
    source = petals.weights / "bad" / "keras-bomb"
    assert (source / "model.keras").stat().st_size < 1 << 20
    ended = petals.attempt(source, tmp_path)
    assert ended.outcome in {Outcome.DISK_EXCEEDED, Outcome.MEMORY_EXCEEDED, Outcome.CRASHED}
    assert ended.usage.peak_memory_bytes < 1.1 * petals.task.budget.memory_bytes


def test_what_an_artifact_sees(petals: Petals, tmp_path: Path) -> None:
    """Beside the weights, whatever they are called, there are the test rows, and nothing to train on."""
    source = tmp_path / "source"
    good = (petals.weights / "good" / "onnx" / "model.onnx").read_bytes()
    listing = (
        "import os\ndef preprocess(X):\n    print(os.listdir(os.environ['ARENA_INPUT']), *X.columns, X.index.name)\n"
    )
    write_files(source, {"আমার মডেল (১).onnx": good, "preprocess.py": listing + "    return X[['a', 'b', 'c']]\n"})
    ended = petals.attempt(source, tmp_path)
    assert ended.log.decode() == "['test.csv'] a note b c id\n"
    rows = csv.DictReader(_test_table().decode().splitlines())
    assert ended.predictions is not None
    assert len(ended.predictions.values) == sum(1 for _ in rows)
