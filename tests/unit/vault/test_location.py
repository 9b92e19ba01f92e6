"""Where the vault may be."""

from pathlib import Path

import pytest

from arena.errors import InfrastructureError
from arena.vault.location import refuse_unsafe, vault_root


def test_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """ARENA_VAULT says where the vault is, before everything else."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("ARENA_VAULT", str(tmp_path / "chosen"))
    assert vault_root() == tmp_path / "chosen"


def test_relative_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A relative ARENA_VAULT is taken from the current folder, and shown as the whole path."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARENA_VAULT", "chosen")
    assert vault_root() == tmp_path / "chosen"


def test_data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without ARENA_VAULT the vault lies in the account's data folder."""
    monkeypatch.delenv("ARENA_VAULT")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert vault_root() == tmp_path / "data" / "arena" / "vault"


@pytest.mark.parametrize("value", [None, "", "relative/data"])
def test_default(monkeypatch: pytest.MonkeyPatch, isolated: Path, value: str | None) -> None:
    """Where the data folder is not set, or relative and so to be ignored, it is ~/.local/share."""
    monkeypatch.delenv("ARENA_VAULT")
    if value is not None:
        monkeypatch.setenv("XDG_DATA_HOME", value)
    assert vault_root() == isolated.parent / "home" / ".local" / "share" / "arena" / "vault"


@pytest.mark.parametrize("inside", [".", "vault", "submissions/../vault", "a/b/c"])
def test_inside_workspace(tmp_path: Path, inside: str) -> None:
    """A vault inside the workspace is refused, whether it is there yet or not."""
    with pytest.raises(InfrastructureError, match=r"vault\.inside_workspace"):
        refuse_unsafe(tmp_path / inside, tmp_path)


def test_link_into_workspace(tmp_path: Path) -> None:
    """A link that leads into the workspace does not hide that the vault lies there."""
    (tmp_path / "class").mkdir()
    (tmp_path / "elsewhere").symlink_to(tmp_path / "class")
    with pytest.raises(InfrastructureError, match=r"vault\.inside_workspace"):
        refuse_unsafe(tmp_path / "elsewhere" / "vault", tmp_path / "class")


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o770, 0o704])
def test_open_to_others(tmp_path: Path, mode: int) -> None:
    """A vault that any other account can enter or read is refused, and the message names the mode."""
    vault = tmp_path / "vault"
    vault.mkdir()
    vault.chmod(mode)
    with pytest.raises(InfrastructureError, match=r"vault\.open_to_others") as caught:
        refuse_unsafe(vault, tmp_path / "class")
    assert caught.value.params["mode"] == f"{mode:o}"


def test_safe(tmp_path: Path) -> None:
    """A folder of mode 0700 outside the workspace is fine, and so is one that is not there yet."""
    vault = tmp_path / "vault"
    refuse_unsafe(vault, tmp_path / "class")
    vault.mkdir(mode=0o700)
    refuse_unsafe(vault, tmp_path / "class")


def test_beside_workspace(tmp_path: Path) -> None:
    """A folder whose name only begins like the workspace's is not inside it."""
    refuse_unsafe(tmp_path / "class-vault", tmp_path / "class")
