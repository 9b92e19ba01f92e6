"""What each feedback rule gives away, and the page that tells it: ``make simulate-attacks``.

Means over boards of random labels (see ``attackers``), from fixed seeds. Writes docs/reference/feedback.md and its
picture itself. Exit code 1 where one of the claims that the page makes does not hold; the page is written all the same.
"""

import itertools
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from arena.board.feedback import Feedback
from simulations.attackers import Attack, Boards, both_ways, climbing, probing, voting
from simulations.attacks_page import curves, page

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "feedback.md"
PICTURE = PAGE.with_name("feedback.svg")
COMMAND = "make simulate-attacks"
SEED = 20261101
LARGE, SMALL = 4000, 209
# Of the small boards more are needed for a mean that is as sure, and cost no more.
BOARDS = {LARGE: 20, SMALL: 400}
# After how many questions it is seen what an attacker has; of the small split also what a cap would leave.
QUESTIONS = (5, 10, 20, 35, 50, 70, 100, 200, 400, 700, 1000)
BLOCKS = (1, 4, 12, 40, 100, 400, 1000, 2000)

Gains = Mapping[int, tuple[float, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Mean gain of one attack against one rule, with the mean's standard error, by number of questions."""

    attack: str
    rule: Feedback
    rows: int
    gains: Gains
    blocks: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What must hold, and whether it does."""

    text: str
    measured: float
    holds: bool


def measured(
    attack: Attack, rule: Feedback, *, rows: int, boards: int, questions: Sequence[int], one_shot: bool = False
) -> dict[int, NDArray[np.float64]]:
    """Each board's gain, by number of questions; labels and attackers are the same under every rule."""
    labels = np.random.default_rng([SEED, rows]).integers(2, size=(boards, rows), dtype=np.int8).astype(np.bool_)
    attacked = Boards(labels=labels, rule=rule, one_shot=one_shot)
    running, found = attack(attacked, np.random.default_rng([SEED, rows, 1])), {}
    guess = attacked.constant
    for number in range(1, max(questions) + 1):
        # Whoever knows every label asks no more.
        guess = next(running, guess)
        if number in questions:
            found[number] = attacked.gain(guess)
    return found


def curve(name: str, attacks: Mapping[int, Attack], rule: Feedback, *, rows: int, one_shot: bool = False) -> Curve:
    """The mean gain; of several attacks, by block, the one that gains most after so many questions."""
    questions = QUESTIONS
    tried = {
        block: measured(attack, rule, rows=rows, boards=BOARDS[rows], questions=questions, one_shot=one_shot)
        for block, attack in attacks.items()
    }
    blocks = {number: max(tried, key=lambda block: float(np.mean(tried[block][number]))) for number in questions}
    gains = {number: _mean(tried[block][number]) for number, block in blocks.items()}
    return Curve(attack=name, rule=rule, rows=rows, gains=gains, blocks=blocks)


def _mean(gains: NDArray[np.float64]) -> tuple[float, float]:
    return float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(len(gains)))


def climbers(rows: int) -> dict[int, Attack]:
    """Hill climbers of every size of block that fits."""
    return {block: climbing(block) for block in BLOCKS if block <= rows // 2}


ATTACKS: Mapping[str, Callable[[int], Mapping[int, Attack]]] = {
    "voting": lambda _: {0: voting},
    "voting both ways": lambda _: {0: both_ways},
    "hill climbing": climbers,
    "one-row probing": lambda _: {0: probing},
}
ONE_SHOT = "one-shot accounts"


def simulate(sizes: Sequence[int], tell: Callable[[str], None]) -> Iterator[Curve]:
    """Every attack against every rule, on boards of each size."""
    for rows, rule in itertools.product(sizes, Feedback):
        for name, attacks in ATTACKS.items():
            yield curve(name, attacks(rows), rule, rows=rows)
            tell(f"{rows} rows, {rule.value}, {name}")
        yield curve(ONE_SHOT, {0: voting}, rule, rows=rows, one_shot=True)
        tell(f"{rows} rows, {rule.value}, {ONE_SHOT}")


def claims(curves: Sequence[Curve]) -> list[Claim]:
    """What docs and issue say of boards of 4,000 rows."""
    gains = {(one.attack, one.rule): one.gains for one in curves if one.rows == LARGE}

    def gain(attack: str, rule: Feedback, questions: int) -> float:
        return gains[attack, rule][questions][0]

    voted = gain("voting", Feedback.EXACT, 400)
    ladder = {name: max(gain(name, Feedback.LADDER, number) for number in QUESTIONS) for name in (*ATTACKS, ONE_SHOT)}
    found = [Claim(text="exact: 400 votes gain at least 6 points", measured=voted, holds=voted >= 6)]
    limits = {"hill climbing": 2.0, "one-row probing": 2.0}
    for name, most in ladder.items():
        limit = limits.get(name, 1.0)
        text = f"ladder: {name} gains less than {limit:g} point{'s' if limit > 1 else ''}, however many questions"
        found.append(Claim(text=text, measured=most, holds=most < limit))
    return found


def machine() -> str:
    """The machine in words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        named = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model n")]
        model = named[0] if named else model
    return f"{os.cpu_count()} cores of {model}, Python {platform.python_version()}, NumPy {np.__version__}"


def commit() -> str:
    """The commit, and whether more than this page was changed after it."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        written = [f":!{path.relative_to(ROOT)}" for path in (PAGE, PICTURE)]
        changed = git("status", "--porcelain", "--", ".", *written)
        return git("rev-parse", "--short=12", "HEAD") + (" with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "none"


def main() -> int:
    """Simulate, write the page, judge the claims."""
    started = time.monotonic()
    found = list(simulate((LARGE, SMALL), lambda text: print(text, file=sys.stderr)))
    judged = claims(found)
    seconds = time.monotonic() - started
    run = f"`{COMMAND}` on {datetime.now(UTC):%Y-%m-%d}, at commit {commit()}, in {seconds:.0f} s on {machine()}"
    PAGE.write_text(page(found, judged, run, picture=PICTURE.name), encoding="utf-8")
    PICTURE.write_bytes(curves([one for one in found if one.rows == LARGE]))
    for claim in judged:
        print(f"{'holds' if claim.holds else 'FAILS'}  {claim.text}: {claim.measured:.2f}")
    return 0 if all(claim.holds for claim in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
