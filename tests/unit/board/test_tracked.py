"""A board's comparisons that are kept up are those of all pairs anew."""

from collections.abc import Callable

import numpy as np
import pytest

from arena.board import tracked
from arena.board.ranks import Field, all_pairs
from arena.board.tracked import Stand, Tracked
from arena.model.influence import Influence, Kind

ROWS = 50


def _made(record: str, rows: int = ROWS) -> Influence:
    """Of a record the influences on an accuracy that follows from its name."""
    draw = np.random.default_rng(int(record, 16))
    right = draw.random(rows) < draw.uniform(0.3, 0.95)
    return Influence(score=float(np.mean(right)), phi=right - np.mean(right), kind=Kind.PROPORTION, df=rows - 1)


def _stand(team: int, record: str) -> Stand:
    return Stand(team=f"team-{team}", record=record, score=_made(record).score)


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How often all pairs were compared."""
    times = []

    def counted(field: Field) -> object:
        times.append(field)
        return all_pairs(field)

    monkeypatch.setattr(tracked, "all_pairs", counted)
    return lambda: len(times)


def _agrees(kept: Tracked, stands: list[Stand]) -> None:
    assert dict(zip(kept.teams, kept.records, strict=True)) == {each.team: each.record for each in stands}
    assert kept.known is not None
    field, ranks = kept.known
    expected = all_pairs(Field.of([_made(record) for record in kept.records], greater_is_better=True))
    assert np.array_equal(ranks.low, expected.low)
    assert np.array_equal(ranks.high, expected.high)
    assert np.array_equal(field.scores, [_made(record).score for record in kept.records])


def test_kept_up(anew: Callable[[], int]) -> None:
    """Teams that change and teams that join are compared with the others alone, until there are twice as many."""
    kept, stands = Tracked(), [_stand(team, f"{team:032x}") for team in range(20)]
    kept.update(stands, _made, greater_is_better=True)
    for number in range(6):
        stands[number * 3] = _stand(number * 3, f"{100 + number:032x}")
        stands.append(_stand(20 + number, f"{200 + number:032x}"))
        kept.update(stands[::-1], _made, greater_is_better=True)
        _agrees(kept, stands)
    assert anew() == 1


def test_begun_anew(anew: Callable[[], int]) -> None:
    """Where a team is gone, or many have changed, all are compared."""
    kept, stands = Tracked(), [_stand(team, f"{team:032x}") for team in range(20)]
    kept.update(stands, _made, greater_is_better=True)
    kept.update(stands[1:], _made, greater_is_better=True)
    _agrees(kept, stands[1:])
    changed = [_stand(team, f"{300 + team:032x}") for team in range(1, 20)]
    kept.update(changed, _made, greater_is_better=True)
    _agrees(kept, changed)
    assert anew() == 3


@pytest.mark.parametrize("new", [None, 40])
def test_what_does_not_fit(new: int | None, anew: Callable[[], int]) -> None:
    """A record of which nothing is known, or of other rows, is left out, and the others stay compared."""
    odd = f"{999:032x}"

    def load(record: str) -> Influence | None:
        if record != odd:
            return _made(record)
        return None if new is None else _made(record, new)

    kept, stands = Tracked(), [_stand(team, f"{team:032x}") for team in range(20)]
    kept.update(stands, load, greater_is_better=True)
    kept.update([*stands, _stand(20, odd)], load, greater_is_better=True)
    _agrees(kept, stands)
    assert anew() == 1
    kept.update([_stand(0, odd), *stands[1:]], load, greater_is_better=True)
    _agrees(kept, stands[1:])
    assert anew() == 2


def test_nothing_to_compare() -> None:
    """Where nothing is known of anyone there are no comparisons."""
    kept = Tracked()
    assert kept.update([_stand(1, "ab"), _stand(2, "cd")], lambda _: None, greater_is_better=True) is None
