"""What instructors do, as far as nothing is started."""

import tarfile
from pathlib import Path

import pytest

from arena.catalog.workspace import open_workspace
from arena.vault.plain import PlainVault
from tests.conftest import run, run_json


def test_init(tmp_path: Path) -> None:
    """A new workspace has its folders, keeps the grader's own out of git, and can be worked in at once."""
    result = run("init", tmp_path / "My Class", "--time-zone", "Asia/Dhaka")
    assert result.exit_code == 0
    made = open_workspace(tmp_path / "My Class")
    assert (made.name, str(made.time_zone)) == ("my-class", "Asia/Dhaka")
    assert {path.name for path in made.root.iterdir()} == {
        *("arena.toml", ".gitattributes", ".gitignore", "tasks", "submissions", "leaderboard"),
    }
    assert ".arena/" in (made.root / ".gitignore").read_text(encoding="utf-8")
    assert run_json("-C", made.root, "tasks") == []


def test_init_as_json(tmp_path: Path) -> None:
    """For scripts it prints where the workspace is."""
    data = run_json("init", tmp_path / "new", "--name", "spring")
    assert data == {"workspace": str(tmp_path / "new"), "file": str(tmp_path / "new" / "arena.toml")}
    assert open_workspace(tmp_path / "new").name == "spring"


def test_init_twice() -> None:
    """A workspace is not made over another one."""
    before = Path("arena.toml").read_bytes()
    result = run("init", ".")
    assert result.exit_code == 2
    assert Path("arena.toml").read_bytes() == before


@pytest.mark.parametrize("option", [("--time-zone", "Asia/Nowhere"), ("--name", "Not A Slug"), ("--name", 'a"b')])
def test_init_refused(tmp_path: Path, option: tuple[str, str]) -> None:
    """A zone or a name that cannot be is refused, and nothing is made."""
    result = run("init", tmp_path / "new", *option)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()


def test_backup_and_restore(vault: PlainVault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vault that was backed up is restored in another place."""
    file = tmp_path / "vault.tar.gz"
    assert run_json("vault", "backup", file) == {"file": str(file), "files": 1}
    with tarfile.open(file) as archive:
        assert all(name.startswith("class/fruit/") for name in archive.getnames())
    monkeypatch.setenv("ARENA_VAULT", str(tmp_path / "other"))
    assert run_json("vault", "restore", file) == {"file": str(file), "restored": 1, "present": 0}
    assert "were there already" in run("vault", "restore", file).stdout
    answers = [path.read_bytes() for path in (tmp_path / "other").rglob("answers.csv")]
    assert answers == [path.read_bytes() for path in vault.root.rglob("answers.csv")]


def test_backup_without_vault(tmp_path: Path) -> None:
    """Where there is no vault yet a backup is a usage error."""
    result = run("vault", "backup", tmp_path / "vault.tar.gz")
    assert result.exit_code == 2
    assert "no vault" in result.stderr


def test_backup_twice(vault: PlainVault, tmp_path: Path) -> None:
    """A backup never overwrites a file."""
    assert vault.root.is_dir()
    assert run("vault", "backup", tmp_path / "vault.tar.gz").exit_code == 0
    assert run("vault", "backup", tmp_path / "vault.tar.gz").exit_code == 2


def test_restore_foreign_file(tmp_path: Path) -> None:
    """A file that is no backup is a usage error."""
    (tmp_path / "x.tar.gz").write_bytes(b"hello")
    assert run("vault", "restore", tmp_path / "x.tar.gz").exit_code == 2
    assert run("vault", "restore", tmp_path / "none.tar.gz").exit_code == 2


def test_groups() -> None:
    """`task` and `vault` by themselves show what they can do."""
    for name in ("task", "vault"):
        result = run(name)
        assert "Commands:" in result.output
