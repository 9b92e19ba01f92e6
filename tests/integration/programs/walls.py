"""A hostile program: tries every wall and prints, for each, the word ``held`` or what got through.

Safe where a wall is missing: nothing of the host is written, signalled or changed. ``host.json`` beside it names what
the host set up for it to reach.
"""

# ruff: noqa: PTH208, T201

import ctypes
import json
import os
import signal
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path

HOST = json.loads(Path(__file__).with_name("host.json").read_text(encoding="utf-8"))
LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWNS, CLONE_NEWPID = 0x10000000, 0x40000000, 0x00020000, 0x20000000
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
PTRACE_DETACH = 17
PIDFD_GETFD = 438
ROOT = {"arena", "bin", "dev", "etc", "kaggle", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr"}
told: dict[str, str] = {}


def refused(name: str, action: Callable[..., object], *arguments: object) -> None:
    """The wall holds if the action fails as system calls fail."""
    try:
        result = action(*arguments)
    except OSError:
        told[name] = "held"
    else:
        told[name] = f"open: {result!r:.200}"


def so(name: str, *, holds: object) -> None:
    """The wall holds if this is so."""
    told[name] = "held" if holds else "open"


def call(name: str, *arguments: object) -> int:
    """A function of the C library, failing as Python's own do."""
    result: int = getattr(LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def opened(path: str, flags: int) -> str:
    """Open and close; nothing is written."""
    os.close(os.open(path, flags))
    return path


def text(path: str) -> str:
    """A small file."""
    return Path(path).read_text(encoding="latin-1")


def made(family: int, kind: int, protocol: int) -> str:
    """Make a socket; nothing is done with it."""
    socket.socket(family, kind, protocol).close()
    return "made"


def connected(family: int, kind: int, address: object) -> str:
    """Connect, and send one word if that works."""
    with socket.socket(family, kind) as plug:
        plug.settimeout(2)
        plug.connect(address)  # type: ignore[arg-type]  # its shape depends on the family
        plug.send(b"out")
    return "connected"


def attached(request: int, pid: int) -> str:
    """Trace a process; let it go at once if that works."""
    call("ptrace", request, pid, None, None)
    call("ptrace", PTRACE_DETACH, pid, None, None)
    return "traced"


def mounted() -> str:
    """Mount an empty file system over a folder of our own."""
    call("mount", b"none", b"/tmp", b"tmpfs", 0, None)
    return "mounted"


def network() -> None:
    """Nothing outside can be reached, and nothing of the host's is inside."""
    refused("tcp to the host", connected, socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", HOST["tcp"]))
    refused("tcp to the world", connected, socket.AF_INET, socket.SOCK_STREAM, ("192.0.2.1", 80))
    refused("tcp6 to the world", connected, socket.AF_INET6, socket.SOCK_STREAM, ("2001:db8::1", 80))
    refused("udp to the world", connected, socket.AF_INET, socket.SOCK_DGRAM, ("192.0.2.1", 53))
    # A datagram to nobody does not fail; the host looks whether it came.
    try:
        connected(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", HOST["udp"]))
    except OSError:
        told["udp to the host"] = "held"
    refused("unix socket by path", connected, socket.AF_UNIX, socket.SOCK_STREAM, HOST["unix"])
    refused("unix socket by name", connected, socket.AF_UNIX, socket.SOCK_STREAM, "\0" + HOST["abstract"])
    refused("name service", socket.getaddrinfo, "example.org", 80)
    refused("raw socket", made, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    refused("packet socket", made, socket.AF_PACKET, socket.SOCK_RAW, 0)
    for family in ("AF_NETLINK", "AF_VSOCK", "AF_ALG", "AF_BLUETOOTH", "AF_CAN", "AF_TIPC", "AF_RDS", "AF_QIPCRTR"):
        number = getattr(socket, family, None)
        if number is not None:
            refused(family, made, number, socket.SOCK_RAW, 0)
            refused(f"{family} stream", made, number, socket.SOCK_STREAM, 0)
    interfaces = [line.split(":")[0].strip() for line in text("/proc/net/dev").splitlines()[2:]]
    so("interfaces", holds=interfaces == ["lo"])


def files() -> None:
    """Nothing of the system can be written, nothing of the host's can be read."""
    # A file without a name: where the wall is missing it leaves nothing.
    nameless = os.O_WRONLY | os.O_TMPFILE
    for path in ("/", "/etc", "/usr/lib", "/kaggle", "/kaggle/src", "/dev", "/arena/lib", HOST["prefix"]):
        refused(f"write in {path}", opened, path, nameless)
    refused("write input", opened, f"{os.environ['ARENA_INPUT']}/train.csv", os.O_WRONLY)
    refused("write guest", opened, "/arena/lib/arena_guest/init.py", os.O_WRONLY)
    refused("write interpreter", opened, os.path.realpath(HOST["python"]), os.O_WRONLY)
    for path in ("kernel/core_pattern", "kernel/modprobe", "vm/drop_caches", "kernel/hostname"):
        refused(f"write {path}", opened, f"/proc/sys/{path}", os.O_WRONLY)
    refused("write sysrq", opened, "/proc/sysrq-trigger", os.O_WRONLY)
    for path in HOST["files"]:
        so(f"host file {path}", holds=not os.path.lexists(path))
    so("folders of the host", holds=set(os.listdir("/")) <= ROOT | set(HOST["top"]))
    disks = [name for name in os.listdir("/dev") if stat.S_ISBLK(os.lstat(f"/dev/{name}").st_mode)]
    so("disks", holds=not disks)
    refused("make a device", os.mknod, "/tmp/disk", stat.S_IFBLK | 0o600, os.makedev(254, 0))


def processes() -> None:
    """Process 1 keeps its secrets, no other process is there, no privilege can be had."""
    descriptors = [int(name) for name in os.listdir("/proc/self/fd")]
    so("descriptors", holds=max(descriptors) <= 3)
    for name in ("environ", "mem", "maps", "auxv", "stack"):
        refused(f"/proc/1/{name}", text, f"/proc/1/{name}")
    for name in ("fd", "map_files"):
        refused(f"/proc/1/{name}", os.listdir, f"/proc/1/{name}")
    for name in ("root", "cwd", "exe"):
        refused(f"/proc/1/{name}", os.readlink, f"/proc/1/{name}")
    refused("attach to process 1", attached, PTRACE_ATTACH, 1)
    refused("seize process 1", attached, PTRACE_SEIZE, 1)
    refused("steal a descriptor", call, "syscall", PIDFD_GETFD, os.pidfd_open(1), 3, 0)
    for name, flag in (("user", CLONE_NEWUSER), ("net", CLONE_NEWNET), ("mount", CLONE_NEWNS), ("pid", CLONE_NEWPID)):
        refused(f"{name} namespace", call, "unshare", flag)
    refused("mount", mounted)
    refused("chroot", os.chroot, "/tmp")
    refused("become root", os.setuid, 0)
    refused("raise priority", os.nice, -5)
    refused("set the name of the host", socket.sethostname, socket.gethostname())
    refused("set the clock", time.clock_settime, time.CLOCK_REALTIME, time.time())
    status = dict(line.split(":\t", 1) for line in text("/proc/self/status").splitlines())
    # The groups of an ordinary account cannot be given up; what they are on the host does not show.
    # The one account of a user namespace, or one of the machine's that belongs to nobody.
    own = os.getuid()
    so("uid", holds=own == 1000 or 61184 <= own < 65519)
    so("gid", holds=os.getgid() == own and set(os.getgroups()) <= {own, 65534})
    so("no capabilities", holds={int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0})
    so("no new privileges", holds=status["NoNewPrivs"].strip() == "1")
    so("no terminal", holds=not any(os.isatty(number) for number in range(3)))
    so("own session", holds=os.getsid(0) != 0)
    refused("terminal", opened, "/dev/tty", os.O_RDWR)
    others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in {1, os.getpid()}]
    so("no other process", holds=not others)
    if len(others) < 10:
        # Everything that this may signal: itself excepted, nothing.
        refused("kill everything", os.kill, -1, signal.SIGKILL)
        os.kill(1, signal.SIGKILL)
        os.kill(1, signal.SIGSTOP)
        so("process 1 lives", holds=Path("/proc/1").exists())


# https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl; the upper ones are everywhere.
CALLS = {
    "io_uring_setup": (425, 4, ctypes.create_string_buffer(256)),
    "pidfd_getfd": (438, 0, 0, 0),
    "open_tree": (428, -100, b"/", 0),
    "fsopen": (430, b"tmpfs", 0),
    "mount_setattr": (442, -100, b"/", 0, 0, 0),
}
CALLS_X86 = {
    "userfaultfd": (323, 1),
    "add_key": (248, b"user", b"arena-test", b"x", 1, -2),
    "keyctl": (250, 0, -3, 0),
    "request_key": (249, b"user", b"arena-test", None, 0),
    "perf_event_open": (298, ctypes.create_string_buffer(128), 0, -1, -1, 0),
    "bpf": (321, 0, ctypes.create_string_buffer(128), 128),
    "process_vm_readv": (310, os.getpid(), None, 0, None, 0, 0),
    "kcmp": (312, os.getpid(), os.getpid(), 2, 0, 0),
    "name_to_handle_at": (
        303,
        -100,
        b"/",
        ctypes.create_string_buffer(b"\x80" + bytes(200)),
        ctypes.create_string_buffer(8),
        0,
    ),
    "pivot_root": (155, b"/tmp", b"/tmp"),
    "init_module": (175, None, 0, b""),
    "swapon": (167, b"/tmp/none", 0),
    "quotactl": (179, 0, None, 0, None),
    "modify_ldt": (154, 0, ctypes.create_string_buffer(64), 64),
    "x32 getpid": (0x40000000 + 39,),
}


def calls() -> None:
    """System calls that no learner's program needs and that reach deep into the kernel."""
    for name, arguments in {**CALLS, **(CALLS_X86 if os.uname().machine == "x86_64" else {})}.items():
        refused(name, call, "syscall", *arguments)


network()
calls()
files()
processes()
print(json.dumps(told))
