"""Call functions of a solution, as a case's own process does."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from arena.sandbox.guest import exercise, values
from tests.conftest import write_files

Source = Callable[[dict[str, str]], Path]
CallIt = Callable[..., dict[str, Any]]


@pytest.fixture
def call(source: Source) -> CallIt:
    """Call ``act`` of a solution, which is text, with arguments."""

    def called(
        solution: str, *args: Any, harness: str | None = None, mutates: bool = False, **kwargs: Any
    ) -> dict[str, Any]:
        for name in ("solution", "harness", "other"):
            sys.modules.pop(name, None)
        folder = source({"solution.py": solution, **({"harness.py": harness} if harness else {})})
        return exercise.call(
            values.dumps([list(args), kwargs]),
            solution=f"{folder}/solution.py",
            harness=f"{folder}/harness.py" if harness else None,
            function="act",
            mutates=mutates,
        )

    return called


def test_returned(call: CallIt) -> None:
    """What a function returns crosses, and its arguments came as they were meant."""
    report = call("def act(a, *, b): return (a, b)", [1, 2.5], b={"x": None})
    assert values.decode(report["returned"]) == ([1, 2.5], {"x": None})
    assert report["changed"] is False


def test_own_module(call: CallIt, source: Source) -> None:
    """The solution is a module of its own name, which other files beside it may import, as it may them."""
    source({"other.py": "import solution\ndef double(x): return 2 * x\n"})
    report = call(
        "import other\nclass Mine: pass\ndef act(x):\n"
        "    import pickle, solution\n"
        "    return [other.double(x), __name__, solution.act is act, type(pickle.loads(pickle.dumps(Mine()))) is Mine]",
        4,
    )
    assert values.decode(report["returned"]) == [8, "solution", True, True]


def test_raised(call: CallIt) -> None:
    """An exception is told by its classes, and by a traceback that begins in the learner's own file."""
    report = call("class Own(KeyError): ...\ndef act(x):\n    raise Own('boom')\n", 1)
    assert report["raised"][:3] == ["Own", "KeyError", "LookupError"]
    assert report["at_import"] is False
    lines = report["text"].splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].endswith('solution.py", line 3, in act')
    assert lines[-1] == "solution.Own: 'boom'"


@pytest.mark.parametrize(
    ("solution", "name"),
    [
        ("def act(:", "SyntaxError"),
        ("import no_such_module_at_all", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("import sys; sys.exit(3)", "SystemExit"),
    ],
)
def test_raised_at_import(call: CallIt, solution: str, name: str) -> None:
    """A solution that cannot be imported at all says so."""
    report = call(solution, 1)
    assert (report["raised"][0], report["at_import"]) == (name, True)
    assert "arena_guest" not in report["text"]
    assert "importlib" not in report["text"]


@pytest.mark.parametrize("statement", ["import sys; sys.exit(0)", "raise KeyboardInterrupt", "raise GeneratorExit"])
def test_raised_what_ends_programs(call: CallIt, statement: str) -> None:
    """What would end a program is an exception like any other."""
    report = call(f"def act(x): {statement}", 1)
    assert report["raised"]


def test_an_exception_that_cannot_be_told(call: CallIt) -> None:
    """An exception that fails while it is shown is told by its class."""
    report = call(
        "class Odd(Exception):\n    def __str__(self): raise ValueError\n    __repr__ = __str__\n"
        "    @property\n    def __notes__(self): raise ValueError\n"
        "def act(x): raise Odd",
        1,
    )
    assert report["raised"][0] == "Odd"
    assert len(report["text"]) <= 4000


def test_missing(call: CallIt) -> None:
    """A name that the solution lacks is missing; one that something else lacks is an exception."""
    assert call("def other(x): ...", 1) == {"missing": "act", "changed": False}
    report = call("def act(x): return x.nothing", 1)
    assert report["raised"][0] == "AttributeError"


@pytest.mark.parametrize("result", ["{1, 2}", "object()", "lambda: 1", "(n for n in [1])", "act"])
def test_not_plain(call: CallIt, result: str) -> None:
    """What does not cross is told by its type."""
    assert call(f"def act(x): return {result}", 1)["not_plain"].startswith("a value of type ")


@pytest.mark.parametrize(
    "change",
    [
        "a.append(1)",
        "a[0] = a[0] + 1",
        "a[0] = float(a[0])",
        "a.append(a)",
        "a.append(object())",
        "b['x'] = 2",
        "b['y'] = b.pop('x')",
        "del a[:]",
    ],
)
@pytest.mark.parametrize("after", ["return 1", "raise ValueError", "return {1}"])
def test_changed(call: CallIt, change: str, after: str) -> None:
    """Arguments that are not what they were are noticed, however the call ended; a case may allow it."""
    solution = f"def act(a, b):\n    {change}\n    {after}\n"
    assert call(solution, [1, 2], b={"x": 1})["changed"] is True
    assert call(solution, [1, 2], b={"x": 1}, mutates=True)["changed"] is False


def test_not_changed(call: CallIt) -> None:
    """Whoever works on a copy, or changes things back, has changed nothing."""
    assert call("def act(a):\n    b = a[:]; b.append(1); a.append(2); a.pop(); return b", [1])["changed"] is False


HARNESS = """\
def act(solution, x, *, scale=1):
    model = solution.make()
    return {"y": model.apply(x) * scale}
"""
MODEL = "class Model:\n    def apply(self, x): return x + 1\ndef make(): return Model()\n"


def test_harness(call: CallIt) -> None:
    """A harness's function of the case's name is called in place of the solution's, with the solution."""
    assert values.decode(call(MODEL, 3, harness=HARNESS, scale=10)["returned"]) == {"y": 40}


def test_harness_without_that_name(call: CallIt) -> None:
    """A harness that knows nothing of a function leaves it to the solution."""
    assert values.decode(call("def act(x): return x", 3, harness="def other(solution): ...")["returned"]) == 3


def test_harness_finds_something_missing(call: CallIt) -> None:
    """What a harness asks the solution for in vain is missing there, whatever it is called."""
    assert call("x = 1", 3, harness=HARNESS) == {"missing": "make", "changed": False}


def test_seeded_alike(call: CallIt) -> None:
    """Each case begins with the same chance."""
    numpy = "import random, numpy\ndef act(): return [random.random(), float(numpy.random.rand())]"
    assert call(numpy)["returned"] == call(numpy)["returned"]


def test_tensors(call: CallIt) -> None:
    """Tensors come as tensors, with their gradients asked for, and results keep what they are."""
    torch = pytest.importorskip("torch")
    weights = torch.tensor([1.0, 2.0], requires_grad=True)
    report = call(
        "import torch\ndef act(w):\n    assert isinstance(w, torch.Tensor) and w.requires_grad\n"
        "    (w ** 2).sum().backward()\n    return w.grad",
        weights,
    )
    assert values.decode(report["returned"]).array.tolist() == [2.0, 4.0]
    assert report["changed"] is False


def test_no_module(tmp_path: Path) -> None:
    """A file that is none is an import that fails."""
    write_files(tmp_path, {"notes.txt": ""})
    with pytest.raises(ImportError):
        exercise.load(f"{tmp_path}/notes.txt")
