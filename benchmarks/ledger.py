"""What one record more costs, and a new index, with ten thousand teams and up to a million records.

For each ledger, in a process of its own: the index made anew, with the board of all teams; then single records of
random teams, each appended and the board published, which writes CSV, Markdown, JSON and the page of all boards; and
the most memory that the process ever had. Signatures are looked at by ``verify`` alone, whose rate is measured apart.

The same once more with comparisons of all teams on a thousand rows: the first ones, of all pairs, and then single
records, each of which brings its team's influences along. They are made up, and read from files as a vault's are.
Run: ``python benchmarks/ledger.py``, or with the records of one size, such as ``sql 1000000``.
"""

import hashlib
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from arena.board import record_file
from arena.board.indexed import IndexedLedger
from arena.board.interface import Ledger, every
from arena.board.ledger import FileLedger
from arena.board.publish import publish
from arena.board.row_texts import RowTexts
from arena.board.signed import signed
from arena.board.sql_ledger import SqlLedger
from arena.board.verify import verify
from arena.metrics.table import METRICS
from arena.model.budget import Budget, Usage
from arena.model.message import Message
from arena.model.outcome import Outcome
from arena.model.record import Environment, Record, record_id
from arena.model.submission import Kind
from arena.model.task import BoardRules, DataSpec, SubmissionRules, Task
from arena.model.trust import Trust, TrustedKey
from arena.pipeline import contracts
from arena.pipeline import truth as truths
from arena.pipeline.comparing import with_comparisons
from arena.predictions.truth import Truth

TEAMS, APPENDS, VERIFIED = 10_000, 60, 10_000
RUNS = (("sql", 10_000), ("sql", 100_000), ("sql", 1_000_000), ("files", 100_000))
ROWS, COMPARED_RECORDS = 1000, 100_000
REBUILD_S, REPUBLISH_MS, COMPARED_MS, MEMORY_MIB = 60, 100, 500, 1024
START = datetime(2025, 6, 1, 6, 0, tzinfo=UTC)
DIGEST = "ab" * 32
SHOWN = [METRICS["accuracy"], METRICS["f1"]]
_CHUNK = 10_000

TASK = Task(
    id="fruit",
    title={"en": "Fruit", "bn": "ফল"},
    tags=(),
    sealed=True,
    work=DataSpec(id="id", target=("y",), labels=(0, 1), train="a", test="b", sample_submission="c"),
    submissions=SubmissionRules(accepts=(Kind.PREDICTIONS,), max_bytes=1, per_day=1, failed_per_day=1),
    metric="accuracy",
    also=("f1",),
    budget=Budget(
        device="any", cpu_seconds=1, wall_seconds=1, memory_bytes=1, processes=1, disk_bytes=1, files=1, log_bytes=1
    ),
    protections=(),
    board=BoardRules(feedback="exact", rule="best", opens=None, closes=None),
    root=Path("fruit"),
    digest=DIGEST,
)


def record(number: int, team: int, chance: random.Random) -> Record:
    """A record as graders write them."""
    digest, received_at = hashlib.sha256(str(number).encode()).hexdigest(), START + timedelta(seconds=number)
    name = f"team-{team}"
    return Record(
        id=record_id(team=name, submission_digest=digest, task_digest=DIGEST, evaluation=1),
        task=TASK.id,
        task_digest=DIGEST,
        team=name,
        submission_digest=digest,
        kind=Kind.PREDICTIONS,
        evaluation=1,
        received_at=received_at,
        graded_at=received_at + timedelta(seconds=3),
        outcome=Outcome.SCORED,
        message=Message.of("run.scored", metric="Accuracy", score="0.50000"),
        feedback={"accuracy": chance.gauss(0.7, 0.05), "f1": chance.gauss(0.6, 0.05)},
        usage=Usage(charged=1.5, wall_s=1.5, cpu_s=1.0, peak_memory_bytes=2**28),
        environment=Environment(arena="0.1.0", python="3.11.7", runtime_digest="cd" * 32, seed=7),
        protections=("namespaces", "seccomp", "files"),
        supersedes=None,
        signature=None,
    )


def records(count: int) -> Iterator[Record]:
    """So many records, of all teams in turn."""
    chance = random.Random(1)  # noqa: S311 - the same in every run
    return (record(number, number % TEAMS, chance) for number in range(count))


