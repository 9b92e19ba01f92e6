"""What a program may leave as ``submission.csv``: a plain file, or nothing that the grader follows or waits for."""

from pathlib import Path

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import Arena, each_launcher, guess, table

pytestmark = [pytest.mark.sandbox, each_launcher]

_TABLE = table(guess())
_GIB = 1024**3
_NOT_FILES = {
    "a link to a host file": "os.symlink('/etc/passwd', 'submission.csv')",
    "a link to the inputs": "os.symlink(os.environ['ARENA_INPUT'] + '/sample_submission.csv', 'submission.csv')",
    "a link to a good table": "open('real.csv', 'w').write(TABLE); os.symlink('real.csv', 'submission.csv')",
    "a link to itself": "os.symlink('submission.csv', 'submission.csv')",
    "a link to process 1": "os.symlink('/proc/1/environ', 'submission.csv')",
    "a pipe": "os.mkfifo('submission.csv')",
    "a folder": "os.mkdir('submission.csv')",
    "a full folder": "os.makedirs('submission.csv/a/b'); open('submission.csv/a/b/c', 'w').write(TABLE)",
    "a socket": "import socket; socket.socket(socket.AF_UNIX).bind('submission.csv')",
    "a second name": "open('real.csv', 'w').write(TABLE); os.link('real.csv', 'submission.csv')",
    "a file that may not be read": "open('submission.csv', 'w').write(TABLE); os.chmod('submission.csv', 0)",
}


@pytest.mark.parametrize("source", _NOT_FILES.values(), ids=_NOT_FILES.keys())
def test_what_is_no_plain_file_is_not_read(arena: Arena, source: str) -> None:
    """It is neither followed nor waited for, and the message says what to write instead."""
    ended = arena.program(f"import os\nTABLE = {_TABLE!r}\n{source}\n")
    assert ended.outcome is Outcome.NO_PREDICTIONS, ended.log
    assert ended.message == "run.output_not_a_file"
    assert ended.seconds < 5


def test_an_endless_pipe_does_not_hang(arena: Arena) -> None:
    """A pipe that a daemon keeps writing to ends with the job."""
    ended = arena.program(
        "import os\nos.mkfifo('submission.csv')\nif os.fork() == 0:\n os.setsid()\n"
        " with open('submission.csv', 'w') as file:\n  while True: file.write('x' * 1000)\n"
    )
    assert ended.message == "run.output_not_a_file"
    assert ended.seconds < 5


def test_a_sparse_file_beyond_the_disk_cannot_be_made(arena: Arena) -> None:
    """A file of 2 GB without content breaks the task's disk limit, not the grader."""
    ended = arena.program("open('submission.csv', 'wb').truncate(2 * 1024**3)")
    assert ended.outcome in {Outcome.CRASHED, Outcome.DISK_EXCEEDED}
    assert "File too large" in ended.log


def test_a_sparse_file_within_the_disk_is_not_read(arena: Arena) -> None:
    """A file of 2 GB without content that the disk limit allows is refused by its size."""
    ended = arena.program("open('submission.csv', 'wb').truncate(2 * 1024**3)", disk_bytes=4 * _GIB)
    assert (ended.outcome, ended.message) == (Outcome.DISK_EXCEEDED, "run.output_too_large")
    assert ended.seconds < 5


def test_a_late_writer_comes_too_late(arena: Arena) -> None:
    """What a daemon would write after the program's end does not count: it is dead before the table is read."""
    ended = arena.program(f"""
import os, time
open("submission.csv", "w").write({_TABLE!r})
parent = os.getpid()
ready, told = os.pipe()
if os.fork() == 0:
    os.setsid()
    file = open("submission.csv", "r+")
    os.write(told, b".")
    while os.getppid() == parent:
        pass
    while True:
        file.seek(0)
        file.write("spoiled" * 100)
        file.flush()
os.read(ready, 1)
os._exit(0)
""")
    # The instant between the end and the kill is the daemon's; whatever it did then was the submission's own doing.
    assert ended.outcome in {Outcome.SCORED, Outcome.INVALID_PREDICTIONS}
    assert ended.seconds < 5


def test_a_writer_that_waits_a_moment_changes_nothing(arena: Arena) -> None:
    """A daemon that spoils the table a little after the program's end finds no moment to do it."""
    ended = arena.program(f"""
import os, time
open("submission.csv", "w").write({_TABLE!r})
if os.fork() == 0:
    os.setsid()
    time.sleep(0.2)
    open("submission.csv", "w").write("spoiled")
    time.sleep(60)
""")
    assert ended.outcome is Outcome.SCORED
    assert ended.seconds < 5


def test_only_the_named_file_leaves_the_sandbox(arena: Arena) -> None:
    """Whatever else a program writes stays nowhere on the host."""
    mark = "a-name-that-only-this-test-writes"
    ended = arena.program(
        f"for folder in ('.', '/tmp', '/dev/shm'): open(f'{{folder}}/{mark}', 'w').write('x')\n"
        f"open('submission.csv', 'w').write({_TABLE!r})"
    )
    assert ended.outcome is Outcome.SCORED
    assert not list(arena.root.parent.rglob(mark))
    assert not [folder for folder in ("/tmp", "/dev/shm") if (Path(folder) / mark).exists()]
