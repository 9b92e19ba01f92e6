"""Hidden means hidden: a program that reads every byte it can reach finds no answer."""

import bz2
import compileall
import gzip
import hashlib
import json
import lzma
import os
import shutil
import struct
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

from arena.model.outcome import Outcome
from tests.integration.conftest import CANARIES, CONTROL, IDS, PROGRAMS, TASK, Arena, each_launcher

pytestmark = [pytest.mark.sandbox, each_launcher]

_ANSWERS = "Id,Value\n" + "".join(f"{name},{value}\n" for name, value in zip(IDS, CANARIES, strict=True))
# Numbers that the program is to find: each proves one way of looking.
_CONTROLS = {
    "public": int(CONTROL),
    **{name: int(CONTROL) + 11 * n for n, name in enumerate(("zipped", "integer", "float", "wide", "held"), start=1)},
}


def _searcher(arena: Arena) -> Path:
    """The searching program, with hashes of the canaries: it knows none of them."""
    names = {value: f"answer-{number}" for number, value in enumerate(CANARIES)}
    names |= {str(value): name for name, value in _CONTROLS.items()}
    hashes = {hashlib.sha256(value.encode()).hexdigest(): name for value, name in names.items()}
    arena.hand("search/hashes.json", json.dumps(hashes))
    arena.hand("search/held.json", str(_CONTROLS["held"] + 1))
    arena.hand("search/zipped.gz", gzip.compress(f"x{_CONTROLS['zipped']}y".encode()))
    arena.hand("search/integer.bin", b"abc" + struct.pack("<q", _CONTROLS["integer"]) + b"def")
    arena.hand("search/float.bin", struct.pack("<d", _CONTROLS["float"]))
    arena.hand("search/wide.txt", str(_CONTROLS["wide"]).encode("utf-16"))
    return arena.hand("search/main.py", (PROGRAMS / "search.py").read_text(encoding="utf-8")).parent


def _search(arena: Arena) -> dict[str, Any]:
    """What the program found, after it was seen that its search works."""
    ended = arena.grade(_searcher(arena), arena.task(wall_seconds=60, cpu_seconds=60, log_bytes=1 << 20))
    assert ended.outcome is Outcome.INVALID_PREDICTIONS, ended.log
    told: dict[str, Any] = json.loads(ended.log)
    assert _CONTROLS.keys() <= told["found"].keys()
    assert "objects" in told["found"]["held"]
    assert any(place.endswith("/mem") for place in told["found"]["held"])
    assert f"/kaggle/input/{TASK}/train.csv" in told["found"]["public"]
    return told


def test_a_program_that_reads_everything_finds_no_answer(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither files, processes, memory, environment nor the runner's frames hold a hidden answer."""
    monkeypatch.setenv("ARENA_CANARY", CANARIES[0])
    (arena.root / ".arena" / "stray.csv").write_text(_ANSWERS, encoding="ascii")
    answers = next(arena.vault.rglob("answers.csv"))
    in_memory = (answers.read_bytes(), [int(value) for value in CANARIES])
    leaked = os.open(answers, os.O_RDONLY)
    os.set_inheritable(leaked, True)  # noqa: FBT003 - its only form
    try:
        told = _search(arena)
    finally:
        os.close(leaked)
    assert in_memory
    assert {name: told["found"][name] for name in told["found"].keys() - _CONTROLS.keys()} == {}
    assert told["names"] == []
    assert not {"ARENA_VAULT", "ARENA_CANARY"} & set(told["environment"])
    assert told["files"] > 500
    assert told["bytes"] > 20 << 20
    assert told["regions"] > 10
    assert told["objects"] > 1000


def _plant(package: Path) -> None:
    """A package that ships the answers in every form that packages ship data in."""
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="ascii")
    plain = _ANSWERS.encode()
    (package / "plain.csv").write_bytes(plain)
    (package / "values.json").write_text(json.dumps(list(CANARIES)), encoding="ascii")
    (package / "answers.csv.gz").write_bytes(gzip.compress(plain))
    (package / "answers.csv.bz2").write_bytes(bz2.compress(plain))
    (package / "answers.csv.xz").write_bytes(lzma.compress(plain))
    with zipfile.ZipFile(package / "answers.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner.csv", plain)
    (package / "table.py").write_text(f"VALUES = {CANARIES!r}\n", encoding="ascii")
    compileall.compile_dir(package, quiet=2)
    with tarfile.open(package / "answers.tar.gz", "w:gz") as tar:
        tar.add(package / "plain.csv")


def test_answers_inside_an_installed_package_are_covered(arena: Arena, tmp_path: Path) -> None:
    """A package of the runtime that ships the hidden values, plain, packed or as code, shows none of them."""
    folder = tmp_path / "runtime"
    venv.create(folder, symlinks=True, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    _plant(site / "popular_datasets")
    arena.use_runtime(folder / "bin" / "python")
    told = _search(arena)
    assert {name: told["found"][name] for name in told["found"].keys() - _CONTROLS.keys()} == {}


def test_a_workspace_inside_the_runtime_is_covered(
    arena: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Vault and workspace stay hidden where they lie below the interpreter's own prefix, as in some containers."""
    folder = tmp_path / "runtime"
    venv.create(folder, symlinks=True, with_pip=False)
    inside = Arena(root=folder / "class", vault=folder / "share" / "vault", home=arena.home)
    shutil.copytree(arena.root, inside.root)
    shutil.copytree(arena.vault, inside.vault)
    inside.use_runtime(folder / "bin" / "python")
    # What is found by content is known before other workspaces' answers come to lie there.
    monkeypatch.setenv("ARENA_VAULT", str(inside.vault))
    inside.program("pass")
    for name in ("stray.csv", "submissions/other.csv", "leaderboard/other.csv", ".arena/other.csv"):
        path = inside.root / "tasks" / name if "/" not in name else inside.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(_ANSWERS, encoding="ascii")
    told = _search(inside)
    assert {name: told["found"][name] for name in told["found"].keys() - _CONTROLS.keys()} == {}
    assert told["names"] == [str(inside.root / "arena.toml")]