def fill(kind: str, folder: Path, count: int) -> Ledger:
    """Lay records into a ledger by the shortest way: how they come in one by one is measured afterwards."""
    if kind == "files":
        ledger = FileLedger(folder / "records")
        for each in records(count):
            path = ledger.root / TASK.id / each.id[:2] / f"{each.id}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(record_file.dump(each))
        return ledger
    from arena.store import ledger_rows

    found = SqlLedger.open(folder / "records.sqlite3")
    rows = []
    for number, each in enumerate(records(count), start=1):
        data = record_file.dump(each)
        rows.append(
            ledger_rows.EntryRow(task=each.task, name=each.id, data=data, team=each.team, received_at=each.received_at)
        )
        if len(rows) == _CHUNK or number == count:
            with found.store.write() as connection:
                ledger_rows.add_many(connection, rows)
            rows = []
    return found


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def measure(kind: str, count: int, folder: Path) -> dict[str, float]:
    """One ledger of one size."""
    base = fill(kind, folder, count)
    before_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ledger = IndexedLedger.open(base, folder / "index.sqlite3", counts=every, basis="", reliable=lambda _: True)
    rebuild = seconds(ledger.rebuild)
    first = seconds(lambda: ledger.board(TASK, SHOWN))
    chance, texts, boards = random.Random(2), {TASK.id: RowTexts()}, folder / "boards"  # noqa: S311
    boards.mkdir()
    parts: dict[str, list[float]] = {"append": [], "board": [], "publish": []}
    for number in range(APPENDS):
        one = record(count + number, chance.randrange(TEAMS), chance)
        parts["append"].append(seconds(lambda one=one: ledger.append(one)))  # type: ignore[misc]
        parts["board"].append(seconds(lambda: ledger.board(TASK, SHOWN)))
        board = ledger.board(TASK, SHOWN)
        assert board is not None
        parts["publish"].append(seconds(lambda board=board: publish(boards, [board], {}, texts)))  # type: ignore[misc]
    # What was rendered for the first time is not what one record more costs.
    whole = [sum(each) * 1000 for each in zip(*parts.values(), strict=True)][1:]
    anew = IndexedLedger.open(base, folder / "index.sqlite3", counts=every, basis="", reliable=lambda _: True)
    cold = seconds(lambda: anew.board(TASK, SHOWN))
    return {
        "records": ledger.count(),
        "rebuild_s": rebuild + first,
        "entries_s": rebuild,
        "first_board_s": first,
        "republish_ms": statistics.median(whole),
        "p95_ms": statistics.quantiles(whole, n=20)[-1],
        **{f"{name}_ms": statistics.median(taken[1:]) * 1000 for name, taken in parts.items()},
        "second_process_ms": cold * 1000,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "filled_mib": before_mib,
    }


class Vault:
    """Of a vault what comparisons ask for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def put(self, one: Record) -> None:
        """Keep influences of an accuracy like the record's."""
        draw = np.random.default_rng(int(one.id[:12], 16))
        right = draw.permutation(ROWS) < round(one.feedback["accuracy"] * ROWS)
        about = {"public accuracy": [float(np.mean(right)), "proportion", ROWS - 1]}
        phi = {"public accuracy": right - np.mean(right)}
        np.savez(self.folder / f"{one.id}.npz", about=np.array(json.dumps(about)), **phi)  # type: ignore[arg-type]

    def has_answers(self, task: Task) -> bool:
        """As of a vault."""
        return task.id == TASK.id

    def influences(self, task: str, name: str) -> bytes | None:
        """As of a vault."""
        del task
        path = self.folder / f"{name}.npz"
        return path.read_bytes() if path.exists() else None


