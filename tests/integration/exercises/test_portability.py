"""Learners see exercises where there is no Linux; running one there is refused clearly."""

import json

import pytest

from tests.integration.exercises.conftest import EXERCISE, Exercise
from tests.integration.test_portability import elsewhere

CASES = """\
PUBLIC = [{"function": "twice", "name": {"en": "one", "bn": "এক"}, "args": [1]}]
def hidden(seed):
    yield {"function": "twice", "name": {"en": "another", "bn": "আরেক"}, "args": [seed % 1000]}
"""


@pytest.mark.sandbox
@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_exercises_are_seen_without_linux(exercise: Exercise, platform: str) -> None:
    """Without POSIX an exercise is listed, shown and downloaded; to try a solution needs Linux, and that is said."""
    exercise.write(("twice",), {"cases.py": CASES, "reference.py": "def twice(x): return 2 * x\n"})
    solution = exercise.solution("def twice(x): return x\n")
    target = exercise.arena.home / "data"
    tasks, show, download, checked = elsewhere(
        exercise.arena,
        platform,
        ("tasks", "--json"),
        ("show", EXERCISE),
        ("download", EXERCISE, "--to", str(target)),
        ("check", EXERCISE, str(solution)),
    )
    for each in (tasks, show, download, checked):
        assert "Traceback" not in each["err"], each["err"]
    assert EXERCISE in [each["id"] for each in json.loads(tasks["out"])], tasks["err"]
    assert (show["code"], "`twice(1)`" in show["out"]) == (0, True)
    assert (download["code"], (target / "cases.json").is_file(), (target / "cases.md").is_file()) == (0, True, True)
    assert (checked["code"], "Linux" in checked["err"]) == (5, True)
