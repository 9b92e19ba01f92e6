"""Values of a definition are read strictly."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from arena.catalog.schema import BudgetTable, Data, MetricChoice, Submissions, is_window, parse_size
from arena.model.task import Label

NOW = datetime(2025, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "size"),
    [("1 B", 1), ("20 MiB", 20 * 1024**2), ("64KiB", 65536), (" 0.5 GiB ", 512 * 1024**2), ("1.5 KiB", 1536)],
)
def test_size(text: str, size: int) -> None:
    """A size is a number with a binary unit."""
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "value",
    ["", "20", "20 MB", "20 mib", "-1 MiB", "1e3 B", "nan B", "0 B", "0.1 B", "9" * 400 + " GiB", 20, 1.5, None, True],
)
def test_no_size(value: object) -> None:
    """Anything else is refused, decimal units and sizes of nothing included."""
    with pytest.raises(ValueError, match="a size is"):
        parse_size(value)


@given(st.integers(1, 2**40))
def test_size_in_bytes(size: int) -> None:
    """Whole bytes are exact."""
    assert parse_size(f"{size} B") == size


def _labels(*labels: Label) -> tuple[Label, ...]:
    return Data(id="id", target=("y",), labels=labels).labels


@pytest.mark.parametrize(
    "labels", [(0, 1), ("no", "yes"), (1, 2, 3), (0.5, 1), (-(2**53), 2**53), ("None", "NA"), ("1", "2"), ()]
)
def test_labels(labels: tuple[Label, ...]) -> None:
    """Labels that can be told apart stay as they are."""
    assert _labels(*labels) == labels


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ((1, 1), "twice"),
        ((1, 1.0), "twice"),
        ((0, "0"), "twice"),
        (("a", "a"), "twice"),
        ((0, float("nan")), "finite"),
        ((0, float("inf")), "finite"),
        ((0, 10**400), "finite"),
        ((2**53 + 1, 0), "finite"),
        (("", "a"), "empty"),
        ((" a", "a"), "spaces"),
    ],
)
def test_labels_that_cannot_be_told_apart(labels: tuple[Label, ...], reason: str) -> None:
    """Labels that no prediction could name, or that one text would name twice, are refused."""
    with pytest.raises(ValidationError, match=reason):
        _labels(*labels)


@pytest.mark.parametrize("name", ["../answers.csv", "a/b.csv", ".hidden", "a b.csv", "", "x" * 101])
def test_file_names(name: str) -> None:
    """A public file is named by a plain name: it cannot lie anywhere else."""
    with pytest.raises(ValidationError, match="train"):
        Data(id="id", target=("y",), train=name)


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 8 * 24 * 3600])
def test_seconds(seconds: float) -> None:
    """A budget is more than nothing and at most a week."""
    with pytest.raises(ValidationError, match="wall_seconds"):
        BudgetTable(wall_seconds=seconds)


def test_text() -> None:
    """Spaces around a text fall away, and one of spaces alone is none."""
    assert MetricChoice(name=" f1 ").name == "f1"
    with pytest.raises(ValidationError, match="at least 1 character"):
        MetricChoice(name="  ")


def test_names_stand_once() -> None:
    """Targets, kinds and metrics beside the ranking one stand once each."""
    for build in (
        lambda: Data(id="id", target=("y", "y")),
        lambda: Submissions(accepts=("model", "model")),
        lambda: MetricChoice(name="f1", also=("mae", "mae")),
    ):
        with pytest.raises(ValidationError, match="a name stands here twice"):
            build()


@pytest.mark.parametrize(
    ("opens", "closes", "window"),
    [
        (None, None, True),
        (NOW, None, True),
        (None, NOW, True),
        (NOW, NOW + timedelta(seconds=1), True),
        (NOW, NOW, False),
        (NOW, NOW - timedelta(seconds=1), False),
    ],
)
def test_window(opens: datetime | None, closes: datetime | None, *, window: bool) -> None:
    """A task is open for some time unless it closes before it opens."""
    assert is_window(opens, closes) is window
