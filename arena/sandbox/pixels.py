"""Fingerprints of images: what a copy of them would quote, as bytes and as text.

Images come into packages as raw bytes (``.npy``, ``.npz``, binary batches) and as tables of decimal numbers. A copy
that was encoded anew, as JPEG or with another compression within the file, is not recognised.
"""

import itertools
import math
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

# Of so many images the liveliest are taken.
_LOOKED_AT = 64
_TAKEN = 12
_STRIP = 64
# Strips of one grey, of black and white, and ramps are quoted everywhere: by fonts, icons and tables of a program.
_MIN_STEPS = 8
_GREY, _COLOUR = 3, 4
_MAX_BYTES = 16 * 1024**2


def pixel_marks(path: Path) -> tuple[bytes, ...]:
    """Fingerprints of the images in an ``.npz``: arrays of uint8 of shape (n, height, width[, channels]).

    The file comes from a task's own code: nothing in it is unpickled, and no more is read than a few images. What is no
    such file has no fingerprints.
    """
    found: list[bytes] = []
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                with archive.open(info) as member:
                    images = _images(member)
                found += [] if images is None else _marks(images)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        return ()
    return tuple(found)


def _images(member: IO[bytes]) -> NDArray[np.uint8] | None:
    """The first images of an array file, if it holds any."""
    if np.lib.format.read_magic(member) != (1, 0):
        return None
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(member)
    if dtype != np.uint8 or fortran or len(shape) not in {_GREY, _COLOUR} or min(shape) <= 0:
        return None
    size = math.prod(shape[1:])
    data = member.read(size * min(shape[0], _LOOKED_AT, _MAX_BYTES // size))
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, *shape[1:])


def _marks(images: NDArray[np.uint8]) -> Iterator[bytes]:
    """Strips of the liveliest images: as they lie in memory, as numbers with commas, and one channel by itself."""
    strips = _liveliest(_strip(image) for image in images)
    yield from strips
    yield from (",".join(map(str, strip)).encode() for strip in strips)
    if images.ndim == _COLOUR:
        yield from _liveliest(_strip(image[..., 0]) for image in images)


def _liveliest(strips: Iterable[bytes]) -> list[bytes]:
    usable = {strip for strip in strips if len(strip) == _STRIP and _steps(strip) >= _MIN_STEPS}
    return sorted(usable, key=lambda strip: (-_steps(strip), strip))[:_TAKEN]


def _strip(image: NDArray[Any]) -> bytes:
    """The liveliest piece of an image, in reading order."""
    flat = image.tobytes()
    starts = range(0, max(1, len(flat) - _STRIP + 1), _STRIP // 2)
    return max((flat[start : start + _STRIP] for start in starts), key=lambda piece: (_steps(piece), piece))


def _steps(piece: bytes) -> int:
    """How many different steps there are from one value to the next: one in a ramp, three between black and white."""
    return len({(after - before) % 256 for before, after in itertools.pairwise(piece)})
