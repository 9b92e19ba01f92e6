"""One script, run as the guest runs it."""

import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from arena.sandbox.guest import entry, program

Source = Callable[[dict[str, str]], Path]


def _run(folder: Path) -> dict[str, object]:
    """Run ``main.py`` and return its names."""
    sys.argv = ["program", str(folder / "main.py")]
    program.main()
    return vars(sys.modules["__main__"])


def test_as_main(source: Source) -> None:
    """The script is `__main__`, knows its own path and finds its own modules first."""
    code = "import sys, helper\nmine = (__name__, __file__, sys.argv, sys.path[0], helper.VALUE)\n"
    folder = source({"main.py": code, "helper.py": "VALUE = 3"})
    script = str(folder / "main.py")
    assert _run(folder)["mine"] == ("__main__", script, [script], str(folder), 3)


def test_fresh_main(source: Source) -> None:
    """Nothing of ours is among the script's names, and a class of its own can be pickled by its name."""
    code = (
        "before = set(globals())\n"
        "import pickle\n"
        "class Mine: pass\n"
        "same = pickle.loads(pickle.dumps(Mine)) is Mine\n"
    )  # fmt: skip
    names = _run(source({"main.py": code}))
    assert names["same"] is True
    assert isinstance(names["before"], set)
    assert all(name.startswith("__") for name in names["before"])


def test_encoding(source: Source) -> None:
    """A script may declare its encoding, and begin with a byte-order mark."""
    folder = source({})
    folder.mkdir()
    (folder / "main.py").write_bytes("# coding: latin-1\nword = 'é'\n".encode("latin-1"))
    assert _run(folder)["word"] == "é"
    (folder / "main.py").write_bytes("\ufeffword = 'ফল'\n".encode())
    assert _run(folder)["word"] == "ফল"


def test_no_inherited_features(source: Source) -> None:
    """The script is compiled with the language as it is, not with what our own files switched on."""
    assert _run(source({"main.py": "def f(x: 1 + 1): pass\nkind = f.__annotations__['x']"}))["kind"] == 2


def test_seeded(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random numbers repeat for a seed and differ for another."""
    folder = source({"main.py": "import random\ndrawn = random.random()\n"})
    assert _run(folder)["drawn"] == _run(folder)["drawn"] == random.Random(7).random()  # noqa: S311
    monkeypatch.setenv("ARENA_SEED", "8")
    assert _run(folder)["drawn"] == random.Random(8).random()  # noqa: S311


def test_seeds_on_import(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that draws is seeded once, right after the script imported it, and not imported for that."""
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    library = "seeds = []\ndef manual_seed(seed):\n    seeds.append(seed)\n"
    folder = source({"main.py": "import torch\nimport torch\nseeds = torch.seeds\n", "torch.py": library})
    assert _run(folder)["seeds"] == [7]
    del sys.modules["torch"]
    (folder / "main.py").write_text("import sys\nthere = 'torch' in sys.modules\n", encoding="utf-8")
    assert _run(folder)["there"] is False


def test_missing_library(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that is to be seeded but is not installed is missing in the usual way."""
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(sys, "path", [])
    code = "try:\n    import torch\nexcept ModuleNotFoundError as error:\n    said = str(error)\n"
    folder = source({"main.py": code})
    assert _run(folder)["said"] == "No module named 'torch'"


def test_traceback_starts_in_the_users_file(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    """A traceback shows the user's lines and none of ours."""
    folder = source({"main.py": "def f():\n    return 1 / 0\nf()\n"})
    with pytest.raises(ZeroDivisionError) as caught:
        _run(folder)
    here = caught.value.__traceback__
    assert here is not None
    # The frames of the test are no part of what a process would show.
    sys.excepthook(ZeroDivisionError, caught.value, here.tb_next.tb_next if here.tb_next else None)
    shown = capsys.readouterr().err
    assert shown.startswith("Traceback (most recent call last):\n")
    assert 'main.py", line 3, in <module>' in shown.splitlines()[1]
    assert "ZeroDivisionError: division by zero" in shown
    assert "guest" not in shown


def test_syntax_error(source: Source, capsys: pytest.CaptureFixture[str]) -> None:
    """A script that is no Python is shown with its line."""
    folder = source({"main.py": "x = (\n"})
    with pytest.raises(SyntaxError) as caught:
        _run(folder)
    sys.excepthook(SyntaxError, caught.value, None)
    assert 'main.py", line 1' in capsys.readouterr().err


def test_fail(capsys: pytest.CaptureFixture[str]) -> None:
    """A sentence for the learner ends the process with code 1 and stands on standard error."""
    with pytest.raises(SystemExit) as caught:
        entry.fail("model.py has no class `Model`")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "arena: model.py has no class `Model`\n"
