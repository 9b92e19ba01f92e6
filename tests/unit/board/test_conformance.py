"""Both ledgers pass the suite that is shipped for those who write another one; a broken one does not."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from arena.board import conformance
from arena.board.conformance import CASES, LEDGERS, Checks, Open, fault
from arena.board.interface import Counts, every
from arena.board.ledger import FileLedger
from arena.model.record import Record


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
@pytest.mark.parametrize("kind", LEDGERS)
def test_case(kind: str, case: Callable[[Open], Checks], tmp_path: Path) -> None:
    assert fault(case, lambda counts: LEDGERS[kind](tmp_path, counts)) is None


class _Forgetful(FileLedger):
    """A ledger that says that it keeps, and keeps something else."""

    def append(self, record: Record) -> bool:
        """Keep it under another team."""
        return super().append(replace(record, message=record.message, feedback={}))


def _open_forgetful(folder: Path, counts: Counts = every) -> FileLedger:
    return _Forgetful(folder, counts)


def test_broken(tmp_path: Path) -> None:
    """What is wrong is told: what must hold, what was found, what should have been."""
    told = fault(conformance.kept, lambda counts: _open_forgetful(tmp_path, counts))
    assert told is not None
    assert told.startswith("the one gets it: Record(")


def test_main(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """From the command line each case has a line, and the exit code says whether all hold."""
    for name, code in (("sql", 0), (f"{__name__}:_open_forgetful", 1), ("nothing:here", None), ("", None)):
        monkeypatch.setattr("sys.argv", ["conformance", name])
        with pytest.raises(SystemExit) as ended:
            conformance.main()
        if code is not None:
            assert ended.value.code == code
            lines = capsys.readouterr().out.splitlines()
            assert len(lines) == len(CASES)
            assert any(line.startswith("FAIL") for line in lines) == bool(code)
