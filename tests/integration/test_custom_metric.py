"""A task's own metric in the real sandbox: one in Kaggle's style scores, and one that wants more gets nothing.

Every answer is a canary that nothing else in the world holds, so whatever a learner could see is searched for them.
"""

import dataclasses
import json
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from arena.board.record_file import dump
from arena.catalog.tasks import load_task
from arena.catalog.workspace import open_workspace
from arena.metrics.table import METRICS
from arena.model.outcome import Outcome
from arena.pipeline.assemble import assemble
from arena.pipeline.custom import log_path
from arena.pipeline.grade import Graded, grade
from arena.pipeline.grade import log_path as submission_log
from arena.pipeline.stages import Stages
from arena.sandbox.launchers import NAMES, open_launcher
from arena.sandbox.runtime import find_runtime
from arena.vault.plain import PlainVault
from arena.worker import scratch_folder
from tests.integration.conftest import CANARIES, IDS, PREFIX, TASK, Arena, guess, table

pytestmark = pytest.mark.sandbox

_DESCRIBED = """
[metric.custom]
title = "Own error"
greater_is_better = false
needs = "number"
low = 0
wall_seconds = 20
memory = "1 GiB"
"""
# As people publish them: an error class of its own, ids deleted, a library's function, a helper of Kaggle's.
_PUBLISHED = '''
import kaggle_metric_utilities
import pandas as pd
import pandas.api.types
import sklearn.metrics


class ParticipantVisibleError(Exception):
    """Shown to whoever submitted."""


def score(solution: pd.DataFrame, submission: pd.DataFrame, row_id_column_name: str, scale: float = 1.0) -> float:
    """Mean absolute error, scaled.

    >>> import pandas as pd
    >>> one = pd.DataFrame({"id": [1, 2], "value": [1.0, 2.0]})
    >>> score(one.copy(), one.copy(), "id")
    0.0
    """
    del solution[row_id_column_name]
    del submission[row_id_column_name]
    for column in submission.columns:
        if not pandas.api.types.is_numeric_dtype(submission[column]):
            raise ParticipantVisibleError(f"Submission column {column} must be numeric")
    if (submission < 0).any(axis=None):
        raise ParticipantVisibleError("Predictions must not be negative")
    error = kaggle_metric_utilities.safe_call_score(
        sklearn.metrics.mean_absolute_error, solution.to_numpy(), submission.to_numpy()
    )
    return scale * error
'''


def _metric(body: str) -> str:
    """A metric whose function does this."""
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    return f"import os, sys, time\n\n\ndef score(solution, submission, row_id_column_name):\n{lines}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """A workspace whose task gets one metric after another, with the launcher that runs them."""

    root: Path
    stages: Stages

    def score(self, metric: str, predictions: str | None = None, **budget: float) -> Graded:
        """Grade predictions under a version of the task that has this metric."""
        folder = self.root / "tasks" / TASK
        (folder / "metric.py").write_text(metric, encoding="utf-8")
        task = load_task(self.root, TASK, METRICS)
        assert task.custom is not None
        limits = replace(task.custom.budget, **budget)  # type: ignore[arg-type]  # by name
        task = replace(task, custom=dataclasses.replace(task.custom, budget=limits))
        self.stages.vault.put_answers(task, (folder / "source" / "answers.csv").read_bytes())
        with scratch_folder(self.stages.state) as scratch:
            source = scratch / "mine.csv"
            source.write_text(predictions or table(guess()), encoding="utf-8")
            graded = grade(source, task=task, team="rahim", stages=self.stages, scratch=scratch)
        self._hold_secrets(graded)
        return graded

    def _hold_secrets(self, graded: Graded) -> None:
        """Nothing that a learner could come to see holds an answer."""
        seen = [f"{message.id} {json.dumps(dict(message.params))}" for message in (*graded.messages, *graded.notes)]
        if graded.record is not None:
            seen.append(dump(graded.record).decode())
            seen.append(submission_log(self.stages.state, graded.record.id).read_text(encoding="utf-8"))
        assert [text for text in seen if any(canary in text for canary in CANARIES)] == []

    @property
    def log(self) -> str:
        """What the metric printed, for the operator."""
        return log_path(self.stages.state, TASK).read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=NAMES)
def school(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sandbox: Arena) -> Iterator[Class]:
    """The fixture task, ranked by a metric of its own."""
    base = tmp_path_factory.mktemp("custom")
    shutil.copytree(sandbox.root, base / "class")
    definition = base / "class" / "tasks" / TASK / "task.toml"
    text = definition.read_text(encoding="utf-8").replace('name = "mae"', 'name = "metric.py:score"\nalso = ["mae"]')
    text = text.replace("per_day = 100", "per_day = 1000\nfailed_per_day = 1000")
    definition.write_text(text + _DESCRIBED, encoding="utf-8")
    (definition.parent / "metric.py").write_text(_PUBLISHED, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENA_VAULT", str(base / "vault"))
        # What a metric must not find in its environment.
        patch.setenv("ARENA_TEST_SECRET", CANARIES[0])
        launcher = open_launcher(request.param, find_runtime(Path(sys.executable)))
        stages = assemble(open_workspace(base / "class"))
        vault = PlainVault(root=base / "vault", workspace=stages.vault.workspace)
        yield Class(root=base / "class", stages=replace(stages, launcher=lambda _: launcher, vault=vault))
        launcher.close()
        stages.close()


def _exact() -> dict[str, float]:
    """What the mean absolute error of the guess is, by split."""
    errors = [abs(int(canary) - value) for canary, value in zip(CANARIES, guess().values(), strict=True)]
    halves = {"public": errors[::2], "private": errors[1::2], "overall": errors}
    return {split: sum(some) / len(some) for split, some in halves.items()}


def test_a_published_metric_scores(school: Class) -> None:
    """A metric in Kaggle's style runs as it is, and gives on each split what the built-in one beside it gives."""
    graded = school.score(_PUBLISHED)
    assert graded.outcome is Outcome.SCORED, (graded.messages, school.log)
    assert graded.record is not None
    exact = school.stages.vault.scores(TASK, graded.record.id)
    for split, expected in _exact().items():
        assert exact[split]["metric.py:score"] == pytest.approx(expected, rel=1e-12)
        assert exact[split]["mae"] == pytest.approx(expected, rel=1e-12)
    assert graded.record.feedback == exact["public"]


