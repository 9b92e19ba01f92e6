"""What a model gives becomes a table of what the metric takes, or a sentence that says why not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from arena.model.metric import Needs
from arena.sandbox.guest import outputs

Write = Callable[..., list[str]]
NAN = float("nan")


@pytest.fixture
def write(interpreter: Path) -> Write:
    """Write outputs for three rows; return the values of the table."""

    def written(
        *found: Any,
        needs: str = "label",
        labels: tuple[object, ...] = (0, 1),
        predicted: tuple[str, ...] = ("ripe",),
        gap: bool = False,
    ) -> list[str]:
        table = pd.DataFrame({"age": [1.0, NAN if gap else 2.0, 3.0]}, index=pd.Index([7, 8, 9], name="id"))
        spec = {"id": "id", "predicted": list(predicted), "labels": list(labels), "needs": needs}
        outputs.write(list(found), spec, table)
        header, *lines = (interpreter / "submission.csv").read_text(encoding="utf-8").splitlines()
        assert header == ",".join(["id", *predicted])
        assert [line.split(",")[0] for line in lines] == ["7", "8", "9"]
        return [line.split(",", 1)[1] for line in lines]

    return written


CATS = ("cat", "dog")


@pytest.mark.parametrize(
    ("found", "labels", "expected"),
    [
        ([[0.1, 0.9], [3.0, -1.0], [0.2, 0.2]], CATS, ["dog", "cat", "cat"]),
        ([[1, 5, 2], [7, 1, 1], [0, 0, 4]], (10, 20, 30), ["20", "10", "30"]),
        ([0.5, 0.49, 1.0], CATS, ["dog", "cat", "dog"]),
        ([[0.5], [0.49], [1.0]], CATS, ["dog", "cat", "dog"]),
        ([0, 1, 1], (0, 1), ["0", "1", "1"]),
        ([False, True, True], (0, 1), ["0", "1", "1"]),
        ([0.0, 1.0, 1.0], (0, 1), ["0.0", "1.0", "1.0"]),
        ([3.0, 1.0, 2.0], (1, 2, 3), ["3.0", "1.0", "2.0"]),
        (["dog", "cat", "dog"], CATS, ["dog", "cat", "dog"]),
        ([b"x", b"y", b"z"], CATS, ["b'x'", "b'y'", "b'z'"]),
    ],
)
def test_labels(write: Write, found: Any, labels: tuple[object, ...], expected: list[str]) -> None:
    """The best of a score for each label; a probability of the second of two by one half; labels as they are."""
    assert write(np.array(found), labels=labels) == expected


@pytest.mark.parametrize(
    ("found", "labels", "said"),
    [
        (np.zeros((3, 3)), CATS, "the shape (3, 3): for labels it needs 2 scores a row, one for each of cat, dog"),
        (np.zeros((3, 2, 2)), CATS, "the shape (3, 2, 2)"),
        (np.array([0.5, 2.5, -7.0]), CATS, "from -7 to 2.5, and they are no labels: give a probability of 'dog'"),
        (np.array([0.5, 0.5, 0.5]), (1, 2, 3), "from 0.5 to 0.5, and they are no labels"),
        (np.zeros(2), CATS, "postprocess returned the shape (2,) for 3 rows"),
        (np.float64(3), CATS, "postprocess returned the shape () for 3 rows"),
    ],
)
def test_no_labels(write: Write, found: Any, labels: tuple[object, ...], said: str, capsys: Any) -> None:
    """What cannot be a label is refused with its shape or its range, and with what to do."""
    with pytest.raises(SystemExit):
        write(found, labels=labels)
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([0.25, 0.5, 1.0], ["0.25", "0.5", "1.0"]),
        ([[0.25], [0.5], [1.0]], ["0.25", "0.5", "1.0"]),
        ([[0.75, 0.25], [0.5, 0.5], [0.0, 1.0]], ["0.25", "0.5", "1.0"]),
    ],
)
def test_probabilities(write: Write, found: Any, expected: list[str]) -> None:
    """One value a row, or the second of two."""
    assert write(np.array(found), needs="probability", labels=CATS) == expected


def test_probabilities_stand_beside_labels(write: Write) -> None:
    """A classifier in ONNX may give labels first: where probabilities are needed, its second output counts."""
    labels, chances = np.array(["cat", "dog", "dog"]), np.array([[0.75, 0.25], [0.5, 0.5], [0.0, 1.0]])
    assert write(labels, chances, needs="probability", labels=CATS) == ["0.25", "0.5", "1.0"]
    assert write(labels, chances, labels=CATS) == ["cat", "dog", "dog"]


def test_maps_from_label_to_probability(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """What ONNX gives as a map for each row is read by label, in whatever order."""
    maps = [{"dog": 0.25, "cat": 0.75}, {"dog": 0.5, "cat": 0.5}, {"dog": 1.0, "cat": 0.0}]
    assert write(maps, needs="probability", labels=CATS) == ["0.25", "0.5", "1.0"]
    with pytest.raises(SystemExit):
        write(maps, needs="probability", labels=("cat", "cow"))
    assert "the model's columns are dog, cat; the task's are cat, cow" in capsys.readouterr().err


def test_what_is_no_probability_is_said(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """Scores that no softmax made are left for the contract to refuse; the log says what was forgotten."""
    write(np.array([2.5, -1.0, 0.5]), needs="probability", labels=CATS)
    assert "end the model with a sigmoid or softmax" in capsys.readouterr().err


@pytest.mark.parametrize("found", [[1.5, -2.0, 300.0], [[1.5], [-2.0], [300.0]]])
def test_numbers(write: Write, found: Any) -> None:
    """One number a row."""
    assert write(np.array(found), needs="number", labels=()) == ["1.5", "-2.0", "300.0"]


COLOURS = ("red", "green", "blue")
MIXED = np.array([[0.25, 0.25, 0.5], [1.0, 0.0, 0.0], [0.5, 0.25, 0.25]])


@pytest.mark.parametrize("needs", ["probabilities", "distribution"])
def test_a_probability_for_each(write: Write, needs: str) -> None:
    """A column for each label or target, in the task's order or by name."""
    expected = ["0.25,0.25,0.5", "1.0,0.0,0.0", "0.5,0.25,0.25"]
    assert write(MIXED, needs=needs, labels=COLOURS, predicted=COLOURS) == expected
    named = pd.DataFrame(MIXED[:, ::-1], columns=["blue", "green", "red"])
    assert write(named, needs=needs, labels=COLOURS, predicted=COLOURS) == expected
    coded = pd.DataFrame(MIXED, columns=[0, 1, 2])
    assert write(coded, needs=needs, labels=COLOURS, predicted=COLOURS) == expected


