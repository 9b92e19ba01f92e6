"""A model is asked in batches, and a learner's steps are called around it."""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arena.sandbox.guest import artifact, weights
from arena.sandbox.guest.weights import Input
from tests.conftest import PUBLIC

Source = Callable[[dict[str, str]], Path]


@dataclass(slots=True, kw_only=True)
class Doubling:
    """Gives twice what it is given, and remembers how many rows came at once."""

    rows: int | None = None
    fixed: bool = False
    inputs: Sequence[Input] = (Input(name="x"),)
    layout: str = weights.CHANNELS_FIRST
    seen: list[int] = field(default_factory=list)

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """One output."""
        self.seen.append(len(arrays[0]))
        return [2 * arrays[0]]


@pytest.mark.parametrize(
    ("rows", "fixed", "batches"),
    [
        (None, False, [10]),
        (4, False, [4, 4, 2]),
        (4, True, [4, 4, 4]),
        (1, True, [1] * 10),
        (10, True, [10]),
        (16, True, [16]),
        (16, False, [10]),
    ],
)
def test_batches(rows: int | None, fixed: bool, batches: list[int]) -> None:  # noqa: FBT001
    """All rows come out once and in order; a model for exactly so many rows is never given fewer."""
    model = Doubling(rows=rows, fixed=fixed)
    (found,) = artifact.run(model, [np.arange(10)], 10)
    assert found.tolist() == [2 * number for number in range(10)]
    assert model.seen == batches


def test_a_failure_is_said_with_what_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    """What a library says of its failure comes after the shape that the model was given."""
    with pytest.raises(SystemExit):
        artifact.run(Doubling(), [np.array(["a", "b"])], 2)
    said = capsys.readouterr().err
    assert said.startswith("arena: the model failed when it was given shape (2,)\n")
    assert "Error: " in said


@pytest.fixture
def spec(interpreter: Path) -> Path:
    """What drives an artifact that does not come to be loaded."""
    folder = interpreter.parent
    (folder / "test.csv").write_bytes(PUBLIC["test.csv"])
    told = {
        "folder": str(folder / "src"),
        "weights": "model.txt",
        "id": "id",
        "predicted": ["ripe"],
        "labels": [0, 1],
        "needs": "label",
        "table": str(folder / "test.csv"),
        "arrays": None,
    }
    path = folder / "spec.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arrays", "found"),
    [
        ({"images": np.zeros((12, 4, 4), dtype=np.uint8), "ids": np.arange(12)}, "array"),
        ({"pixels": np.zeros((12, 4)), "labels": np.zeros((3, 3))}, "array"),
        ({"one": np.zeros((12, 4)), "two": np.zeros((12, 4))}, "table"),
        ({"ids": np.arange(12)}, "table"),
    ],
)
def test_rows(spec: Path, tmp_path: Path, arrays: dict[str, Any], found: str) -> None:
    """The one array with an entry for each test row is what is given; where none is, or several are, the table."""
    np.savez(tmp_path / "test.npz", **arrays)
    told = {**json.loads(spec.read_bytes()), "arrays": str(tmp_path / "test.npz")}
    table, rows = artifact._rows(told)
    assert len(table) == 12
    assert (rows is table) == (found == "table")
    if found == "array":
        assert rows.shape == next(iter(arrays.values())).shape


@pytest.mark.parametrize("source_text", ["", "def preproces(X): ...", "preprocess = 3"])
def test_steps_without_a_function(
    source: Source, spec: Path, source_text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A preprocess.py in which there is nothing to call is said before anything is loaded."""
    source({"preprocess.py": source_text})
    sys.argv = ["artifact", str(spec)]
    with pytest.raises(SystemExit):
        artifact.main()
    assert "has no function `preprocess`" in capsys.readouterr().err


def test_a_library_s_last_error_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """Of a long text that quotes code, the line that says what is wrong is kept; of any other the first."""
    quoting = (
        "The following operation failed:\n  File x, line 3\n    return y\nRuntimeError: shapes cannot be multiplied\n"
    )
    for text, kept in ((quoting, "RuntimeError: shapes cannot"), ("\n first\nsecond", "first"), ("", "")):
        with pytest.raises(SystemExit):
            weights.refuse("it failed", ValueError(text))
        assert capsys.readouterr().err.startswith(f"arena: it failed\nValueError: {kept}")


def test_want_of_memory_is_no_refusal() -> None:
    """A library that runs out of memory says nothing about the file."""
    with pytest.raises(MemoryError), weights.refusing("never said"):
        raise MemoryError
