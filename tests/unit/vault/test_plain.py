"""The plain vault."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.catalog.workspace import Workspace
from arena.errors import InfrastructureError, TaskError
from arena.model.task import Task
from arena.vault.plain import Answers, PlainVault, parse_answers
from tests.conftest import ANSWERS, FRUIT, IDS, TRUTH
from tests.numbers import NUMBERS

GOOD = b"id,ripe,Usage\n1,0,Public\n2,1,Private\n"


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    """The account's umask would give everything away."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def empty(workspace: Workspace) -> PlainVault:
    """A vault in which nothing was put."""
    return PlainVault.open(workspace.root, workspace.name)


def test_modes(empty: PlainVault, task: Task) -> None:
    """Every folder of the vault has mode 0700 and every file 0600, whatever the umask says."""
    empty.put_answers(task, ANSWERS)
    empty.put_scores("fruit", "ab" * 16, {"private": {"accuracy": 0.5}})
    found = [empty.root, *empty.root.rglob("*")]
    assert {path: stat.S_IMODE(path.stat().st_mode) for path in found} == {
        path: 0o700 if path.is_dir() else 0o600 for path in found
    }
    assert sum(path.is_file() for path in found) == 2


def test_refuses_workspace(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault inside the workspace is not opened."""
    monkeypatch.setenv("ARENA_VAULT", str(workspace.root / "vault"))
    with pytest.raises(InfrastructureError, match=r"vault\.inside_workspace"):
        PlainVault.open(workspace.root, workspace.name)


def test_refuses_open_one(workspace: Workspace, isolated: Path) -> None:
    """A vault that other accounts can look into is not opened."""
    isolated.mkdir(mode=0o755)
    with pytest.raises(InfrastructureError, match=r"vault\.open_to_others"):
        PlainVault.open(workspace.root, workspace.name)


def test_answers(empty: PlainVault, task: Task) -> None:
    """What was put comes back, row by row; before that the vault says that it has none, and how to get them."""
    assert not empty.has_answers(task)
    with pytest.raises(TaskError, match=r"answers\.none"):
        empty.answers(task)
    empty.put_answers(task, ANSWERS)
    assert empty.has_answers(task)
    assert empty.answers(task) == Answers(
        ids=tuple(map(str, IDS)), columns=(tuple(TRUTH),), is_public=(True,) * 6 + (False,) * 6
    )


def test_same_again(empty: PlainVault, task: Task) -> None:
    """Putting the same answers again is no error."""
    empty.put_answers(task, ANSWERS)
    empty.put_answers(task, ANSWERS)
    assert empty.has_answers(task)


def test_changed(empty: PlainVault, task: Task) -> None:
    """Other answers for the same version of a task are refused, and the first ones stay."""
    empty.put_answers(task, ANSWERS)
    with pytest.raises(TaskError, match=r"answers\.changed"):
        empty.put_answers(task, ANSWERS.replace(b"101,1,", b"101,0,"))
    assert empty.answers(task).columns == (tuple(TRUTH),)


def test_versions(empty: PlainVault, task: Task) -> None:
    """Answers belong to one version of a task: another one's are not taken for them."""
    empty.put_answers(task, ANSWERS)
    assert not empty.has_answers(replace(task, digest="00" * 32))


def test_unusable_is_not_kept(empty: PlainVault, task: Task) -> None:
    """Answers that cannot be used are refused before anything is written."""
    with pytest.raises(TaskError, match=r"answers\.unusable"):
        empty.put_answers(task, b"id,ripe\n1,0\n")
    assert not empty.root.exists()


def test_parse(task: Task) -> None:
    """Columns may stand in any order, and lines may end as on Windows."""
    parsed = parse_answers(b"Usage,ripe,id\r\nPublic,0,1\r\nPrivate,1,2\r\n", task)
    assert parsed == Answers(ids=("1", "2"), columns=(("0", "1"),), is_public=(True, False))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,ripe,Usage\n",
        GOOD.replace(b"Usage", b"usage"),
        GOOD.replace(b"id,ripe,Usage", b"id,ripe,Usage,more"),
        b"id,Usage\n1,Public\n2,Private\n",
        GOOD.replace(b"2,1,Private", b"2,1"),
        GOOD.replace(b"1,0,Public", b"1,0"),
        GOOD.replace(b"2,1,Private", b"2,1,Private,more"),
        GOOD.replace(b"1,0,Public", b"1,0,Public,more"),
        b"id,ripe,ripe,Usage\n1,0,1,Public\n2,1,0,Private\n",
        GOOD.replace(b"2,1", b"1,1"),
        GOOD.replace(b"Private", b"Secret"),
        GOOD.replace(b"Private", b"private"),
        GOOD.replace(b"Private", b"Public"),
        GOOD.replace(b"Public", b"Private"),
        GOOD.replace(b"Private", b""),
        GOOD.replace(b"ripe", b"\xff"),
        GOOD.replace(b"0,Public", b'"0,Public'),
        b"\xef\xbb\xbf" + GOOD,
    ],
)
def test_parse_strict(task: Task, data: bytes) -> None:
    """A missing, extra or doubled column, field, id or usage is the task's error, and never a row that is skipped."""
    with pytest.raises(TaskError, match=r"answers\.unusable"):
        parse_answers(data, task)