def test_several_numbers(write: Write) -> None:
    """A number for each target; where there are no labels, columns are found by the targets' names."""
    targets = ("north", "east")
    made = pd.DataFrame({"east": [2.5, 3.5, 4.5], "north": [1.0, -1.0, 0.0]})
    expected = ["1.0,2.5", "-1.0,3.5", "0.0,4.5"]
    assert write(made, needs="numbers", labels=(), predicted=targets) == expected
    assert write(made[["north", "east"]].to_numpy(), needs="numbers", labels=(), predicted=targets) == expected


@pytest.mark.parametrize(
    ("found", "expected"),
    [([-1.5, 0.0, 2.0], ["-1.5", "0.0", "2.0"]), ([[0.5, -1.0], [1.0, 1.0], [0.0, 2.0]], ["-1.5", "0.0", "2.0"])],
)
def test_scores(write: Write, found: Any, expected: list[str]) -> None:
    """A score as it is; of one for each label, by how much the second is ahead."""
    assert write(np.array(found), needs="score", labels=CATS) == expected


def test_rankings(write: Write) -> None:
    """Labels by their scores, the best first; or names as they are."""
    ranked = ["blue red green", "red green blue", "red green blue"]
    assert write(MIXED, needs="ranking", labels=COLOURS) == ranked
    assert write(np.array(["red", "blue red", "green"]), needs="ranking", labels=COLOURS) == [
        "red",
        "blue red",
        "green",
    ]


@pytest.mark.parametrize("needs", ["probabilities", "numbers"])
def test_too_few_columns(write: Write, needs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a column for each is needed, another number of them is refused with the names."""
    with pytest.raises(SystemExit):
        write(np.zeros((3, 2)), needs=needs, labels=COLOURS, predicted=COLOURS)
    assert "3 numbers a row are needed, for red, green, blue in this order" in capsys.readouterr().err


@pytest.mark.parametrize("needs", ["number", "probability", "score", "ranking"])
def test_too_many_numbers(write: Write, needs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Several values a row where one is needed are not chosen from."""
    with pytest.raises(SystemExit):
        write(np.zeros((3, 4)), needs=needs, labels=CATS)
    assert "the shape (3, 4)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([NAN, 0.2, 0.9], ["", "cat", "dog"]),
        ([[NAN, 0.2], [0.3, 0.2], [0.1, 0.9]], ["", "cat", "dog"]),
        ([NAN, NAN, NAN], ["", "", ""]),
    ],
)
def test_gaps_stay_gaps(write: Write, found: Any, expected: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A row whose output is NaN has no prediction, and the log says where the gap may come from."""
    assert write(np.array(found), labels=CATS, gap=True) == expected
    said = capsys.readouterr().err
    assert "the output is NaN in" in said
    assert "the test table has gaps in age" in said


def test_every_need_is_met() -> None:
    """Whatever a metric of rows needs, weights can give it."""
    assert set(outputs._CONVERT) == {need.value for need in Needs if need is not Needs.CASES}


def test_first_output_counts(write: Write) -> None:
    """Of several outputs the first is the prediction."""
    assert write(np.array([1, 0, 1]), np.zeros((3, 7))) == ["1", "0", "1"]


def test_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Outputs without an entry for each row are left out, unless it is the first."""
    first, other = np.zeros((3, 2)), np.zeros(5)
    (kept,) = outputs.by_row([first, other, np.float64(1)], 3)
    assert kept is first
    for wrong, said in (([other], "(5,)"), ([np.float64(1)], "()"), ([], "nothing"), ([None], "NoneType")):
        with pytest.raises(SystemExit):
            outputs.by_row(wrong, 3)
        assert f"the model gave {said} for 3 rows" in capsys.readouterr().err
