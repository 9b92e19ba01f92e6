"""Every command that the documentation shows runs in a fresh copy of the repository and prints what is shown.

A page is read so: in a fenced block of the language ``console``, a line ``$ command`` is run, and the lines below it
are its whole output, standard error included. A line ``...`` stands for any lines, and ``...`` within a line for any
text; runs of spaces and empty lines do not count. A command without lines below it may print anything. Its exit code
is 0, or that of a comment ``# exit 3`` at its end. A block of another language with a file's name after the language
is written to that file. All commands of a page run in one shell, in order.
"""

import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from arena.errors import InfrastructureError

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
# The one entry of the shelf that takes no time; a page brings what else it needs.
SHELF = "submissions/titanic/baseline-women-survive/"
LARGE = 1 << 20
# What sets the repository up is what `make test` has done before it comes here.
NOT_RUN = ("make ", "git clone ")

_FENCE = re.compile(r"^```(\S*) ?(\S*)$")
_EXIT = re.compile(r"# exit (\d+)$")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@dataclass(slots=True)
class Command:
    """A command, the line that it stands on, and what is shown below it."""

    text: str
    line: int
    shown: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """The one that the page promises."""
        promised = _EXIT.search(self.text)
        return int(promised.group(1)) if promised else 0


@dataclass(slots=True)
class Block:
    """A file that the page tells its reader to write."""

    path: str
    content: str = ""


def steps(text: str) -> list[Command | Block]:
    """What a reader of the page would do, in order."""
    found: list[Command | Block] = []
    inside, block = "", None
    for number, line in enumerate(text.splitlines(), start=1):
        if fence := _FENCE.match(line):
            inside = "" if inside else fence.group(1) or "text"
            block = Block(fence.group(2)) if inside and fence.group(2) else None
            found += [block] if block else []
        elif block:
            block.content += f"{line}\n"
        elif inside == "console":
            last = found[-1] if found else None
            if line.startswith("$ "):
                found.append(Command(line[2:], number))
            elif isinstance(last, Command):
                last.shown.append(line)
    return [step for step in found if isinstance(step, Block) or not step.text.startswith(NOT_RUN)]


def commands(page: Path) -> list[Command]:
    """The page's commands."""
    return [step for step in steps(page.read_text(encoding="utf-8")) if isinstance(step, Command)]


def script(todo: list[Command | Block], mark: str) -> str:
    """A shell script that does the steps, and prints ``mark`` and the exit code after each command."""
    lines = []
    for step in todo:
        if isinstance(step, Block):
            lines.append(
                f"mkdir -p \"$(dirname '{step.path}')\" && cat > '{step.path}' <<'{mark}'\n{step.content}{mark}"
            )
        else:
            lines.append(f"{step.text}\nprintf '\\n{mark} %d\\n' $?")
    return "\n".join(lines) + "\n"


