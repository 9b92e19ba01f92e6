"""One hash over a set of entries."""

import hashlib
import random

from hypothesis import given
from hypothesis import strategies as st

from arena.model import merkle

_keys = st.builds("{}/{:032x}".format, st.sampled_from(["fruit", "titanic"]), st.integers(0, 2**128 - 1))
_digests = st.integers(0, 2**16).map(lambda number: hashlib.sha256(b"%d" % number).hexdigest())
_sets = st.dictionaries(_keys, _digests, max_size=12)


@given(_sets, _sets)
def test_distinct(one: dict[str, str], other: dict[str, str]) -> None:
    """Two sets have one root exactly when they are equal."""
    assert (merkle.root(one) == merkle.root(other)) == (one == other)


@given(_sets, st.randoms(use_true_random=False))
def test_order(entries: dict[str, str], chance: random.Random) -> None:
    """The order in which a set grew does not change its root."""
    items = list(entries.items())
    chance.shuffle(items)
    assert merkle.root(dict(items)) == merkle.root(entries)


@given(_sets.filter(bool), st.data())
def test_one_less(entries: dict[str, str], data: st.DataObject) -> None:
    """A set that lacks one entry, or has it with other bytes, has another root."""
    key = data.draw(st.sampled_from(sorted(entries)))
    less = {name: digest for name, digest in entries.items() if name != key}
    assert merkle.root(less) != merkle.root(entries)
    assert merkle.root({**entries, key: "0" * 64}) != merkle.root(entries)


def test_shape() -> None:
    """An entry's bucket is the first four digits of its id: where it lies in the tree follows from its name alone."""
    assert merkle.bucket_of("fruit/0a1b2c.0f") == "0a1b"


def test_stable() -> None:
    """The root of a given set never changes: checkpoints hold it."""
    entries = {f"fruit/{number:032x}": f"{number:064x}" for number in range(3)}
    assert merkle.root(entries) == "a28e1076accdea525b4391e25fd87c1d00c203e05af65bed807027c262ecaba4"
