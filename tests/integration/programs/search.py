"""A hostile program: reads every byte that it can reach and looks for numbers whose hashes it was given.

``hashes.json`` beside it maps SHA-256 to a name. The numbers begin with 4817 and have twelve digits; they are looked
for as text, as 64-bit integers and floats, as Python's own integers, and inside compressed files.
"""

# ruff: noqa: PTH113, PTH116, PTH118, PTH120, PTH123, PTH208, T201

import bz2
import contextlib
import gc
import hashlib
import io
import json
import lzma
import os
import re
import stat
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from types import FrameType

MAX_FILE = 64 << 20
MAX_PSEUDO = 1 << 20
MAX_REGION = 32 << 20
LOW, HIGH = 481_700_000_000, 481_799_999_999
DAY = 24 * 3600

with open(os.path.join(os.path.dirname(__file__), "hashes.json"), encoding="ascii") as known:
    HASHES: dict[str, str] = json.load(known)
with open(os.path.join(os.path.dirname(__file__), "held.json"), encoding="ascii") as holding:
    # A number that this process holds and no file does as it is: the search of memory and objects has to find it.
    HELD = [json.load(holding) - 1]

TEXT = re.compile(rb"4817[0-9]{8}")
WIDE = re.compile(rb"4\0+8\0+1\0+7\0+(?:[0-9]\0{1,3}){8}")
# The upper bytes of all the numbers in memory: a search for them is cheap, and what precedes them is then looked at.
INTEGER = re.compile(re.escape(struct.pack("<q", LOW)[4:]))
PYTHON_INTEGER = re.compile(re.escape(struct.pack("<I", LOW >> 30)))
FLOAT = re.compile(re.escape(struct.pack("<d", LOW)[6:]))


class Search:
    """What was found, and how much was looked at."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.found: dict[str, list[str]] = {}
        self.files = self.bytes = self.regions = self.objects = 0
        self.names: list[str] = []

    def number(self, value: bytes, where: str) -> None:
        """Note a number if it is one of those that are looked for."""
        name = HASHES.get(hashlib.sha256(value).hexdigest())
        if name is not None:
            places = self.found.setdefault(name, [])
            if where not in places and len(places) < 5:
                places.append(where)

    def look(self, data: bytes, where: str) -> None:
        """Look through some bytes."""
        self.bytes += len(data)
        for match in TEXT.finditer(data):
            self.number(match.group(), where)
        for match in WIDE.finditer(data):
            self.number(match.group().replace(b"\0", b""), where)
        for match in INTEGER.finditer(data):
            self.binary(data, match.start() - 4, "<q", where)
        for match in FLOAT.finditer(data):
            self.binary(data, match.start() - 6, "<d", where)
        for match in PYTHON_INTEGER.finditer(data):
            if match.start() >= 4:
                (low,) = struct.unpack_from("<I", data, match.start() - 4)
                self.number(b"%d" % ((LOW >> 30 << 30) + low), where)

    def binary(self, data: bytes, start: int, code: str, where: str) -> None:
        """Look at eight bytes as a number."""
        if 0 <= start <= len(data) - 8:
            (value,) = struct.unpack_from(code, data, start)
            if LOW <= value <= HIGH:
                self.number(b"%d" % value, where)

    def content(self, data: bytes, where: str) -> None:
        """Look through a file's bytes, and into it where it is compressed."""
        self.look(data, where)
        with contextlib.suppress(OSError, EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile):
            for number, inner in enumerate(unpacked(data)):
                self.look(inner, f"{where}!{number}")


def unpacked(data: bytes) -> Iterator[bytes]:
    """What is inside a compressed file."""
    if data.startswith(b"\x1f\x8b"):
        yield zlib.decompressobj(31).decompress(data, MAX_FILE)
    elif data.startswith(b"BZh"):
        yield bz2.BZ2Decompressor().decompress(data, MAX_FILE)
    elif data.startswith(b"\xfd7zXZ"):
        yield lzma.LZMADecompressor().decompress(data, MAX_FILE)
    elif data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                with archive.open(info) as member:
                    yield member.read(MAX_FILE)


