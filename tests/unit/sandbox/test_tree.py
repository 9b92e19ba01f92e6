"""What processes use, read from /proc: of this process, which is there in any case."""

import os
import sys

import pytest

from arena.sandbox import tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
# Larger than any pid that a kernel gives.
NOBODY = 2**30


def test_descendants() -> None:
    """A process is the first of its descendants; one that is not there has only itself."""
    assert tree.descendants(os.getpid())[0] == os.getpid()
    assert tree.descendants(NOBODY) == [NOBODY]


def test_usage() -> None:
    """A running process has used time and memory, and its share of shared pages is no more than their sum."""
    mine = [os.getpid()]
    assert tree.cpu_seconds(mine) > 0
    assert 2**20 < tree.proportional_bytes(mine) <= tree.resident_bytes(mine) * 1.1


def test_gone() -> None:
    """A process that ended between two looks uses nothing and is no error."""
    assert tree.cpu_seconds([NOBODY]) == tree.resident_bytes([NOBODY]) == tree.proportional_bytes([NOBODY]) == 0
