"""What runs on Kaggle and on a learner's own machine runs here, and runs the same way twice."""

import json
import shutil
from collections.abc import Sequence

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import TASK, Arena, Ended, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_TABLE = table(guess())


def test_kaggle_paths_work(arena: Arena) -> None:
    """A program that was written for Kaggle finds its inputs, and its output is found."""
    ended = arena.program(f"""
import csv, os
assert os.getcwd() == "/kaggle/working"
assert sorted(os.listdir("/kaggle/input/{TASK}")) == ["sample_submission.csv", "test.csv", "train.csv"]
with open("/kaggle/input/{TASK}/train.csv") as file:
    known = [int(row["Value"]) for row in csv.DictReader(file)]
with open("../input/{TASK}/test.csv") as file:
    names = [row["Id"] for row in csv.DictReader(file)]
with open("/kaggle/working/submission.csv", "w") as file:
    print("Id,Value", file=file)
    for name in names:
        print(name, sum(known) // len(known), sep=",", file=file)
""")
    assert ended.outcome is Outcome.SCORED, ended.log


def test_a_folder_finds_its_own_files(arena: Arena) -> None:
    """Modules and data beside main.py are found by import and by path, and arena's variables name the folders."""
    arena.hand("folder/helper.py", "import os\nplace = os.environ['ARENA_OUTPUT'] + '/submission.csv'\n")
    arena.hand("folder/data/table.csv", _TABLE)
    main = (
        "import helper, pathlib, shutil\nshutil.copy(pathlib.Path(__file__).parent / 'data/table.csv', helper.place)\n"
    )
    ended = arena.grade(arena.hand("folder/main.py", main).parent)
    assert ended.outcome is Outcome.SCORED, ended.log


def test_a_careful_graders_umask_changes_nothing(arena: Arena) -> None:
    """A grader whose files are nobody else's runs folders of folders all the same."""
    arena.shelve("rahim", "work/package/inner/helper.py", f"TABLE = {_TABLE!r}\n")
    arena.shelve(
        "rahim", "work/main.py", "from package.inner.helper import TABLE; open('submission.csv', 'w').write(TABLE)"
    )
    shutil.rmtree(arena.root / ".arena")
    said = arena.say("grade", "--json", umask=0o077)
    assert said.code == 0, said.text
    assert [each["outcome"] for each in said.json] == ["scored"]


_PARALLEL = """
import concurrent.futures, multiprocessing, sys, threading

class Thing:
    def __init__(self, value):
        self.value = value

def square(thing):
    return Thing(thing.value ** 2)

def main():
    things = [Thing(number) for number in range(10)]
    for method in ("fork", "spawn", "forkserver"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(method, sum(thing.value for thing in pool.map(square, things)))
    with concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        print("executor", sum(thing.value for thing in pool.map(square, things)))
    queue = multiprocessing.Queue()
    worker = multiprocessing.Process(target=queue.put, args=("queued",))
    worker.start()
    print(queue.get(timeout=5))
    worker.join()
    thread = threading.Thread(target=print, args=("thread",))
    thread.start()

if __name__ == "__main__":
    main()
"""


def test_multiprocessing_works(arena: Arena) -> None:
    """Pools by fork, spawn and forkserver, executors, queues and threads work, with classes of the program's own."""
    ended = arena.program(_PARALLEL)
    assert ended.outcome is Outcome.NO_PREDICTIONS, ended.log
    assert sorted(ended.log.splitlines()) == sorted(
        ["fork 285", "spawn 285", "forkserver 285", "executor 285", "queued", "thread"]
    )


def test_what_runs_at_the_end_runs(arena: Arena) -> None:
    """Threads are waited for and exit handlers run, as in any Python program."""
    ended = arena.program(f"""
import atexit, threading, time
def write():
    time.sleep(0.2)
    open("submission.csv", "w").write({_TABLE!r})
atexit.register(print, "handler")
threading.Thread(target=write).start()
""")
    assert ended.outcome is Outcome.SCORED
    assert ended.log == "handler\n"


_RANDOM = """
import random
values = [random.random(), hash("text"), list({"a", "b", "c"})]
try:
    import numpy
    values += [float(numpy.random.rand()), float(numpy.random.RandomState().rand() >= 0)]
except ImportError:
    pass
print(values)
"""


@pytest.mark.parametrize("kind", ["arena", "scientific"])
@pytest.mark.usefixtures("launcher_name")
def test_two_runs_draw_the_same(kind: str, request: pytest.FixtureRequest) -> None:
    """The random module, NumPy's and the order of sets repeat from run to run."""
    arena: Arena = request.getfixturevalue(kind)
    first, second = (arena.program(_RANDOM + f"# {number}\n") for number in range(2))
    assert first.log == second.log
    assert len(json.loads(first.log.replace("'", '"'))) == (5 if kind == "scientific" else 3)


def _notebook(arena: Arena, cells: Sequence[str]) -> Ended:
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# A notebook"]},
            *(
                {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell}
                for cell in cells
            ),
        ],
    }
    return arena.grade(arena.hand("notebook/work.ipynb", json.dumps(document)))


