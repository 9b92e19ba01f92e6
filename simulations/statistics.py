"""Repeat by simulation what arena claims of its intervals and ranks, with arena's own code.

Run: ``make simulate``, or ``python -m simulations.statistics``. It writes ``docs/reference/statistics.md`` and ends
with 1 if a claim is missed.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from arena.board.intervals import critical
from simulations import boards, pairs
from simulations.boards import Held
from simulations.pairs import Coverage, Pair

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "statistics.md"

ROWS = (209, 1000, 4000)
# Boards: teams and rows.
SIZES = ((5, 209), (5, 1000), (20, 209), (20, 1000), (20, 4000), (200, 209), (200, 1000))
APART = ((20, 209), (20, 1000), (200, 209), (200, 1000))
LEAST_COVERED, MOST_COVERED = 0.93, 0.97
LEAST_WARNED = 0.8
MOST_DIFFERENT = 0.01
LEAST_SEPARATED = 0.995

PAGE_TEXT = """\
# What the intervals and ranks hold

Written by `make simulate`; do not edit. Models and teams are drawn from populations whose true skills are known, scored
and compared by arena's own code. [Why rank intervals](../why/why-rank-intervals.md) says what for.

| | |
| --- | --- |
| Command | `python -m simulations.statistics --draws {draws} --seed {seed}` |
| Machine | {system} |
| Date | {date} |
| Commit | {commit} |
| Time | {seconds} s, in one process |

Of {draws} draws a share near 95 % has a standard error of {error} points.

## Claims that were missed

{missed}

## Two models that are fixed in advance

Shares of draws whose 95 % interval held the true gap; in parentheses the share that came with the warning that few rows
decide the gap, where there was any.

{pairs}

## The gap to a leader that is picked from the same rows

Shares of all teams' gaps that their intervals held: at the critical value of one pair, and at the board's, which allows
for the picking. At least 93 % are claimed.

{leaders}

## Rank intervals

Of teams that are equally good, less than 1 % of pairs may be declared different. A rank interval holds a team's true
rank if it holds every one that teams of its skill share.

{ranks}

## Teams that are apart

Half the teams of a board are worse by the critical value and {beyond} standard errors of a difference. Shares of them
that the first of the better half is told apart from; at least 99.5 % are claimed.