def test_what_a_participant_may_read(school: Class) -> None:
    """What the metric says to the participant is the reason why the predictions are invalid."""
    graded = school.score(_PUBLISHED, table({**guess(), IDS[0]: -1}))
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert graded.messages[0].params == {"reason": "Predictions must not be negative"}


@pytest.mark.parametrize("telling", ["' '.join(map(str, solution.iloc[:, 1]))", "str(solution.iloc[0, 1])[-1]"])
def test_what_it_says_of_answers_is_not_shown(school: Class, telling: str) -> None:
    """A metric that quotes answers to the participant, or a digit of one, is not quoted."""
    own = "class ParticipantVisibleError(Exception): ...\n"
    graded = school.score(own + _metric(f"raise ParticipantVisibleError('the first: ' + {telling})"))
    assert graded.outcome is Outcome.INVALID_PREDICTIONS
    assert (graded.messages[0].id, dict(graded.messages[0].params)) == ("predictions.metric_refused_some", {})


_BROKEN = {
    "raises with answers": ("raise ValueError(solution.to_string())", "exit code 1"),
    "leaves with answers": ("sys.exit(solution.to_string())", "exit code 1"),
    "text": ("return solution.to_string()", "exit code 1"),
    "a frame": ("return solution", "exit code 1"),
    "nothing": ("return None", "exit code 1"),
    "an object that claims to be a number": ("return type('N', (), {'__float__': lambda self: 1.0})()", "exit code 1"),
    "kills itself": ("os.kill(os.getpid(), 9)", "signal 9"),
    "leaves at once": ("os._exit(0)", "its result is missing"),
    "a result that is no result": (
        "open('scores.json', 'w').write('{}' * 1000); os._exit(0)",
        "its result cannot be read",
    ),
    "a result without end": ("open('scores.json', 'w').write(' ' * (1 << 20)); os._exit(0)", "its result is too_large"),
    "a link to a file of the machine's": (
        "os.symlink('/etc/passwd', 'scores.json'); os._exit(0)",
        "its result is link",
    ),
    "prints without end": ("while True: print(solution.to_string() * 100)", "stopped: log"),
    "takes all memory": ("held = [bytearray(b'x') * (64 << 20) for _ in range(100)]; time.sleep(9)", "stopped: memory"),
}


@pytest.mark.parametrize(("body", "how"), _BROKEN.values(), ids=_BROKEN.keys())
def test_its_failure_is_the_task_s(school: Class, body: str, how: str) -> None:
    """However a metric fails, that is the task's fault: no record, and not a word of it to the learner."""
    graded = school.score(_metric(body))
    assert (graded.outcome, graded.record) == (Outcome.TASK_ERROR, None)
    assert graded.messages[0].id == "metric.custom_failed"
    said = graded.messages[0].params["how"]
    # Without a control group the kernel refuses memory to one process, which ends with an error of its own.
    assert said == how or (how == "stopped: memory" and said == "exit code 1")


