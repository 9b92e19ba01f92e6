"""The same files are the same, whatever packed them."""

import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.authoring.packed import same_content

FILES = {"0001.png": b"one" * 100, "deep/0002.png": b"two" * 100}


def _zip(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, level: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=level) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method, level)
    return out.getvalue()


@pytest.mark.parametrize("name", ["images.zip", "train.npz"])
@pytest.mark.parametrize(
    ("method", "level"), [(zipfile.ZIP_DEFLATED, 1), (zipfile.ZIP_STORED, 0), (zipfile.ZIP_BZIP2, 9)]
)
def test_packed_otherwise(name: str, method: int, level: int) -> None:
    """Archives that differ in how they are packed, and in nothing else, hold the same."""
    other = _zip(FILES, method, level)
    assert other != _zip(FILES)
    assert same_content(name, _zip(FILES), other)


@pytest.mark.parametrize(
    "other",
    [
        {**FILES, "0001.png": b"ONE" * 100},
        {**FILES, "0001.png": b"one" * 101},
        {**FILES, "0001.png": b"one" * 99},
        {"0001.png": FILES["0001.png"]},
        {**FILES, "0003.png": b""},
        dict(reversed(FILES.items())),
        {"1.png": FILES["0001.png"], "deep/0002.png": FILES["deep/0002.png"]},
    ],
    ids=["bytes", "longer", "shorter", "fewer", "more", "order", "name"],
)
def test_other_content(other: Mapping[str, bytes]) -> None:
    """One byte, one file, one name or another order: it is not the same, either way round."""
    assert not same_content("a.zip", _zip(FILES), _zip(other))
    assert not same_content("a.zip", _zip(other), _zip(FILES))


def test_other_files() -> None:
    """Of other files the bytes count, even if they are archives by content."""
    assert not same_content("train.csv", _zip(FILES), _zip(FILES, level=1))
    assert same_content("train.csv", b"id\n", b"id\n")


@given(st.binary(max_size=400))
def test_no_archive(data: bytes) -> None:
    """What is no archive is the same as nothing but itself, and raises nothing."""
    assert not same_content("a.zip", _zip(FILES), data)
    assert not same_content("a.zip", data, _zip(FILES))
    assert same_content("a.zip", data, data)


@given(st.integers(0, len(_zip(FILES)) - 1), st.integers(1, 255))
def test_damaged(at: int, flip: int) -> None:
    """An archive with one damaged byte never passes for one with other content, and raises nothing."""
    damaged = bytearray(_zip(FILES))
    damaged[at] ^= flip
    assert not same_content("a.zip", bytes(damaged), _zip({**FILES, "0001.png": b"ONE" * 100}))


def _claiming(data: bytes, size: int) -> bytes:
    """The archive, whose directory says that each file has this size."""
    patched, at = bytearray(data), -1
    while (at := data.find(b"PK\x01\x02", at + 1)) >= 0:
        patched[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(patched)


def test_claims() -> None:
    """Archives that claim more than may ever be unpacked are not unpacked."""
    one, other = _zip(FILES), _zip(FILES, level=1)
    assert same_content("a.zip", _claiming(one, 300), _claiming(other, 300))
    assert not same_content("a.zip", _claiming(one, 2**32 - 2), _claiming(other, 2**32 - 2))
