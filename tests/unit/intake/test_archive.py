"""Hostile archives: nothing leaves the folder, and no bomb goes off."""

import contextlib
import gzip
import io
import os
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.errors import InfrastructureError
from arena.intake.archive import MAX_RATIO, is_archive, unpack
from arena.intake.freeze import MAX_FILES, Freezer, RejectedError
from arena.intake.names import MAX_DEPTH
from arena.model.message import Message
from tests.unit.intake.conftest import MAX_BYTES, contents, full_disk, member, refusal, tarred, zipped

BOTH = pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
_DIRECTORY = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")


def _packed(name: str, files: dict[str, bytes]) -> bytes:
    return zipped(files) if name.endswith(".zip") else tarred(*(member(path, data) for path, data in files.items()))


def _unpack(name: str, data: bytes, freezer: Freezer) -> None:
    unpack(name, io.BytesIO(data), freezer)


def _refused(name: str, data: bytes, freezer: Freezer) -> Message:
    """What the archive is refused with; nothing of it may lie outside the folder."""
    message = refusal(lambda: _unpack(name, data, freezer))
    assert set(freezer.root.parent.iterdir()) <= {freezer.root}
    return message


def _patched(data: bytes, signature: bytes, offset: int, value: bytes) -> bytes:
    """The zip with the bytes at ``offset`` behind the first ``signature`` replaced."""
    at = data.index(signature) + offset
    return data[:at] + value + data[at + len(value) :]


@pytest.mark.parametrize("name", ["a.zip", "A.ZIP", "a.tar.gz", "a.tgz", "x.Tar.Gz"])
def test_is_archive(name: str) -> None:
    """Zip and gzipped tar are unpacked, in any case."""
    assert is_archive(name)


@pytest.mark.parametrize("name", ["a.tar", "a.gz", "a.rar", "a.7z", "zip", "main.py", "a.zip.csv"])
def test_is_no_archive(name: str) -> None:
    """Other names are those of plain files."""
    assert not is_archive(name)


@BOTH
def test_unpack(name: str, freezer: Freezer) -> None:
    """Every file comes out as it went in, but for folders and junk."""
    files = {"main.py": b"print(1)\n", "src/net.py": b"", "তথ্য.txt": b"x" * 5000}
    junk = {"__MACOSX/main.py": b"junk", "src/__pycache__/a.pyc": b"junk", ".DS_Store": b"junk"}
    _unpack(name, _packed(name, {**files, **junk}), freezer)
    assert contents(freezer.root) == files


@pytest.mark.parametrize(("called", "packed"), [("A.ZIP", "a.zip"), ("A.Tar.GZ", "a.tar.gz")])
def test_unpack_capitals(called: str, packed: str, freezer: Freezer) -> None:
    """The case of an archive's name is no matter."""
    _unpack(called, _packed(packed, {"main.py": b"1"}), freezer)
    assert contents(freezer.root) == {"main.py": b"1"}


@BOTH
def test_unpack_up_to_the_limit(name: str, freezer: Freezer) -> None:
    """A file of exactly the limit is taken."""
    data = os.urandom(MAX_BYTES)
    _unpack(name, _packed(name, {"weights.bin": data}), freezer)
    assert contents(freezer.root) == {"weights.bin": data}


def test_unpack_large_text(tmp_path: Path) -> None:
    """A large file that packs as well as text does is no bomb."""
    text = b"".join(b"%d,%d\n" % (number, number % 2) for number in range(300_000))
    data = zipped({"table.csv": text})
    assert len(data) < len(text) / 2
    _unpack("a.zip", data, Freezer(root=tmp_path, max_bytes=2**23))
    assert (tmp_path / "table.csv").read_bytes() == text


def test_unpack_tar_as_people_pack_it(freezer: Freezer) -> None:
    """The ./ that ``tar -C folder .`` puts before names, and folders, are no matter."""
    folders = [member("./", type=tarfile.DIRTYPE), member("./src", type=tarfile.DIRTYPE)]
    _unpack("a.tgz", tarred(*folders, member("./main.py", b"1"), member("./src/a.py", b"2")), freezer)
    assert contents(freezer.root) == {"main.py": b"1", "src/a.py": b"2"}


def test_unpack_zip_with_folders(freezer: Freezer) -> None:
    """Entries that are folders are no files."""
    _unpack("a.zip", zipped({"src/": b"", "src/main.py": b"1"}), freezer)
    assert contents(freezer.root) == {"src/main.py": b"1"}


def test_unpack_zip_from_unix(freezer: Freezer) -> None:
    """Permissions that the archive asks for are not given."""
    info = zipfile.ZipInfo("main.py")
    info.external_attr = 0o104777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"1")
    _unpack("a.zip", buffer.getvalue(), freezer)
    assert (freezer.root / "main.py").stat().st_mode & 0o7111 == 0


