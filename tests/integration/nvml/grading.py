"""Grade one program on a GPU that a driver's stub pretends: ``grading.py WORKSPACE PROGRAM``; prints what came of it.

Run in a process of its own: which library is loaded is decided once, by LD_LIBRARY_PATH. There are no device files of
such a GPU, so the sandbox is shown none.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from arena.board.record_file import to_json
from arena.catalog.tasks import load_task
from arena.catalog.workspace import open_workspace
from arena.devices.nodes import Access
from arena.devices.pool import Pool
from arena.metrics.table import METRICS
from arena.pipeline.assemble import assemble
from arena.pipeline.grade import grade
from arena.store.engine import Store
from arena.worker import scratch_folder


def main(root: Path, program: Path) -> None:
    """Grade it."""
    workspace = open_workspace(root)
    told: list[str] = []
    stages = assemble(workspace, lambda message: told.append(message.id))
    store = Store.open(workspace.store)
    pool = Pool(store=store, clock=lambda: datetime.now(UTC), access=lambda _: Access(), drain_s=1.0)
    stages = replace(stages, devices=lambda: pool)
    task = load_task(root, "tiny", METRICS)
    with scratch_folder(stages.state) as scratch:
        graded = grade(program, task=task, team="rahim", stages=stages, scratch=scratch)
    pool.close()
    stages.close()
    record = to_json(graded.record) if graded.record else None
    said = {"outcome": graded.outcome.value, "message": graded.messages[0].id, "record": record, "told": told}
    print(json.dumps(said))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