def measure_compared(count: int, folder: Path) -> dict[str, float]:
    """With comparisons on the rows of one metric."""
    base = fill("sql", folder, count)
    ledger = IndexedLedger.open(base, folder / "index.sqlite3", counts=every, basis="", reliable=lambda _: True)
    vault, boards, texts = Vault(folder / "vault"), folder / "boards", {TASK.id: RowTexts()}
    boards.mkdir()
    shown, task = SHOWN[:1], replace(TASK, also=())
    board = ledger.board(task, shown)
    assert board is not None
    for row in board.rows:
        found = ledger.get(TASK.id, row.record)
        assert found is not None
        vault.put(found)
    truth = Truth(values=np.zeros(2 * ROWS), is_public=np.arange(2 * ROWS) < ROWS)
    contracts.contract_of = lambda _: None  # type: ignore[assignment,return-value] # no task's files are here
    truths.truth_of = lambda *_: truth
    stages: Any = SimpleNamespace(
        comparing={}, vault=vault, board_ledger=ledger, seal=lambda *_: None, counts=lambda *_: True
    )

    def compared() -> None:
        now = ledger.board(task, shown)
        assert now is not None
        with_intervals, _ = with_comparisons(now, task, stages, boards)
        assert with_intervals.compared_rows == ROWS
        publish(boards, [with_intervals], {}, texts)

    standing = list(board.rows)
    first, chance, taken = seconds(compared), random.Random(3), []  # noqa: S311
    for number in range(APPENDS):
        # Somewhat better than its team's best, so that there is something to compare.
        stands = chance.choice(standing)
        one = record(count + number, int(stands.team.removeprefix("team-")), chance)
        better = min(0.999, round(stands.scores["accuracy"] + abs(chance.gauss(0, 0.02)) + 0.001, 3))
        one = replace(one, feedback={**one.feedback, "accuracy": better})
        vault.put(one)
        ledger.append(one)
        taken.append(seconds(compared) * 1000)
    return {
        "records": ledger.count(),
        "first_s": first,
        "republish_ms": statistics.median(taken),
        "p95_ms": statistics.quantiles(taken, n=20)[-1],
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def verify_rate(folder: Path) -> dict[str, float]:
    """How many signed records a second ``verify`` looks through, one process."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from arena.signing.keys import Signer

    signer = Signer("benchmark", Ed25519PrivateKey.generate())
    ledger = SqlLedger.open(folder / "signed.sqlite3")
    from arena.board.interface import entry_of

    ledger.put_all(entry_of(signed(each, signer)) for each in records(VERIFIED))
    trust = Trust((TrustedKey(name=signer.name, public=signer.public),))
    taken = seconds(lambda: verify(ledger, trust))
    return {"records": VERIFIED, "verify_per_s": VERIFIED / taken}


def one_of(kind: str, count: int, folder: Path) -> dict[str, float]:
    """The measurement of that name."""
    if kind == "verify":
        return verify_rate(folder)
    return measure_compared(count, folder) if kind == "compare" else measure(kind, count, folder)


def main() -> None:
    """Measure and print; exit 1 past a limit. With arguments, one size, as JSON."""
    if sys.argv[1:]:
        kind, count = sys.argv[1], int(sys.argv[2])
        with tempfile.TemporaryDirectory(prefix="arena-ledger-") as folder:
            ways = {
                "verify": lambda: verify_rate(Path(folder)),
                "compare": lambda: measure_compared(count, Path(folder)),
            }
            found = ways.get(kind, lambda: measure(kind, count, Path(folder)))()
        print(json.dumps({name: round(value, 2) for name, value in found.items()}))
        return
    past = False
    for kind, count in RUNS:
        done = subprocess.run(
            [sys.executable, __file__, kind, str(count)], env=os.environ, capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        past |= (
            found["rebuild_s"] > REBUILD_S or found["republish_ms"] > REPUBLISH_MS or found["memory_mib"] > MEMORY_MIB
        )
        print(f"{kind:<6}{count:>9} records  " + "  ".join(f"{name} {value:g}" for name, value in found.items()))
    command = [sys.executable, __file__, "compare", str(COMPARED_RECORDS)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    past |= found["republish_ms"] > COMPARED_MS or found["memory_mib"] > MEMORY_MIB
    print(f"compared on {ROWS} rows  " + "  ".join(f"{name} {value:g}" for name, value in found.items()))
    done = subprocess.run([sys.executable, __file__, "verify", "0"], capture_output=True, text=True, check=True)
    print(f"verify {json.loads(done.stdout)['verify_per_s']:.0f} signed records a second")
    print(f"limits: rebuild {REBUILD_S} s, append and republish {REPUBLISH_MS} ms, memory {MEMORY_MIB} MiB;")
    print(f"with comparisons {COMPARED_MS} ms")
    sys.exit(past)


if __name__ == "__main__":
    main()
