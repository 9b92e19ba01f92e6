"""The same walls and outcomes for a grader who is not root; tried as another account where the tests run as root."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

import arena as package
from tests.conftest import write_files
from tests.integration.conftest import PROGRAMS, TASK, Arena, Said, each_launcher, guess, table

pytestmark = pytest.mark.sandbox

_UID = 65533


class Lower:
    """A workspace of an unprivileged account, and the command line as that account uses it."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena

    def say(self, *arguments: str) -> Said:
        """Run a command to its end."""
        repository = Path(package.__file__).parents[1]
        asked = {
            "uid": _UID,
            "paths": [sys.base_prefix, sys.prefix, str(repository)],
            "argv": [sys.executable, "-m", "arena", *arguments],
            "environment": self.arena.environment(PYTHONPATH=str(repository), PYTHONDONTWRITEBYTECODE="1"),
            "cwd": str(self.arena.root),
        }
        ended = subprocess.run(
            [sys.executable, "-I", str(PROGRAMS / "lower.py"), json.dumps(asked)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        return Said(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=0)


@pytest.fixture(scope="module")
def lower(template: Arena) -> Iterator[Lower]:
    """A copy of the workspace that belongs to an account without any privilege."""
    if os.getuid() != 0:
        pytest.skip(f"this is uid {os.getuid()} already: every other test is the unprivileged one")
    # Not below pytest's own folder, which other accounts may not enter.
    with tempfile.TemporaryDirectory(prefix="arena-test-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        made = Arena(root=place / "class", vault=place / "vault", home=place / "home")
        shutil.copytree(template.root, made.root)
        shutil.copytree(template.vault, made.vault)
        made.home.mkdir()
        venv.create(place / "venv", symlinks=True, with_pip=False)
        made.use_runtime(place / "venv" / "bin" / "python")
        for path in (place, *place.rglob("*")):
            os.chown(path, _UID, _UID, follow_symlinks=False)
        account = Lower(made)
        examined = account.say("doctor", "--json")
        failed = [finding for finding in examined.json if finding["needed"] and not finding["ok"]]
        if failed:
            pytest.skip(f"an unprivileged account cannot run the sandbox here: {failed[0]['detail'][-400:]}")
        yield account


@each_launcher
def test_an_unprivileged_grader_grades(lower: Lower, launcher_name: str) -> None:
    """Answers are built, code and predictions are graded, limits hold; the record does not claim a uid was dropped."""
    arena = lower.arena
    arena.use_launcher(launcher_name)
    for folder in (arena.vault, arena.root / "leaderboard" / "records", arena.root / "submissions"):
        shutil.rmtree(folder, ignore_errors=True)
    arena.shelve("rahim", "predictions.csv", table(guess()))
    arena.shelve("karim", "main.py", f"open('submission.csv', 'w').write({table(guess(1))!r})")
    arena.shelve("salma", "main.py", "while True: print('x' * 1000)")
    arena.shelve(
        "nadia", "main.py", "held = [bytearray(b'x') * (32 << 20) for _ in range(24)]\nimport time; time.sleep(3)"
    )
    for path in (arena.root / "submissions").rglob("*"):
        os.chown(path, _UID, _UID)
    said = lower.say("grade", "--json")
    assert said.code == 0, said.text
    assert {each["team"]: each["outcome"] for each in said.json} == {
        "rahim": "scored",
        "karim": "scored",
        "salma": "output_flooded",
        "nadia": "memory_exceeded",
    }
    record = next(each for each in arena.records() if each["team"] == "karim")
    assert "namespaces" in record["protections"]
    assert "uid_drop" not in record["protections"]
    assert arena.vault.stat().st_mode & 0o077 == 0
    assert arena.scratch() == []


@each_launcher
def test_every_wall_holds_without_root(lower: Lower, launcher_name: str) -> None:
    """A hostile program finds the same walls where the grader has no privilege to give up."""
    arena = lower.arena
    arena.use_launcher(launcher_name)
    host = {
        "tcp": 9,
        "udp": 9,
        "unix": "/tmp/none",
        "abstract": "none",
        "python": sys.executable,
        "prefix": sys.base_prefix,
        "top": sorted({Path(sys.base_prefix).parts[1], "tmp"}),
        "files": [str(arena.vault), str(arena.root), "/etc/shadow"],
    }
    arena.shelve("walls", "try/host.json", json.dumps(host))
    folder = arena.shelve("walls", "try/main.py", (PROGRAMS / "walls.py").read_text(encoding="utf-8")).parent
    checked = lower.say("check", TASK, str(folder), "--json")
    told = json.loads(checked.json["log"])
    assert {name: said for name, said in told.items() if said != "held"} == {}


_CASES = """\
NAMES = ["stays within", "leaves a daemon", "finds nothing", "kills itself", "is right all the same"]
def cases(start):
    return [{"function": "act", "name": {"en": n, "bn": n}, "args": [n, start], "seconds": 20} for n in NAMES]
PUBLIC = cases(0)
def hidden(seed):
    return cases(1 + seed % 1000)
"""
_SOLUTION = """\
import os, time
def act(what, start):
    if what == "leaves a daemon" and os.fork() == 0:
        os.setsid(); open("/tmp/left", "w").close(); time.sleep(60)
    if what == "kills itself":
        os.kill(os.getpid(), 9)
    others = {name for name in os.listdir("/proc") if name.isdigit()} - {"1", str(os.getpid()), str(os.getppid())}
    if what == "finds nothing" and (others or os.path.exists("/tmp/left")):
        return "something"
    try:
        open(f"/proc/{os.getppid()}/mem", "rb").close()
    except OSError:
        return start
"""


@each_launcher
def test_an_exercise_without_root(lower: Lower, launcher_name: str) -> None:
    """Cases are kept apart from each other, and from what runs them, where the grader has no privilege to give up."""
    arena = lower.arena
    arena.use_launcher(launcher_name)
    toml = (
        'schema = 1\nid = "apart"\nkind = "exercise"\ntitle = { en = "Apart", bn = "আলাদা" }\nsealed = false\n'
        '[submissions]\naccepts = ["exercise"]\n[[functions]]\nname = "act"\n[budget]\nmemory = "256 MiB"\n'
    )
    files = {
        "task.toml": toml,
        "cases.py": _CASES,
        "reference.py": "def act(what, start): return start\n",
        **{f"statement.{language}.md": "# Apart\n" for language in ("en", "bn")},
    }
    folder = write_files(arena.root / "tasks" / "apart", files)
    solution = write_files(arena.root.parent / "learner" / "apart", {"solution.py": _SOLUTION})
    shelf = arena.root / "submissions"
    shelf.mkdir(exist_ok=True)
    for path in (shelf, folder, *folder.rglob("*"), solution, *solution.rglob("*")):
        os.chown(path, _UID, _UID)
    try:
        built = lower.say("task", "build", "apart")
        assert built.code == 0, built.text
        said = lower.say("submit", "apart", str(solution), "--team", f"team-{launcher_name}", "--json")
        kinds = ["passed", "passed", "passed", "died", "passed"]
        assert [case["result"] for case in said.json.get("cases", ())] == kinds * 2, said.text
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(arena.root / "leaderboard", ignore_errors=True)
