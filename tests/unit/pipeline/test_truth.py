"""The hidden split is the same however it is read, and large answers are read once."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena import files
from arena.errors import TaskError
from arena.model.metric import Needs
from arena.model.task import Task
from arena.pipeline import contracts, truth
from arena.pipeline.contracts import contract_of
from arena.pipeline.stages import Stages
from arena.pipeline.truth import truth_of
from arena.predictions.ids import IntegerIds
from arena.predictions.truth import Truth
from arena.vault.plain import COLUMNS, PlainVault
from tests.conftest import ANSWERS, IDS, TRUTH, table


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is taken for a large one."""
    monkeypatch.setattr(files, "LARGE_BYTES", 0)


def _columns_file(task: Task, vault: PlainVault) -> Path:
    return vault.answers_file(task).with_name(COLUMNS)


def _plain(found: Truth) -> tuple[list[object], list[bool]]:
    return found.values.tolist(), found.is_public.tolist()


EXPECTED = ([int(digit) for digit in TRUTH], [True] * 6 + [False] * 6)


def test_small(task: Task, stages: Stages) -> None:
    """Small answers are read as text, and nothing is kept beside them."""
    assert _plain(truth_of(task, contract_of(task), stages.vault)) == EXPECTED
    assert not _columns_file(task, stages.vault).exists()


@pytest.mark.usefixtures("large")
def test_large(task: Task, stages: Stages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large answers are read once, and then mapped: whoever would read them again fails."""
    contract = contract_of(task)
    assert _plain(truth_of(task, contract, stages.vault)) == EXPECTED
    monkeypatch.setattr(truth, "read_truth", None)
    assert _plain(truth_of(task, contract, stages.vault)) == EXPECTED


@pytest.mark.usefixtures("large")
def test_rebuilt(task: Task, stages: Stages) -> None:
    """Columns that were damaged are made anew."""
    truth_of(task, contract_of(task), stages.vault)
    _columns_file(task, stages.vault).write_bytes(b"damaged")
    assert _plain(truth_of(task, contract_of(task), stages.vault)) == EXPECTED
    assert _columns_file(task, stages.vault).stat().st_size > 100


@pytest.mark.usefixtures("large")
def test_other_order(task: Task, stages: Stages) -> None:
    """Columns follow the test table: when its order changes, so do they, in the same version of the task."""
    truth_of(task, contract_of(task), stages.vault)
    backwards = table("id", *reversed(IDS))
    (task.public_dir / "test.csv").write_bytes(backwards)
    values, is_public = _plain(truth_of(task, contract_of(task), stages.vault))
    assert (values[::-1], is_public[::-1]) == EXPECTED


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("last", ["112.0", " 112", '"112"'])
def test_odd_spellings(task: Task, vault: PlainVault, last: str) -> None:
    """Answers whose ids are spelt otherwise are the same answers, large or not."""
    other = replace(task, digest="00" * 32)
    vault.put_answers(other, ANSWERS.replace(b"\n112,", f"\n{last},".encode()))
    assert _plain(truth_of(other, contract_of(other), vault)) == EXPECTED


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\n112,", b"\n113,", "their ids are not those of public/test.csv"),
        (b"\n112,1,", b"\n112,2,", "a value is none that the task allows"),
    ],
)
def test_unusable(task: Task, vault: PlainVault, old: bytes, new: bytes, reason: str) -> None:
    """Answers that cannot be used are the task's fault, large or not, and no columns are kept of them."""
    other = replace(task, digest="00" * 32)
    vault.put_answers(other, ANSWERS.replace(old, new))
    with pytest.raises(TaskError, match=r"answers\.unusable") as caught:
        truth_of(other, contract_of(other), vault)
    assert caught.value.params["reason"] == reason
    assert not _columns_file(other, vault).exists()


@pytest.mark.usefixtures("large")
def test_several_targets(task: Task, vault: PlainVault) -> None:
    """Answers of several columns are read as text."""
    data = replace(task.data, target=("a", "b"), needs=Needs.NUMBERS)
    other = replace(task, work=data, metric="ndcg", also=(), digest="00" * 32)
    rows = [f"{name},1,2,{'Public' if row else 'Private'}" for row, name in enumerate(IDS)]
    vault.put_answers(other, table("id,a,b,Usage", *rows))
    assert truth_of(other, contract_of(other), vault).values.tolist() == [[1, 2]] * len(IDS)


# The ids of the test table


@pytest.mark.parametrize(
    ("content", "ids"),
    [
        (b"id,x\n3,a\n1,b\n", ("3", "1")),
        (b'x,id\n"a\n5",3\n"b,c",1\n', ("3", "1")),
        (b"\xef\xbb\xbfid\r\n3\r\n1\r\n", ("3", "1")),
        (b"id,x\n3.0,a\n 1,b\n", ("3", "1")),
        (b"id,x\n03,a\n1,b\n", ("03", "1")),
        (b"id,x\nb,1\na,2\n", ("b", "a")),
        (b"id,x\n3\n1,b\n", ("3", "1")),
        (b"id,x\n3," + b"y" * 100_000 + b"\n1,b\n", ("3", "1")),
        (b"id,x\n%d,a\n1,b\n" % 10**18, (str(10**18), "1")),
    ],
)
def test_ids(task: Task, content: bytes, ids: tuple[str, ...]) -> None:
    """The ids of a test table are the same, read as numbers or as text."""
    (task.public_dir / "test.csv").write_bytes(content)
    assert tuple(contract_of(task).ids) == ids


def test_ids_as_numbers(task: Task) -> None:
    """Whole numbers stay numbers, in whatever table they stand."""
    for content in (b"id,x\n3,a\n1,b\n", b"id,x\n3.0,a\n1.0,b\n"):
        (task.public_dir / "test.csv").write_bytes(content)
        assert isinstance(contract_of(task).ids, IntegerIds)


@pytest.mark.parametrize("content", [b"id\n1\n1\n", b"id\na\na\n", b"id\n", b"", b"x\n1\n", b"id\n1\n1.0\n"])
def test_no_ids(task: Task, content: bytes) -> None:
    """A test table whose rows cannot be told apart is the task's fault."""
    (task.public_dir / "test.csv").write_bytes(content)
    with pytest.raises(TaskError, match=r"task\.public_unusable"):
        contract_of(task)


@pytest.mark.usefixtures("large")
def test_read_once(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large test table is read once, and again when it changes."""
    first = contract_of(task).ids
    with monkeypatch.context() as patch:
        patch.setattr(contracts, "batches", None)
        assert contract_of(task).ids is first
    (task.public_dir / "test.csv").write_bytes(b"id\n2\n1\n")
    assert tuple(contract_of(task).ids) == ("2", "1")


@pytest.mark.usefixtures("large")
def test_content_key(tmp_path: Path) -> None:
    """A file's key follows its content, however large it is."""
    path = tmp_path / "file"
    path.write_bytes(b"one")
    one = files.content_key(path)
    other = tmp_path / "other"
    other.write_bytes(b"one")
    assert files.content_key(other) == one == files.content_key(path)
    path.unlink()
    path.write_bytes(b"another")
    assert files.content_key(path) != one
