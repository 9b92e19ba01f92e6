"""Fingerprints of images, and the copies that they find."""

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from arena.sandbox.data_sets import masks
from arena.sandbox.pixels import pixel_marks
from arena.sandbox.runtime import Runtime
from tests.conftest import write_files

GREY = np.random.default_rng(1).integers(0, 256, (40, 28, 28), dtype=np.uint8)
COLOUR = np.random.default_rng(2).integers(0, 256, (40, 32, 32, 3), dtype=np.uint8)
OTHER = np.random.default_rng(3).integers(0, 256, (40, 28, 28), dtype=np.uint8)


def _npz(**arrays: NDArray[np.generic]) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)  # type: ignore[arg-type]  # its stub takes the names for its own parameters
    return out.getvalue()


def _csv(images: NDArray[np.uint8]) -> bytes:
    return b"".join(b",".join(b"%d" % value for value in row) + b"\n" for row in images.reshape(len(images), -1))


def _marks(tmp_path: Path, data: bytes) -> tuple[bytes, ...]:
    (tmp_path / "test.npz").write_bytes(data)
    return pixel_marks(tmp_path / "test.npz")


def _found(runtime: Runtime, tmp_path: Path, marks: tuple[bytes, ...], planted: dict[str, bytes]) -> set[str]:
    (prefix,) = runtime.prefixes
    write_files(prefix, planted)
    found = masks(runtime, marks, tmp_path / "cache", before_scan=lambda: None)
    return {path.relative_to(prefix).as_posix() for path in found}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("digits.csv.gz", gzip.compress(_csv(GREY[::-1]))),
        ("labelled.csv", _csv(np.hstack([GREY.reshape(40, -1), np.ones((40, 1), np.uint8)]))),
        ("digits.npz", _npz(x=np.concatenate([OTHER, GREY]))),
        ("images-idx3-ubyte", b"\0\0\x08\x03" + GREY.tobytes()),
    ],
)
def test_finds_grey(runtime: Runtime, tmp_path: Path, name: str, data: bytes) -> None:
    """A copy of hidden grey images is found as text and as bytes, packed or not, in another order and among others."""
    marks = _marks(tmp_path, _npz(images=GREY, ids=np.arange(40)))
    assert _found(runtime, tmp_path, marks, {name: data, "other.npz": _npz(x=OTHER)}) == {name}


@pytest.mark.parametrize(
    "data", [COLOUR.tobytes(), COLOUR.transpose(0, 3, 1, 2).tobytes()], ids=["interleaved", "planar"]
)
def test_finds_colour(runtime: Runtime, tmp_path: Path, data: bytes) -> None:
    """A copy of hidden colour images is found, whether the channels lie together or, as in CIFAR's files, apart."""
    marks = _marks(tmp_path, _npz(images=COLOUR))
    assert _found(runtime, tmp_path, marks, {"batch.bin": data}) == {"batch.bin"}


def test_few(tmp_path: Path) -> None:
    """However many images there are, the marks stay few: each is looked for in every file of the runtime."""
    many = np.random.default_rng(4).integers(0, 256, (3000, 8, 8, 3), dtype=np.uint8)
    marks = _marks(tmp_path, _npz(images=many))
    assert len(marks) == 36
    assert len(set(marks)) == 36


RAMP = np.arange(20 * 256, dtype=np.uint64).astype(np.uint8).reshape(20, 16, 16)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((20, 16, 16), np.uint8),
        (GREY[:20, :16, :16] > 127).astype(np.uint8) * 255,
        RAMP,
        np.random.default_rng(5).integers(0, 256, (20, 7, 9), dtype=np.uint8),
    ],
    ids=["blank", "black and white", "ramps", "tiny"],
)
def test_no_marks(tmp_path: Path, images: NDArray[np.uint8]) -> None:
    """Images of which others' files hold pieces by chance give no marks: packages need those files."""
    assert _marks(tmp_path, _npz(images=images)) == ()


def test_alike(tmp_path: Path) -> None:
    """Images that are all alike have one strip, not twelve times the same."""
    assert len(_marks(tmp_path, _npz(images=np.repeat(GREY[:1], 20, axis=0)))) == 2


def _with_header(header: str, data: bytes = b"") -> bytes:
    out = io.BytesIO()
    text = header.encode("latin1") + b"\n"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("images.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        _npz(images=np.arange(10)),
        _npz(images=GREY.astype(np.float32)),
        _npz(images=np.zeros((0, 8, 8), np.uint8)),
        _npz(images=np.asfortranarray(GREY)),
        _npz(objects=np.array([None, "x"], dtype=object)),
        _with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (1, -8, 8), }"),
        _with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 99999999, 99999999), }", b"x" * 100),
        _with_header("{'descr': '|u1', 'fortran_order': False, 'shape': (9, 8, 8), }", b"x" * 100),
        _with_header("__import__('os').abort()"),
    ],
    ids=["empty", "text", "ids", "floats", "none", "columns", "pickle", "negative", "huge", "cut", "code"],
)
def test_nothing(tmp_path: Path, data: bytes) -> None:
    """What holds no images, or claims what is not so, has no fingerprints, and nothing in it is run."""
    assert _marks(tmp_path, data) == ()


def test_missing(tmp_path: Path) -> None:
    """A file that is not there has no fingerprints: others say that it is missing."""
    assert pixel_marks(tmp_path / "test.npz") == ()