@BOTH
@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("../main.py", "submission.path_outside"),
        ("a/../../../main.py", "submission.path_outside"),
        ("/tmp/main.py", "submission.path_outside"),
        ("//server/share/main.py", "submission.path_outside"),
        ("..\\main.py", "submission.name_unusable"),
        ("C:\\main.py", "submission.name_unusable"),
        ("\x1b]0;mine\x07.py", "submission.name_unusable"),
        ("a/" * MAX_DEPTH + "main.py", "submission.too_deep"),
        ("x" * 300, "submission.name_too_long"),
    ],
)
def test_bad_path(name: str, path: str, fault: str, freezer: Freezer) -> None:
    """A path that climbs, is absolute, nests too deep or no system can hold is refused, and nothing is written."""
    assert _refused(name, _packed(name, {path: b"evil"}), freezer).id == fault
    assert contents(freezer.root) == {}


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
def test_long_names(form: int, freezer: Freezer) -> None:
    """A path that needs an extended header is taken if it may be used, and refused if it may not."""
    long = "/".join(["d" * 150] * (MAX_DEPTH - 1) + ["main.py"])
    _unpack("a.tgz", tarred(member(long, b"1"), form=form), freezer)
    assert contents(freezer.root) == {long: b"1"}
    outside = f"../{long.removeprefix('d' * 150 + '/')}"
    assert _refused("a.tgz", tarred(member(outside, b"1"), form=form), freezer).id == "submission.path_outside"


def _zip_of_mode(mode: int) -> bytes:
    return _patched(zipped({"evil": "/etc/passwd"}), b"PK\x01\x02", 38, struct.pack("<L", mode << 16))


@pytest.mark.parametrize("mode", [0o120777, 0o020666, 0o060660, 0o010644, 0o140755, 0o040755])
def test_zip_special(mode: int, freezer: Freezer) -> None:
    """A zip's link, device, FIFO, socket, or folder with contents is refused."""
    message = _refused("a.zip", _zip_of_mode(mode), freezer)
    assert message.id == "submission.link"
    assert message.params["name"] == "evil"


@pytest.mark.parametrize(
    "kind",
    [
        tarfile.SYMTYPE,
        tarfile.LNKTYPE,
        tarfile.CHRTYPE,
        tarfile.BLKTYPE,
        tarfile.FIFOTYPE,
        tarfile.GNUTYPE_SPARSE,
        b"?",
    ],
    ids=["link", "hard link", "character device", "block device", "fifo", "sparse", "unknown"],
)
def test_tar_special(kind: bytes, freezer: Freezer) -> None:
    """A tar's link of either sort, device, FIFO, sparse file or member of no known type is refused."""
    evil = member("evil", type=kind, linkname="/etc/passwd", devmajor=1, devminor=3)
    message = _refused("a.tgz", tarred(evil), freezer)
    assert message.id == "submission.link"
    assert message.params["name"] == "evil"


def test_link_then_file_through_it(freezer: Freezer) -> None:
    """A link that a later member would be written through is refused when it comes."""
    data = tarred(member("d", type=tarfile.SYMTYPE, linkname=".."), member("d/evil.py", b"evil"))
    assert _refused("a.tgz", data, freezer).id == "submission.link"
    assert contents(freezer.root) == {}


@BOTH
@pytest.mark.parametrize(
    "paths", [("main.py", "MAIN.PY"), ("a", "a/b"), ("a/b", "a")], ids=["case", "file, folder", "folder, file"]
)
def test_name_twice(name: str, paths: tuple[str, str], freezer: Freezer) -> None:
    """Two names that some system would make one are refused."""
    assert _refused(name, _packed(name, dict.fromkeys(paths, b"1")), freezer).id == "submission.name_twice"


def test_same_name_twice(freezer: Freezer) -> None:
    """So is the same name again, which other unpackers would let win or lose."""
    data = tarred(member("main.py", b"good"), member("main.py", b"evil"))
    assert _refused("a.tgz", data, freezer).id == "submission.name_twice"
    assert contents(freezer.root) == {"main.py": b"good"}


@BOTH
def test_many_files(name: str, freezer: Freezer) -> None:
    """The limit of files holds for archives."""
    data = _packed(name, {f"f{number}": b"" for number in range(MAX_FILES + 1)})
    message = _refused(name, data, freezer)
    assert message.id == "submission.too_many_files"
    assert message.params == {"limit": MAX_FILES}


@BOTH
def test_many_entries_that_are_no_files(name: str, freezer: Freezer) -> None:
    """Entries that are skipped are counted too."""
    data = _packed(name, {f"__MACOSX/{number}": b"" for number in range(4 * MAX_FILES + 1)})
    assert _refused(name, data, freezer).id == "submission.too_many_files"
    assert contents(freezer.root) == {}