{apart}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All that was measured."""

    pairs: dict[str, list[tuple[Pair, int, Coverage]]]
    boards: list[tuple[str, int, int, Held]]
    apart: list[tuple[str, int, int, float]]


CLAIMS = {
    "93 to 97 %": (pairs.CORE, ROWS),
    "at least 93 %": (pairs.ELSEWHERE, ROWS),
    "at least 93 %, by resampling": (pairs.RESAMPLED, ROWS[:1]),
    "at least 93 %, or a warning on 80 %": (pairs.WARNED, ROWS),
}


def measure(draws: int, seed: int) -> Results:
    """Run every simulation, and say on the way how far it is."""
    by_claim: dict[str, list[tuple[Pair, int, Coverage]]] = {}
    for claim, (group, sizes) in CLAIMS.items():
        for pair in group:
            print(pair.name, flush=True)
            found = [(pair, rows, pairs.coverage(pair, rows, draws, seed)) for rows in sizes]
            by_claim.setdefault(claim, []).extend(found)
    held, apart = [], []
    for name, draw in (
        ("accuracy, equal teams", boards.right),
        ("MAE, equal teams", boards.errors),
        ("MAE, the last a fifth worse", boards.graded_errors),
    ):
        for teams, rows in SIZES:
            print(name, teams, rows, flush=True)
            held.append((name, teams, rows, boards.boards(draw, teams, rows, draws, seed)))
    for name, shifted in (("accuracy", boards.shifted_right), ("MAE", boards.shifted_errors)):
        for teams, rows in APART:
            print(name, teams, rows, flush=True)
            apart.append((name, teams, rows, boards.separated(shifted, teams, rows, draws, seed)))
    return Results(pairs=by_claim, boards=held, apart=apart)


def missed(results: Results) -> Iterator[str]:
    """Every claim that the numbers do not bear out."""
    yield from _missed_by_pairs(results)
    yield from _missed_by_boards(results)
    for name, teams, rows, share in results.apart:
        if share < LEAST_SEPARATED:
            yield f"{name}, {teams} teams, {rows} rows: {_percent(share)} are told apart"


def _missed_by_pairs(results: Results) -> Iterator[str]:
    for claim, found in results.pairs.items():
        for pair, rows, coverage in found:
            enough = coverage.covered >= LEAST_COVERED
            if pair in pairs.WARNED:
                enough = enough or coverage.warned >= LEAST_WARNED
            if not enough or (pair in pairs.CORE and coverage.covered > MOST_COVERED):
                yield f"{pair.name}, {rows} rows: {_percent(coverage.covered)}, claimed are {claim}"


def _missed_by_boards(results: Results) -> Iterator[str]:
    for name, teams, rows, held in results.boards:
        at = f"{name}, {teams} teams, {rows} rows"
        if held.covered < LEAST_COVERED:
            yield f"{at}: {_percent(held.covered)} of the gaps to the leader"
        if held.ranked < LEAST_COVERED:
            yield f"{at}: {_percent(held.ranked)} of the true ranks"
        if "equal" in name and held.different >= MOST_DIFFERENT:
            yield f"{at}: {_percent(held.different)} of equal pairs are declared different"


def page(results: Results, *, asked: argparse.Namespace, commit: str, seconds: float) -> str:
    """The report."""
    faults = [f"- {fault}" for fault in missed(results)]
    return PAGE_TEXT.format(
        draws=asked.draws,
        seed=asked.seed,
        system=f"{platform.system()} {platform.release()}, {os.cpu_count()} CPUs ({_processor()}), "
        f"Python {sys.version.split()[0]}",
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=commit,
        seconds=f"{seconds:.0f}",
        error=f"{100 * (0.95 * 0.05 / asked.draws) ** 0.5:.1f}",
        missed="\n".join(faults) or "None.",
        pairs=_pairs(results),
        leaders=_table(
            ("board", "teams", "rows", "critical value of one pair", "covered", "of the board", "covered"),
            [
                (
                    *(name, teams, rows, f"{critical(2, rows - 1):.2f}", _percent(held.covered_plain)),
                    *(f"{critical(teams, rows - 1):.2f}", _percent(held.covered)),
                )
                for name, teams, rows, held in results.boards
            ],
        ),
        ranks=_table(
            ("board", "teams", "rows", "true ranks held", "pairs declared different"),
            [
                (name, teams, rows, _percent(held.ranked), _percent(held.different, 2))
                for name, teams, rows, held in results.boards
            ],
        ),
        apart=_table(
            ("metric", "teams", "rows", "told apart"),
            [(name, teams, rows, _percent(share, 2)) for name, teams, rows, share in results.apart],
        ),
        beyond=boards.BEYOND,
    )


def _pairs(results: Results) -> str:
    lines = []
    for claim, found in results.pairs.items():
        cells: dict[str, dict[int, str]] = {}
        for pair, rows, coverage in found:
            warned = f" ({100 * coverage.warned:.0f} %)" if coverage.warned >= 0.005 else ""
            cells.setdefault(pair.name, {})[rows] = _percent(coverage.covered) + warned
        lines += [(name, claim, *(row.get(rows, "") for rows in ROWS)) for name, row in cells.items()]
    return _table(("metric and population", "claimed", *(f"{rows} rows" for rows in ROWS)), lines)


def _table(heads: Sequence[object], lines: Sequence[Sequence[object]]) -> str:
    rows = [heads, ["---"] * len(heads), *lines]
    return "\n".join("| " + " | ".join(str(cell) for cell in row) + " |" for row in rows)


def _percent(share: float, places: int = 1) -> str:
    return f"{100 * share:.{places}f} %"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return found.group(1) if found else platform.machine()


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    changed = " with changes" if git("status", "--porcelain", "--", "arena", "simulations").strip() else ""
    return (git("rev-parse", "--short", "HEAD").strip() or "unknown") + changed


def main() -> None:
    """Simulate, write the page; exit 1 if a claim is missed."""
    parser = argparse.ArgumentParser(description="What intervals and ranks hold, by simulation.")
    parser.add_argument("--draws", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261101)
    parser.add_argument("--page", type=Path, default=PAGE, help="where the report goes")
    asked = parser.parse_args()
    started = time.monotonic()
    results = measure(asked.draws, asked.seed)
    asked.page.write_text(
        page(results, asked=asked, commit=_commit(), seconds=time.monotonic() - started), encoding="utf-8"
    )
    faults = list(missed(results))
    print("\n".join(faults) or "Every claim holds.")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
