"""What the tests of the pipeline look at."""

from pathlib import Path

from arena.pipeline.stages import Stages
from tests.conftest import records_of


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, which need not be there."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def kept(stages: Stages) -> dict[str, list[Path]]:
    """What counts of a grading: records, exact scores and logs."""
    return {
        "records": files_below(records_of(stages)),
        "scores": files_below(stages.vault.folder / "fruit" / "scores"),
        "logs": files_below(stages.state / "logs"),
    }