def lines_of(text: str) -> list[str]:
    """Lines with single spaces, without empty ones."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def pattern(shown: list[str]) -> re.Pattern[str]:
    """What the whole output must match."""
    parts = []
    for line in lines_of("\n".join(shown)):
        any_text = ".*".join(re.escape(part.strip(" ")) for part in line.split("..."))
        parts.append(r"(?:.*\n)*?" if line == "..." else any_text + r"\n")
    return re.compile("".join(parts))


def repository_files() -> list[str]:
    """Tracked files and those that git would take."""
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def place(source: Path, target: Path) -> None:
    """Copy a file. Images are megabytes that no page writes into: for them a second name does, where it can be had."""
    if source.stat().st_size > LARGE:
        with contextlib.suppress(OSError):
            target.hardlink_to(source)
            return
    shutil.copy(source, target)


def fresh_copy(target: Path) -> Path:
    """The repository as a clone has it after ``make setup``, with one entry on its shelf."""
    for name in repository_files():
        if not name.startswith("submissions/") or name.startswith(SHELF):
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            place(ROOT / name, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    return target


def environment(folder: Path) -> dict[str, str]:
    """A new account: an empty home, no vault yet, no settings."""
    home = folder / "home"
    home.mkdir()
    return {
        "ARENA_VAULT": str(folder / "vault"),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": f"{Path(sys.prefix) / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def run(folder: Path, text: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a script in bash; standard error goes where standard output goes, as on a terminal."""
    bash = shutil.which("bash")
    assert bash, "the pages' commands need bash"
    return subprocess.run(
        [bash, "-c", text],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first run of a program finds in the runtime's packages, found once for all pages: it takes seconds.

    Where this machine has no sandbox, whoever asks for it is skipped.
    """
    folder = tmp_path_factory.mktemp("masks")
    copy = fresh_copy(folder / "arena")
    checked = run(copy, "arena check titanic tasks/titanic/examples/good/program", environment(folder))
    if checked.returncode == InfrastructureError.exit_code:
        pytest.skip(f"no sandbox on this machine: {checked.stdout.strip()[-500:]}")
    assert checked.returncode == 0, checked.stdout
    return copy / ".arena" / "masks"


def name_of(page: Path) -> str:
    """How a test's report calls a page."""
    return page.relative_to(ROOT).as_posix()


def follow(page: Path, folder: Path, masks: Path, mark: str) -> str:
    """Do what the page says in a copy of its own; return all that was printed, cut into pieces by ``mark``."""
    copy = fresh_copy(folder / "arena")
    shutil.copytree(masks, copy / ".arena" / "masks")
    return run(copy, script(steps(page.read_text(encoding="utf-8")), mark), environment(folder)).stdout


Followed = Mapping[Path, tuple[str, Future[str]]]


@pytest.fixture(scope="module")
def followed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, masks: Path
) -> Iterator[Followed]:
    """Every page that was asked for, with its mark and what it will have printed: they are followed side by side."""
    test = test_a_page_s_commands_do_what_it_shows.__name__
    asked_for = {item.name for item in request.session.items}
    marks = {page: secrets.token_hex(8) for page in PAGES if f"{test}[{name_of(page)}]" in asked_for}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield {
            page: (mark, pool.submit(follow, page, tmp_path_factory.mktemp("page"), masks, mark))
            for page, mark in marks.items()
        }


@pytest.mark.sandbox
@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=name_of)
def test_a_page_s_commands_do_what_it_shows(page: Path, followed: Followed) -> None:
    mark, printing = followed[page]
    pieces = printing.result().split(f"\n{mark} ")
    printed = pieces[0]
    expected = commands(page)
    assert len(pieces) == len(expected) + 1, "\n".join(pieces)
    for command, following in zip(expected, pieces[1:], strict=True):
        code, _, rest = following.partition("\n")
        place, shown = f"{name_of(page)}:{command.line}: {command.text}", "\n".join(command.shown)
        if int(code) != command.exit_code:
            pytest.fail(f"{place}\nexit code {code}, printed:\n{printed}", pytrace=False)
        if shown and not pattern(command.shown).fullmatch("\n".join(lines_of(printed)) + "\n"):
            pytest.fail(f"{place}\nshown:\n{shown}\n\nprinted:\n{printed}", pytrace=False)
        printed = rest


@pytest.mark.parametrize("english", [page for page in PAGES if page.with_suffix(".bn.md").is_file()], ids=name_of)
def test_a_translated_page_shows_the_commands_of_the_english_one(english: Path) -> None:
    both = [
        [command.text for command in commands(page) if "ARENA_LANG" not in command.text]
        for page in (english, english.with_suffix(".bn.md"))
    ]
    assert both[0] == both[1]


def anchor(heading: str) -> str:
    """What GitHub makes of a heading."""
    kept = [char for char in heading.casefold() if char in " -_" or unicodedata.category(char)[0] in "LMN"]
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_s_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in _LINK.findall(_CODE.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(("https://", "http://")):
            continue
        name, _, wanted = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        found = target.exists()
        if found and wanted:
            found = wanted in map(anchor, _HEADING.findall(target.read_text(encoding="utf-8")))
        if not found:
            dead.append(link)
    assert not dead


def test_the_index_leads_to_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(index.read_text("utf-8"))}
    assert [
        name_of(page) for page in PAGES if ROOT / "docs" in page.parents and page != index and page not in linked
    ] == []