def test_a_notebook_runs_without_a_kernel(arena: Arena) -> None:
    """Harmless magics, timers, display and get_ipython work, and what is defined in a cell is known in the next."""
    ended = _notebook(
        arena,
        [
            "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\nvalue = 40",
            "%%time\nvalue += 1",
            "%time value += 1",
            "from IPython.display import display, HTML, clear_output\ndisplay(value)\nclear_output(wait=True)",
            "get_ipython().run_line_magic('matplotlib', 'inline')\nprint(100 % 7, 'a!b')",
            f"if __name__ == '__main__':\n    open('submission.csv', 'w').write({_TABLE!r})",
        ],
    )
    assert ended.outcome is Outcome.SCORED, ended.log
    assert ended.log == "42\n2 a!b\n"


def test_an_installation_is_noted_and_never_run(arena: Arena) -> None:
    """``!pip install`` does nothing but say what the runtime lacks."""
    ended = _notebook(
        arena,
        [
            "!pip install -q no-such-package==1.0\n%pip install pip-is-not-here\nprint('after')",
            f"open('submission.csv', 'w').write({_TABLE!r})",
        ],
    )
    assert ended.outcome is Outcome.SCORED, ended.log
    assert ended.log == "after\n"
    assert [(note.id, note.params["requirement"]) for note in ended.graded.notes] == [
        ("runtime.package_missing", "no-such-package==1.0"),
        ("runtime.package_missing", "pip-is-not-here"),
    ]


@pytest.mark.parametrize("line", ["!ls", "%%bash\nls", "%run other.py", "files = !ls", "?print", "%load_ext x"])
def test_other_magic_is_refused_with_its_cell(arena: Arena, line: str) -> None:
    """What needs a shell or IPython is refused before anything runs, with the number of the cell."""
    ended = _notebook(arena, ["print('runs')", line])
    message = ended.graded.messages[0]
    assert (ended.outcome, message.id, message.params["cell"]) == (Outcome.REJECTED, "notebook.magic", 2)
    assert ended.log == ""


def test_a_notebooks_traceback_names_the_cell(arena: Arena) -> None:
    """An error in a cell shows the cell's number and the line's text, and nothing of the harness."""
    ended = _notebook(arena, ["def half(x):\n    return x / 0", "print('here')\n\nhalf(1)"])
    assert ended.outcome is Outcome.CRASHED
    assert 'File "<cell 2>", line 3' in ended.log
    assert 'File "<cell 1>", line 2, in half' in ended.log
    assert "return x / 0" in ended.log
    assert "arena_guest" not in ended.log


_MODEL = """
import os

class Model:
    def fit(self, X, y):
        {fit}
        return self

    def predict(self, X):
        {predict}
"""


def _model(arena: Arena, *, fit: str = "self.mean = y.mean()", predict: str = "return [self.mean] * len(X)") -> Ended:
    return arena.grade(arena.hand("model/model.py", _MODEL.format(fit=fit, predict=predict)))


def test_a_model_sees_each_half_in_its_turn(scientific: Arena) -> None:
    """``fit`` has no test table, ``predict`` no training table, and nothing that fit wrote elsewhere."""
    listing = "print(sorted(os.listdir(os.environ['ARENA_INPUT'])), os.path.exists('/tmp/note'))"
    ended = _model(
        scientific,
        fit=f"self.mean = y.mean(); open('/tmp/note', 'w').close(); {listing}; assert list(X) == ['Feature']",
        predict=f"{listing}; assert list(X) == ['Feature'] and X.index.name == 'Id'; return [self.mean] * len(X)",
    )
    assert ended.outcome is Outcome.SCORED, ended.log
    assert ended.log == "['train.csv'] True\n['test.csv'] False\n"


_BAD_MODELS = {
    "it cannot be pickled": ({"fit": "self.f = lambda: 0"}, "cannot be pickled"),
    "it holds a thread's lock": ({"fit": "import threading; self.lock = threading.Lock()"}, "cannot be pickled"),
    "it gives too few values": ({"predict": "return [0.0]"}, "predict returned shape (1,); expected (30,)"),
    "it gives a table": ({"predict": "return [[0, 1]] * len(X)"}, "predict returned shape (30, 2); expected (30,)"),
    "it gives nothing": ({"predict": "return None"}, "predict returned shape ()"),
}


@pytest.mark.parametrize(("parts", "said"), _BAD_MODELS.values(), ids=_BAD_MODELS.keys())
def test_a_model_fails_readably_when(scientific: Arena, parts: dict[str, str], said: str) -> None:
    """What is wrong with a model is one sentence, not a traceback of the harness."""
    ended = _model(scientific, **parts)
    assert (ended.outcome, ended.message) == (Outcome.CRASHED, "run.crashed")
    assert said in ended.log
    assert "arena_guest" not in ended.log
    assert "Traceback" not in ended.log


def test_a_class_of_the_wrong_name_is_said(scientific: Arena) -> None:
    """A model.py without ``Model`` is told so."""
    ended = scientific.grade(scientific.hand("model/model.py", "class Modell: pass"))
    assert ended.outcome is Outcome.CRASHED
    assert ended.log == "arena: model.py has no class `Model`\n"
