"""A task's own metric, called as Kaggle calls one."""

import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from arena.sandbox.guest import kaggle_metric_utilities as utilities
from arena.sandbox.guest import metric

Source = Callable[[dict[str, str]], Path]
Score = Callable[..., dict[str, Any]]
SOLUTION, SUBMISSION = "id,y\n1,0.5\n2,1.5\n3,2\n", "id,y\n1,0.5\n2,2.5\n3,2\n"
# The style of published metrics: an error class of its own, the ids deleted, a library's function.
PUBLISHED = '''
import pandas as pd
import pandas.api.types


class ParticipantVisibleError(Exception):
    pass


def score(solution: pd.DataFrame, submission: pd.DataFrame, row_id_column_name: str, power: float = 1.0) -> float:
    """Mean absolute error to a power.

    >>> 1 + 1
    2
    """
    del solution[row_id_column_name]
    del submission[row_id_column_name]
    for column in submission.columns:
        if not pandas.api.types.is_numeric_dtype(submission[column]):
            raise ParticipantVisibleError(f"Column {column} must be numeric")
        if submission[column].min() < 0:
            raise ParticipantVisibleError(f"Column {column} has values below zero")
    return float(((solution - submission).abs() ** power).to_numpy().mean())
'''


DERIVED = "class ParticipantVisibleError(Exception): ...\nclass Mine(ParticipantVisibleError): ...\n"


@pytest.fixture
def score(source: Source, interpreter: Path) -> Score:
    """Score tables by the text of a ``metric.py``."""
    del interpreter

    def scored(
        code: str,
        *tables: tuple[str, str],
        text: Sequence[Sequence[str]] = ((), ()),
        function: str = "score",
    ) -> dict[str, Any]:
        folder = source({"metric.py": code})
        pairs = [(a.encode(), b.encode()) for a, b in tables or [(SOLUTION, SUBMISSION)]]
        splits = [[f"split {n}", len(a), len(b)] for n, (a, b) in enumerate(pairs)]
        spec = {"folder": str(folder), "function": function, "id": "id", "text": text, "splits": splits}
        stream = io.BytesIO(json.dumps(spec).encode() + b"\n" + b"".join(part for pair in pairs for part in pair))
        return metric.scored(stream)

    return scored


def test_a_published_metric(score: Score) -> None:
    """A metric in the style of Kaggle's runs as it is, on fresh tables for each split, though it changes them."""
    found = score(PUBLISHED, (SOLUTION, SUBMISSION), (SOLUTION, SOLUTION), (SOLUTION, SUBMISSION))
    assert found == {"scores": {"split 0": 1 / 3, "split 1": 0.0, "split 2": 1 / 3}}


def test_what_a_participant_may_read(score: Score) -> None:
    """An error of the class that metrics define for that is a refusal, with the split on which it was raised."""
    found = score(PUBLISHED, (SOLUTION, SUBMISSION), (SOLUTION, "id,y\n1,x\n2,y\n3,z\n"))
    assert found == {"refused": "Column y must be numeric", "split": "split 1"}


@pytest.mark.parametrize(
    "code",
    [
        "from kaggle_metric_utilities import ParticipantVisibleError as E\ndef score(a, b, c): raise E('no')",
        "import kaggle_metric_utilities as u\ndef score(a, b, c): raise u.ParticipantVisibleError('no')",
        "class ParticipantVisibleError(ValueError): ...\ndef score(a, b, c): raise ParticipantVisibleError('no')",
        f"{DERIVED}def score(a, b, c): raise Mine('no')",
    ],
)
def test_the_class_may_come_from_anywhere(score: Score, code: str) -> None:
    """Its own, a derived one, or that of Kaggle's utilities."""
    assert score(code)["refused"] == "no"


@pytest.mark.parametrize(
    "code",
    [
        "def score(a, b, c): raise ValueError(a)",
        "def score(a, b, c): return 1 / 0",
        "import kaggle_metric_utilities as u\ndef score(a, b, c): raise u.HostVisibleError('secret')",
        "raise ValueError('at import')",
    ],
)
def test_other_errors_are_not_for_participants(score: Score, code: str) -> None:
    """They leave the guest as errors, and no result."""
    with pytest.raises((ValueError, ArithmeticError, utilities.HostVisibleError)):
        score(code)


