"""Ids as numbers are the same ids as their texts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.predictions.ids import IntegerIds, as_ids, finder

_whole = st.integers(-(10**17), 10**17)
# Consecutive ones, close ones and far ones: each is kept in a way of its own.
_ids = st.one_of(
    st.tuples(_whole, st.integers(1, 20)).map(lambda at: list(range(at[0], at[0] + at[1]))),
    st.tuples(_whole, st.sets(st.integers(0, 30), min_size=1).flatmap(lambda s: st.permutations(sorted(s)))).map(
        lambda at: [at[0] + offset for offset in at[1]]
    ),
    st.lists(_whole, min_size=1, max_size=12, unique=True),
)


@given(_ids, st.lists(_whole, max_size=5))
def test_places(ids: list[int], others: list[int]) -> None:
    """An id is found in its place, and nothing else is, however far away."""
    found = IntegerIds(np.array(ids))
    edges = [min(ids) - 1, max(ids) + 1, 2**63 - 1, -(2**63)]
    asked = [*ids, *others, *edges]
    expected = [ids.index(name) if name in ids else -1 for name in asked]
    assert found.rows_of(np.array(asked, dtype=np.int64)).tolist() == expected


@given(_ids)
def test_sequence(ids: list[int]) -> None:
    """As a sequence they are their texts, in their order."""
    found = IntegerIds(np.array(ids))
    texts = [str(name) for name in ids]
    assert list(found) == texts
    assert [found[at] for at in range(len(found))] == texts
    assert found[1:3] == tuple(texts[1:3])
    assert texts[0] in found


@given(st.lists(st.sampled_from(["1", "2", "30", "-4", "01", "x", "", "1.0", "+1", "1_0", "১", "9" * 30]), unique=True))
def test_as_ids(names: list[str]) -> None:
    """Ids become numbers only where each has the one spelling of its number; found they are the same either way."""
    ids = as_ids(names)
    assert list(ids) == names
    assert isinstance(ids, IntegerIds) is (bool(names) and set(names) <= {"1", "2", "30", "-4"})
    asked = ["1", "01", "", "x", "-4", "9" * 30, "1.0", "2"]
    expected = [names.index(name) if name in names else -1 for name in asked]
    assert finder(ids)(asked).tolist() == expected


@pytest.mark.parametrize("ids", [[], [1, 1], [5, 1, 5], [10**15, 1, 10**15]])
def test_no_ids(ids: list[int]) -> None:
    """Rows that cannot be told apart have no ids."""
    with pytest.raises(ValueError, match="id"):
        IntegerIds(np.array(ids, dtype=np.int64))
