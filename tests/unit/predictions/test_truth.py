"""Answers that are read as columns are those that are read as text."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.model.metric import Needs
from arena.predictions.contract import Contract, canonical_id, encode
from arena.predictions.ids import IntegerIds
from arena.predictions.truth import read_truth

SPLITS = {"Public": True, "Private": False}
LABELS = Contract(
    id_column="id", columns=("y",), ids=IntegerIds(np.array([5, 0, 17])), needs=Needs.LABEL, labels=("no", "yes")
)
NUMBERS = replace(LABELS, needs=Needs.NUMBER, labels=())
EACH = replace(LABELS, needs=Needs.PROBABILITIES, columns=("no", "yes"))


def _read(data: bytes, contract: Contract) -> tuple[list[float], list[bool]] | None:
    found = read_truth(io.BytesIO(data), contract, target="y", split="Usage", splits=SPLITS)
    return None if found is None else (found.values.tolist(), found.is_public.tolist())


def test_truth() -> None:
    """Values and splits come in the order of the contract's ids, whatever the order of rows and columns."""
    assert _read(b"id,y,Usage\n0,no,Public\n17,yes,Private\n5,yes,Public\n", LABELS) == ([1, 0, 1], [True, True, False])
    assert _read(b"Usage,y,id\r\nPrivate,1e3,5\r\nPublic,-2,17\r\nPublic,0.5,0\r\n", NUMBERS) == (
        [1000, 0.5, -2],
        [False, True, True],
    )


def test_truth_of_probabilities() -> None:
    """The truth of a column for each label is one column of labels."""
    assert _read(b"id,y,Usage\n0,no,Public\n17,yes,Private\n5,yes,Public\n", EACH) == ([1, 0, 1], [True, True, False])


@pytest.mark.parametrize(
    "data",
    [
        b"id,y,Usage\n0,no,Public\n17,yes,Private\n",
        b"id,y,Usage\n0,no,Public\n17,yes,Private\n5,yes,Public\n5,yes,Public\n",
        b"id,y,Usage\n0,no,Public\n17,yes,Private\n6,yes,Public\n",
        b"id,y,Usage\n0,no,Public\n17,yes,Private\n5.0,yes,Public\n",
        b"id,y,Usage\n0,no,Public\n17,yes,Private\n5,maybe,Public\n",
        b"id,y,Usage\n0,no,Public\n17,yes,private\n5,yes,Public\n",
        b"id,y\n0,no\n17,yes\n5,yes\n",
        b"id,y,Usage\n0,no,Public\n17\n5,yes,Public\n",
        b"id,y,Usage\n",
        b"",
    ],
)
def test_as_text(data: bytes) -> None:
    """Whatever else there is, is read as text, which says what is wrong with it, if anything is."""
    assert _read(data, LABELS) is None


def test_other_contracts() -> None:
    """Truths of several columns, and ids that are no numbers, are read as text."""
    data = b"id,y,Usage\n0,no,Public\n17,yes,Private\n5,yes,Public\n"
    assert _read(data, replace(LABELS, ids=("5", "0", "17"))) is None
    assert _read(data, replace(NUMBERS, needs=Needs.NUMBERS, columns=("y", "z"))) is None


_texts = st.sampled_from(
    ["1", "0", "0.5", " 1", "1e0", "01", "+1", "nan", "", "yes", "no", " yes", "inf", "1e151", '"1"']
)


@settings(max_examples=200)
@given(st.permutations(["5", "0", "17"]), st.lists(_texts, min_size=3, max_size=3), st.sampled_from([LABELS, NUMBERS]))
def test_same_as_text(names: list[str], texts: list[str], contract: Contract) -> None:
    """Where answers are read as columns, each value is the one that its text gives."""
    rows = [f"{name},{text},Public" for name, text in zip(names, texts, strict=True)]
    found = _read("\n".join(["id,y,Usage", *rows]).encode(), contract)
    if found is not None:
        by_name = dict(zip(map(canonical_id, names), (text.strip('"') for text in texts), strict=True))
        encoded = encode([[by_name[name] for name in contract.ids]], contract)
        assert encoded is not None
        assert found == (encoded.tolist(), [True] * 3)
