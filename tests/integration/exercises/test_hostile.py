"""A solution that lies, searches and speaks gains nothing, and tells nothing of a hidden case."""

from pathlib import Path

import pytest

from arena.exercises.case import Value
from arena.model.outcome import Outcome
from tests.integration.conftest import each_launcher
from tests.integration.exercises.conftest import Exercise

pytestmark = [pytest.mark.sandbox, each_launcher]

# What `act` does when it is told so; `right()` is the right answer. Case after case, in this order.
ACTS = {
    "lies about equality": ("return Liar('x')", "wrong_value"),
    "lies about its class": ("return Disguised()", "raised"),
    "forges a report": ('os.write(3, b\'{"returned": "x", "changed": false}\'); os._exit(0)', "wrong_value"),
    "floods its report": ("[os.write(3, b'[' * 65536) for _ in range(400)]; os._exit(0)", "too_slow"),
    "patches the guest": ("patch(); return 'x'", "not_plain"),
    "is right after that": ("return right()", "passed"),
    "leaves a daemon": (
        "if os.fork() == 0: os.setsid(); open('/tmp/left', 'w').close(); time.sleep(60)\n        return right()",
        "passed",
    ),
    "meets nobody": ("return right() if not os.path.exists('/tmp/left') and alone() else 'x'", "passed"),
    "prints": ("print(token); print(token, file=sys.stderr); return 'x'", "wrong_value"),
    "raises": ("raise KeyError(token)", "raised"),
    "raises a class of that name": ("raise type(token, (Exception,), {})(token)", "raised"),
    "returns it": ("return {token: right()}", "wrong_type"),
    "asks for a name": ("return getattr(sys.modules['solution'], token)", "not_there"),
    "exits": ("sys.exit(token)", "raised"),
    "names its process": ("os.write(2, token.encode()); os.abort()", "died"),
    "searches": ("return look(token)", "wrong_type"),
}
CASES = f"""\
import random
NAMES = {list(ACTS)!r}
def _cases(seed):
    draw = random.Random(seed)
    for name in NAMES:
        token = f"canary-{{draw.getrandbits(128):032x}}"
        yield {{"function": "act", "name": {{"en": name, "bn": name}}, "args": [name, token]}}
PUBLIC = list(_cases(0))
def hidden(seed):
    return _cases(seed)
"""
REFERENCE = """\
import hashlib
def act(what, token):
    return "answer-" + hashlib.sha256(token.encode()).hexdigest()[:32]
"""
SOLUTION = r"""
import gc, hashlib, json, os, re, sys, time
class Liar(str):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = str.__hash__
class Disguised:
    @property
    def __class__(self): return list
    def __eq__(self, other): return True
def patch():
    for name, module in list(sys.modules.items()):
        if "guest" in name:
            for each in list(vars(module)):
                if callable(vars(module)[each]):
                    setattr(module, each, lambda *args, **kwargs: {})
    json.dumps = lambda *args, **kwargs: "{}"
def alone():
    return sum(name.isdigit() for name in os.listdir("/proc")) <= 3
def files():
    for top in ("/kaggle", "/arena", "/tmp", "/dev/shm", "/proc"):
        for folder, folders, names in os.walk(top, onerror=None):
            folders[:] = [each for each in folders if each not in ("sys", "bus", "irq")]
            yield from (os.path.join(folder, name) for name in names)
def look(token):
    found, frame = set(), sys._getframe()
    seen = lambda text: found.update(re.findall("(?:canary|answer)-[0-9a-f]{32}", text))
    while frame:
        seen(repr(frame.f_locals)); frame = frame.f_back
    for each in gc.get_objects():
        try: seen(repr(each)[:1 << 20])
        except BaseException: pass
    for name in files():
        if name.endswith(("kmsg", "kcore", "pagemap", "clear_refs")) or "/task/" in name: continue
        try:
            fd = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
            try: seen(os.read(fd, 1 << 20).decode("latin-1"))
            finally: os.close(fd)
        except OSError: pass
    for number in filter(str.isdigit, os.listdir("/proc")):
        if int(number) == os.getpid(): continue
        try: open(f"/proc/{number}/mem", "rb").close(); found.add("memory")
        except OSError: pass
        try: found.update(f"descriptor {fd}" for fd in os.listdir(f"/proc/{number}/fd"))
        except OSError: pass
    return [token in found, len(found - {token}), *sorted(found - {token})]
def act(what, token):
    right = lambda: "answer-" + hashlib.sha256(token.encode()).hexdigest()[:32]
""" + "".join(f"    if what == {name!r}:\n        {source}\n" for name, (source, _) in ACTS.items())


def _texts(*folders: Path) -> str:
    """Everything that lies there, in one text."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return "\n".join(path.read_bytes().decode("latin-1") for path in paths)


def test_a_hostile_solution_gains_nothing_and_tells_nothing(exercise: Exercise) -> None:
    """Lies are seen through, a search finds its own arguments alone, and no hidden value stands anywhere afterwards."""
    exercise.write(("act",), {"cases.py": CASES, "reference.py": REFERENCE}, seconds=5)
    ended = exercise.grade(SOLUTION)
    assert ended.graded.outcome is Outcome.SCORED, ended.log
    for public in (True, False):
        found = {
            each.name["en"]: each.mismatch.value if each.mismatch else "passed"
            for each in ended.results
            if each.is_public is public
        }
        assert found == {name: kind for name, (_, kind) in ACTS.items()}
    assert ended.returned["searches"] == "[True, 0]"
    secrets = [
        str(text)
        for case in exercise.hidden()
        if isinstance(case.expected, Value)
        for text in (case.args[1], case.expected.value)
    ]
    assert len(secrets) == 2 * len(ACTS)
    # Records, logs and what is kept of each case; the public canaries do stand there.
    told = ended.log + _texts(exercise.arena.root, exercise.arena.home)
    assert "canary-" in ended.log
    assert not [secret for secret in secrets if secret.removeprefix("canary-").removeprefix("answer-") in told]