def _directory(entries: int) -> bytes:
    """A zip's directory of files that are all named ``a``."""
    return (_DIRECTORY.pack(b"PK\x01\x02", 20, 3, 20, *([0] * 8), 1, *([0] * 6)) + b"a") * entries


def test_many_entries_denied(freezer: Freezer) -> None:
    """A zip's own count of its entries is not believed."""
    directory = _directory(4 * MAX_FILES + 1)
    data = directory + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
    assert _refused("a.zip", data, freezer).id == "submission.too_many_files"


def test_many_entries_behind_a_false_end(freezer: Freezer) -> None:
    """An end of directory that holds another one's signature hides nothing."""
    directory = _directory(4 * MAX_FILES + 1)
    nested = int.from_bytes(b"PK\x05\x06", "little")
    data = directory + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(directory), nested, 0)
    assert _refused("a.zip", data, freezer).id == "submission.too_many_files"


def test_many_entries_in_zip64(freezer: Freezer) -> None:
    """Nor does a second, larger directory in zip64's fields."""
    directory = _directory(4 * MAX_FILES + 1)
    data = (
        directory
        + _END_64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(directory), 0)
        + _LOCATOR.pack(b"PK\x06\x07", 0, len(directory), 1)
        + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, 47, 0, 0)
    )
    assert _refused("a.zip", data, freezer).id == "submission.too_many_files"


def test_zip_bomb(tmp_path: Path) -> None:
    """A file that unpacks to far more than it takes is refused before it is unpacked, though it would fit."""
    freezer = Freezer(root=tmp_path, max_bytes=8 * 2**20)
    data = zipped({"zeros": bytes(4 * 2**20)})
    assert len(data) * MAX_RATIO < 4 * 2**20
    message = refusal(lambda: _unpack("a.zip", data, freezer))
    assert message.id == "archive.bomb"
    assert message.params == {"name": "zeros", "limit": MAX_RATIO}
    assert contents(tmp_path) == {}


def test_small_and_regular(freezer: Freezer) -> None:
    """A small file may pack as well as it likes."""
    _unpack("a.zip", zipped({"zeros.csv": bytes(MAX_BYTES)}), freezer)
    assert freezer.total == MAX_BYTES


def test_zip_bomb_that_lies(freezer: Freezer) -> None:
    """No more comes out than the directory says, so that an understated size ends in a broken file."""
    data = _patched(zipped({"zeros": bytes(8 * 2**20)}), b"PK\x01\x02", 24, struct.pack("<L", 1000))
    assert _refused("a.zip", data, freezer).id == "archive.broken"
    assert freezer.total <= 1000


