"""Unpack hostile archives: no path leaves the folder, no link, no device, and bytes are counted as they come out."""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from typing import BinaryIO

from arena.intake.freeze import CHUNK, Freezer, RejectedError, too_large
from arena.intake.names import is_junk
from arena.model.message import Message
from arena.model.safe_text import safe_line

# A zip's text rarely packs better than 1:100; a bomb packs 1:1000 and more. Small files may do as they like.
MAX_RATIO = 200
_RATIO_FREE_BYTES = 1 << 20
# zipfile gives these out piece by piece; bzip2 and LZMA it unpacks at once: 500 bytes become a gigabyte in memory.
_ZIP_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ZIP_ENTRY = b"PK\x01\x02"
# Headers and padding of a tar archive's members, on top of their contents.
_TAR_MEMBER = 4096
_TAR_OVERHEAD = 1 << 20
# Ours, with room: the longest usable path takes 1,600 bytes.
_TAR_HEADER_BYTES = 4096
_TAR_HEADER_TYPES = frozenset(
    {
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    }
)

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
    _refuse_many_entries(stream, freezer.max_files)
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            path = info.filename
            if path.endswith("/") or is_junk(path):
                continue
            mode = info.external_attr >> 16
            if mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
                raise _link(path)
            if info.file_size > _RATIO_FREE_BYTES and info.file_size > MAX_RATIO * max(info.compress_size, 1):
                raise RejectedError(Message.of("archive.bomb", name=safe_line(path, 80), limit=MAX_RATIO))
            if info.compress_type not in _ZIP_METHODS:
                raise NotImplementedError(info.compress_type)
            with archive.open(info) as member:
                freezer.take(path, _as_binary(member))


def _refuse_many_entries(stream: BinaryIO, max_files: int) -> None:
    """Count the directory's entries before they are parsed: half a million would cost hundreds of megabytes.

    What the directory says of itself is not believed: it says so in three places, and readers differ in which they
    take.
    """
    count, before = 0, b""
    while chunk := stream.read(CHUNK):
        count += (before + chunk).count(_ZIP_ENTRY)
        before = chunk[1 - len(_ZIP_ENTRY) :]
    stream.seek(0)
    if count > 4 * max_files:
        raise RejectedError(Message.of("submission.too_many_files", limit=max_files))


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


class _Member(tarfile.TarInfo):
    """A member whose extended header is short: tarfile takes time in its square (CVE-2024-6232)."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        # tarfile names this method as the one for a subclass to override; typeshed leaves it out.
        if self.type in _TAR_HEADER_TYPES and self.size > _TAR_HEADER_BYTES:
            raise tarfile.ReadError(f"an extended header of {self.size} bytes")
        member: tarfile.TarInfo = super()._proc_member(archive)  # type: ignore[misc]
        return member


def _untar(stream: BinaryIO, freezer: Freezer) -> None:
    import gzip

    with gzip.GzipFile(fileobj=stream) as plain:
        overhead = freezer.max_files * _TAR_MEMBER + _TAR_OVERHEAD
        bounded = _Bounded(_as_binary(plain), freezer.max_bytes + overhead, freezer.max_bytes)
        with tarfile.open(fileobj=bounded, mode="r|", tarinfo=_Member) as archive:
            seen = 0
            for member in archive:
                seen += 1
                if seen > 4 * freezer.max_files:
                    raise RejectedError(Message.of("submission.too_many_files", limit=freezer.max_files))
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
