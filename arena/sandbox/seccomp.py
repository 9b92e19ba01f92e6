"""Turn the table of system calls into a seccomp filter: classic BPF, assembled by hand (``man 2 seccomp``).

The filter is checked from top to bottom: a wrong architecture kills, an x32 call does not exist, calls with conditions
are looked at by argument, then the allowed ones, then the dangerous ones, then nothing exists.
"""

import errno
import functools
import platform
import struct

from arena.sandbox.interface import SandboxUnavailableError
from arena.sandbox.syscall_numbers import AARCH64, X86_64
from arena.sandbox.syscalls import ALLOWED, DANGEROUS, names

# struct seccomp_data: int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]. Little-endian machines only.
_NR, _ARCH, _ARGS = 0, 4, 16
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_X32_BIT = 0x40000000

_ARCHITECTURES = {"x86_64": (0xC000003E, X86_64), "aarch64": (0xC00000B7, AARCH64)}

# clone(2): every CLONE_NEW* flag, CLONE_NEWTIME (0x80) aside, which is the signal's byte there.
_NEW_NAMESPACES = 0x7E020000
_AF_UNIX = 1
_TERMINAL_INPUT = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX: type into the terminal of whoever started us


def of_this_machine() -> bytes:
    """The filter, as an array of ``struct sock_filter``.

    Raises:
        SandboxUnavailableError: there is none for this machine.
    """
    if platform.machine() not in _ARCHITECTURES:
        raise SandboxUnavailableError("sandbox.no_filter", machine=platform.machine())
    return assemble()


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, value)


def _answer(action: int) -> bytes:
    return _instruction(_RETURN, action)


def _low_word(argument: int) -> bytes:
    return _instruction(_LOAD, _ARGS + 8 * argument)


def _when(number: int, body: list[bytes]) -> list[bytes]:
    """Run ``body``, which ends in an answer, for one call; the call's number is loaded before and not needed after."""
    return [_instruction(_JUMP_EQUAL, number, 0, len(body)), *body]


def _deny(number: int) -> int:
    return _ERRNO | number


@functools.cache
def assemble(machine: str | None = None) -> bytes:
    """The filter for ``machine`` (default: this one), as an array of ``struct sock_filter``.

    Raises:
        KeyError: there is none for that machine.
    """
    architecture, numbers = _ARCHITECTURES[machine or platform.machine()]
    program = [
        _instruction(_LOAD, _ARCH),
        _instruction(_JUMP_EQUAL, architecture, 1, 0),
        _answer(_KILL),
        _instruction(_LOAD, _NR),
        _instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1),
        _answer(_deny(errno.ENOSYS)),
        # Threads and processes, but no namespaces. clone3 hides its flags behind a pointer: glibc falls back to clone.
        *_when(
            numbers["clone"],
            [
                _low_word(0),
                _instruction(_JUMP_ANY_BIT, _NEW_NAMESPACES, 0, 1),
                _answer(_deny(errno.EPERM)),
                _answer(_ALLOW),
            ],
        ),
        *_when(numbers["clone3"], [_answer(_deny(errno.ENOSYS))]),
        *_when(
            numbers["socket"],
            [
                _low_word(0),
                _instruction(_JUMP_EQUAL, _AF_UNIX, 1, 0),
                _answer(_deny(errno.EACCES)),
                _answer(_ALLOW),
            ],
        ),
        # The kernel looks at the low 32 bits of a request only.
        *_when(
            numbers["ioctl"],
            [
                _low_word(1),
                _instruction(_JUMP_EQUAL, _TERMINAL_INPUT[0], 1, 0),
                _instruction(_JUMP_EQUAL, _TERMINAL_INPUT[1], 0, 1),
                _answer(_deny(errno.EPERM)),
                _answer(_ALLOW),
            ],
        ),
        # One's own limits only: with another's pid, process 1 of the sandbox could be starved.
        *_when(
            numbers["prlimit64"],
            [
                _low_word(0),
                _instruction(_JUMP_EQUAL, 0, 1, 0),
                _answer(_deny(errno.EPERM)),
                _answer(_ALLOW),
            ],
        ),
    ]
    for table, action in ((ALLOWED, _ALLOW), (DANGEROUS, _deny(errno.EPERM))):
        for name in names(table):
            if name in numbers:
                program += _when(numbers[name], [_answer(action)])
    program.append(_answer(_deny(errno.ENOSYS)))
    return b"".join(program)