def test_many_small_bombs(freezer: Freezer) -> None:
    """Bytes are counted over all files."""
    data = zipped({f"zeros{number}": bytes(MAX_BYTES // 2) for number in range(3)})
    assert _refused("a.zip", data, freezer).id == "submission.too_large"
    assert freezer.total <= MAX_BYTES + MAX_BYTES // 2


def test_tar_bomb(freezer: Freezer) -> None:
    """A tar's member over the limit is refused by its header."""
    assert _refused("a.tgz", tarred(member("zeros", bytes(2 * MAX_BYTES))), freezer).id == "submission.too_large"
    assert freezer.total == 0


def test_tar_bomb_of_junk(freezer: Freezer) -> None:
    """Bytes that are skipped are counted as well: gzip packs a gigabyte of zeros into one megabyte."""
    data = tarred(*(member(f"__MACOSX/{number}", bytes(4 * 2**20)) for number in range(3)))
    assert _refused("a.tgz", data, freezer).id == "submission.too_large"
    assert contents(freezer.root) == {}


def test_tar_bomb_of_sizes(freezer: Freezer) -> None:
    """A member that only claims to be huge is refused as well."""
    header = bytearray(tarfile.TarInfo("zeros").tobuf())
    header[124:136] = b"\x80" + bytes(5) + b"\xff" * 6
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    assert _refused("a.tgz", gzip.compress(bytes(header)), freezer).id == "submission.too_large"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_bounds(method: int, freezer: Freezer) -> None:
    """Methods that unpack a file at once are refused: 500 bytes of bzip2 become a gigabyte in memory."""
    message = _refused("a.zip", zipped({"main.py": b"1" * 1000}, method), freezer)
    assert message.id == "archive.unsupported"
    assert message.params == {"name": "a.zip"}


def test_unknown_method(freezer: Freezer) -> None:
    """So is a method that no one knows."""
    data = _patched(zipped({"main.py": b"1"}), b"PK\x01\x02", 10, struct.pack("<H", 999))
    assert _refused("a.zip", data, freezer).id == "archive.unsupported"


def test_encrypted(freezer: Freezer) -> None:
    """An encrypted zip cannot be unpacked, and says so."""
    data = zipped({"main.py": b"1"})
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data = _patched(data, signature, offset, struct.pack("<H", 1))
    assert _refused("a.zip", data, freezer).id == "archive.unsupported"


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME], ids=str)
def test_long_tar_header(kind: bytes, freezer: Freezer) -> None:
    """A long extended header is refused unread: tarfile would take minutes over one of a megabyte."""
    header, digits = member("x", b"1" * 20_480, type=kind)
    data = gzip.compress(header.tobuf(tarfile.USTAR_FORMAT) + digits + bytes(1024))
    message = _refused("a.tgz", data, freezer)
    assert message.id == "archive.broken"
    assert "20480 bytes" in str(message.params["detail"])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", b""),
        ("a.zip", b"PK\x05\x06"),
        ("a.zip", b"this is no zip"),
        ("a.zip", tarred(member("main.py", b"1"))),
        ("a.zip", zipped({"main.py": b"1" * 3000})[:-30]),
        ("a.zip", _patched(zipped({"main.py": b"1" * 3000}, zipfile.ZIP_STORED), b"PK\x03\x04", 50, b"2")),
        ("a.zip", _patched(zipped({"main.py": b"1"}), b"PK\x03\x04", 0, b"XXXX")),
        ("a.tgz", b""),
        ("a.tgz", b"this is no gzip"),
        ("a.tgz", gzip.compress(b"")),
        ("a.tgz", gzip.compress(b"this is no tar" * 100)),
        ("a.tgz", zipped({"main.py": b"1"})),
        ("a.tgz", tarred(member("main.py", b"1"))[:-20]),
        ("a.tgz", gzip.compress(gzip.decompress(tarred(member("main.py", bytes(9000))))[:4000])),
    ],
    ids=[
        *("zip: empty", "zip: only an end", "zip: text", "zip: a tar", "zip: truncated", "zip: changed"),
        *("zip: no file where one should be", "tar: empty", "tar: text", "tar: empty gzip", "tar: gzipped text"),
        *("tar: a zip", "tar: truncated gzip", "tar: truncated"),
    ],
)
def test_broken(name: str, data: bytes, freezer: Freezer) -> None:
    """What is truncated, changed or no archive at all is broken, and the message names the file."""
    message = _refused(name, data, freezer)
    assert message.id == "archive.broken"
    assert message.params["name"] == name


def test_zip_entry_without_name(freezer: Freezer) -> None:
    """An entry without a name is refused as a path, not stumbled over."""
    assert _refused("a.zip", zipped({"": b"1"}), freezer).id == "submission.path_outside"


def test_message_is_safe(freezer: Freezer) -> None:
    """The name of an archive steers no terminal."""
    message = _refused("\x1b[2J.zip", b"no zip", freezer)
    assert message.params["name"] == r"\x1b[2J.zip"


@BOTH
def test_disk_full(name: str, freezer: Freezer) -> None:
    """A full disk is our fault, though the archive modules' own errors look the same."""
    data = _packed(name, {"main.py": bytes(range(256)) * 8})
    with full_disk(), pytest.raises(InfrastructureError) as caught:
        _unpack(name, data, freezer)
    assert caught.value.message_id == "file.unwritable"


_ZIP = zipped({"src/main.py": b"print(1)\n" * 9, "é.txt": b"x" * 600})
_TAR = gzip.decompress(tarred(member("d" * 120 + "/main.py", b"print(1)\n" * 9), member("b", b"x" * 600)))
_edits = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=5)


def _edited(data: bytes, edits: list[tuple[int, int]]) -> bytes:
    changed = bytearray(data)
    for at, value in edits:
        changed[at % len(changed)] = value
    return bytes(changed)


def _unpacks_or_refuses(name: str, data: bytes, root: Path) -> None:
    freezer = Freezer(root=root / "frozen", max_bytes=MAX_BYTES)
    freezer.root.mkdir()
    with contextlib.suppress(RejectedError):
        _unpack(name, data, freezer)
    assert set(root.iterdir()) == {freezer.root}


@settings(max_examples=60)
@given(edits=_edits)
def test_damaged_zip(tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]) -> None:
    """A damaged zip is unpacked or rejected, never anything else."""
    _unpacks_or_refuses("a.zip", _edited(_ZIP, edits), tmp_path_factory.mktemp("damaged"))


@settings(max_examples=60)
@given(edits=_edits)
def test_damaged_tar(tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]) -> None:
    """So is a damaged tar."""
    _unpacks_or_refuses("a.tgz", gzip.compress(_edited(_TAR, edits), 1), tmp_path_factory.mktemp("damaged"))
