"""The filter of system calls, run by a small interpreter of classic BPF."""

import errno
import struct

import pytest

from arena.sandbox import syscall_numbers
from arena.sandbox.seccomp import assemble
from arena.sandbox.syscalls import ALLOWED, DANGEROUS, names

MACHINES = {"x86_64": (0xC000003E, syscall_numbers.X86_64), "aarch64": (0xC00000B7, syscall_numbers.AARCH64)}
ALLOW, KILL = 0x7FFF0000, 0x80000000


def decide(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter answers to one call."""
    padded = (*arguments, *([0] * (6 - len(arguments))))
    data = struct.pack("<IIQ6Q", number, architecture or MACHINES[machine][0], 0, *padded)
    program = [struct.unpack_from("<HBBI", assemble(machine), at) for at in range(0, len(assemble(machine)), 8)]
    accumulator = position = 0
    while True:
        code, if_true, if_false, value = program[position]
        position += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
        elif code == 0x06:
            return int(value)
        else:
            taken = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
            position += if_true if taken else if_false


def refused(number: int) -> int:
    """The answer that makes a call fail with an error number."""
    return 0x00050000 | number


@pytest.mark.parametrize("machine", MACHINES)
def test_every_listed_call_is_answered_as_its_table_says(machine: str) -> None:
    """Allowed calls pass, dangerous ones answer EPERM."""
    numbers = MACHINES[machine][1]
    for name in names(ALLOWED):
        if name in numbers:
            assert decide(machine, numbers[name]) == ALLOW, name
    for name in names(DANGEROUS):
        if name in numbers:
            assert decide(machine, numbers[name]) == refused(errno.EPERM), name


@pytest.mark.parametrize("machine", MACHINES)
def test_an_unlisted_call_does_not_exist(machine: str) -> None:
    """A number in no table, a future one included, answers ENOSYS."""
    assert decide(machine, 9999) == refused(errno.ENOSYS)
    assert decide(machine, MACHINES[machine][1]["clone3"]) == refused(errno.ENOSYS)


def test_another_architecture_kills_and_x32_does_not_exist() -> None:
    """The tables' numbers mean other calls on other ABIs, so none of theirs passes."""
    assert decide("x86_64", 0, architecture=0x40000003) == KILL
    assert decide("x86_64", 0x40000000) == refused(errno.ENOSYS)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("flag", [0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000])
def test_clone_makes_processes_but_no_namespaces(machine: str, flag: int) -> None:
    """Threads and forks pass; each CLONE_NEW* flag is refused, alone and among others."""
    clone = MACHINES[machine][1]["clone"]
    assert decide(machine, clone, 0x003D0F00) == ALLOW
    assert decide(machine, clone, 17) == ALLOW
    assert decide(machine, clone, flag) == refused(errno.EPERM)
    assert decide(machine, clone, flag | 0x00000100 | 17) == refused(errno.EPERM)


@pytest.mark.parametrize("family", [2, 10, 16, 17, 38, 40, 44])
def test_only_local_sockets_can_be_made(family: int) -> None:
    """AF_UNIX passes, IP, netlink, packet, AF_ALG, vsock and XDP do not."""
    socket = syscall_numbers.X86_64["socket"]
    assert decide("x86_64", socket, 1, 1) == ALLOW
    assert decide("x86_64", socket, family, 1) == refused(errno.EACCES)


def test_no_one_types_into_the_terminal() -> None:
    """TIOCSTI and TIOCLINUX are refused whatever the upper half of the request holds; other requests pass."""
    ioctl = syscall_numbers.X86_64["ioctl"]
    for request in (0x5412, 0x541C, 0xFFFFFFFF00005412):
        assert decide("x86_64", ioctl, 0, request) == refused(errno.EPERM)
    assert decide("x86_64", ioctl, 0, 0x5401) == ALLOW


def test_limits_of_other_processes_cannot_be_set() -> None:
    """prlimit64 works on oneself only: the sandbox's process 1 has the same uid."""
    prlimit = syscall_numbers.X86_64["prlimit64"]
    assert decide("x86_64", prlimit, 0) == ALLOW
    assert decide("x86_64", prlimit, 1) == refused(errno.EPERM)


def test_no_call_stands_in_two_tables() -> None:
    """A call is allowed or dangerous, and listed once."""
    listed = [*names(ALLOWED), *names(DANGEROUS), "clone", "clone3", "socket", "ioctl", "prlimit64"]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(syscall_numbers.X86_64)
