"""Before the close no private score is seen anywhere, nor what a rule hides of a public one.

Every score is a number of twelve digits that nothing else in the world holds. A class hands in, is graded and graded
again, and looks at all that there is to look at, in both languages, with git keeping each step. Then every file of the
workspace, every object of git and every word that was printed is searched for them, in all their spellings.
"""

import hashlib
import json
import random
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from arena.vault.plain import PlainVault
from tests.conftest import checksums
from tests.conftest import table as csv
from tests.integration.conftest import TASK, Arena

NAMES = range(1001, 1301)
PUBLIC = 220
_DRAW = random.Random(20261101)  # noqa: S311 - the same in every run
TRUTH = {name: 481_700_000_000 + round(_DRAW.gauss(0, 1) * 90_000_000_000) for name in NAMES}
# A score of a file of its own for each split: twelve digits that follow from every row.
_CANARY = '''
import hashlib


def score(solution, submission, row_id_column_name):
    """A number that nobody can guess."""
    text = solution.to_csv() + submission.to_csv()
    return 731_000_000_000.0 + int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
'''
_DESCRIBED = """
[metric.custom]
title = "Canary"
greater_is_better = false
needs = "number"
low = 0
wall_seconds = 60
memory = "1 GiB"
"""


def predictions(spread: float, seed: int) -> bytes:
    """A table that is off by so much on average."""
    draw = random.Random(seed)  # noqa: S311
    return csv("Id,Value", *(f"{name},{value + round(draw.gauss(0, spread))}" for name, value in TRUTH.items()))


def write(arena: Arena, rule: str, metric: str) -> None:
    """Give the fixture task other rows, a metric and a rule."""
    folder = arena.root / "tasks" / TASK
    splits = ["Public"] * PUBLIC + ["Private"] * (len(NAMES) - PUBLIC)
    public = {
        "train.csv": csv("Id,Feature,Value", *(f"{n},measured number {n},{7 * n}" for n in range(1, 30))),
        "test.csv": csv("Id,Feature", *(f"{n},measured later number {n}" for n in NAMES)),
        "sample_submission.csv": csv("Id,Value", *(f"{n},0" for n in NAMES)),
    }
    answers = csv("Id,Value,Usage", *(f"{n},{v},{s}" for (n, v), s in zip(TRUTH.items(), splits, strict=True)))
    for name, content in {**public, "answers.csv": answers}.items():
        (folder / "source" / name).write_bytes(content)
        if name in public:
            (folder / "public" / name).write_bytes(content)
    (folder / "public" / "SHA256SUMS").write_text(checksums(public), encoding="ascii")
    definition = folder / "task.toml"
    text = definition.read_text(encoding="utf-8").replace('name = "mae"', f'name = "{metric}"\nalso = ["rmse"]')
    text += f'\n[board]\nfeedback = "{rule}"\ncloses = 2099-01-31T23:59:00+06:00\n'
    definition.write_text(text + (_DESCRIBED if ".py" in metric else ""), encoding="utf-8")
    (folder / "metric.py").write_text(_CANARY, encoding="utf-8")
    PlainVault(root=arena.vault, workspace="class").put_answers(arena.task(), answers)


@dataclass(slots=True)
class Class:
    """A class before the close: what is printed is kept, and git keeps every step."""

    arena: Arena
    printed: list[str] = field(default_factory=list)

    def git(self, *arguments: str) -> bytes:
        """Run git in the workspace."""
        settings = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null")
        command = ["git", *settings, "-C", str(self.arena.root), *arguments]
        return subprocess.run(command, capture_output=True, check=True, env=self.arena.environment()).stdout

    def say(self, *arguments: str, code: int = 0, language: str = "en") -> None:
        """Run a command, keep what it prints, commit what it wrote, ignored files too."""
        said = self.arena.say(*arguments, ARENA_LANG=language)
        assert said.code == code, said.text
        self.printed.append(said.text)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", " ".join(arguments)[:60])

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """All that anyone but the grader's account could come to see, and the grader's working files as well."""
        for path in sorted(path for path in self.arena.root.rglob("*") if path.is_file() and ".git" not in path.parts):
            yield str(path.relative_to(self.arena.root)), path.read_bytes()
        yield "objects of git", self.git("cat-file", "--batch-all-objects", "--batch")
        yield "what was printed", "\n".join(self.printed).encode()


def spellings(value: float) -> set[bytes]:
    """Every way in which a score of twelve digits could be written; the dot is taken out of what is searched."""
    digits = f"{value:.15e}".replace(".", "").partition("e")[0]
    rounded = {f"{value:.{places}e}".replace(".", "").encode() for places in range(4, 12)}
    packed = {struct.pack(order, value) for order in ("<d", ">d")}
    return {digits[:9].encode(), f"{value:,.0f}".encode(), *rounded, *packed, float.hex(value).encode()}