_cells = st.text(st.characters(codec="utf-8", exclude_characters='\r\n",\0'), min_size=1, max_size=8)


def test_parse_several_targets() -> None:
    """Each target has its column, in the task's order."""
    task = replace(FRUIT, work=replace(FRUIT.data, target=("ripe", "sweet")))
    parsed = parse_answers(b"id,sweet,ripe,Usage\n1,a,0,Public\n2,b,1,Private\n", task)
    assert parsed.columns == (("0", "1"), ("a", "b"))


@given(st.dictionaries(_cells, st.tuples(_cells, st.booleans()), min_size=2, max_size=12))
def test_parse_round_trip(rows: dict[str, tuple[str, bool]]) -> None:
    """Every well-formed table is read as it stands: each id with its value and its split."""
    splits = {is_public for _, is_public in rows.values()}
    lines = [f"{name},{value},{'Public' if is_public else 'Private'}" for name, (value, is_public) in rows.items()]
    data = "\n".join(["id,ripe,Usage", *lines, ""]).encode()
    if splits != {True, False}:
        with pytest.raises(TaskError):
            parse_answers(data, FRUIT)
        return
    parsed = parse_answers(data, FRUIT)
    assert list(zip(parsed.ids, *parsed.columns, parsed.is_public, strict=True)) == [
        (name, *rest) for name, rest in rows.items()
    ]


@given(st.binary(max_size=200))
def test_parse_hostile(data: bytes) -> None:
    """Any bytes at all are the task's error, or answers with a value and a split for each of their distinct ids."""
    with contextlib.suppress(TaskError):
        parsed = parse_answers(b"id,ripe,Usage\n" + data, FRUIT)
        assert len(set(parsed.ids)) == len(parsed.columns[0]) == len(parsed.is_public) > 1


def test_scores(empty: PlainVault) -> None:
    """Exact scores come back bit for bit; a record that this vault does not know has none."""
    scores = {"public": {"accuracy": 2 / 3}, "private": {"accuracy": 1e-17, "f1": 0.1}, "overall": {"accuracy": 1.0}}
    empty.put_scores("fruit", "ab" * 16, scores)
    assert empty.scores("fruit", "ab" * 16) == scores
    assert empty.scores("fruit", "cd" * 16) == {}
    assert empty.scores("other", "ab" * 16) == {}


def test_seed(empty: PlainVault) -> None:
    """A task's seed is drawn once, for the grader's account alone; another task's, or another vault's, is another."""
    seed = empty.seed("numbers")
    assert empty.seed("numbers") == seed < 2**128
    assert len({seed, empty.seed("fruit"), PlainVault(root=empty.root, workspace="other").seed("numbers")}) == 3
    path = empty.folder / "numbers" / "seed"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert int(path.read_text(encoding="ascii"), 16) == seed


def test_cases(empty: PlainVault) -> None:
    """Hidden cases belong to one version of their exercise; those that are there stay."""
    newer = replace(NUMBERS, digest="cd" * 32)
    with pytest.raises(TaskError, match=r"answers\.none"):
        empty.cases(NUMBERS)
    empty.put_cases(NUMBERS, b"first")
    empty.put_cases(NUMBERS, b"second")
    assert empty.cases(NUMBERS) == b"first"
    assert (empty.has_answers(NUMBERS), empty.has_answers(newer)) == (True, False)
    (path,) = empty.folder.rglob("cases.json")
    assert (path.parent.name, stat.S_IMODE(path.stat().st_mode)) == (NUMBERS.digest, 0o600)


def test_accepted(empty: PlainVault, task: Task) -> None:
    """What a ladder accepted comes back in the order in which it came, of each team and version by itself."""
    empty.put_answers(task, ANSWERS)
    names = ["ff" * 16, "00" * 16, "ab" * 16]
    for name in names:
        empty.put_accepted(task, "rahim", name, name.encode())
    empty.put_accepted(task, "asha-2", "cd" * 16, b"")
    assert [(name, path.read_text(encoding="ascii")) for name, path in empty.accepted(task, "rahim")] == [
        (name, name) for name in names
    ]
    assert [name for name, _ in empty.accepted(task, "asha-2")] == ["cd" * 16]
    assert empty.accepted(replace(task, digest="cd" * 32), "rahim") == []
    assert {stat.S_IMODE(path.stat().st_mode) for _, path in empty.accepted(task, "rahim")} == {0o600}
