"""Back up and restore the vault."""

import gzip
import io
import stat
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.authoring.backup import backup, restore, safe_vault
from arena.errors import ArenaError, InfrastructureError, UsageError
from arena.vault.plain import COLUMNS, PlainVault
from arena.vault.views import VIEWS

FILES = {
    "class/fruit/abc/answers.csv": b"id,ripe,Usage\n",
    "class/fruit/scores/ab.json": b"{}",
    "other/x/y/answers.csv": b"\0\xff" * 1000,
}


def _fill(root: Path) -> None:
    for name, data in FILES.items():
        path = root / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(0o600)


def _found(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def archive(isolated: Path, tmp_path: Path) -> Path:
    """A backup of a vault, which is gone since."""
    _fill(isolated)
    file = tmp_path / "backup.tar.gz"
    assert backup(file) == len(FILES)
    isolated.rename(tmp_path / "gone")
    return file


def _pack(file: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(file, "w:gz") as packed:
        for info, data in members:
            info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return file


def test_round_trip(archive: Path, isolated: Path) -> None:
    """What is restored into an empty vault is what was backed up, byte for byte."""
    assert restore(archive) == (len(FILES), 0)
    assert _found(isolated) == FILES


def test_without_what_is_made_anew(isolated: Path, tmp_path: Path) -> None:
    """Columns that are made of the answers, and files on their way to another name, are not backed up."""
    _fill(isolated)
    for name in (COLUMNS, ".ab.tmp"):
        (isolated / "class" / "fruit" / "abc" / name).write_bytes(b"x")
    assert backup(tmp_path / "backup.tar.gz") == len(FILES)


def test_modes(archive: Path, isolated: Path) -> None:
    """The archive has mode 0600, and what is restored 0600 and 0700."""
    restore(archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    for path in (isolated, *isolated.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_restored_vault_opens(archive: Path, isolated: Path, tmp_path: Path) -> None:
    """A restored vault is safe enough to be opened."""
    restore(archive)
    assert PlainVault.open(tmp_path / "class", "class").root == isolated


def test_twice(archive: Path, isolated: Path) -> None:
    """Restoring again changes nothing and says that all was there."""
    restore(archive)
    assert restore(archive) == (0, len(FILES))
    assert _found(isolated) == FILES


def test_what_is_lacking(archive: Path, isolated: Path) -> None:
    """Only what the vault lacks is put back."""
    restore(archive)
    (isolated / "class/fruit/scores/ab.json").unlink()
    assert restore(archive) == (1, len(FILES) - 1)
    assert _found(isolated) == FILES


def test_conflict(archive: Path, isolated: Path) -> None:
    """A file that is there with other content is never overwritten, and named."""
    path = isolated / "class/fruit/abc/answers.csv"
    path.parent.mkdir(mode=0o700, parents=True)
    path.write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"vault\.conflict") as caught:
        restore(archive)
    assert caught.value.params["path"] == str(path)
    assert path.read_bytes() == b"mine"


def test_leaves_out_temporaries(isolated: Path, tmp_path: Path) -> None:
    """What a killed writer left is not backed up."""
    _fill(isolated)
    (isolated / "class" / ".0123.tmp").write_bytes(b"half")
    assert backup(tmp_path / "backup.tar.gz") == len(FILES)


def test_no_vault(tmp_path: Path) -> None:
    """Where there is no vault there is nothing to back up, and no archive is made."""
    with pytest.raises(UsageError, match=r"vault\.none"):
        backup(tmp_path / "backup.tar.gz")
    assert not (tmp_path / "backup.tar.gz").exists()


def test_never_overwrites(isolated: Path, tmp_path: Path) -> None:
    """An existing file is not replaced by a backup."""
    _fill(isolated)
    (tmp_path / "backup.tar.gz").write_bytes(b"older")
    with pytest.raises(UsageError, match=r"file\.exists"):
        backup(tmp_path / "backup.tar.gz")
    assert (tmp_path / "backup.tar.gz").read_bytes() == b"older"


def test_unwritable(isolated: Path, tmp_path: Path) -> None:
    """A folder that is not there is a message, and leaves nothing."""
    _fill(isolated)
    with pytest.raises(InfrastructureError, match=r"file\.unwritable"):
        backup(tmp_path / "nowhere" / "backup.tar.gz")


@pytest.mark.parametrize("name", ["../escaped", "class/../../escaped", "/tmp/escaped-from-a-test"])
def test_traversal(isolated: Path, tmp_path: Path, name: str) -> None:
    """A member that leads out of the vault is refused and written nowhere."""
    file = _pack(tmp_path / "evil.tar.gz", (tarfile.TarInfo(name), b"evil"))
    with pytest.raises(UsageError, match=r"vault\.not_a_backup"):
        restore(file)
    assert not list(tmp_path.rglob("escaped*"))
    assert not Path("/tmp/escaped-from-a-test").exists()
    assert not isolated.exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE])
def test_special_members(isolated: Path, tmp_path: Path, kind: bytes) -> None:
    """A link, a device or a folder is nothing that a backup holds: the archive is refused."""
    info = tarfile.TarInfo("class/x")
    info.type, info.linkname = kind, "/etc/passwd"
    with pytest.raises(UsageError, match=r"vault\.not_a_backup"):
        restore(_pack(tmp_path / "evil.tar.gz", (info, b"")))
    assert not isolated.exists()


@pytest.mark.parametrize(
    "data", [b"", b"id,ripe\n", b"\x1f\x8b", gzip.compress(b"no tar at all, only some text", mtime=0)]
)
def test_not_a_backup(tmp_path: Path, data: bytes) -> None:
    """A file that is no .tar.gz is reported as such."""
    file = tmp_path / "some.csv"
    file.write_bytes(data)
    with pytest.raises(UsageError):
        restore(file)


def test_missing_archive(tmp_path: Path) -> None:
    """An archive that is not there is reported as unreadable."""
    with pytest.raises(UsageError, match=r"file\.unreadable"):
        restore(tmp_path / "none.tar.gz")


_PACKED = io.BytesIO()
with tarfile.open(fileobj=_PACKED, mode="w:gz") as _archive:
    for _name, _data in FILES.items():
        _info = tarfile.TarInfo(_name)
        _info.size = len(_data)
        _archive.addfile(_info, io.BytesIO(_data))


@settings(max_examples=50)
@given(st.integers(0, len(_PACKED.getvalue()) - 1), st.integers(1, 255))
def test_damaged(tmp_path_factory: pytest.TempPathFactory, position: int, flip: int) -> None:
    """Whatever byte of a backup is damaged, restoring ends in a message or in a content that was backed up."""
    data = bytearray(_PACKED.getvalue())
    data[position] ^= flip
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "backup.tar.gz").write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARENA_VAULT", str(folder / "vault"))
        try:
            restore(folder / "backup.tar.gz")
        except ArenaError:
            return
        assert _found(folder / "vault").items() <= FILES.items()


def test_safe_vault(isolated: Path, tmp_path: Path) -> None:
    """An unsafe place is refused, a safe one returned, whether it is there or not."""
    assert safe_vault(tmp_path / "class") == isolated
    with pytest.raises(InfrastructureError, match=r"vault\.inside_workspace"):
        safe_vault(tmp_path)


def test_log_of_looks(isolated: Path, tmp_path: Path) -> None:
    """The log of looks is backed up, and a longer one that is there already stays: nothing of it is lost."""
    _fill(isolated)
    log = isolated / "class" / VIEWS
    log.write_bytes(b"one\n")
    backup(tmp_path / "backup.tar.gz")
    log.write_bytes(b"one\ntwo\n")
    assert restore(tmp_path / "backup.tar.gz") == (0, len(FILES) + 1)
    assert log.read_bytes() == b"one\ntwo\n"
    log.unlink()
    assert restore(tmp_path / "backup.tar.gz") == (1, len(FILES))
    assert log.read_bytes() == b"one\n"
