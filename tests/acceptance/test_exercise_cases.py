"""The cases of the exercises are fair for whatever seed a vault holds, not for the one seed that somebody tried.

All of it runs in this process, which is quick enough for many seeds; ``test_examples`` uses the sandbox, and one seed.
"""

import importlib.util
import json
import re
import signal
import sys
import tomllib
import types
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arena.catalog.tasks import load_task, task_ids
from arena.exercises.case import Case, Drawn, Value, call_of, parse_drawn
from arena.exercises.result import judge
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.sandbox.exercise import CaseRun, Ending, Missing, NotPlain, Raised, Returned
from arena.sandbox.guest import values

ROOT = Path(__file__).resolve().parents[2]
# Where nothing is trained, which costs next to nothing, and elsewhere; of them, those for each wrong solution.
MANY, FEW = range(40), range(3)
MANY_WRONG, FEW_WRONG = range(4), range(2)


def _task(task_id: str) -> Task:
    return load_task(ROOT, task_id, METRICS)


EXERCISES = [task_id for task_id in task_ids(ROOT) if _task(task_id).kind == "exercise"]
# The others have asked for more time than the usual five seconds a case.
LIGHT = [task_id for task_id in EXERCISES if _task(task_id).exercise.case_seconds <= 5]


@pytest.fixture(autouse=True)
def _as_in_the_sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keras computes with torch, torch with one thread, and files are written where they do no harm."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_num_threads(1)
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.chdir(tmp_path)


def _module(path: Path) -> types.ModuleType:
    """The file as a module of its own, new each time."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _plain(cases: Iterator[dict[str, Any]] | list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As ``arena.sandbox.guest.cases`` writes them."""
    crossing = ("args", "kwargs", "expect", "between")
    return [{name: values.encode(part) if name in crossing else part for name, part in each.items()} for each in cases]


@cache
def _drawn(task_id: str) -> Drawn:
    task, seeds = _task(task_id), MANY if task_id in LIGHT else FEW
    module = _module(task.root / "cases.py")
    document = {"public": _plain(module.PUBLIC), "hidden": [_plain(module.hidden(seed)) for seed in seeds]}
    return parse_drawn(json.dumps(document).encode(), task)


def _stop(number: int, _: types.FrameType | None) -> None:
    raise TimeoutError(number)


def _run(case: Case, solution: types.ModuleType, harness: types.ModuleType | None) -> CaseRun:
    """Call the function as the guest does; an endless loop ends with the case's time."""
    call = call_of(case)
    args, kwargs = values.loads(call.arguments, values.to_torch)
    own = getattr(harness, case.function.name, None)
    signal.signal(signal.SIGALRM, _stop)
    signal.setitimer(signal.ITIMER_REAL, case.seconds)
    ending: Ending
    try:
        # What a solution is warned of is no matter of ours.
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            if not own and not hasattr(solution, case.function.name):
                return CaseRun(ending=Missing(case.function.name), printed="")
            got = own(solution, *args, **kwargs) if own else getattr(solution, case.function.name)(*args, **kwargs)
        changed = not case.mutates and values.dumps([args, kwargs]) != call.arguments
        ending = Returned(values.decode(values.encode(got)), changed)
    except values.NotPlainError as error:
        ending = NotPlain(str(error))
    except Exception as error:  # noqa: BLE001 - what a solution raises is a result
        classes = tuple(each.__name__ for each in type(error).__mro__)
        ending = Raised(classes, repr(error), at_import=False, changed=False)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return CaseRun(ending=ending, printed="")


def _harness(task: Task) -> types.ModuleType | None:
    path = task.root / "harness.py"
    return _module(path) if path.is_file() else None


def _answered(case: Case, task: Task) -> Case:
    """The case with what is expected."""
    if case.expected is not None:
        return case
    ending = _run(case, _module(task.root / "reference.py"), _harness(task)).ending
    assert isinstance(ending, Returned), f"{case.label}: {ending}"
    return replace(case, expected=Value(ending.value))


