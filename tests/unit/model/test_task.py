"""What follows from a task's definition."""

from dataclasses import replace
from pathlib import Path

from tests.conftest import FRUIT


def test_metrics() -> None:
    """The ranking metric comes first, then those shown beside it."""
    assert replace(FRUIT, metric="f1", also=("accuracy", "roc_auc")).metrics == ("f1", "accuracy", "roc_auc")


def test_public_files() -> None:
    """Learners are given the training table, the test table and the sample, below the task's folder."""
    assert FRUIT.data.public_files == ("train.csv", "test.csv", "sample_submission.csv")
    assert FRUIT.public_dir == Path("tasks/fruit/public")


def test_shown_files() -> None:
    """A packed folder is shown as a folder on either side; other files keep their names, whatever they end in."""
    data = replace(FRUIT.data, train_files=("a.zip", "a.npz"), test_files=("b.zip",), sample_submission="c.zip.csv")
    task = replace(FRUIT, work=data)
    assert task.packed == ("a.zip", "b.zip")
    assert task.shown_files == ("train.csv", "test.csv", "c.zip.csv", "a/", "a.npz", "b/")


def test_seed() -> None:
    """The seed is fixed by the version of the task alone, and fits in 32 bits."""
    assert replace(FRUIT, digest="0000002a" + "f" * 56).seed == 42
    assert replace(FRUIT, digest="f" * 64).seed == 2**32 - 1
    assert replace(FRUIT, digest="0000002a" + "0" * 56, metric="f1").seed == 42
