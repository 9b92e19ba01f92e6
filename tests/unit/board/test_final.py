"""The final board follows from records, exact scores and picks."""

import csv
import io
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board.final import Closing, final_board
from arena.board.final_render import csv_text, markdown_text, moved
from arena.metrics.table import METRICS
from arena.model.record import Record
from arena.model.task import Task
from tests.conftest import FRUIT
from tests.unit.board.conftest import DIGEST, START, make_record

CLOSES = START + timedelta(minutes=60)
TASK = replace(FRUIT, digest=DIGEST, also=(), board=replace(FRUIT.board, closes=CLOSES))
ACCURACY = [METRICS["accuracy"]]
Made = tuple[Record, dict[str, dict[str, float]]]


def _made(team: str, submission: int, public: float, private: float, minute: float = 0) -> Made:
    record = make_record(team=team, submission=submission, minute=minute, feedback={"accuracy": public})
    return record, {"public": {"accuracy": public}, "private": {"accuracy": private}}


def _final(
    made: list[Made], *, task: Task = TASK, picks: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, Any]:
    exact = {record.id: scores for record, scores in made}
    closing = Closing(closed_at=CLOSES, reason=None, picks=picks or {})
    return final_board([record for record, _ in made], task, ACCURACY, exact, closing)


def _standing(final: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(row["rank"], row["team"], row["private"], row["shake_up"]) for row in final["rows"]]


THREE = [
    _made("asha", 1, 0.9, 0.5),
    _made("babul", 1, 0.8, 0.7),
    _made("chitra", 1, 0.7, 0.6),
]


def test_shake_up() -> None:
    """Teams are ranked by their private scores, and each is told how many ranks it rose or fell."""
    assert _standing(_final(THREE)) == [(1, "babul", 0.7, 1), (2, "chitra", 0.6, 1), (3, "asha", 0.5, -2)]


def test_best_of_the_picks() -> None:
    """Without picks the best public ones count, at most so many, and of them the best private one."""
    made = [_made("asha", 1, 0.9, 0.1), _made("asha", 2, 0.8, 0.4), _made("asha", 3, 0.7, 0.9)]
    (row,) = _final(made)["rows"]
    assert (row["private"], row["public"], len(row["picks"]), row["selected"]) == (0.4, 0.8, 2, False)


def test_picks() -> None:
    """What a team picked counts, and nothing else."""
    made = [_made("asha", 1, 0.9, 0.6), _made("asha", 2, 0.8, 0.4), _made("asha", 3, 0.7, 0.5)]
    (row,) = _final(made, picks={"asha": (f"{3:064x}", f"{2:064x}")})["rows"]
    assert (row["private"], row["selected"]) == (0.5, True)


def test_too_many_picks() -> None:
    """Of more picks than the task allows the first ones count."""
    made = [_made("asha", n, 0.5, 0.1 * n) for n in (1, 2, 3)]
    (row,) = _final(made, picks={"asha": tuple(f"{n:064x}" for n in (1, 2, 3))})["rows"]
    assert row["private"] == pytest.approx(0.2)


@pytest.mark.parametrize("picks", [("ff" * 32,), (f"{2:064x}",), ()])
def test_picks_that_are_none(picks: tuple[str, ...]) -> None:
    """A pick that is not there, or that came late, is none: the best public ones count."""
    made = [_made("asha", 1, 0.5, 0.3), _made("asha", 2, 0.9, 0.9, minute=61)]
    (row,) = _final(made, picks={"asha": picks})["rows"]
    assert (row["private"], row["selected"]) == (0.3, False)


def test_last() -> None:
    """By the rule `last` a team that picks nothing stands by its last submission alone."""
    made = [_made("asha", 1, 0.9, 0.9), _made("asha", 2, 0.8, 0.2, minute=5)]
    (row,) = _final(made, task=replace(TASK, board=replace(TASK.board, rule="last")))["rows"]
    assert (row["private"], len(row["picks"])) == (0.2, 1)


