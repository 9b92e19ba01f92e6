"""Build an exercise with a launcher that starts nothing."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from arena.authoring.build import build, ensure_built
from arena.authoring.exercise import BuiltExercise
from arena.authoring.public import verify_public
from arena.catalog.tasks import load_task
from arena.errors import TaskError
from arena.exercises.case import Value, parse_cases
from arena.metrics.table import METRICS
from arena.model.task import Task
from arena.sandbox.interface import Exited, Finished
from arena.vault.plain import PlainVault
from tests.conftest import FakeLauncher, finished
from tests.numbers import HIDDEN_RIGHT, PUBLIC_RIGHT, SECRETS, drawn, raised, results, returned, told, write_exercise


@pytest.fixture
def numbers(tmp_path: Path, isolated: Path) -> Task:
    """The task, not built."""
    del isolated
    root = tmp_path / "class"
    write_exercise(root)
    return load_task(root, "numbers", METRICS)


@pytest.fixture
def empty(isolated: Path) -> PlainVault:
    """A vault in which nothing was put."""
    return PlainVault(root=isolated, workspace="class")


def _drawn(data: bytes | None = None) -> Finished:
    return finished({"cases.json": drawn() if data is None else data})


def _answered(*reports: Any) -> Finished:
    return finished({"results": results(*(reports or (*PUBLIC_RIGHT, *HIDDEN_RIGHT)))})


def _build(task: Task, vault: PlainVault, launcher: FakeLauncher, **options: bool) -> BuiltExercise:
    built = build(task, vault, launcher, **{"update": False, "repeat": False, **options})
    assert isinstance(built, BuiltExercise)
    return built


def _refused(task: Task, vault: PlainVault, launcher: FakeLauncher, **options: bool) -> TaskError:
    with pytest.raises(TaskError) as caught:
        _build(task, vault, launcher, **options)
    return caught.value


def test_build(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Public cases get what the reference returned and are written with checksums; hidden ones go into the vault."""
    launcher.will(_drawn(), _answered())
    built = _build(numbers, empty, launcher)
    assert (built.public_cases, built.hidden_cases, built.changed) == (2, 2, ("cases.json", "SHA256SUMS"))
    verify_public(numbers)
    public = parse_cases((numbers.public_dir / "cases.json").read_bytes(), numbers)
    assert [each.expected.value for each in public if isinstance(each.expected, Value)] == [11, 70.0]
    hidden = parse_cases(empty.cases(numbers), numbers)
    assert hidden[0].args[0] == [int(SECRETS[0])]
    assert isinstance(hidden[0].expected, Value)
    assert hidden[0].expected.value == int(SECRETS[1])


