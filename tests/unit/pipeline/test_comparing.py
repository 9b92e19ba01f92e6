"""Comparisons are made beside the vault, of what stands on the board, and tell no more than the rule allows."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from arena.board.comparisons_file import load
from arena.board.final_file import read_final
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published
from arena.pipeline.closing import close
from arena.pipeline.comparing import comparisons_path
from arena.pipeline.influences import kept, measured
from arena.pipeline.ledgers import GraderLedgers
from arena.pipeline.stages import Stages
from arena.predictions.contract import Predictions
from arena.signing.keys import Signer
from arena.vault.plain import PlainVault
from tests.conftest import make_signer, records_of, trust_in
from tests.unit.pipeline.conftest import PUBLIC, Give, right_on

Board = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(stages: Stages) -> Path:
    """Where boards are published."""
    return records_of(stages).parent


@pytest.fixture
def open_task(wide: Task) -> Task:
    """The task with a hundred hidden rows and exact feedback."""
    return replace(wide, board=replace(wide.board, feedback="exact"))


@pytest.fixture
def board(open_task: Task, stages: Stages, folder: Path) -> Board:
    """Publish, and read what was published."""

    def made(task: Task = open_task, at: Stages = stages) -> dict[str, Any]:
        publish_boards([task], at, folder)
        found = published(folder, task.id)
        assert found is not None
        return found

    return made


@pytest.fixture
def three(give: Give, open_task: Task) -> None:
    """A clear leader, and two that 80 rows cannot tell apart."""
    for team, rows in (("asha", 79), ("babul", 45), ("chitra", 43)):
        give(right_on(rows), team, task=open_task)


def _afresh(stages: Stages) -> Stages:
    """As another process would begin."""
    return replace(stages, texts={}, comparing={})


@pytest.mark.usefixtures("three")
def test_rank_intervals(board: Board, folder: Path) -> None:
    """The leader is told apart; who is not, shares ranks; each file says it in its way."""
    found = board()
    assert found["compared"] == {"rows": PUBLIC, "confidence": 0.95}
    intervals = {row["team"]: row["rank_interval"] for row in found["rows"]}
    assert intervals == {
        "asha": {"best": 1, "worst": 1},
        "babul": {"best": 2, "worst": 3},
        "chitra": {"best": 2, "worst": 3},
    }
    babul = found["rows"][1]["gap"]
    assert 0 < babul["low"] < 34 / 80 < babul["high"]
    assert "| 2 | 2–3 | babul | 0.56250 |" in (folder / "fruit.md").read_text(encoding="utf-8")
    assert (folder / "fruit.csv").read_text(encoding="utf-8").splitlines()[1].endswith(",1,1,0.0,0.0")
    assert load(comparisons_path(folder, "fruit").read_bytes(), "file")[0].metric == "accuracy"


@pytest.mark.usefixtures("three")
def test_boards_by_other_metrics_have_their_own(board: Board, open_task: Task) -> None:
    """Each metric that has influences is compared by itself."""
    by = board()["by"]
    assert open_task.also
    for name in open_task.also:
        assert by[name]["compared"]["rows"] == PUBLIC
        assert [row["rank_interval"]["best"] for row in by[name]["rows"]] == [1, 2, 2]


@pytest.mark.usefixtures("three")
def test_another_process_changes_nothing(board: Board, folder: Path, stages: Stages, open_task: Task) -> None:
    """What stands as it stood is not compared again."""
    first = board()
    again = _afresh(stages)
    for path in (stages.vault.folder / "fruit" / "influences").iterdir():
        path.unlink()
    assert publish_boards([open_task], again, folder) == []
    assert published(folder, "fruit") == first


@pytest.mark.usefixtures("three")
def test_a_clone_without_the_vault_makes_the_same_board(
    board: Board, folder: Path, stages: Stages, open_task: Task, tmp_path: Path
) -> None:
    """Boards are made of records and of the published comparisons."""
    first = board()
    for name in ("fruit.json", "fruit.md", "fruit.csv"):
        (folder / name).unlink()
    clone = replace(_afresh(stages), vault=PlainVault(root=tmp_path / "no-vault", workspace="class"))
    assert board(open_task, clone) == first


def test_one_more_is_as_all_at_once(give: Give, board: Board, stages: Stages, open_task: Task, folder: Path) -> None:
    """Kept up in one process, or made anew from the vault: the same file."""
    files = []
    for team, rows in (("asha", 79), ("babul", 45), ("chitra", 43), ("babul", 70), ("dola", 60), ("asha", 10)):
        give(right_on(rows), team, task=open_task)
        board()
        files.append(comparisons_path(folder, "fruit"))
    kept_up = files[-1].read_bytes()
    files[-1].unlink()
    board(open_task, _afresh(stages))
    assert files[-1].read_bytes() == kept_up


@pytest.mark.usefixtures("three")
def test_a_part_of_the_vault(board: Board, stages: Stages, open_task: Task) -> None:
    """Where the answers are gone the board is published without comparisons, and fails nothing."""
    stages.vault.answers_file(open_task).unlink()
    assert "compared" not in board()


@pytest.mark.usefixtures("three")
def test_two_graders(board: Board, stages: Stages, folder: Path, open_task: Task, give: Give) -> None:
    """One that publishes after another goes on from what that one has published."""
    other = _afresh(stages)
    board()
    give(right_on(70), "babul", task=open_task)
    board(open_task, other)
    signed = replace(stages, counts=lambda _, plain: bool(plain["signature"]))
    path = comparisons_path(folder, "fruit")
    plain = json.loads(path.read_bytes())
    path.write_text(json.dumps({**plain, "signature": "by the other"}), encoding="utf-8")
    assert board(open_task, signed)["rows"][1]["rank_interval"] == {"best": 2, "worst": 2}
    assert json.loads(path.read_bytes())["signature"] == "by the other"


def test_a_lone_team(give: Give, board: Board, folder: Path, open_task: Task) -> None:
    """One team is compared with nobody, and baselines compete with no one."""
    give(right_on(70), "asha", task=open_task)
    give(right_on(40), "baseline-constant", task=open_task)
    found = board()
    assert "compared" not in found
    assert all("rank_interval" not in row for row in found["rows"])
    assert not comparisons_path(folder, "fruit").exists()


@pytest.mark.usefixtures("three")
def test_who_was_not_measured(give: Give, board: Board, stages: Stages, open_task: Task) -> None:
    """A record of which this vault has no influences has no interval, and the others are compared without it."""
    record = give(right_on(60), "dola", task=open_task)
    (stages.vault.folder / "fruit" / "influences" / f"{record.id}.npz").unlink()
    rows = {row["team"]: row for row in board()["rows"]}
    assert "rank_interval" not in rows["dola"]
    assert rows["chitra"]["rank_interval"] == {"best": 2, "worst": 3}


@pytest.mark.usefixtures("three")
def test_what_cannot_be_read_is_made_anew(board: Board, folder: Path, stages: Stages, open_task: Task) -> None:
    """A merge that left marks in the file does no harm where the vault is."""
    first, path = board(), comparisons_path(folder, "fruit")
    path.write_bytes(b"<<<<<<< HEAD\n" + path.read_bytes())
    assert board(open_task, _afresh(stages)) == first
    assert load(path.read_bytes(), "file")


def _signing(stages: Stages, signer: Signer | None, *trusted: Signer) -> Stages:
    class Workspace:
        trust = trust_in(*trusted)

    ledgers = GraderLedgers(workspace=Workspace(), public=None, own=stages.ledger, signer=signer)  # type: ignore[arg-type]
    return replace(_afresh(stages), seal=ledgers.seal, counts=ledgers.counts)


@pytest.mark.usefixtures("three")
def test_signatures(board: Board, folder: Path, stages: Stages, open_task: Task) -> None:
    """Where keys are trusted, only what one of them signed counts, and no one else replaces it."""
    key, stranger = make_signer("grader"), make_signer("stranger")
    path = comparisons_path(folder, "fruit")
    assert "compared" not in board(open_task, _signing(stages, None, key))
    assert not path.exists()
    signed = board(open_task, _signing(stages, key, key))
    assert signed["compared"]["rows"] == PUBLIC
    plain = json.loads(path.read_bytes())
    assert plain["signature"].startswith(key.fingerprint)
    # What a stranger signed does not count, nor what was altered after it was signed.
    assert "compared" not in board(open_task, _signing(stages, None, stranger))
    plain["boards"][0]["compared"][0]["rank_high"] = 3
    path.write_text(json.dumps(plain), encoding="utf-8")
    assert "compared" not in board(open_task, _signing(stages, None, key))
    assert board(open_task, _signing(stages, key, key)) == signed


def test_under_a_ladder_only_what_was_accepted_is_compared(give: Give, board: Board, wide: Task) -> None:
    """Else each attempt would be one more question, answered by how the intervals move."""
    give(right_on(79), "asha")
    give(right_on(60), "babul")
    give(right_on(20), "chitra")
    before = {row["team"]: row for row in board(wide)["rows"]}
    assert "rank_interval" not in before["chitra"]
    assert before["babul"]["rank_interval"] == {"best": 2, "worst": 2}
    give(right_on(61), "babul")
    give(right_on(60, private="0" * 20), "babul")
    after = {row["team"]: row for row in board(wide)["rows"]}
    assert {**after["babul"], "submissions": 0} == {**before["babul"], "submissions": 0}
    again = give(right_on(60), "babul", again=True)
    assert again.supersedes
    assert {row["team"]: row for row in board(wide)["rows"]}["babul"]["rank_interval"] == {"best": 2, "worst": 2}


def test_rounded_scores_are_what_is_compared(give: Give, board: Board, wide: Task, stages: Stages) -> None:
    """Comparisons of exact scores would tell the digits that the rule takes away."""
    rounded = replace(wide, board=replace(wide.board, feedback="rounded"))
    for team, rows in (("asha", 71), ("babul", 73)):
        give(right_on(rows), team, task=rounded)
    assert [row["team"] for row in board(rounded)["rows"]] == ["babul", "asha"]
    field, _ = stages.comparing["fruit"].tracked["accuracy"].known
    assert sorted(field.scores) == [0.89, 0.91]


@pytest.mark.usefixtures("three")
def test_the_close(board: Board, stages: Stages, folder: Path, open_task: Task, tmp_path: Path) -> None:
    """The final board has rank intervals of its own, from the private rows, and closing again keeps them."""
    board()
    final = close(open_task, stages, folder=folder, shelf=tmp_path / "shelf", reason="the course ends").final
    assert final["compared"] == {"rows": 20, "confidence": 0.95}
    assert [row["rank_interval"] for row in final["rows"]] == [{"best": 1, "worst": 3}] * 3
    assert "| 1 | 1–3 | asha |" in (folder / "fruit.final.md").read_text(encoding="utf-8")
    for path in (stages.vault.folder / "fruit" / "influences").iterdir():
        path.unlink()
    close(open_task, _afresh(stages), folder=folder, shelf=tmp_path / "shelf", reason=None)
    assert read_final(folder, "fruit") == final


@pytest.mark.usefixtures("three")
def test_no_influence_leaves_the_vault(board: Board, stages: Stages) -> None:
    """They tell of each row whether it was right: nothing outside holds them, and nobody else may read them."""
    board()
    inside = list((stages.vault.folder / "fruit" / "influences").iterdir())
    assert len(inside) == 3
    assert {path.stat().st_mode & 0o777 for path in inside} == {0o600}
    outside = [
        path for path in stages.state.parent.rglob("*") if path.is_file() and not path.is_relative_to(stages.vault.root)
    ]
    assert outside
    assert not [path for path in outside if path.suffix == ".npz"]


def test_large_tables_are_kept_in_groups(monkeypatch: pytest.MonkeyPatch, open_task: Task, stages: Stages) -> None:
    """Sums over groups of rows have the same mean and about the same variance as the rows."""
    values = np.array([int(digit) for digit in right_on(60)])
    whole = kept(measured(Predictions(values), open_task, stages.vault), "public", "accuracy")
    monkeypatch.setattr("arena.pipeline.influences._MOST_GROUPS", 40)
    part = kept(measured(Predictions(values), open_task, stages.vault), "public", "accuracy")
    assert whole is not None
    assert part is not None
    assert (len(whole.phi), len(part.phi), part.df) == (80, 40, 39)
    assert part.score == whole.score == 60 / 80
    assert abs(float(np.mean(part.phi))) < 1e-12

    def spread(phi: Any) -> float:
        return float(phi @ phi) / (len(phi) * (len(phi) - 1))

    assert 0.5 < spread(part.phi) / spread(whole.phi) < 2
    monkeypatch.setattr("arena.pipeline.influences._MOST_ROWS", 79)
    assert kept(measured(Predictions(values), open_task, stages.vault), "public", "accuracy") is None
