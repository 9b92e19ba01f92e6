"""Where private keys lie."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from arena.errors import InfrastructureError, UsageError
from arena.model.trust import Trust
from arena.signing.keyring import keys_root, load_key, new_key, signer_for
from tests.conftest import START, make_signer, trust_in


@pytest.fixture(autouse=True)
def keys(isolated: Path) -> Path:
    """The folder of keys, which is not there yet."""
    return isolated.parent / "home" / ".local" / "share" / "arena" / "keys"


def test_root(keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys lie in ARENA_KEYS, else beside the vault in the account's data folder."""
    assert keys_root() == keys
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "mine"))
    assert keys_root() == tmp_path / "mine"


def test_new(keys: Path) -> None:
    """A new key is a file of mode 0600 in a folder of mode 0700, alone there, and reads back as the same key."""
    made = new_key("laptop")
    assert [path.name for path in keys.iterdir()] == ["laptop.pem"]
    assert stat.S_IMODE((keys / "laptop.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert load_key("laptop").sign("record", b"x") == made.sign("record", b"x")
    assert new_key("server").public != made.public


def test_never_overwritten(keys: Path) -> None:
    """A key that is there stays as it is, and the error names its file."""
    new_key("laptop")
    before = (keys / "laptop.pem").read_bytes()
    with pytest.raises(UsageError, match=r"key\.exists") as caught:
        new_key("laptop")
    assert caught.value.params["path"] == str(keys / "laptop.pem")
    assert (keys / "laptop.pem").read_bytes() == before


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", "-a", "a-", "x" * 41])
def test_names(name: str) -> None:
    """A name that could lead elsewhere is none."""
    for call in (new_key, load_key):
        with pytest.raises(UsageError, match=r"key\.invalid"):
            call(name)


def test_missing() -> None:
    """A key that is not there is said to be so, with its place."""
    with pytest.raises(UsageError, match=r"key\.none"):
        load_key("laptop")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_open_to_others(keys: Path, mode: int) -> None:
    """A key that others may read is not used."""
    new_key("laptop")
    (keys / "laptop.pem").chmod(mode)
    with pytest.raises(InfrastructureError, match=r"key\.open_to_others"):
        load_key("laptop")


def test_folder_open_to_others(keys: Path) -> None:
    """Nor is a folder in which others could put one."""
    keys.mkdir(parents=True)
    keys.chmod(0o777)
    with pytest.raises(InfrastructureError, match=r"key\.open_to_others"):
        new_key("laptop")


_OTHER = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("content", [b"", b"garbage", _OTHER], ids=["empty", "garbage", "x25519"])
def test_unreadable(keys: Path, content: bytes) -> None:
    """A file that holds no Ed25519 key is named."""
    new_key("laptop")
    (keys / "laptop.pem").write_bytes(content)
    with pytest.raises(InfrastructureError, match=r"key\.unreadable"):
        load_key("laptop")


def test_inside_workspace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key is made or used inside a workspace, whose files are published."""
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "class" / "keys"))
    with pytest.raises(InfrastructureError, match=r"key\.inside_workspace"):
        new_key("laptop", tmp_path / "class")
    signer = new_key("laptop")
    with pytest.raises(InfrastructureError, match=r"key\.inside_workspace"):
        signer_for(trust_in(signer), tmp_path / "class")


def test_signer_for(keys: Path, tmp_path: Path) -> None:
    """Of an account's keys the one signs that the workspace trusts, whatever its name; none, if none is."""
    mine = [new_key(name) for name in ("a", "b", "c")]
    assert signer_for(Trust(), tmp_path / "class") is None
    assert signer_for(trust_in(make_signer("stranger")), tmp_path / "class") is None
    found = signer_for(trust_in(make_signer("stranger"), mine[1]), tmp_path / "class")
    assert found is not None
    assert found.public == mine[1].public
    assert (keys / "b.pem").is_file()


def test_revoked_key_signs_no_more(tmp_path: Path) -> None:
    """A key that was revoked, whenever, is not signed with."""
    mine = new_key("laptop")
    assert signer_for(trust_in(mine, revoked={"laptop": START}), tmp_path / "class") is None


def test_no_keys(tmp_path: Path) -> None:
    """An account without keys signs nothing, and gets no folder."""
    assert signer_for(trust_in(make_signer()), tmp_path / "class") is None
    assert not keys_root().exists()