def _numbers(value: object) -> Iterator[float]:
    """Every number in a value."""
    if isinstance(value, values.Tensor):
        value = value.array
    if isinstance(value, (bool, int, float, np.number, np.bool_)):
        yield float(value)
    elif isinstance(value, np.ndarray):
        yield from map(float, value.ravel().tolist())
    elif isinstance(value, dict):
        yield from _numbers(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _numbers(part)


@pytest.mark.parametrize("task_id", EXERCISES)
def test_the_reference_is_right_and_finite_for_every_seed(task_id: str) -> None:
    """What the reference returns is what a case expects, crosses the wall, and has nan only where an argument has."""
    task, drawn = _task(task_id), _drawn(task_id)
    reference, harness = _module(task.root / "reference.py"), _harness(task)
    for case in [*drawn.public, *(case for cases in drawn.hidden for case in cases)]:
        run = _run(case, reference, harness)
        assert judge(case, run) is None, f"{case.label}: {run.ending}"
        if isinstance(run.ending, Returned) and not np.isnan([*_numbers([case.args, case.kwargs])]).any():
            assert not np.isnan([*_numbers(run.ending.value)]).any(), case.label


@pytest.mark.parametrize("task_id", EXERCISES)
def test_names_tell_the_idea_and_never_a_value(task_id: str) -> None:
    """No number in a hidden case's name is one of its arguments."""
    for cases in _drawn(task_id).hidden[:3]:
        for case in cases:
            numbers = {f"{number:g}" for number in _numbers([case.args, case.kwargs])}
            for name in case.name.values():
                assert not numbers & set(re.findall(r"(?<![A-Za-z\d])-?\d+(?:\.\d+)?", name)), case.label


@pytest.mark.parametrize("task_id", EXERCISES)
def test_a_seed_draws_the_same_cases_again(task_id: str) -> None:
    """Two vaults with one seed hold the same cases."""
    module = _module(_task(task_id).root / "cases.py")
    assert _plain(module.hidden(7)) == _plain(module.hidden(7))


@pytest.mark.parametrize("task_id", EXERCISES)
def test_both_statements_name_every_function_and_show_what_comes_next(task_id: str) -> None:
    """A learner finds each function in their language, and the way on."""
    task = _task(task_id)
    for language in ("en", "bn"):
        text = (task.root / f"statement.{language}.md").read_text(encoding="utf-8")
        assert [each.name for each in task.exercise.functions if f"`{each.name}(" not in text] == []
        assert not task.exercise.following or f"arena show {task.exercise.following}\n" in text


def _wrong_solutions() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for task_id in EXERCISES:
        listed = tomllib.loads((ROOT / "tasks" / task_id / "examples" / "expected.toml").read_text(encoding="utf-8"))
        found += [(task_id, each) for each in listed["example"] if each["outcome"] == "scored"]
    return found


WRONG = _wrong_solutions()


@pytest.mark.parametrize(("task_id", "example"), WRONG, ids=[f"{task_id}/{each['path']}" for task_id, each in WRONG])
def test_an_example_fails_the_same_cases_for_every_seed(task_id: str, example: dict[str, Any]) -> None:
    """A mistake shows in exactly the cases that are listed, whatever numbers were drawn."""
    task, drawn = _task(task_id), _drawn(task_id)
    solution, harness = _module(task.root / "examples" / example["path"] / "solution.py"), _harness(task)
    listed = {function: set(names) for function, names in example.get("failed_cases", {}).items()}
    public = {case.label: case for case in drawn.public}
    for seed in MANY_WRONG if task_id in LIGHT else FEW_WRONG:
        hidden = drawn.hidden[seed]
        cases = hidden if seed else [*public.values(), *hidden]
        failed = {
            case.label
            for case in (_answered(case, task) for case in cases)
            if judge(case, _run(case, solution, harness)) is not None
        }
        expected = {case.label for case in cases if case.name["en"] in listed.get(case.function.name, set())}
        assert failed == expected, f"seed {seed}"


def test_gradients_of_backpropagation_are_those_of_autograd_and_of_finite_differences() -> None:
    """The reference, written by hand, agrees with torch, and with what the loss does when one number moves a little."""
    torch = pytest.importorskip("torch")
    reference = _module(_task("backpropagation").root / "reference.py")

    def loss(x: Any, targets: Any, network: dict[str, Any]) -> Any:
        hidden = x @ network["W1"].T + network["b1"]
        hidden = hidden * (hidden > 0)
        return ((hidden @ network["W2"] + network["b2"] - targets) ** 2).mean()

    drawn = _drawn("backpropagation")
    asked = ("gradients", "batch_gradients")
    for case in [*drawn.public, *(case for cases in drawn.hidden[:40] for case in cases)]:
        if case.function.name not in asked:
            continue
        rows, targets, network = case.args
        x, y = np.atleast_2d(rows).astype(float), np.atleast_1d(targets).astype(float)
        weights = {name: np.asarray(value, dtype=float) for name, value in network.items()}
        ours = getattr(reference, case.function.name)(rows, targets, network)

        tensors = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
        loss(torch.tensor(x), torch.tensor(y), tensors).backward()
        for name, tensor in tensors.items():
            np.testing.assert_allclose(ours[name], tensor.grad.numpy(), rtol=1e-9, atol=1e-9, err_msg=case.label)

        if np.any(np.abs(x @ weights["W1"].T + weights["b1"]) < 1e-3):
            continue  # at ReLU's corner a difference over both sides means nothing
        h = 1e-5
        for name, value in weights.items():
            for index in np.ndindex(value.shape):
                above, below = value.copy(), value.copy()
                above[index] += h
                below[index] -= h
                measured = (loss(x, y, {**weights, name: above}) - loss(x, y, {**weights, name: below})) / (2 * h)
                assert np.asarray(ours[name])[index] == pytest.approx(measured, rel=1e-5, abs=1e-5), case.label


def test_activation_functions_and_their_slopes_are_those_of_torch() -> None:
    """The reference, written by hand, agrees with torch and with what autograd finds."""
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    reference = _module(_task("activation-functions").root / "reference.py")
    of_torch = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": lambda z, slope=0.01: functional.leaky_relu(z, slope),
        "softmax": lambda z: torch.softmax(z, dim=-1),
    }
    drawn = _drawn("activation-functions")
    for case in [*drawn.public, *(case for cases in drawn.hidden[:40] for case in cases)]:
        name = case.function.name.removesuffix("_gradient")
        if name not in of_torch:
            continue
        ours = getattr(reference, case.function.name)(*case.args, **case.kwargs)
        z = torch.tensor(np.asarray(case.args[0], dtype=float), requires_grad=True)
        theirs = of_torch[name](z, **case.kwargs)
        if case.function.name == "softmax_gradient":
            theirs = torch.autograd.functional.jacobian(of_torch[name], z)
        elif case.function.name != name:
            (theirs,) = torch.autograd.grad(theirs.sum(), z)
        np.testing.assert_allclose(ours, theirs.detach().numpy(), rtol=1e-12, atol=1e-12, err_msg=case.label)


def test_names_of_keras_1_are_explained_in_both_languages() -> None:
    """Whoever copies an old program is told the line, the old name and today's."""
    pytest.importorskip("keras")
    task = _task("keras-first-model")
    old = _module(task.root / "examples" / "bad" / "names-of-keras-1" / "solution.py")
    told = {}
    for case in _drawn(task.id).public:
        ending = _run(case, old, _harness(task)).ending
        if isinstance(ending, Raised):
            told[case.function.name] = ending.text
    assert told.keys() == {"build_model", "train"}
    for text in told.values():
        assert "Some names in your code are those of Keras 1" in text
        assert "আপনার কোডে Keras 1-এর কিছু নাম আছে" in text
        assert "output_dim → units (line 10, 12)" in text
        assert "nb_epoch → epochs (line 26)" in text
