"""Draw the cases of an exercise, as the guest does."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.sandbox.guest import cases

Source = Callable[[dict[str, str]], Path]
Draw = Callable[..., dict[str, Any]]

GOOD = """\
import random
PUBLIC = [{"function": "dot", "args": ([1], [2]), "name": {"en": "a", "bn": "b"}, "expect": float("nan")}]
def hidden(seed):
    yield {"function": "dot", "args": [random.Random(seed).random()], "between": [0, (1, 2)], "kwargs": {"k": True}}
"""


@pytest.fixture
def draw(source: Source, interpreter: Path, tmp_path: Path) -> Iterator[Draw]:
    """Draw with a ``cases.py`` that is text; return what the guest left."""
    stdin = os.dup(0)

    def drawn(text: str, *seeds: int) -> dict[str, Any]:
        folder = source({"cases.py": text})
        told = {"folder": str(folder), "seeds": [f"{seed:x}" for seed in seeds]}
        (tmp_path / "stdin").write_text(json.dumps(told), encoding="utf-8")
        fd = os.open(tmp_path / "stdin", os.O_RDONLY)
        os.dup2(fd, 0)
        os.close(fd)
        cases.main()
        left: dict[str, Any] = json.loads((interpreter / "cases.json").read_bytes())
        return left

    yield drawn
    os.dup2(stdin, 0)
    os.close(stdin)


def test_drawn(draw: Draw) -> None:
    """Values stand as they cross, hidden cases once for each seed, the same for the same."""
    left = draw(GOOD, 2**127, 7, 2**127)
    (public,) = left["public"]
    assert (public["args"], public["expect"]) == ([[1], [2]], {"float": "nan"})
    first, second, third = left["hidden"]
    assert first == third != second
    assert first[0]["between"] == [0, {"tuple": [1, 2]}]
    assert first[0]["kwargs"] == {"dict": [["k", True]]}


def test_helpers_beside_it(draw: Draw, source: Source) -> None:
    """cases.py may import what lies beside it."""
    source({"reference.py": "def dot(a, b): return 11\n"})
    assert draw("import reference\nPUBLIC = [{'expect': reference.dot(1, 2)}]\ndef hidden(seed): return []", 1) == {
        "public": [{"expect": 11}],
        "hidden": [[]],
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PUBLIC = []", "cases.py has no `hidden`"),
        ("def hidden(seed): return []", "cases.py has no `PUBLIC`"),
        ("PUBLIC = [3]\ndef hidden(seed): return []", "PUBLIC[0] of cases.py is no dict"),
        (
            "PUBLIC = []\ndef hidden(seed): return [{}, {'args': [{1}]}]",
            "hidden case 1 of cases.py: `args` cannot cross: a value of type set",
        ),
        ("PUBLIC = [{'name': {1}}]\ndef hidden(seed): return []", "PUBLIC[0] of cases.py: Object of type set"),
        ("PUBLIC = [{'rtol': float('nan')}]\ndef hidden(seed): return []", "PUBLIC[0] of cases.py: Out of range"),
    ],
)
def test_mistakes_are_named(draw: Draw, text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake of the author's ends it with a sentence that says where."""
    with pytest.raises(SystemExit):
        draw(text, 1)
    assert f"arena: {said}" in capsys.readouterr().err