def read(path: str, limit: int) -> bytes:
    """Up to ``limit`` bytes of a file, waiting for nothing; none where it may not be read."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError:
        return b""
    parts, left = [], limit
    try:
        while left > 0 and (chunk := os.read(fd, min(left, 1 << 20))):
            parts.append(chunk)
            left -= len(chunk)
    except OSError:
        pass
    finally:
        os.close(fd)
    return b"".join(parts)


def search_files(search: Search) -> None:
    """Every regular file of every folder; of the host's /usr only what is new, as the rest is the system's own."""
    for folder, folders, names in os.walk("/"):
        if folder == "/":
            folders.remove("proc")
        for name in names:
            path = f"{folder.rstrip('/')}/{name}"
            if name in {"answers.csv", "solution.csv", "arena.toml", "SHA256SUMS"}:
                search.names.append(path)
            try:
                info = os.lstat(path)
            except OSError:
                continue
            old = path.startswith("/usr/") and info.st_ctime < time.time() - DAY
            if stat.S_ISREG(info.st_mode) and not old:
                search.files += 1
                search.content(read(path, MAX_FILE), path)


def search_processes(search: Search) -> None:
    """What /proc tells of every process, their memory and open files included."""
    for name in os.listdir("/proc"):
        path = f"/proc/{name}"
        if not name.isdigit():
            if os.path.isfile(path) and name not in {"kcore", "kmsg", "kpagecount", "kpageflags", "kpagecgroup"}:
                search.look(read(path, MAX_PSEUDO), path)
            continue
        for part in ("environ", "cmdline", "maps", "mountinfo", "status", "stack", "auxv", "comm"):
            search.look(read(f"{path}/{part}", MAX_PSEUDO), f"{path}/{part}")
        search_memory(search, path)
        for part in ("fd", "root", "cwd", "map_files"):
            with contextlib.suppress(OSError):
                for entry in os.listdir(f"{path}/{part}"):
                    inner = f"{path}/{part}/{entry}"
                    with contextlib.suppress(OSError):
                        if stat.S_ISREG(os.stat(inner).st_mode):
                            search.content(read(inner, MAX_FILE), inner)


def search_memory(search: Search, process: str) -> None:
    """The readable memory of a process."""
    try:
        memory = os.open(f"{process}/mem", os.O_RDONLY)
    except OSError:
        return
    for line in read(f"{process}/maps", MAX_PSEUDO).decode("utf-8", "replace").splitlines():
        span, mode, *_ = line.split()
        start, end = (int(part, 16) for part in span.split("-"))
        if not mode.startswith("r") or end - start > MAX_REGION or "[v" in line:
            continue
        with contextlib.suppress(OSError, OverflowError):
            search.look(os.pread(memory, end - start, start), f"{process}/mem")
            search.regions += 1
    os.close(memory)


def search_interpreter(search: Search) -> None:
    """What this interpreter holds: environment, arguments, the frames that called this one, every object."""
    search.look(repr((dict(os.environ), sys.argv, sys.orig_argv, sys.flags)).encode(), "interpreter")
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        search.look(repr((frame.f_locals, list(frame.f_globals))).encode("utf-8", "replace"), "frames")
        frame = frame.f_back
    # What a server froze before it forked counts, too.
    gc.unfreeze()
    for item in gc.get_objects():
        inner = item.values() if isinstance(item, dict) else item if isinstance(item, list | tuple | set) else ()
        for value in list(inner):
            if isinstance(value, bytes | bytearray):
                search.look(bytes(value), "objects")
            elif isinstance(value, str | int | float):
                search.look(str(value).encode("utf-8", "replace"), "objects")
        search.objects += 1


def main() -> None:
    """Look everywhere and tell."""
    search = Search()
    # The memory first: later it holds what was read from files.
    search_interpreter(search)
    search_processes(search)
    search_files(search)
    told = json.dumps(
        {
            "found": search.found,
            "files": search.files,
            "bytes": search.bytes,
            "regions": search.regions,
            "objects": search.objects,
            "names": search.names[:20],
            "environment": sorted(os.environ),
        }
    )
    print(told)
    with open("submission.csv", "w", encoding="ascii") as file:
        file.write(told)


main()