def test_what_is_hidden_stays_in_the_vault(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """No file of the task holds a hidden value or the seed, and the vault's files are the account's alone."""
    launcher.will(_drawn(), _answered())
    _build(numbers, empty, launcher)
    secrets = (*SECRETS, f"{empty.seed('numbers'):032x}")
    for path in numbers.root.rglob("*"):
        assert not path.is_file() or not any(secret in path.read_text(encoding="utf-8") for secret in secrets)
    kept = [path for path in empty.folder.rglob("*") if path.is_file()]
    assert sorted(path.name for path in kept) == ["cases.json", "seed"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}


def test_what_is_run(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """cases.py is given the vault's seed and another one; then the reference is called with every case."""
    launcher.will(_drawn(), _answered())
    _build(numbers, empty, launcher)
    draw, answer = launcher.jobs
    seeds = json.loads(draw.stdin)["seeds"]
    assert int(seeds[0], 16) == empty.seed("numbers") != int(seeds[1], 16)
    assert [mount.source.name for mount in answer.mounts] == ["reference.py"]
    assert answer.stdin.count(b'"function"') == 4


def test_repeat(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Built twice, the same must come out, up to tolerance; a reference that depends on chance is refused."""
    first, near = returned(11.0), returned(11.0 + 1e-9)
    launcher.will(
        *(_drawn(), _answered(first, *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)),
        *(_drawn(), _answered(near, *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)),
    )
    assert _build(numbers, empty, launcher, repeat=True).hidden_cases == 2
    assert len(launcher.jobs) == 4
    launcher.will(_drawn(), _answered(), _drawn(), _answered(returned(12), *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT))
    assert _refused(numbers, empty, launcher, repeat=True).message_id == "cases.not_deterministic"


def test_last_bits_differ_from_machine_to_machine(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Public cases that are the same up to tolerance are left as they are; the vault's likewise."""
    first = (returned(11.0), returned(70.0), returned(1.0), HIDDEN_RIGHT[1])
    launcher.will(_drawn(), _answered(*first))
    _build(numbers, empty, launcher)
    public, hidden = (numbers.public_dir / "cases.json").read_bytes(), empty.cases(numbers)
    near = (returned(11.0 + 1e-12), returned(70.0), returned(1.0 + 1e-12), HIDDEN_RIGHT[1])
    launcher.will(_drawn(), _answered(*near))
    assert _build(numbers, empty, launcher).changed == ()
    assert ((numbers.public_dir / "cases.json").read_bytes(), empty.cases(numbers)) == (public, hidden)


@pytest.mark.parametrize("other", [12.0, [11.0], 11, "11.0"])
def test_public_cases_that_differ(numbers: Task, empty: PlainVault, launcher: FakeLauncher, other: Any) -> None:
    """Public cases with another value, or another kind of value, are an error unless they are to be rewritten."""
    launcher.will(_drawn(), _answered(returned(11.0), *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT))
    _build(numbers, empty, launcher)
    changed = _answered(returned(other), *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)
    launcher.will(_drawn(), changed)
    error = _refused(numbers, empty, launcher)
    assert (error.message_id, error.params["file"]) == ("task.public_differs", "public/cases.json")
    launcher.will(_drawn(), changed)
    assert _build(numbers, empty, launcher, update=True).changed == ("cases.json", "SHA256SUMS")
    verify_public(numbers)


def test_hidden_cases_that_differ(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """A reference that answers a hidden case of the same version otherwise than before is refused."""
    launcher.will(_drawn(), _answered())
    _build(numbers, empty, launcher)
    launcher.will(_drawn(), _answered(*PUBLIC_RIGHT, returned(5), HIDDEN_RIGHT[1]))
    assert _refused(numbers, empty, launcher).message_id == "answers.changed"


def test_ensure_built(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Hidden cases are built where the vault lacks them, and not again; without public ones the task is not built."""
    with pytest.raises(TaskError) as caught:
        ensure_built(numbers, empty, lambda _: launcher)
    assert caught.value.message_id == "task.not_built"
    launcher.will(_drawn(), _answered())
    _build(numbers, empty, launcher)
    assert not ensure_built(numbers, empty, lambda _: launcher)
    other = PlainVault(root=empty.root, workspace="other")
    launcher.will(_drawn(), _answered())
    assert ensure_built(numbers, other, lambda _: launcher)
    assert other.seed("numbers") != empty.seed("numbers")


@pytest.mark.parametrize(
    ("runs", "message", "told_of"),
    [
        ([finished(ending=Exited(1), log=b"line 3: oops")], "cases.failed", "line 3: oops"),
        ([finished({})], "cases.failed", "cases.py"),
        ([_drawn(b"{}")], "cases.unusable", "public: Field required"),
        ([_drawn(), finished(ending=Exited(1), log=b"oops")], "cases.failed", "reference.py"),
        ([_drawn(), finished({"results": b'{"failed": "no keras"}\n'})], "cases.preload_failed", "no keras"),
        ([_drawn(), _answered(returned(11, changed=True), *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)], "", "changed_arguments"),
        ([_drawn(), _answered({"missing": "dot", "changed": False}, *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)], "", "dot"),
        ([_drawn(), _answered("too_slow", *PUBLIC_RIGHT[1:], *HIDDEN_RIGHT)], "", "dot, 'two vectors'"),
        ([_drawn(), _answered(*PUBLIC_RIGHT, HIDDEN_RIGHT[0], returned(1))], "", "did_not_raise"),
        (
            [
                _drawn(),
                _answered(raised("ValueError", text="Traceback\nValueError: why"), PUBLIC_RIGHT[1], *HIDDEN_RIGHT),
            ],
            "",
            "ValueError: why",
        ),
    ],
)
def test_the_tasks_own_mistakes(  # noqa: PLR0917 - three fixtures, three parameters
    numbers: Task, empty: PlainVault, launcher: FakeLauncher, runs: list[Finished], message: str, told_of: str
) -> None:
    """What is wrong with cases or reference is the task's error and is told, and nothing is kept."""
    launcher.will(*runs)
    error = _refused(numbers, empty, launcher)
    assert error.message_id == (message or "cases.reference_failed")
    assert told_of in str(error)
    assert not empty.has_answers(numbers)


def test_a_seed_that_changes_nothing(numbers: Task, empty: PlainVault, launcher: FakeLauncher) -> None:
    """Hidden cases that are the same for every seed are as good as public, and refused."""
    same = [told("dot", "a"), told("mean", "b")]
    launcher.will(_drawn(json.dumps({"public": same, "hidden": [same, same]}).encode()))
    error = _refused(numbers, empty, launcher)
    assert error.params["reason"] == "hidden() gives the same cases for every seed"
