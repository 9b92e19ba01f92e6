"""Every hostile program and file of the catalogue, through the whole pipeline, and the machine as it was before.

Each cell of launcher × privilege × attack says in advance whether it is contained. One that is not is run only inside
a control group that holds the whole suite. ``python -m tests.integration.attacks`` runs both privileges and writes
the page.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from arena.sandbox.interface import SandboxUnavailableError
from tests.integration.attacks import outer
from tests.integration.attacks.attack import LAUNCHERS, PRIVILEGES, PROGRAMS, Attack, Declared, Need, Setting, declared
from tests.integration.attacks.catalogue import ATTACKS
from tests.integration.attacks.launching import privilege, setting
from tests.integration.attacks.page import Result
from tests.integration.attacks.world import World, opened_world
from tests.integration.conftest import Arena

# After these the next honest submission is graded at once; after the others at the end of all.
_HEAVY = frozenset({"processes", "resources"})
_RESULTS = "ARENA_ATTACK_RESULTS"


@pytest.fixture(scope="module", params=LAUNCHERS)
def world(request: pytest.FixtureRequest, sandbox: Arena, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The place of one launcher's attacks."""
    try:
        with opened_world(request.param, sandbox, tmp_path_factory.mktemp(request.param)) as made:
            yield made
    except SandboxUnavailableError as error:
        reason = f"no launcher {request.param}: {error.params or error}"
        for attack in ATTACKS:
            _note(attack, request.param, Result.SKIPPED, reason)
        pytest.skip(reason)


def _note(attack: Attack, launcher: str, result: Result, detail: str) -> None:
    """Write down a cell for the page, if someone collects them."""
    if path := os.environ.get(_RESULTS):
        cell = {"attack": attack.id, "launcher": launcher, "privilege": privilege(), "result": result.value}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps({**cell, "detail": detail}) + "\n")


@pytest.mark.sandbox
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_an_attack_is_contained(world: World, attack: Attack) -> None:
    """It ends as declared, reports no breach, and leaves the machine and the next submission as they were."""
    launcher = world.launcher.name
    cell = declared(attack, setting(launcher))
    if cell is Declared.UNPROTECTED and not outer.is_held():
        needs = ", ".join(sorted(need.value for need in attack.needs))
        _note(attack, launcher, Result.NOT_RUN, needs)
        pytest.skip(f"declared unprotected, so not run: needs {needs}")
    try:
        struck = world.strike(attack, then_honest=attack.theme in _HEAVY)
        ended = f"{struck.graded.outcome.value}: {struck.graded.messages[0]}\n{struck.log[-3000:]}"
        if cell is Declared.UNPROTECTED:
            _note(attack, launcher, Result.HELD_OUTSIDE, struck.graded.outcome.value)
            return
        assert struck.damage == [], ended
        assert struck.graded.outcome in attack.outcomes, ended
    except BaseException as error:
        _note(attack, launcher, Result.FAILED, str(error)[:2000])
        raise
    _note(attack, launcher, Result.CONTAINED, struck.graded.outcome.value)


@pytest.mark.sandbox
def test_honest_submissions_score_what_they_scored(world: World) -> None:
    """After all attacks the same program has the same score, and the doors that nothing came through do open."""
    assert dict(world.honest()) == world.scores
    assert world.doors.arrived() == []
    world.doors.knock()
    assert len(world.doors.arrived()) == len(world.doors.open), "the doors do not work, so the suite shows nothing"


def test_only_inodes_of_one_launcher_are_open_under_groups() -> None:
    """Where a job is bounded by a control group every cell is contained, except the limit of inodes on ``bwrap``."""
    open_cells = {
        (launcher, attack.needs)
        for launcher in LAUNCHERS
        for role in PRIVILEGES
        for attack in ATTACKS
        if declared(attack, Setting(launcher=launcher, privilege=role, groups=True)) is Declared.UNPROTECTED
    }
    assert open_cells <= {("bwrap", frozenset({Need.INODE_LIMIT}))}


def test_every_program_is_in_the_catalogue() -> None:
    """No program lies beside the table, each says what it tries, and there are enough of them."""
    programs = {path.relative_to(PROGRAMS).with_suffix("").as_posix() for path in PROGRAMS.glob("*/*.py")}
    first = {f"{attack.theme}/{attack.first}" for attack in ATTACKS if attack.first}
    named = [attack.id for attack in ATTACKS]
    assert len(named) == len(set(named))
    assert programs == {attack.id for attack in ATTACKS if attack.make is None} | first
    assert all(len(attack.tries) > 30 for attack in ATTACKS)
    assert len(programs) >= 85