@pytest.mark.parametrize(
    "returned", ["0.25", "1", "True", "numpy.float32(0.5)", "numpy.int64(3)", "a['y'].mean()", "float('nan')"]
)
def test_numbers(score: Score, returned: str) -> None:
    """Python's and NumPy's numbers become floats; whether one is in range is not for the guest to say."""
    found = score(f"import numpy\ndef score(a, b, c): return {returned}")["scores"]["split 0"]
    assert type(found) is float
    assert math.isnan(found) == ("nan" in returned)


@pytest.mark.parametrize("returned", ["'0.5'", "None", "[0.5]", "object()", "numpy.array([0.5])", "a", "1j", "Lying()"])
def test_what_is_no_number(score: Score, returned: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Text, a list, an object that says it is a number: none of them is a score."""
    code = f"import numpy\nclass Lying:\n    def __float__(self): return 1.0\ndef score(a, b, c): return {returned}"
    with pytest.raises(SystemExit):
        score(code)
    assert "a number is needed" in capsys.readouterr().err


def test_exact_numbers(score: Score) -> None:
    """What is written is what is read, to the last digit, and whole numbers are whole."""
    code = "def score(a, b, c): return (b['y'][0] == 0.1 + 0.2) + 2 * (a['y'].dtype.kind == 'i')"
    assert score(code, ("id,y\n1,7\n", f"id,y\n1,{0.1 + 0.2!r}\n"))["scores"] == {"split 0": 3.0}


def test_text_stays_text(score: Score) -> None:
    """A label is text where the task says so, also one that is called NA or 01."""
    code = "def score(a, b, c): return float((a['y'] == b['y']).sum() + 10 * (a['y'][0] == '01'))"
    tables = ("id,y\n1,01\n2,NA\n", "id,y\n1,01\n2,NA\n")
    assert score(code, tables, text=[["y"], ["y"]])["scores"] == {"split 0": 12.0}


def test_another_function(score: Score, capsys: pytest.CaptureFixture[str]) -> None:
    """The task names the function; one that is not there is said."""
    assert score("def mine(a, b, c): return 0.5", function="mine")["scores"] == {"split 0": 0.5}
    with pytest.raises(SystemExit):
        score("score = 3")
    assert "metric.py has no function `score`" in capsys.readouterr().err


FRAME = pd.DataFrame({"a": [0.25, 1.0], "b": [0.75, 0.0]})


def _fails(text: str) -> Callable[..., float]:
    def function(*_: object, **__: object) -> float:
        raise ValueError(text)

    return function


@pytest.mark.parametrize(
    ("text", "solution", "visible"),
    [
        ("only one class is there", FRAME, True),
        ("only one class is there", FRAME.to_numpy(), True),
        ("found 3 classes", FRAME, False),
        ("only one class is there", FRAME.astype(str), False),
        ("True is missing", FRAME > 0.5, False),
        ("one is missing", FRAME > 0.5, True),
    ],
)
def test_an_error_is_shown_where_it_cannot_quote_the_truth(text: str, solution: Any, *, visible: bool) -> None:
    """The text of a library's error goes to the participant only if the truth is numbers and the text holds none."""
    kind = utilities.ParticipantVisibleError if visible else utilities.HostVisibleError
    with pytest.raises(kind, match=text):
        utilities.safe_call_score(_fails(text), solution, FRAME)


def test_a_safe_call_gives_what_the_function_gives() -> None:
    """Arguments and result pass through."""
    assert utilities.safe_call_score(lambda a, b, scale: scale * (a - b), 5, 3, scale=2) == 4


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (FRAME, None),
        (FRAME.astype(str), "must be numbers"),
        (FRAME + 0.5, "between zero and one"),
        (FRAME / 2, "sum to one"),
    ],
)
def test_probabilities(frame: pd.DataFrame, said: str | None) -> None:
    """Rows of probabilities pass; others are refused with what is wrong."""
    if said is None:
        utilities.verify_valid_probabilities(frame, "submission")
        return
    with pytest.raises(utilities.ParticipantVisibleError, match=said):
        utilities.verify_valid_probabilities(frame, "submission")
