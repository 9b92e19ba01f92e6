"""What a submission is follows from its files' names; of weights the bytes must agree."""

from collections.abc import Sequence

import pytest

from arena.intake.kind import detect
from arena.model.submission import Kind
from tests.unit.intake.conftest import refusal

ALL = tuple(kind for kind in Kind if kind is not Kind.EXERCISE)
ONNX = b"\x08\x09"


def kind_of(paths: list[str], accepted: Sequence[Kind] = ALL, content: bytes = ONNX) -> tuple[Kind, str]:
    """What files of these names are, each of them with the same content."""
    return detect(paths, accepted, lambda _: content)


@pytest.mark.parametrize(
    ("paths", "kind", "entry"),
    [
        (["main.py"], Kind.PROGRAM, "main.py"),
        (["main.py", "model.py", "a.ipynb", "x.csv"], Kind.PROGRAM, "main.py"),
        (["model.py", "a.ipynb"], Kind.MODEL, "model.py"),
        (["Titanic.IPYNB", "notes.txt"], Kind.PROGRAM, "Titanic.IPYNB"),
        (["a.ipynb", "old/b.ipynb"], Kind.PROGRAM, "a.ipynb"),
        (["anything.csv"], Kind.PREDICTIONS, "anything.csv"),
        (["P.PARQUET"], Kind.PREDICTIONS, "P.PARQUET"),
        (["net.onnx"], Kind.ARTIFACT, "net.onnx"),
        (["net.onnx", "preprocess.py", "train.csv", "scales.csv"], Kind.ARTIFACT, "net.onnx"),
        (["main.py", "net.onnx"], Kind.PROGRAM, "main.py"),
        (["model.py", "net.onnx"], Kind.MODEL, "model.py"),
        (["a.ipynb", "net.onnx"], Kind.PROGRAM, "a.ipynb"),
    ],
)
def test_detected(paths: list[str], kind: Kind, entry: str) -> None:
    """main.py wins over model.py, that over a notebook, that over weights, and a table alone is predictions."""
    assert kind_of(paths) == (kind, entry)


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["notes.txt"], "notes.txt"),
        (["src/main.py", "src/util.py", "a.txt"], "a.txt, src/main.py, src/util.py"),
        (["data/a.csv"], "data/a.csv"),
        (["Main.py"], "Main.py"),
        ([f"{name}.txt" for name in "abcdefg"], "a.txt, b.txt, c.txt, d.txt, e.txt"),
        (["\x1b[2J.txt"], r"\x1b[2J.txt"),
        ([], "∅"),
    ],
)
def test_no_entry(paths: list[str], found: str) -> None:
    """Without a file to start from, the refusal names some of what was found, made safe to show."""
    message = refusal(lambda: kind_of(paths))
    assert message.id == "submission.no_entry_file"
    assert message.params == {"found": found}


def test_several_tables() -> None:
    """Which of two tables holds the predictions is not guessed."""
    message = refusal(lambda: kind_of(["b.csv", "a.parquet"]))
    assert message.id == "submission.several_tables"
    assert message.params == {"names": "a.parquet, b.csv"}


def test_several_notebooks() -> None:
    """Which of two notebooks to run is not guessed."""
    message = refusal(lambda: kind_of(["b.ipynb", "a.ipynb"]))
    assert message.id == "submission.several_notebooks"
    assert message.params == {"names": "a.ipynb, b.ipynb"}


def test_not_accepted() -> None:
    """A kind that the task does not take is refused, with those that it takes."""
    message = refusal(lambda: kind_of(["main.py"], [Kind.PREDICTIONS, Kind.MODEL]))
    assert message.id == "submission.kind_not_accepted"
    assert message.params == {"kind": "program", "accepted": "predictions, model"}


@pytest.mark.parametrize("paths", [["solution.py"], ["solution.py", "main.py", "model.py", "a.ipynb", "x.csv"]])
def test_exercise(paths: list[str]) -> None:
    """Of an exercise it is solution.py that counts, whatever lies beside it."""
    assert kind_of(paths, (Kind.EXERCISE,)) == (Kind.EXERCISE, "solution.py")


@pytest.mark.parametrize(("paths", "found"), [(["main.py"], "main.py"), (["src/solution.py"], "src/solution.py")])
def test_no_solution(paths: list[str], found: str) -> None:
    """Without one the refusal says so, and what was found."""
    message = refusal(lambda: kind_of(paths, (Kind.EXERCISE,)))
    assert (message.id, message.params) == ("submission.no_solution", {"found": found})


def test_solution_is_a_module_elsewhere() -> None:
    """In a prediction task a file of that name is one like any other."""
    assert kind_of(["main.py", "solution.py"]) == (Kind.PROGRAM, "main.py")


def test_advice_on_weights_is_for_tasks_that_take_them() -> None:
    """Where no weights are taken, a pickle is just a file that starts nothing."""
    taken = refusal(lambda: kind_of(["model.pkl"]))
    not_taken = refusal(lambda: kind_of(["model.pkl"], [Kind.PROGRAM]))
    assert (taken.id, not_taken.id) == ("submission.weights_pickle", "submission.no_entry_file")


def test_weights_where_none_are_taken() -> None:
    """Good weights are refused as any other kind is."""
    message = refusal(lambda: kind_of(["net.onnx"], [Kind.PROGRAM]))
    assert (message.id, message.params["kind"]) == ("submission.kind_not_accepted", "artifact")
