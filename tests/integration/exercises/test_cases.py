"""Every way in which a case can end has its kind, and takes no other case down, public or hidden."""

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [pytest.mark.sandbox, each_launcher]

# What `act` does when it is told so: a line of Python, and how the case ends.
ACTS = {
    "the right value": ("return [1.0, 2.0]", "passed"),
    "as a tuple": ("return (1, 2)", "passed"),
    "as a generator": ("return (x for x in (1.0, 2.0))", "not_plain"),
    "another value": ("return [1.0, 2.5]", "wrong_value"),
    "not a number": ("return [1.0, float('nan')]", "wrong_value"),
    "infinity": ("return [1.0, float('inf')]", "wrong_value"),
    "a huge integer": ("return [1.0, 10 ** 5000]", "wrong_value"),
    "another shape": ("return [1.0]", "wrong_shape"),
    "ragged": ("return [[1.0], [1.0, 2.0]]", "wrong_shape"),
    "nothing": ("pass", "wrong_type"),
    "a text": ("return '[1.0, 2.0]'", "wrong_type"),
    "an exception": ("raise KeyError('x')", "raised"),
    "a recursion": ("return act(what)", "raised"),
    "sys.exit": ("import sys; sys.exit(0)", "raised"),
    "too much memory": ("return [bytearray(1 << 40)]", "raised"),
    "more and more memory": ("held = []\n        while True: held.append(bytearray(b'x') * (8 << 20))", "raised"),
    "an endless loop": ("while True: pass", "too_slow"),
    "sleep": ("import time; time.sleep(60)", "too_slow"),
    "a flood of output": ("while True: print('x' * 10000)", "too_slow"),
    "a finite flood": ("print('x' * 50_000_000); return [1.0, 2.0]", "passed"),
    "a flood past Python": (
        "import os\n        for _ in range(500): os.write(2, bytes(100000))\n        return [1, 2]",
        "passed",
    ),
    "os._exit": ("import os; os._exit(0)", "died"),
    "os._exit, angrily": ("import os; os._exit(7)", "died"),
    "abort": ("import os; os.abort()", "died"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "died"),
    "killed by itself": ("import os; os.kill(os.getpid(), 9)", "died"),
    "closed descriptors": ("import os; os.closerange(0, 1024); return [1.0, 2.0]", "died"),
    "a cyclic list": ("held = []; held.append(held); return held", "not_plain"),
    "a deep list": ("held = []\n        for _ in range(100000): held = [held]\n        return held", "not_plain"),
    "a long list": ("return [0.0] * 10_000_000", "not_plain"),
    "a gigabyte": ("return 'x' * (1 << 28)", "not_plain"),
    "an object": ("return object()", "not_plain"),
    "a liar": ("return Liar()", "not_plain"),
    "a list of liars": ("return [Liar(), Liar()]", "not_plain"),
    "a lying number": ("return [Lying(5.0), Lying(6.0)]", "wrong_value"),
    "its arguments": ("more.append(3); return [1.0, 2.0]", "changed_arguments"),
    "its inner arguments": ("more[0].clear(); return [1.0, 2.0]", "changed_arguments"),
    "arguments that cross no more": ("more.append(object()); return [1.0, 2.0]", "changed_arguments"),
    "threads": (
        (
            "import threading, time\n"
            "        for _ in range(3): threading.Thread(target=time.sleep, args=(60,)).start()\n"
            "        return [1.0, 2.0]"
        ),
        "passed",
    ),
    "a child that stays": (
        "import os, time\n        if os.fork() == 0: os.setsid(); time.sleep(60)\n        return [1.0, 2.0]",
        "passed",
    ),
    "a child that reports, too": (
        "import os; child = os.fork(); child and os.waitpid(child, 0); return [1.0, 2.0]",
        "not_plain",
    ),
    "a full disk": (
        (
            "import contextlib\n        for room in ('/tmp', '/dev/shm', '.'):\n"
            "            with contextlib.suppress(OSError), open(f'{room}/x', 'wb') as file:\n"
            "                while True: file.write(bytes(1 << 20))\n        return [1.0, 2.0]"
        ),
        "passed",
    ),
    "a locked folder": (
        "import os; os.makedirs('a/b/c'); os.chmod('a/b', 0); os.chmod('.', 0); return [1.0, 2.0]",
        "passed",
    ),
    "the last one is right": ("return [1.0, 2.0]", "passed"),
}

CASES = f"""\
NAMES = {list(ACTS)!r}
def _cases(extra):
    for name in NAMES:
        yield {{"function": "act", "name": {{"en": name, "bn": name}}, "args": [name, [[1], extra]]}}
    yield {{"function": "refuse", "name": {{"en": "refuses", "bn": "x"}}, "args": [-1], "raises": "ValueError"}}
    yield {{"function": "refuse", "name": {{"en": "does not", "bn": "y"}}, "args": [1], "raises": "ValueError"}}
    yield {{"function": "absent", "name": {{"en": "absent", "bn": "z"}}, "args": [1]}}
PUBLIC = list(_cases(0))
def hidden(seed):
    return _cases(seed % 2**64)
"""
REFERENCE = """\
def act(what, more): return [1.0, 2.0]
def refuse(number): raise ArithmeticError("a subclass counts") if False else UnicodeError("never")
def absent(number): return number
"""
SOLUTION = (
    """\
class Liar:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
class Lying(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __float__(self): return 1.0
def act(what, more):
"""
    + "".join(f"    if what == {name!r}:\n        {source}\n" for name, (source, _) in ACTS.items())
    + """\
def refuse(number):
    if number < 0: raise UnicodeDecodeError("utf-8", b"", 0, 0, "a kind of ValueError")
    return number
"""
)
EXPECTED = {
    **{name: kind for name, (_, kind) in ACTS.items()},
    "refuses": "passed",
    "does not": "did_not_raise",
    "absent": "not_there",
}


def test_every_ending(exercise: Exercise) -> None:
    """Each case ends by itself: what is done in one shows in no other, and hidden cases end as public ones do."""
    exercise.write(("act", "refuse", "absent"), {"cases.py": CASES, "reference.py": REFERENCE}, seconds=3)
    ended = exercise.grade(SOLUTION)
    assert ended.graded.outcome is Outcome.SCORED, ended.log
    for public in (True, False):
        found = {
            each.name["en"]: each.mismatch.value if each.mismatch else "passed"
            for each in ended.results
            if each.is_public is public
        }
        assert found == EXPECTED
