"""The job of a task's own metric, and how what it leaves is read."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.metric import CustomMetric, Metric, Needs, in_sandbox_only
from arena.sandbox.custom import RESULT, Broken, Refused, Split, metric_job, read_result
from arena.sandbox.interface import Ending, Exited, Killed, KillReason, Signalled
from tests.conftest import FRUIT, finished

METRIC = Metric(
    name="metric.py:score", title="Own", greater_is_better=True, low=0, high=1, needs=Needs.LABEL, score=in_sandbox_only
)
CUSTOM = CustomMetric(metric=METRIC, function="score", budget=replace(FRUIT.budget, wall_seconds=7))
SPLITS = ("public", "private")


def _read(result: bytes) -> object:
    return read_result(finished({RESULT: result}), SPLITS)


def test_what_it_sees(tmp_path: Path) -> None:
    """One file, the tables over standard input, the task's seed, limits of its own; no submission and no vault."""
    task = replace(FRUIT, root=tmp_path)
    splits = [Split(name="public", solution=b"id,ripe\n1,0\n", submission=b"id,ripe\n1,1\n")]
    job = metric_job(task, CUSTOM, splits, text=[["ripe"], []])
    assert {mount.target: mount.source for mount in job.mounts} == {"/kaggle/src/metric.py": tmp_path / "metric.py"}
    assert job.environment == {"ARENA_TASK": "fruit", "ARENA_SEED": str(task.seed)}
    assert (job.budget.wall_seconds, job.outputs) == (7, ("scores.json",))
    assert job.output_max_bytes <= 64 * 1024
    header, rest = job.stdin.split(b"\n", 1)
    assert json.loads(header) == {
        "folder": "/kaggle/src",
        "function": "score",
        "id": "id",
        "text": [["ripe"], []],
        "splits": [["public", 12, 12]],
    }
    assert rest == b"id,ripe\n1,0\nid,ripe\n1,1\n"


def test_scores() -> None:
    """A number for each split is what is read, in the order of the splits, whatever the number is."""
    assert _read(b'{"scores": {"private": 0.25, "public": 0.5}}') == {"public": 0.5, "private": 0.25}
    found = _read(b'{"scores": {"private": NaN, "public": Infinity}}')
    assert isinstance(found, dict)
    assert math.isnan(found["private"])


def test_refused() -> None:
    """A refusal has the split and the words, of bounded length."""
    assert _read(b'{"refused": "no", "split": "public"}') == Refused(split="public", text="no")
    long = _read(json.dumps({"refused": "x" * 60_000, "split": "public"}).encode())
    assert isinstance(long, Refused)
    assert len(long.text) <= 1000


@pytest.mark.parametrize(
    "result",
    [
        b"",
        b"{",
        b"\xff",
        b"3",
        b"null",
        b'"scores"',
        b"[" * 20_000,
        b'{"scores": 3}',
        b'{"scores": []}',
        b'{"scores": {"public": 0.5}}',
        b'{"scores": {"public": 0.5, "private": "0.5"}}',
        b'{"scores": {"public": 0.5, "private": true}}',
        b'{"scores": {"public": 0.5, "private": null}}',
        b'{"scores": {"public": 0.5, "private": 1' + b"0" * 5000 + b"}}",
        b'{"scores": {"public": 0.5, "private": 0.5, "overall": 0.5}}',
        b'{"refused": "why"}',
    ],
)
def test_what_is_no_result(result: bytes) -> None:
    """Anything else gives no score."""
    assert isinstance(_read(result), Broken)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(result: bytes) -> None:
    """Whatever the metric leaves, reading it does not fail."""
    assert isinstance(_read(result), Broken | Refused | dict)


@pytest.mark.parametrize(
    ("ending", "how"),
    [
        (Exited(1), "exit code 1"),
        (Signalled(11), "signal 11"),
        (Killed(KillReason.WALL), "stopped: wall"),
        (Killed(KillReason.MEMORY), "stopped: memory"),
    ],
)
def test_it_must_end_well(ending: Ending, how: str) -> None:
    """What a metric leaves that did not end well is not looked at."""
    scores = b'{"scores": {"private": 0.25, "public": 0.5}}'
    assert read_result(finished({RESULT: scores}, ending=ending), SPLITS) == Broken(how)


def test_no_result() -> None:
    """A metric that ends well and leaves nothing, or too much, has failed."""
    assert read_result(finished(faults={RESULT: "too_large"}), SPLITS) == Broken("its result is too_large")
