"""Comparisons as a file: what is written is what is read, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.board import comparisons_file
from arena.board.compared import Compared, Comparisons
from arena.errors import InfrastructureError
from tests.unit.board.conftest import DIGEST

_RECORDS = st.integers(0, 2**128 - 1).map(lambda number: f"{number:032x}")
_ENDS = st.one_of(st.just((None, None)), st.tuples(*[st.floats(-1e9, 1e9)] * 2).map(lambda ends: tuple(sorted(ends))))


@st.composite
def boards(draw: st.DrawFn) -> Comparisons:
    """Comparisons of up to six records."""
    records = draw(st.lists(_RECORDS, min_size=1, max_size=6, unique=True))
    ranks = st.tuples(*[st.integers(1, len(records))] * 2).map(sorted)
    compared = []
    for record in records:
        (low, high), (gap_low, gap_high) = draw(ranks), draw(_ENDS)
        compared.append(
            Compared(
                record=record,
                rank_low=low,
                rank_high=high,
                gap_low=gap_low,
                gap_high=gap_high,
                few_rows=draw(st.booleans()),
            )
        )
    return Comparisons(
        task="fruit",
        task_digest=DIGEST,
        metric="rmse",
        split="public",
        rows=draw(st.integers(1, 10**9)),
        confidence=0.95,
        leader=draw(st.sampled_from(records)),
        step=draw(st.sampled_from([0.0, 0.01, 1000.0])),
        compared=tuple(compared),
    )


@given(boards())
def test_read_back_they_are_the_same(board: Comparisons) -> None:
    plain = comparisons_file.to_json([board])
    assert comparisons_file.load(comparisons_file.dump(plain), "board.json") == (board,)


_ONE = {"record": "ab" * 16, "rank_low": 1, "rank_high": 2, "gap_low": 0.0, "gap_high": 0.0, "few_rows": False}
_OTHER = {**_ONE, "record": "cd" * 16, "gap_low": -0.01, "gap_high": 0.02}
_BOARD: dict[str, Any] = {
    "task": "fruit",
    "task_digest": DIGEST,
    "metric": "rmse",
    "split": "public",
    "rows": 9,
    "confidence": 0.95,
    "leader": "ab" * 16,
    "step": 0.01,
    "compared": [_ONE, _OTHER],
}


_FILE: dict[str, Any] = {"schema": 1, "boards": [_BOARD], "signature": None}


def _with(**changes: Any) -> dict[str, Any]:
    return {**_FILE, "boards": [{**_BOARD, **changes}]}


def _with_line(**changes: Any) -> dict[str, Any]:
    return _with(compared=[_ONE, {**_OTHER, **changes}])


def test_a_board_that_is_fine_is_read() -> None:
    assert comparisons_file.load(json.dumps(_FILE).encode(), "board.json")[0].records == ("ab" * 16, "cd" * 16)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({**_FILE, "schema": 2}, "schema"),
        ({**_FILE, "boards": []}, "boards"),
        ({**_FILE, "boards": [_BOARD, _BOARD]}, "a metric stands twice"),
        ({**_FILE, "boards": [_BOARD, {**_BOARD, "metric": "mae", "task": "nuts"}]}, "of more than one task"),
        (_with(task="../up"), "task"),
        (_with(rows=0), "rows"),
        (_with(rows="many"), "rows"),
        (_with(step=-0.1), "step"),
        (_with(confidence=1.5), "confidence"),
        (_with(compared=[]), "compared"),
        (_with(leader="ef" * 16), "the leader is not among the records"),
        (_with(compared=[_ONE, _ONE]), "a record stands twice"),
        (_with(phi=[0.1, 0.2]), "phi"),
        (_with_line(rank_low=3, rank_high=3), "a rank is beyond the number of records"),
        (_with_line(rank_low=2, rank_high=1), "the best rank is not above the worst"),
        (_with_line(rank_low=0), "rank_low"),
        (_with_line(rank_low=True), "rank_low"),
        (_with_line(gap_low=None), "a gap has both ends or none"),
        (_with_line(gap_low=0.5), "a gap's low end is not above its high end"),
        (_with_line(gap_high=float("inf")), "gap_high"),
        (_with_line(gap_high=float("nan")), "gap_high"),
        (_with_line(losses=[1, 0]), "losses"),
        (_with_line(record="=cmd()"), "record"),
    ],
)
def test_what_is_no_board_is_refused_with_its_place(broken: dict[str, Any], reason: str) -> None:
    with pytest.raises(InfrastructureError) as caught:
        comparisons_file.load(json.dumps(broken).encode(), "board.json")
    assert caught.value.params["file"] == "board.json"
    assert reason in str(caught.value.params["reason"])


def test_a_file_that_is_too_large_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons_file, "_LARGEST_BYTES", 100)
    with pytest.raises(InfrastructureError) as caught:
        comparisons_file.load(json.dumps(_FILE).encode(), "board.json")
    assert caught.value.params["reason"] == "it is too large"
