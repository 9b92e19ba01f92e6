"""Two ledgers become one: whichever takes in the other, the files and the board are the same."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena.board.copy import copy
from arena.board.ledger import FileLedger
from arena.board.signed import counting, signed
from arena.board.standings import every_board
from arena.board.verify import verify
from arena.model.record import Record
from tests.conftest import make_signer, trust_in
from tests.unit.board.conftest import make_record
from tests.unit.board.test_standings import ACCURACY, TASK

GRADERS = ("asha's laptop", "babul's laptop")
TRUST = trust_in(*map(make_signer, GRADERS))

_record = st.builds(
    make_record,
    team=st.sampled_from(["asha", "babul", "chitra"]),
    submission=st.integers(1, 3),
    minute=st.integers(0, 3),
    feedback=st.fixed_dictionaries({"accuracy": st.sampled_from([0.25, 0.5, 0.75]), "f1": st.just(0.5)}),
)
_sides = st.lists(st.tuples(_record, st.integers(0, 1)), max_size=8)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_sides, st.booleans())
def test_either_side(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[Record, int]], strangers: object
) -> None:
    """Two graders write apart, some evaluations both; merged in either direction all is there and counts alike."""
    folder = tmp_path_factory.mktemp("sides")
    sides = [FileLedger(folder / str(side), counting(TRUST)) for side in (0, 1)]
    for record, number in found:
        sides[number].append(signed(record, make_signer(GRADERS[number])))
        if strangers:
            sides[number].append(signed(record, make_signer("stranger")))
    before = {(entry.name, entry.data) for side in sides for entry in side.entries()}
    copy(sides[0], sides[1])
    copy(sides[1], sides[0])
    boards = []
    for side in (*sides, *(FileLedger(side.root, side.counts) for side in sides)):
        assert {(entry.name, entry.data) for entry in side.entries()} == before
        assert len({record.id for record in side.records("fruit")}) == len({record.id for record, _ in found})
        boards.append(every_board(side.records("fruit"), TASK, ACCURACY))
    assert all(board == boards[0] for board in boards)
    assert all(finding.fault.value in {"graded_twice", "untrusted"} for finding in verify(sides[0], TRUST).findings)
