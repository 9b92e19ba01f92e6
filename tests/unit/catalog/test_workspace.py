"""The workspace is found upward, and made without touching what is there."""

import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from arena.catalog.workspace import MARKER, find_root, init_workspace, open_workspace
from arena.errors import UsageError
from tests.conftest import make_signer, write_files, write_trust


def _write(folder: Path, text: str = 'schema = 1\nname = "class"\n') -> Path:
    return write_files(folder, {MARKER: text})


@pytest.mark.parametrize("below", [".", "tasks", "tasks/fruit/source"])
def test_find_root(tmp_path: Path, below: str) -> None:
    """The nearest folder with an arena.toml is found from any folder below it."""
    root = _write(tmp_path / "class")
    (root / below).mkdir(parents=True, exist_ok=True)
    assert find_root(root / below) == root


def test_find_nearest(tmp_path: Path) -> None:
    """A workspace inside another one hides it; a folder that is called arena.toml is none."""
    _write(tmp_path)
    inner = _write(tmp_path / "inner")
    (inner / "deep" / MARKER).mkdir(parents=True)
    assert find_root(inner / "deep") == inner


def test_find_none(tmp_path: Path) -> None:
    """Outside of every workspace, the error names the folder."""
    with pytest.raises(UsageError) as caught:
        find_root(tmp_path)
    assert caught.value.message_id == "workspace.none"
    assert caught.value.params == {"folder": str(tmp_path)}


def test_open_defaults(tmp_path: Path) -> None:
    """A short arena.toml means UTC, no team, no language, and the interpreter that runs arena."""
    root = _write(tmp_path / "class")
    workspace = open_workspace(root)
    assert (workspace.root, workspace.name) == (root, "class")
    assert workspace.time_zone == ZoneInfo("UTC")
    assert (workspace.team, workspace.language) == (None, None)
    assert workspace.runtime == Path(sys.executable)
    assert workspace.submissions == root / "submissions"
    assert workspace.leaderboard == root / "leaderboard"
    assert workspace.state == root / ".arena"


def test_open_settings(tmp_path: Path) -> None:
    """What arena.toml says is taken; the runtime is relative to it, not to the current folder."""
    root = _write(
        tmp_path / "class",
        'schema = 1\nname = "class"\ntime_zone = "Asia/Dhaka"\nlanguage = "bn"\nteam = "rahim"\n'
        'runtime = ".venv/bin/python"\n',
    )
    (root / "tasks").mkdir()
    workspace = open_workspace(root / "tasks")
    assert workspace.time_zone == ZoneInfo("Asia/Dhaka")
    assert (workspace.team, workspace.language) == ("rahim", "bn")
    assert workspace.runtime == root / ".venv/bin/python"


def test_open_absolute_runtime(tmp_path: Path) -> None:
    """A runtime may lie elsewhere."""
    path = tmp_path / "elsewhere" / "python"
    root = _write(tmp_path / "class", f"schema = 1\nname = 'class'\nruntime = '{path}'\n")
    assert open_workspace(root).runtime == path


