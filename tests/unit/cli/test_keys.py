"""`arena key`: make and show the key that signs."""

import tomllib
from pathlib import Path

import pytest

from arena.catalog.workspace import open_workspace
from arena.signing.keyring import load_key
from tests.conftest import run, run_json


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of keys of the test's own."""
    monkeypatch.setenv("ARENA_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


def test_line(keys: Path) -> None:
    """What is printed is the line that arena.toml takes, with the public half alone, and where the other one stays."""
    result = run("key", "new", "--name", "laptop")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert str(keys) in result.stderr
    assert tomllib.loads(f"trusted = [\n{result.stdout}]")["trusted"] == [
        {"name": "laptop", "key": load_key("laptop").text}
    ]
    assert run("key", "show", "--name", "laptop").stdout == result.stdout
    secret = (keys / "laptop.pem").read_text(encoding="ascii").splitlines()[1]
    assert secret not in result.output


def test_trusted() -> None:
    """With that line below [ledger] the workspace trusts the key."""
    line = run("key", "new").stdout
    with Path("arena.toml").open("a", encoding="utf-8") as file:
        file.write(f"[ledger]\ntrusted = [\n  {line}]\n")
    assert open_workspace(Path()).trust.key(load_key("grader").fingerprint) is not None


def test_as_json() -> None:
    """For scripts the key is three fields."""
    data = run_json("key", "new")
    assert data == run_json("key", "show")
    assert data == {"name": "grader", "key": load_key("grader").text, "fingerprint": load_key("grader").fingerprint}


def test_twice(keys: Path) -> None:
    """A key is not made anew: exit code 2, and the file stays."""
    run("key", "new")
    before = (keys / "grader.pem").read_bytes()
    result = run("key", "new")
    assert result.exit_code == 2
    assert "was not overwritten" in result.stderr
    assert (keys / "grader.pem").read_bytes() == before


def test_none() -> None:
    """Without a key, `show` says how to make one."""
    result = run("key", "show")
    assert result.exit_code == 2
    assert "arena key new" in result.stderr


def test_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key can be made where no workspace is, and not inside one."""
    monkeypatch.setenv("ARENA_KEYS", str(Path("keys").absolute()))
    assert run("key", "new").exit_code == 5
    assert not Path("keys").exists()
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    assert run("key", "new").exit_code == 0
