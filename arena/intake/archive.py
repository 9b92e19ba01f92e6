"""Unpack hostile archives: no path leaves the folder, no link, no device, and bytes are counted as they come out."""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from typing import BinaryIO

from arena.intake.freeze import MAX_FILES, Freezer, RejectedError, too_large
from arena.intake.names import is_junk
from arena.model.message import Message
from arena.model.safe_text import safe_line

# A zip's text rarely packs better than 1:100; a bomb packs 1:1000 and more. Small files may do as they like.
MAX_RATIO = 200
_RATIO_FREE_BYTES = 1 << 20
_END_OF_DIRECTORY = b"PK\x05\x06"
# Headers and padding of MAX_FILES tar members, on top of their contents.
_TAR_OVERHEAD = MAX_FILES * 4096 + (1 << 20)

SUFFIXES = (".zip", ".tar.gz", ".tgz")


def is_archive(name: str) -> bool:
    """Whether the name is one of an archive that is unpacked."""
    return name.casefold().endswith(SUFFIXES)


def unpack(name: str, stream: BinaryIO, freezer: Freezer) -> None:
    """Take every file of an archive.

    Raises:
        RejectedError: it is broken, encrypted, a bomb, or holds what may not be there.
    """
    try:
        if name.casefold().endswith(".zip"):
            _unzip(stream, freezer)
        else:
            _untar(stream, freezer)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, struct.error, ValueError) as error:
        detail = safe_line(str(error), 100)
        raise RejectedError(Message.of("archive.broken", name=safe_line(name, 80), detail=detail)) from error
    except (NotImplementedError, RuntimeError) as error:
        raise RejectedError(Message.of("archive.unsupported", name=safe_line(name, 80))) from error


def _unzip(stream: BinaryIO, freezer: Freezer) -> None:
    _refuse_many_entries(stream)
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            path = info.filename
            if info.is_dir() or is_junk(path):
                continue
            mode = info.external_attr >> 16
            if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
                raise _link(path)
            if info.file_size > _RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                raise RejectedError(Message.of("archive.bomb", name=safe_line(path, 80), limit=MAX_RATIO))
            with archive.open(info) as member:
                freezer.take(path, _as_binary(member))


def _refuse_many_entries(stream: BinaryIO) -> None:
    """Read the directory's own count first: parsing half a million entries would cost hundreds of megabytes."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    stream.seek(0)
    position = tail.rfind(_END_OF_DIRECTORY)
    if position < 0 or position + 12 > len(tail):
        return  # Not a zip: ZipFile says so.
    (count,) = struct.unpack_from("<H", tail, position + 10)
    (directory_bytes,) = struct.unpack_from("<I", tail, position + 12)
    if count > 4 * MAX_FILES or directory_bytes > 4 * MAX_FILES * 512:
        raise RejectedError(Message.of("submission.too_many_files", limit=MAX_FILES))


class _Bounded(io.RawIOBase):
    """A reader that refuses to give more than ``limit`` bytes: a bomb ends here, whatever the headers claim."""

    def __init__(self, stream: BinaryIO, limit: int, max_bytes: int) -> None:
        super().__init__()
        self._stream, self._left, self._max_bytes = stream, limit, max_bytes

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(size if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise too_large(self._max_bytes)
        return data


def _untar(stream: BinaryIO, freezer: Freezer) -> None:
    import gzip

    with gzip.GzipFile(fileobj=stream) as plain:
        bounded = _Bounded(_as_binary(plain), freezer.max_bytes + _TAR_OVERHEAD, freezer.max_bytes)
        with tarfile.open(fileobj=bounded, mode="r|") as archive:
            seen = 0
            for member in archive:
                seen += 1
                if seen > 4 * MAX_FILES:
                    raise RejectedError(Message.of("submission.too_many_files", limit=MAX_FILES))
                path = member.name.removeprefix("./")
                if member.isdir() or is_junk(path):
                    continue
                if not member.isreg() or member.issparse():
                    raise _link(path)
                if member.size > freezer.max_bytes:
                    raise too_large(freezer.max_bytes)
                content = archive.extractfile(member)
                if content is not None:
                    freezer.take(path, _as_binary(content))


def _as_binary(stream: object) -> BinaryIO:
    return stream  # type: ignore[return-value]  # the archive modules' readers have read(), which is all that is used


def _link(path: str) -> RejectedError:
    return RejectedError(Message.of("submission.link", name=safe_line(path, 80), reason=""))
