"""How long it takes to score a large table, and how much memory: arena beside pandas and scikit-learn.

A table of a million rows, and one of ten million, in random order, is read, checked, aligned by id and scored by each
metric. arena does it as it does for a submission: hostile bytes in, scores of the public rows, the private ones and all
out. The baseline is what a notebook does: ``pandas.read_csv``, ``sort_values`` by id, and scikit-learn's function once,
over all rows; it checks nothing. Both have scored a table of a thousand rows before the clock starts, so that all is
imported, and hold the truth; arena's is mapped from the vault. What a grader spends once for each task, before its
first submission, is printed apart.

Each measurement is a process of its own, both sides by turns, so that what else the machine does meets both. Memory is
the growth of the peak resident set over that before, ids, truth and mapped files included, in units of the parsed
table: one int64 and one value of 64 bits a row. Scores must be equal to 1e-12. Run: ``make benchmark``.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
ROWS = (1_000_000, 10_000_000)
ROUNDS = 3
# Metric -> how many times faster than the baseline arena must be.
METRICS = {"accuracy": 3.0, "log_loss": 3.0, "rmse": 3.0, "roc_auc": 1.5}
MOST_MEMORY = 1.5
# What two threads read into, however few rows there are.
BUFFER_BYTES = 8 * 1024**2
_BYTES_PER_ROW = 16
_SMALL = "-small"

_TASK = """\
schema = 1
id = "large"
kind = "prediction"
title = {{ en = "Large", bn = "বড়" }}
sealed = false
[data]
id = "id"
target = ["y"]
labels = [0, 1]
[submissions]
accepts = ["predictions"]
max_size = "1 GiB"
[metric]
name = "{metric}"
"""


def make(folder: Path, metric: str, rows: int) -> None:
    """Write a workspace with one task of this metric, its answers, and a submission."""
    import pyarrow as pa
    import pyarrow.csv as pa_csv

    draw = np.random.default_rng(rows)
    ids, labels = np.arange(1, rows + 1), draw.integers(0, 2, rows)
    truth = draw.normal(100, 20, rows) if metric == "rmse" else labels
    chances = np.clip(draw.beta(2, 2, rows) * 0.6 + labels * 0.2 + 0.1, 0, 1)
    guesses = {"accuracy": (chances > 0.5).astype(int), "rmse": truth + draw.normal(0, 5, rows)}  # noqa: PLR2004
    splits = np.where(draw.random(rows) < 0.3, "Public", "Private")  # noqa: PLR2004
    order = draw.permutation(rows)
    task = folder / "workspace" / "tasks" / "large"
    (task / "public").mkdir(parents=True)
    (folder / "workspace" / "arena.toml").write_text('schema = 1\nname = "benchmark"\n', encoding="utf-8")
    (task / "task.toml").write_text(_TASK.format(metric=metric), encoding="utf-8")
    for name in ("prepare.py", "statement.en.md", "statement.bn.md"):
        (task / name).write_text("", encoding="utf-8")
    plain = pa_csv.WriteOptions(quoting_style="none")
    pa_csv.write_csv(pa.table({"id": ids}), task / "public" / "test.csv", plain)
    table = pa.table({"id": ids[order], "y": guesses.get(metric, chances)[order]})
    pa_csv.write_csv(table, folder / "submission.csv", plain)
    pa_csv.write_csv(pa.table({"id": ids, "y": truth, "Usage": splits}), folder / "answers.csv", plain)
    np.save(folder / "truth.npy", truth)


def peak_bytes() -> int:
    """The most that was resident since the last ``forget_peak``."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def forget_peak() -> int:
    """Let the peak begin anew (https://docs.kernel.org/filesystems/proc.html); return what is resident now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak_bytes()


def arena_once(folder: Path, metric: str) -> dict[str, float]:
    """Score the submission as the pipeline does."""
    from arena.catalog.tasks import load_task
    from arena.metrics.table import METRICS as TABLE
    from arena.pipeline.contracts import contract_of
    from arena.pipeline.scoring import score
    from arena.pipeline.truth import truth_of
    from arena.predictions.accept import accept
    from arena.predictions.contract import Predictions
    from arena.vault.plain import PlainVault

    task = load_task(folder / "workspace", "large", TABLE)
    vault = PlainVault(root=folder / "vault", workspace="benchmark")
    place = vault.folder / task.id / task.digest / "answers.csv"
    if not place.exists():
        place.parent.mkdir(parents=True, mode=0o700)
        shutil.copy(folder / "answers.csv", place)
    if not folder.name.endswith(_SMALL):
        arena_once(folder.with_name(folder.name + _SMALL), metric)
    before = forget_peak()
    started = time.perf_counter()
    contract = contract_of(task)
    truth_of(task, contract, vault)
    first = time.perf_counter() - started
    started = time.perf_counter()
    with (folder / "submission.csv").open("rb") as file:
        predictions = accept(file, contract, parquet=False)
    assert isinstance(predictions, Predictions), predictions
    value = score(predictions, task, vault).exact["overall"][metric]
    return {
        "score": value,
        "seconds": time.perf_counter() - started,
        "memory": peak_bytes() - before,
        "once": first,
    }


def baseline_once(folder: Path, metric: str) -> dict[str, float]:
    """Score it as a notebook does."""
    import pandas as pd
    from sklearn import metrics

    function = {
        "accuracy": metrics.accuracy_score,
        "log_loss": metrics.log_loss,
        "rmse": metrics.root_mean_squared_error,
        "roc_auc": metrics.roc_auc_score,
    }[metric]
    if not folder.name.endswith(_SMALL):
        baseline_once(folder.with_name(folder.name + _SMALL), metric)
    before = forget_peak()
    truth = np.load(folder / "truth.npy")
    started = time.perf_counter()
    table = pd.read_csv(folder / "submission.csv").sort_values("id")
    value = float(function(truth, table["y"].to_numpy()))
    return {"score": value, "seconds": time.perf_counter() - started, "memory": peak_bytes() - before, "once": 0.0}


def measure(side: str, folder: Path, metric: str) -> dict[str, float]:
    """One measurement, in a process of its own."""
    command = [sys.executable, __file__, side, str(folder), metric]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(folder: Path, metric: str, rows: int) -> bool:
    """Measure both sides by turns, print what comes out; return whether it is good enough."""
    make(folder, metric, rows)
    make(folder.with_name(folder.name + _SMALL), metric, 1000)
    built = measure("arena", folder, metric)
    both: dict[str, list[dict[str, float]]] = {"baseline": [], "arena": []}
    for _ in range(ROUNDS):
        for side, found in both.items():
            found.append(measure(side, folder, metric))
    middle: dict[str, Any] = {
        side: {key: statistics.median(each[key] for each in found) for key in found[0]} for side, found in both.items()
    }
    ours, theirs = middle["arena"], middle["baseline"]
    faster = statistics.median(
        b["seconds"] / a["seconds"] for a, b in zip(both["arena"], both["baseline"], strict=True)
    )
    tables = {side: each["memory"] / (rows * _BYTES_PER_ROW) for side, each in middle.items()}
    equal = abs(ours["score"] - theirs["score"]) <= 1e-12 * max(1.0, abs(theirs["score"]))
    print(
        f"{rows:>10,} {metric:<9} {theirs['seconds']:6.2f} s {ours['seconds']:6.2f} s {faster:6.1f}x"
        f" {tables['baseline']:9.2f} {tables['arena']:6.2f}   {'yes' if equal else 'NO'}"
        f" {built['once']:9.2f} s {ours['once']:6.2f} s",
        flush=True,
    )
    most = MOST_MEMORY + BUFFER_BYTES / (rows * _BYTES_PER_ROW)
    return equal and faster >= METRICS[metric] and tables["arena"] <= most


def main() -> None:
    """Measure and print; exit 1 where a limit is missed."""
    if len(sys.argv) > 1:
        side, folder, metric = sys.argv[1:]
        measured = (arena_once if side == "arena" else baseline_once)(Path(folder), metric)
        print(json.dumps(measured))
        return
    print("      rows metric    pandas+  arena   faster  memory of  tables   equal  built once  opened once")
    good = True
    for rows in ROWS:
        for metric in METRICS:
            with tempfile.TemporaryDirectory(prefix="arena-benchmark-") as folder:
                good &= compare(Path(folder) / "table", metric, rows)
    wanted = ", ".join(f"{metric} {ratio:g}" for metric, ratio in METRICS.items())
    print(f"at least so many times faster: {wanted}; within {MOST_MEMORY} times the parsed table")
    print(f"and {BUFFER_BYTES // 1024**2} MiB; each process by turns, the middle of {ROUNDS}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
