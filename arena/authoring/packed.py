"""Whether two packed files hold the same, whatever packed them.

Libraries of one name pack the same bytes differently: zlib, zlib-ng and their versions. A recipe that writes a ``.zip``
or ``.npz`` on another machine therefore makes other bytes of the same files, and that is no change.
"""

import io
import zipfile
import zlib
from typing import IO

_SUFFIXES = (".zip", ".npz")
_CHUNK = 1 << 20
# Their sizes are claims, but no more than what is claimed is unpacked.
_MAX_BYTES = 4 * 1024**3


def same_content(name: str, one: bytes, other: bytes) -> bool:
    """Whether two versions of the file ``name`` hold the same files, in one order, under the same names."""
    if one == other:
        return True
    if not name.endswith(_SUFFIXES):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
            pairs = list(zip(first.infolist(), second.infolist(), strict=True))
            if sum(old.file_size for old, _ in pairs) > _MAX_BYTES:
                return False
            return all(old.filename == new.filename and _equal(first.open(old), second.open(new)) for old, new in pairs)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return False


def _equal(one: IO[bytes], other: IO[bytes]) -> bool:
    with one, other:
        while chunk := one.read(_CHUNK):
            if chunk != other.read(_CHUNK):
                return False
        return not other.read(1)