def found(needles: Mapping[str, float], where: Iterator[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """Which scores stand where."""
    spelt = [(name, text) for name, value in needles.items() for text in spellings(value)]
    hits = []
    for place, data in where:
        for searched in (data, data.replace(b".", b"")):
            hits += [(name, place) for name, text in spelt if text in searched]
    return hits


def live(school: Class) -> None:
    """A term: good and bad submissions of two teams and two kinds of looking, then all of it graded again."""
    hand, say = school.arena.hand, school.say
    for number, spread in enumerate((150e9, 60e9, 59e9, 20e9, 21e9)):
        for seed, team in enumerate(("asha", "babul")):
            path = hand(f"{team}-{number}.csv", predictions(spread, 10 * number + seed))
            say("submit", TASK, str(path), "--team", team, *(["--json"] if number % 2 else []))
    say("submit", TASK, str(hand("bad.csv", b"Id,Value\n1,x\n")), "--team", "asha", code=3)
    say("submit", TASK, str(hand("asha-0.csv", predictions(20e9, 77))), "--team", "asha", language="bn")
    say("check", TASK, str(hand("asha-0.csv", predictions(20e9, 78))))
    school.arena.shelve("chitra", "first.csv", predictions(30e9, 79))
    say("grade")
    say("grade", "--again", "--json")
    say("leaderboard", TASK)
    say("leaderboard", TASK, "--json", "--by", "rmse")
    say("leaderboard", TASK, language="bn")
    say("submissions", TASK, "--team", "asha", "--json")
    say("submissions", TASK, "--team", "babul")
    say("log", school.arena.records()[0]["id"], "--json")
    say("quota", "--team", "asha", "--json")


def exact_scores(arena: Arena) -> dict[str, dict[str, float]]:
    """Every exact score that the vault holds, by split: its name and its value."""
    splits: dict[str, dict[str, float]] = {}
    for path in sorted((arena.vault / "class" / TASK / "scores").glob("*.json")):
        for split, scores in json.loads(path.read_bytes()).items():
            for metric, value in scores.items():
                splits.setdefault(split, {})[f"{split} {metric} of {path.stem[:6]}"] = value
    return splits


@pytest.fixture
def school(arena: Arena) -> Class:
    """A class whose git begins with the empty workspace."""
    made = Class(arena=arena)
    made.git("init", "--quiet")
    return made


@pytest.mark.parametrize("rule", ["exact", "rounded", "ladder"])
def test_no_hidden_score_is_seen(school: Class, rule: str) -> None:
    """Neither private scores nor those over all rows are anywhere, and under a blunt rule no exact public one."""
    write(school.arena, rule, "mae")
    live(school)
    scores = exact_scores(school.arena)
    assert min(len(values) for values in scores.values()) == 48
    assert len(set(scores["private"].values())) == 24
    assert found({**scores["private"], **scores["overall"]}, school.everything()) == []
    told = {score for record in school.arena.records() for score in record["feedback"].values()}
    if rule == "exact":
        assert found(scores["public"], school.everything()) != []
        assert told == set(scores["public"].values())
    else:
        assert found(scores["public"], school.everything()) == []
        assert len(told) > 4
        assert all(f"{score:.12g}".strip("0") and score % 1e8 == 0 for score in told)


@pytest.mark.sandbox
def test_nor_one_of_a_canary_metric(school: Class, sandbox: Arena) -> None:
    """Nor are those of a metric of the task's own, which runs in the sandbox and sees all rows."""
    del sandbox
    school.arena.use_runtime(Path(sys.executable))
    write(school.arena, "exact", "metric.py:score")
    live(school)
    scores = exact_scores(school.arena)
    canaries = {name: value for name, value in {**scores["private"], **scores["overall"]}.items() if ".py" in name}
    assert len(set(canaries.values())) == 48 // 2
    assert all(731e9 <= value < 736e9 for value in canaries.values())
    assert found({**scores["private"], **scores["overall"]}, school.everything()) == []
    assert found(scores["public"], school.everything()) != []


@pytest.mark.parametrize(
    "text",
    [
        "the score is 123456789012.345",
        '{"private": 123456789012.345}',
        "123,456,789,012",
        "1.23457e+11",
        "12345678901.2345 %",
        f"digest {hashlib.sha256(b'x').hexdigest()} 123456789",
    ],
)
def test_the_search_finds(text: str) -> None:
    """A score is found however it is written, also rounded, scaled, or packed into a database."""
    value = 123456789012.345
    assert found({"one": value}, iter([("here", text.encode())]))
    assert found({"one": value}, iter([("here", b"ab" + struct.pack("<d", value) + b"cd")]))
    assert found({"one": value + 1e8}, iter([("here", text.encode())])) == []
