"""One hash over a set of entries, as a tree (Merkle 1987) whose shape follows from the names alone.

An entry falls into the bucket of the first four digits of its name; 256 buckets make a branch, 256 branches the root.
The root depends on the set and not on the order in which it grew, so that two clones agree after a merge; and one entry
more changes one bucket, one branch and the root, so that to keep it up costs the same however many entries there are.
"""

import hashlib
from collections.abc import Iterable, Mapping

BUCKET_DIGITS, BRANCH_DIGITS = 4, 2


def bucket_of(key: str) -> str:
    """The bucket of the entry ``<task>/<name>``."""
    return key.rpartition("/")[2][:BUCKET_DIGITS]


def node(children: Iterable[tuple[str, str]]) -> str:
    """The hash over named hashes: a bucket's over its entries, a branch's over its buckets, the root's over branches.

    Empty parts do not take part.
    """
    total = hashlib.sha256(b"arena tree 1\n")
    for name, digest in sorted(children):
        total.update(f"{name} {digest}\n".encode())
    return total.hexdigest()


def root(entries: Mapping[str, str]) -> str:
    """The hash over a set of entries: ``<task>/<name>`` to the SHA-256 of its bytes."""
    buckets: dict[str, list[tuple[str, str]]] = {}
    for entry in entries.items():
        buckets.setdefault(bucket_of(entry[0]), []).append(entry)
    branches: dict[str, list[tuple[str, str]]] = {}
    for name, inside in buckets.items():
        branches.setdefault(name[:BRANCH_DIGITS], []).append((name, node(inside)))
    return node((name, node(inside)) for name, inside in branches.items())