def test_open_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The workspace of a relative folder has an absolute root."""
    root = _write(tmp_path / "class")
    monkeypatch.chdir(root)
    assert open_workspace(Path()).root == root.resolve()


def test_open_problems(tmp_path: Path) -> None:
    """All problems of arena.toml are told together, with their lines."""
    root = _write(tmp_path, 'schema = 2\nname = "My Class"\ntime_zone = "Asia/Dacca2"\nlanguage = "fr"\nteams = "x"\n')
    with pytest.raises(UsageError) as caught:
        open_workspace(root)
    assert caught.value.message_id == "workspace.invalid"
    assert caught.value.params["count"] == 5
    found = [line for line in str(caught.value.params["problems"]).splitlines() if line.startswith(MARKER)]
    assert [line.split(":")[1] for line in found] == ["1", "2", "3", "4", "5"]
    assert "'Asia/Dacca2' is not a time zone of the tz database" in found[2]


def test_trusted(tmp_path: Path) -> None:
    """Without a table of keys none is trusted; with one, each is, until it is revoked."""
    assert not open_workspace(_write(tmp_path / "practice")).trust
    root = _write(tmp_path / "class")
    laptop, server = make_signer("laptop"), make_signer("server")
    write_trust(root, laptop, server)
    text = (root / MARKER).read_text(encoding="utf-8")
    revoked = text.replace(f'"{server.text}"', f'"{server.text}", revoked = 2026-11-01T00:00:00+06:00')
    (root / MARKER).write_text(revoked, encoding="utf-8")
    found = open_workspace(root).trust
    assert [(key.name, key.fingerprint) for key in found.keys] == [(s.name, s.fingerprint) for s in (laptop, server)]
    assert [key.revoked for key in found.keys] == [None, datetime.fromisoformat("2026-11-01T00:00:00+06:00")]


_KEY = f'key = "ed25519:{"ab" * 32}"'


@pytest.mark.parametrize(
    ("entry", "line", "reason"),
    [
        ('{ name = "x", key = "ed25519:ab" }', 5, "64 hexadecimal digits"),
        ('{ name = "x", key = "' + "ab" * 32 + '" }', 5, "64 hexadecimal digits"),
        (f'{{ name = "No Name", {_KEY} }}', 5, "name"),
        ('{ name = "x" }', 5, "ledger.trusted.0.key"),
        (f'{{ name = "x", {_KEY}, revoked = 2026-11-01T00:00:00 }}', 5, "revoked"),
        (f'{{ name = "x", {_KEY}, until = 3 }}', 5, "until"),
        (f'{{ name = "x", {_KEY} }},\n{{ name = "x", key = "ed25519:{"cd" * 32}" }}', 4, "x stands twice"),
        (f'{{ name = "x", {_KEY} }},\n{{ name = "y", {_KEY} }}', 4, "stands twice"),
    ],
)
def test_untrustworthy(tmp_path: Path, entry: str, line: int, reason: str) -> None:
    """What is wrong with a key is told with its line and what to do, before it is trusted."""
    root = _write(tmp_path / "class", f'schema = 1\nname = "class"\n[ledger]\ntrusted = [\n{entry},\n]\n')
    with pytest.raises(UsageError) as caught:
        open_workspace(root)
    told = str(caught.value.params["problems"])
    assert told.startswith(f"{MARKER}:{line}: ")
    assert reason in told
    assert "fix:" in told


@pytest.mark.parametrize("zone", ["", "Asia", "../etc/passwd", "/etc/passwd", "UTC+6", "\0"])
def test_no_time_zone(tmp_path: Path, zone: str) -> None:
    """A name that the tz database does not have is a problem, also one that is a folder or a path of it."""
    escaped = zone.replace("\0", "\\u0000")
    root = _write(tmp_path, f'schema = 1\nname = "class"\ntime_zone = "{escaped}"\n')
    with pytest.raises(UsageError) as caught:
        open_workspace(root)
    assert caught.value.params["count"] == 1
    assert str(caught.value.params["problems"]).startswith(f"{MARKER}:3: ")


def test_init(tmp_path: Path) -> None:
    """What init makes is a workspace at once, with its folders, and git leaves its state alone."""
    folder = tmp_path / "new"
    assert init_workspace(folder, name="ml-2026", zone="Asia/Dhaka") == folder / MARKER
    workspace = open_workspace(folder)
    assert (workspace.root, workspace.name, workspace.time_zone) == (folder, "ml-2026", ZoneInfo("Asia/Dhaka"))
    assert all((folder / name).is_dir() for name in ("tasks", "submissions", "leaderboard"))
    assert ".arena/" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "leaderboard/records/** -text" in (folder / ".gitattributes").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("class", "class"),
        ("My Class (2026)", "my-class-2026"),
        ("--a--b--", "a-b"),
        ("ক্লাস", "arena"),
        ("x" * 63 + "-yz", "x" * 63),
        ("É1", "1"),
    ],
)
def test_init_names_itself(tmp_path: Path, folder: str, name: str) -> None:
    """Without a name, the folder's is made fit."""
    init_workspace(tmp_path / folder, name=None, zone="UTC")
    assert open_workspace(tmp_path / folder).name == name


def test_init_keeps_files(tmp_path: Path) -> None:
    """What is in the folder stays, a .gitignore included."""
    write_files(tmp_path, {".gitignore": "mine\n", "tasks/fruit/task.toml": "x"})
    init_workspace(tmp_path, name="class", zone="UTC")
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine\n"
    assert (tmp_path / "tasks/fruit/task.toml").read_text(encoding="utf-8") == "x"


def test_init_twice(tmp_path: Path) -> None:
    """A workspace is not made anew."""
    init_workspace(tmp_path, name="class", zone="UTC")
    before = (tmp_path / MARKER).read_bytes()
    with pytest.raises(UsageError) as caught:
        init_workspace(tmp_path, name="other", zone="UTC")
    assert caught.value.message_id == "workspace.exists"
    assert caught.value.params == {"path": str(tmp_path / MARKER)}
    assert (tmp_path / MARKER).read_bytes() == before


@pytest.mark.parametrize(("name", "zone"), [("My Class", "UTC"), ("class", "Mars"), ('x"\nteam = "y', "UTC\nx")])
def test_init_bad(tmp_path: Path, name: str, zone: str) -> None:
    """With a name or zone that cannot be, nothing is made."""
    with pytest.raises(UsageError) as caught:
        init_workspace(tmp_path / "new", name=name, zone=zone)
    assert caught.value.message_id == "workspace.refused"
    assert not (tmp_path / "new").exists()
