"""The whole matrix: every attack under every launcher, as an ordinary account and as root, and the page of results.

``python -m tests.integration.attacks`` from the top of the repository. As root it runs the suite as an ordinary
account first, inside a control group that holds all of it, so that cells without protection can be run, too; what
failed there is not tried as root. Then it runs it as root. As an ordinary account it runs that half alone, and the
page says of the other that it was skipped. Arguments are passed on to pytest.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.integration.attacks import outer, page
from tests.integration.attacks.attack import LAUNCHERS
from tests.integration.attacks.catalogue import ATTACKS
from tests.integration.attacks.page import Result

_REPOSITORY = Path(__file__).parents[3]
_LOWER = _REPOSITORY / "tests" / "integration" / "programs" / "lower.py"
_PAGE = _REPOSITORY / "docs" / "reference" / "attacks.md"
_UID = 65533


def _pytest(base: Path, arguments: Sequence[str]) -> list[str]:
    suite = str(Path(__file__).parent.relative_to(_REPOSITORY))
    own = ["-q", "-p", "no:cacheprovider", "-p", "no:cov", f"--basetemp={base}", suite]
    return [sys.executable, "-m", "pytest", *own, *arguments]


def _as_user(folder: Path, results: Path, arguments: Sequence[str]) -> int:
    """Run the suite as an account without privileges, in a group around all of it where one can be made."""
    home = folder / "home"
    home.mkdir()
    for path in (folder, home, results):
        os.chown(path, _UID, _UID)
    folder.chmod(0o755)
    asked = {
        "uid": _UID,
        "paths": [sys.base_prefix, sys.prefix, str(_REPOSITORY)],
        "argv": _pytest(folder / "user", arguments),
        "environment": {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "ARENA_ATTACK_RESULTS": str(results),
        },
        "cwd": str(_REPOSITORY),
    }
    with outer.made() as join:
        into = "".join(f"echo 0 > {file} && " for file in join)
        return subprocess.run(
            ["/bin/sh", "-c", f'{into}exec "$@"', "sh", sys.executable, "-I", str(_LOWER), json.dumps(asked)],
            check=False,
        ).returncode


def _as_ourselves(folder: Path, results: Path, arguments: Sequence[str]) -> int:
    environment = {**os.environ, "ARENA_ATTACK_RESULTS": str(results)}
    return subprocess.run(_pytest(folder / "own", arguments), check=False, cwd=_REPOSITORY, env=environment).returncode


def _without_failed(results: Path) -> list[str]:
    """What pytest is to leave out as root, because it did not hold as an ordinary account; it is written down."""
    failed = [name for (name, _), result in page.read_results(results).items() if result is Result.FAILED]
    with results.open("a", encoding="utf-8") as file:
        for name in failed:
            for launcher in LAUNCHERS:
                cell = {"attack": name, "launcher": launcher, "privilege": "root", "result": Result.SKIPPED.value}
                file.write(json.dumps({**cell, "detail": "it failed as an ordinary account"}) + "\n")
    suite = Path(__file__).parent.relative_to(_REPOSITORY) / "test_attacks.py"
    return [
        f"--deselect={suite}::test_an_attack_is_contained[{launcher}-{name}]"
        for name in failed
        for launcher in LAUNCHERS
    ]


def _skip_root(results: Path) -> None:
    with results.open("a", encoding="utf-8") as file:
        for attack in ATTACKS:
            for launcher in LAUNCHERS:
                cell = {"attack": attack.id, "launcher": launcher, "privilege": "root", "result": Result.SKIPPED.value}
                file.write(json.dumps({**cell, "detail": "this account is not root"}) + "\n")


def main() -> int:
    """Run both halves, write the page, say what is on it."""
    arguments = sys.argv[1:]
    # Not below a folder that only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="arena-matrix-", dir="/var/tmp") as name:
        folder = Path(name)
        results = folder / "results.jsonl"
        results.touch()
        codes = []
        if os.getuid() == 0:
            codes.append(_as_user(folder, results, arguments))
            codes.append(_as_ourselves(folder, results, [*arguments, *_without_failed(results)]))
        else:
            codes.append(_as_ourselves(folder, results, arguments))
            _skip_root(results)
        cells = page.read_results(results)
        details = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    if not arguments:
        # A part of the suite is no page.
        _PAGE.write_text(page.render(ATTACKS, cells), encoding="utf-8")
    for column, counts in page.totals(ATTACKS, cells).items():
        said = ", ".join(f"{count} {result.value}" for result, count in counts.items())
        sys.stdout.write(f"{', '.join(column)}: {said}\n")
    for cell in details:
        if cell["result"] == Result.FAILED.value:
            where = f"{cell['attack']}, {cell['launcher']}, {cell['privilege']}"
            sys.stdout.write(f"FAILED {where}: {cell['detail'][:600]}\n")
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
