"""The few system calls that Python's standard library lacks, by ctypes. Linux only."""

import ctypes
import os
import platform
import struct

CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_MNT_DETACH = 2
# mount_setattr(2), Linux 5.12: sets flags of a whole tree and keeps those that are locked, which a remount cannot.
_SYS_MOUNT_SETATTR = 442
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4
_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 1, 4, 22, 24
_PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 38, 47
_PR_CAP_AMBIENT_RAISE, _PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
_SECCOMP_MODE_FILTER = 2
_CAPABILITIES = 64
_CAPABILITY_VERSION = 0x20080522

_MADV_COLLAPSE, _LARGE_PAGE = 25, 1 << 21

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave namespaces of these kinds for new ones; of processes, only children enter the new one."""
    _check(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace that ``fd`` is open on; of processes, only children do."""
    _check(_libc.setns(fd, kind), "setns")


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    encoded = [each.encode() if each is not None else None for each in (source, target, kind, data)]
    result = _libc.mount(encoded[0], encoded[1], encoded[2], ctypes.c_ulong(flags), encoded[3])
    _check(result, f"mount {target}")


def make_private() -> None:
    """Nothing that is mounted from here on shows outside, or the other way round."""
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)


def mount_tmpfs(target: str, *, size: int, files: int, mode: int = 0o755, owner: int | None = None) -> None:
    """An empty file system in memory of at most ``size`` bytes and ``files`` inodes."""
    options = f"mode={mode:04o},size={size},nr_inodes={files}"
    if owner is not None:
        options += f",uid={owner},gid={owner}"
    _mount("tmpfs", target, "tmpfs", _MS_NOSUID | _MS_NODEV, options)


def mount_proc(target: str, *, writable: bool = False) -> None:
    """The processes of this namespace; nobody can change a setting of the kernel through it, unless it is writable."""
    _mount("proc", target, "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    if not writable:
        read_only(target)


def mount_devpts(target: str) -> None:
    """Terminals of one's own."""
    _mount("devpts", target, "devpts", _MS_NOSUID | _MS_NOEXEC, "newinstance,ptmxmode=0666,mode=620")


def bind(source: str, target: str) -> None:
    """Show ``source`` with all that is mounted below it at ``target``, read-only."""
    _mount(source, target, None, _MS_BIND | _MS_REC)
    _set_attributes(target, _ATTR_RDONLY | _ATTR_NOSUID | _ATTR_NODEV)


def bind_device(source: str, target: str) -> None:
    """Show a device, which ``bind`` would make useless."""
    _mount(source, target, None, _MS_BIND)
    _set_attributes(target, _ATTR_NOSUID)


def show(source: str, target: str) -> None:
    """``bind``, after making the file or folder that it needs at ``target``, where that is not there."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        make_place(target)
    bind(source, target)


def make_place(target: str) -> None:
    """An empty file to mount something on, where there is nothing yet."""
    if not os.path.lexists(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o644))


def cover(path: str, file: str) -> None:
    """Hide what is at ``path``: a folder by an empty one, a file by ``file``. What is not there needs no cover."""
    if os.path.isdir(path):
        mount_tmpfs(path, size=4096, files=1)
        read_only(path)
    elif os.path.lexists(path):
        bind(file, path)


def read_only(target: str, *, below: bool = True, undo: bool = False) -> None:
    """Nothing at ``target`` can be written any more, nor in what is mounted ``below`` it; ``undo`` takes that back."""
    _set_attributes(target, _ATTR_RDONLY, recursive=below, undo=undo)


def _set_attributes(target: str, attributes: int, *, recursive: bool = True, undo: bool = False) -> None:
    # struct mount_attr: attr_set, attr_clr, propagation, userns_fd.
    setting = struct.pack("=QQQQ", *((0, attributes) if undo else (attributes, 0)), 0, 0)
    flags = _AT_RECURSIVE if recursive else 0
    result = _libc.syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, target.encode(), flags, setting, len(setting))
    _check(result, f"mount_setattr {target}")


def pivot_root(new: str, old: str) -> None:
    """Make ``new`` the root; what was the root shows at ``old``, which lies below it."""
    number = _SYS_PIVOT_ROOT[platform.machine()]
    _check(_libc.syscall(number, new.encode(), old.encode()), "pivot_root")


def detach(target: str) -> None:
    """Unmount ``target`` with all that is mounted below it, in use or not."""
    _check(_libc.umount2(target.encode(), _MNT_DETACH), f"umount {target}")


def _prctl(option: int, first: int = 0, second: int = 0) -> None:
    longs = [ctypes.c_ulong(each) for each in (first, second, 0, 0)]
    _check(_libc.prctl(option, *longs), f"prctl {option}")


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends."""
    _prctl(_PR_SET_PDEATHSIG, 9)


def set_dumpable(*, dumpable: bool) -> None:
    """Whether processes of the same account may look into this one."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable))


def keep_capabilities() -> None:
    """Take the capabilities of this namespace along through the next ``exec``, whatever the account is called here."""
    effective, permitted = _capabilities()
    _set_capabilities(effective, permitted, permitted)
    for number in range(_CAPABILITIES):
        if permitted >> number & 1:
            _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number)


def _capabilities() -> tuple[int, int]:
    header, data = _capability_header(), ctypes.create_string_buffer(24)
    _check(_libc.capget(header, data), "capget")
    # Two structs of (effective, permitted, inheritable): the low and the high 32 bits.
    words = struct.unpack("=6I", data.raw)
    return words[0] | words[3] << 32, words[1] | words[4] << 32


def _set_capabilities(effective: int, permitted: int, inheritable: int) -> None:
    sets = (effective, permitted, inheritable)
    data = struct.pack("=6I", *(each & 0xFFFFFFFF for each in sets), *(each >> 32 for each in sets))
    _check(_libc.capset(_capability_header(), data), "capset")


def _capability_header() -> bytes:
    return struct.pack("=Ii", _CAPABILITY_VERSION, 0)


def drop_capabilities(uid: int) -> None:
    """Become the plain account ``uid`` for good: no group but its own, no capability, and no way to gain one."""
    for number in range(_CAPABILITIES):
        try:
            _prctl(_PR_CAPBSET_DROP, number)
        except OSError:
            break  # Past the last capability that this kernel knows.
    if os.getuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    _set_capabilities(0, 0, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def install_filter(program: bytes) -> None:
    """Put this process and all that it starts behind a seccomp filter, an array of ``struct sock_filter``."""
    held = ctypes.create_string_buffer(program, len(program))
    # struct sock_fprog: the number of instructions of 8 bytes, padding, their address.
    described = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(held)))
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(described))


def collapse_memory() -> None:
    """Let this process's memory lie in large pages, as far as Linux 6.1 can: a fork takes half as long."""
    with open("/proc/self/maps", encoding="utf-8") as file:
        areas = [line.split() for line in file]
    for fields in areas:
        if fields[1].startswith("rw") and fields[4] == "0" and fields[5:] in ([], ["[heap]"]):
            start, end = (int(each, 16) for each in fields[0].split("-"))
            start, end = -(-start // _LARGE_PAGE) * _LARGE_PAGE, end // _LARGE_PAGE * _LARGE_PAGE
            if start < end:
                # Only for speed: an old kernel refuses, a full machine may.
                _libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), _MADV_COLLAPSE)


def flush_c_streams() -> None:
    """Write out what C code printed and holds back still."""
    _libc.fflush(None)
