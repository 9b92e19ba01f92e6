"""Nothing is carried from one case to the next: each begins as the first did."""

import pytest

from tests.integration.conftest import each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [pytest.mark.sandbox, each_launcher]

# What a case leaves behind, and how a later one would find it.
WAYS = {
    "a global": ("global COUNT; COUNT += 1", "COUNT"),
    "a module": ("sys.modules['left'] = sys", "'left' in sys.modules"),
    "a patched module": ("math.sqrt = None", "math.sqrt is None"),
    "a patched builtin": ("builtins.sum = None", "sum is None"),
    "the environment": ("os.environ['LEFT'] = '1'", "'LEFT' in os.environ"),
    "the current folder": ("os.chdir('/tmp')", "os.getcwd() != '/kaggle/working'"),
    "a file": ("open('left', 'w').close()", "'left' in os.listdir('.')"),
    "a hidden file": ("open('/tmp/.left', 'w').close()", "'.left' in os.listdir('/tmp')"),
    "shared memory": ("open('/dev/shm/left', 'w').close()", "'left' in os.listdir('/dev/shm')"),
    "a deep folder": (
        "for _ in range(300): os.mkdir('deeper' * 20); os.chdir('deeper' * 20)",
        "any(name.startswith('deeper') for name in os.listdir('/kaggle/working'))",
    ),
    "a locked folder": (
        "os.makedirs('/tmp/a/b/c'); os.chmod('/tmp/a/b', 0); os.chmod('/tmp/a', 0)",
        "'a' in os.listdir('/tmp')",
    ),
    "a link": (
        "os.symlink('/kaggle/src', '/tmp/link'); os.mkfifo('/tmp/pipe')",
        "{'link', 'pipe'} & set(os.listdir('/tmp'))",
    ),
    "a daemon": (
        "if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: keep('/tmp/alive')\n        os._exit(0)",
        "others()",
    ),
    "many daemons": ("for _ in range(10):\n        if os.fork() == 0: os.setsid(); time.sleep(60)", "others()"),
    "ignored signals": ("if os.fork() == 0: ignore(); time.sleep(60)", "others()"),
    "a socket": ("if os.fork() == 0: listen()\n    time.sleep(0.2)", "socket.socket(1).connect_ex('\\0left') == 0"),
    "a limit": (
        "resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))",
        "resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 9",
    ),
    "chance": ("random.seed(1)", "random.random() != FIRST"),
}

CASES = f"""\
NAMES = {list(WAYS)!r}
def cases(start):
    for number, name in enumerate(NAMES):
        for step in ("leave", "find"):
            yield {{"function": "step", "name": {{"en": f"{{step}} {{name}}", "bn": f"{{name}} {{step}}"}},
                   "args": [step, number, start], "expect": 0, "seconds": 20}}
PUBLIC = list(cases(0))
def hidden(seed):
    return cases(seed % 2**64)
"""
REFERENCE = "def step(step, number, start): return 0\n"
SOLUTION = (
    """\
import builtins, math, os, random, resource, signal, socket, sys, time
OWN = {1, os.getpid(), os.getppid()}
COUNT = 0
STATE = random.getstate(); FIRST = random.random(); random.setstate(STATE)
def others():
    time.sleep(0.05)
    return {int(name) for name in os.listdir("/proc") if name.isdigit()} - OWN
def keep(path):
    while True:
        open(path, "w").close(); time.sleep(0.001)
def ignore():
    for number in range(1, 65):
        try: signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError): pass
def listen():
    plug = socket.socket(socket.AF_UNIX); plug.bind("\\0left"); plug.listen(); time.sleep(60)
"""
    + "".join(
        f"def leave_{number}():\n    {leave}\ndef find_{number}():\n    return {find}\n"
        for number, (leave, find) in enumerate(WAYS.values())
    )
    + "def step(step, number, start):\n"
    "    found = globals()[f'{step}_{number}']()\n"
    "    return int(bool(found)) if step == 'find' else 0\n"
)


def test_nothing_is_left(exercise: Exercise) -> None:
    """What one case leaves in memory, in files or running, the next one does not find."""
    exercise.write(("step",), {"cases.py": CASES, "reference.py": REFERENCE})
    ended = exercise.grade(SOLUTION)
    assert {name: result for name, result in ended.by_name.items() if result != "passed"} == {}, ended.log
    assert len(ended.results) == 4 * len(WAYS)


def test_the_ways_of_leaving_work(exercise: Exercise) -> None:
    """Within one case, what was left is found: the test above would see it."""
    exercise.write(("step",), {"cases.py": CASES, "reference.py": REFERENCE})
    both = SOLUTION + (
        "def step(step, number, start):\n"
        "    if step == 'find': return 0\n"
        "    globals()[f'leave_{number}']()\n"
        "    return int(bool(globals()[f'find_{number}']()))\n"
    )
    ended = exercise.grade(both)
    assert len(ended.results) == 4 * len(WAYS), ended.log
    blind = [name for name, result in ended.by_name.items() if name.startswith("leave") and result == "passed"]
    assert blind == [], ended.log
