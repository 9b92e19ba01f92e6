"""What a rule lets a record, a message and a board hold."""

from dataclasses import replace

import numpy as np
import pytest

from arena.errors import TaskError
from arena.model.task import Task
from arena.pipeline.boards import publish_boards, published
from arena.pipeline.feedback import seen
from arena.pipeline.stages import Stages
from arena.predictions.contract import Predictions
from tests.conftest import records_of, table
from tests.unit.pipeline.conftest import WIDE, Give, files_below, right_on
from tests.unit.pipeline.test_killed import BeforeAppend, Killed


def test_exact(give: Give, wide: Task) -> None:
    """Under `exact` the record holds the score as it is."""
    record = give(right_on(61), task=replace(wide, board=replace(wide.board, feedback="exact")))
    assert record.feedback["accuracy"] == 61 / 80
    assert (record.message.id, record.message.params["score"]) == ("run.scored", "0.76250")


def test_rounded(give: Give, wide: Task, stages: Stages) -> None:
    """Under `rounded` record and message hold no digit below the standard error; the vault has them all."""
    record = give(right_on(61), task=replace(wide, board=replace(wide.board, feedback="rounded")))
    assert record.feedback["accuracy"] == 0.76
    assert record.feedback["f1"] == round(record.feedback["f1"], 2)
    assert (record.message.id, record.message.params["score"]) == ("run.scored_rounded", "0.76")
    assert stages.vault.scores("fruit", record.id)["public"]["accuracy"] == 61 / 80


def test_ladder_begins_at_the_constant(give: Give) -> None:
    """A submission that is not better than the best constant by three standard errors is shown that one's score."""
    record = give(right_on(45))
    assert record.feedback["accuracy"] == 0.5
    assert (record.message.id, record.message.params["score"]) == ("run.scored_kept", "0.5")


def test_ladder(give: Give) -> None:
    """A team's score moves when a submission is better by three standard errors, and only then."""
    seen = [give(right_on(rows)) for rows in (60, 61, 64, 68, 69, 75, 20)]
    assert [record.message.id for record in seen] == [
        *("run.scored_ladder", "run.scored_kept", "run.scored_kept", "run.scored_kept"),
        *("run.scored_ladder", "run.scored_kept", "run.scored_kept"),
    ]
    assert [record.feedback["accuracy"] for record in seen] == [0.75, 0.75, 0.75, 0.75, 0.86, 0.86, 0.86]


def test_other_metrics(give: Give) -> None:
    """Every other metric is that of the accepted submission too: none tells what the ranking one hides."""
    first, second = give(right_on(60)), give(right_on(64))
    assert second.feedback == first.feedback
    assert set(first.feedback) == {"accuracy", "f1"}


def test_each_team_by_itself(give: Give) -> None:
    """What one team climbed is nothing to another."""
    give(right_on(75), "asha")
    assert give(right_on(70), "babul").feedback["accuracy"] == 0.88


def test_resubmitted(give: Give) -> None:
    """The same files have the same answer, also after the team has climbed further."""
    first = give(right_on(60))
    give(right_on(75))
    assert give(right_on(60)) == first


def test_again(give: Give, stages: Stages, wide: Task) -> None:
    """Evaluated again with the same result, a submission is shown as before, whatever was accepted since."""
    low, high = give(right_on(45)), give(right_on(75))
    again = give(right_on(45), again=True)
    assert (again.evaluation, again.feedback) == (2, low.feedback)
    assert give(right_on(75), again=True).feedback == high.feedback
    assert len(stages.vault.accepted(wide, "rahim")) == 1


def test_killed(give: Give, stages: Stages, wide: Task) -> None:
    """Killed after something is accepted and before its record is there, the next run says the same of it."""
    with pytest.raises(Killed):
        give(right_on(60), at=replace(stages, ledger=BeforeAppend(records_of(stages))))
    assert len(stages.vault.accepted(wide, "rahim")) == 1
    record = give(right_on(60))
    assert (record.message.id, record.feedback["accuracy"]) == ("run.scored_ladder", 0.75)
    assert len(stages.vault.accepted(wide, "rahim")) == 1


def test_parts_are_in_the_vault_alone(give: Give, stages: Stages, wide: Task) -> None:
    """What the ladder compares with lies in the vault, for the grader's account alone, and in no file elsewhere."""
    give(right_on(60))
    ((_, path),) = stages.vault.accepted(wide, "rahim")
    assert path.stat().st_mode & 0o777 == 0o600
    data = path.read_bytes()
    assert not any(data in other.read_bytes() for other in files_below(stages.state.parent))


def test_board(give: Give, wide: Task, stages: Stages) -> None:
    """The board ranks by what was shown: of two teams on one step the earlier stands first, whichever is better."""
    give(right_on(60), "asha")
    give(right_on(61), "asha")
    give(right_on(60, private="0" * 20), "babul")
    give(right_on(64), "babul")
    publish_boards([wide], stages, records_of(stages).parent)
    board = published(records_of(stages).parent, "fruit")
    assert board is not None
    assert [(row["team"], row["public"]) for row in board["rows"]] == [("asha", 0.75), ("babul", 0.75)]


def test_no_standard_error(wide: Task, stages: Stages) -> None:
    """Where no standard error can be known, as of a single public row, that is the task's fault; nothing is told."""
    narrow = replace(wide, board=replace(wide.board, feedback="rounded"), digest="cd" * 32)
    rows = (f"{n},{r % 2},{'Private' if r else 'Public'}" for r, n in enumerate(WIDE))
    stages.vault.put_answers(narrow, table("id,ripe,Usage", *rows))
    values = Predictions(np.zeros(100, dtype=np.int8))
    with pytest.raises(TaskError, match=r"metric\.undefined"):
        seen({"public": {"accuracy": 1.0}}, values, narrow, stages, team="rahim", record="ab", before=None)