def test_one_that_never_ends(school: Class) -> None:
    """It is stopped at its own limit."""
    graded = school.score(_metric("while True: time.sleep(60)"), wall_seconds=3)
    assert (graded.outcome, graded.messages[0].params["how"]) == (Outcome.TASK_ERROR, "stopped: wall")


@pytest.mark.parametrize("value", ["float('nan')", "float('inf')", "-1.0", "-float('inf')"])
def test_a_score_out_of_range(school: Class, value: str) -> None:
    """What is no number, or not one that the task declares, is never a score."""
    graded = school.score(_metric(f"return {value}"))
    assert (graded.outcome, graded.messages[0].id) == (Outcome.TASK_ERROR, "metric.out_of_range")


_CURIOUS = {
    # The names of what it finds that it should not, as a number: none.
    "the environment": "return sum('SECRET' in name or 'VAULT' in name for name in os.environ)",
    "the environments of others": """
found = 0
for pid in filter(str.isdigit, os.listdir('/proc')):
    try:
        with open(f'/proc/{pid}/environ', 'rb') as file:
            found += b'SECRET' in file.read()
    except OSError:
        pass
return found""",
    "the vault and the workspace": "return sum(map(os.path.exists, PLACES))",
    "process 1": """
found = 0
for name in ('root', 'cwd', 'fd', 'mem', 'maps'):
    try:
        os.listdir(f'/proc/1/{name}') if name in ('root', 'cwd', 'fd') else open(f'/proc/1/{name}', 'rb').read(1)
        found += 1
    except OSError:
        pass
return found""",
    "descriptors": "return len([fd for fd in map(int, os.listdir('/proc/self/fd')) if fd > 2]) - 1",
    "the network": """
import socket
found = 0
for address in (('127.0.0.1', PORT), ('192.0.2.1', 80)):
    try:
        with socket.socket() as plug:
            plug.settimeout(1)
            found += plug.connect_ex(address) == 0
    except OSError:
        pass
return found""",
    "other files": "return len(set(os.listdir('/kaggle/src')) - {'metric.py'}) + os.path.exists('/kaggle/input')",
}


@pytest.mark.parametrize("body", _CURIOUS.values(), ids=_CURIOUS.keys())
def test_it_finds_nothing(school: Class, body: str) -> None:
    """Beside the answers of its task and the parsed rows there is nothing to find."""
    vault = school.stages.vault
    places = [str(vault.root), str(vault.folder), str(school.root), str(school.root / "arena.toml")]
    with socket.create_server(("127.0.0.1", 0)) as door:
        known = f"PLACES, PORT = {places!r}, {door.getsockname()[1]}\n"
        guarded = body.replace("return ", "return 0.0 + ", 1) if body.startswith("return") else body
        graded = school.score(known + _metric(guarded))
    assert graded.outcome is Outcome.SCORED, school.log
    assert graded.record is not None
    assert graded.record.feedback["metric.py:score"] == 0, school.log


def test_it_changes_nothing_for_others(school: Class) -> None:
    """One that patches pandas and leaves files changes its own process, and neither the next metric nor the grader."""
    patch = """
import pandas
pandas.read_csv = pandas.DataFrame.mean = lambda *_, **__: 7
for folder in ('/tmp', '/dev/shm', '.'):
    open(f'{folder}/left', 'w').close()
return 0.0"""
    look = """
import pandas
left = sum(os.path.exists(f'{folder}/left') for folder in ('/tmp', '/dev/shm', '.'))
return float(left + (pandas.DataFrame({'a': [1.0, 2.0]}).mean()['a'] != 1.5))"""
    assert school.score(_metric(patch)).outcome is Outcome.SCORED
    graded = school.score(_metric(look))
    assert graded.record is not None
    assert graded.record.feedback["metric.py:score"] == 0


def test_chance_is_seeded(school: Class) -> None:
    """A metric that draws draws the same for every submission."""
    draw = _metric("import random, numpy\nreturn float(random.random() + numpy.random.rand())")
    first, second = (school.score(draw, table(guess(offset))) for offset in (0, 1))
    assert first.record is not None
    assert second.record is not None
    assert first.record.id != second.record.id
    assert first.record.feedback["metric.py:score"] == second.record.feedback["metric.py:score"]


def test_what_it_prints_is_the_operator_s(school: Class) -> None:
    """What it prints reaches the operator's file, shortened, and nobody else."""
    graded = school.score(_metric("print(solution.to_string()); print('x' * 500_000); return 1.0"))
    assert graded.outcome is Outcome.SCORED
    assert PREFIX in school.log
    assert len(school.log) < 80_000