def test_late() -> None:
    """What came after the close is no part of it: neither a row, nor revealed, nor a change to who was in time."""
    in_time = [_made("asha", 1, 0.5, 0.5), _made("asha", 3, 0.4, 0.6), _made("asha", 4, 0.3, 0.7)]
    late = [_made("babul", 1, 0.9, 0.9, minute=61), _made("asha", 2, 0.9, 0.9, minute=62)]
    assert _final([*in_time, *late]) == _final(in_time)
    assert [one["picked"] for one in _final(in_time)["submissions"]].count(True) == 2


def test_tie() -> None:
    """Of equal private scores the earlier submission stands first."""
    made = [_made("asha", 1, 0.9, 0.5, minute=1), _made("zara", 1, 0.1, 0.5, minute=0)]
    assert [row["team"] for row in _final(made)["rows"]] == ["zara", "asha"]


def test_baselines() -> None:
    """Baselines stand in their place without rank, medal or shake-up, and points count the way between two of them."""
    made = [*THREE, _made("baseline-low", 1, 0.4, 0.5), _made("baseline-high", 1, 0.95, 0.7)]
    named = replace(TASK, board=replace(TASK.board, baseline="baseline-low", reference="baseline-high"))
    rows = {row["team"]: row for row in _final(made, task=named)["rows"]}
    assert (rows["baseline-high"]["rank"], rows["baseline-high"]["medal"]) == (None, None)
    assert (rows["baseline-high"]["shake_up"], rows["babul"]["rank"]) == (None, 1)
    assert [rows[team]["points"] for team in ("babul", "chitra", "asha")] == [100.0, pytest.approx(50.0), 0.0]
    assert (rows["babul"]["medal"], rows["babul"]["percentile"], rows["asha"]["percentile"]) == ("gold", 100.0, 0.0)


def test_exercise() -> None:
    """An exercise has no private rows: its final board is that of all cases, and nobody moves."""
    record = make_record(team="asha", feedback={"cases_passed": 0.5})
    exact = {record.id: {"public": {"cases_passed": 0.5}}}
    closing = Closing(closed_at=CLOSES, reason=None, picks={})
    final = final_board([record], TASK, [METRICS["cases_passed"]], exact, closing)
    assert (final["split"], final["rows"][0]["private"], final["rows"][0]["shake_up"]) == ("cases", 0.5, 0)


_any = st.lists(
    st.tuples(st.sampled_from(["asha", "babul", "baseline-x", "chitra"]), st.integers(1, 3), st.integers(0, 70)),
    max_size=9,
    unique_by=lambda one: one[:2],
)


@given(_any, st.randoms(use_true_random=False))
def test_order_of_arrival(some: list[tuple[str, int, int]], chance: random.Random) -> None:
    """The order in which records are read changes nothing, and moves of all teams sum to nothing."""
    made = [_made(team, n, minute % 4 / 4, (minute + n) % 5 / 5, minute) for team, n, minute in some]
    shuffled = list(made)
    chance.shuffle(shuffled)
    final = _final(made)
    assert _final(shuffled) == final
    assert sum(row["shake_up"] or 0 for row in final["rows"]) == 0
    ranks = [row["rank"] for row in final["rows"] if row["rank"]]
    assert ranks == list(range(1, len(ranks) + 1))


def test_files() -> None:
    """The page and the CSV file follow from the JSON alone: people see moves with a sign, scripts every digit."""
    final = json.loads(json.dumps(_final([*THREE, _made("baseline-low", 1, 0.4, 2 / 3)])))
    text = markdown_text({**final, "reason": "a fire"}, "Accuracy", UTC, "Practice.")
    assert "> Practice." in text
    assert "Closed at 2025-06-01 07:00+00:00. Closed before its time: a fire" in text
    assert "| 1 | babul | 0.70000 | 0.80000 | 2 | +1 | gold | 100 |" in text
    assert "| - | baseline-low | 0.66667 | 0.40000 | - |  |  |  |" in text
    rows = list(csv.DictReader(io.StringIO(csv_text(final))))
    assert float(rows[1]["private_accuracy"]) == 2 / 3
    assert [row["shake_up"] for row in rows] == ["1", "", "1", "-2"]
    assert [moved(places) for places in (3, -2, 0, None)] == ["+3", "-2", "0", ""]
