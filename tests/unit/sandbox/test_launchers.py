"""Which launcher a submission gets, and what a probe makes of what it hears."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import pytest

from arena.model.protection import BASE, FILES, MEMORY_GROUP, UID_DROP
from arena.sandbox.interface import (
    Exited,
    Finished,
    Job,
    Launcher,
    SandboxFailedError,
    SandboxUnavailableError,
    Signalled,
)
from arena.sandbox.launchers import FRESH_FIRST, NAMES, BelowMinimumError, Launchers, open_launcher, probe
from arena.sandbox.runtime import Runtime
from tests.conftest import finished

_HOLDS = finished(log=b"network held\nhost-files held\n")
_OPEN = finished(ending=Exited(1), log=b"network open\nhost-files held\n")


@dataclass(slots=True)
class Fake:
    """A ``Launcher`` whose every run ends alike."""

    name: str
    protections: tuple[str, ...] = BASE
    ends: Finished | Exception = field(default_factory=lambda: _HOLDS)
    jobs: list[Job] = field(default_factory=list)
    closed: int = 0

    def run(self, job: Job) -> Finished:
        """Note the job and end."""
        self.jobs.append(job)
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends

    def close(self) -> None:
        """Count it."""
        self.closed += 1


_CHECKED: Callable[[Fake], Launcher] = lambda fake: fake  # noqa: E731 - mypy holds the fake against the seam


def _of(fakes: Mapping[str, Fake | SandboxUnavailableError], choice: str = "auto") -> Launchers:
    def opened(name: str) -> Launcher:
        fake = fakes[name]
        if isinstance(fake, SandboxUnavailableError):
            raise fake
        return fake

    return Launchers(choice, opened)


def _both() -> dict[str, Fake | SandboxUnavailableError]:
    return {"warm": Fake("warm", (*BASE, FILES)), "bwrap": Fake("bwrap")}


def test_the_first_few_start_afresh_and_the_others_are_forked() -> None:
    """A warm server pays from the fourth submission on; until then it is not even opened."""
    fakes = _both()
    launchers = _of(fakes)
    names = [launchers.pick().name for _ in range(FRESH_FIRST + 3)]
    assert names == ["bwrap"] * FRESH_FIRST + ["warm"] * 3
    opened = _of({"bwrap": fakes["bwrap"]})
    assert opened.pick().name == "bwrap"


def test_a_launcher_is_probed_once() -> None:
    """However many submissions it gets, and though the first attempt to open it failed."""
    fake = Fake("bwrap")
    launchers = _of({"bwrap": fake}, "bwrap")
    for _ in range(3):
        assert launchers.pick() is fake
    assert [job.module for job in fake.jobs] == ["probe"]


@pytest.mark.parametrize("choice", ["warm", "bwrap"])
def test_who_names_one_gets_that_one(choice: str) -> None:
    """For the first submission as for later ones, and no other where it cannot start."""
    launchers = _of(_both(), choice)
    assert {launchers.pick().name for _ in range(FRESH_FIRST + 2)} == {choice}
    gone = {**_both(), choice: SandboxUnavailableError("sandbox.no_bwrap", reason="none")}
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.no_bwrap"):
        _of(gone, choice).pick()


@pytest.mark.parametrize(("gone", "other"), [("warm", "bwrap"), ("bwrap", "warm")])
def test_where_one_does_not_start_all_get_the_other(gone: str, other: str) -> None:
    """What the machine lacks for one of the two is no reason not to grade."""
    fakes = {**_both(), gone: SandboxUnavailableError("sandbox.no_server", reason="none")}
    launchers = _of(fakes)
    assert {launchers.pick().name for _ in range(FRESH_FIRST + 2)} == {other}


@pytest.mark.parametrize("ends", [_OPEN, SandboxFailedError("sandbox.failed", detail="it broke")])
def test_what_does_not_hold_is_not_used(ends: Finished | Exception) -> None:
    """A launcher with an open wall, or that breaks while it is probed, runs no submission."""
    bad = Fake("bwrap", ends=ends)
    assert _of({**_both(), "bwrap": bad}).pick().name == "warm"
    with pytest.raises(SandboxUnavailableError):
        _of({"bwrap": bad}, "bwrap").pick()


def test_an_open_wall_is_named() -> None:
    """The message says which walls are open, and what was started is ended."""
    bad = Fake("bwrap", ends=_OPEN)
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.open_walls") as caught:
        _of({"bwrap": bad}, "bwrap").pick()
    assert caught.value.params == {"launcher": "bwrap", "walls": "network"}
    assert bad.closed == 1


def test_where_none_starts_the_first_one_s_fault_is_told() -> None:
    """That of the launcher which would have been taken."""
    fakes = {
        "warm": SandboxUnavailableError("sandbox.no_server", reason="none"),
        "bwrap": SandboxUnavailableError("sandbox.no_bwrap", reason="none"),
    }
    launchers = _of(fakes)
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.no_bwrap"):
        launchers.pick()


def test_auto_takes_the_one_that_has_what_is_demanded() -> None:
    """The first submission to a task that bounds files is forked from the server, which a task without is not."""
    launchers = _of(_both())
    assert launchers.pick((FILES,)).name == "warm"
    assert launchers.pick().name == "bwrap"


def test_below_the_minimum_nothing_is_picked() -> None:
    """The message names what is missing of the launcher that comes closest."""
    launchers = _of(_both())
    for _ in range(FRESH_FIRST + 2):
        with pytest.raises(BelowMinimumError) as caught:
            launchers.pick((MEMORY_GROUP, FILES))
        assert caught.value.params == {"launcher": "warm", "missing": MEMORY_GROUP}
        assert caught.value.exit_code == 5


def test_a_named_launcher_below_the_minimum_is_not_replaced() -> None:
    """Who chose fresh starts is told what they lack."""
    with pytest.raises(BelowMinimumError) as caught:
        _of(_both(), "bwrap").pick((UID_DROP, FILES))
    assert caught.value.params == {"launcher": "bwrap", "missing": "files, uid_drop"}


def test_what_runs_but_lacks_something_is_told_before_what_does_not_run() -> None:
    """Of two reasons the one that is closer to grading."""
    fakes = {**_both(), "warm": SandboxUnavailableError("sandbox.no_server", reason="none")}
    with pytest.raises(BelowMinimumError):
        _of(fakes).pick((FILES,))


def test_closing_ends_what_was_opened() -> None:
    """Those that were opened, and no other."""
    fakes = _both()
    launchers = _of(fakes)
    launchers.pick()
    launchers.close()
    assert [fake.closed for fake in fakes.values() if isinstance(fake, Fake)] == [0, 1]


def test_a_probe_tells_each_wall() -> None:
    """What the program inside prints is what it found, whether its exit code says so or not."""
    assert probe(Fake("bwrap")) == {"network": True, "host-files": True}
    assert probe(Fake("bwrap", ends=_OPEN)) == {"network": False, "host-files": True}


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(replace(_HOLDS, log=b""), id="it said nothing"),
        pytest.param(replace(_HOLDS, log=b"Traceback (most recent call last):\n"), id="it said something else"),
        pytest.param(replace(_HOLDS, ending=Signalled(11)), id="it crashed after it had said so"),
        pytest.param(SandboxFailedError("sandbox.failed", detail="no namespaces"), id="it never started"),
    ],
)
def test_a_probe_believes_only_what_it_hears(ends: Finished | Exception) -> None:
    """Whatever is not a whole answer is a sandbox that does not run."""
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.probe_failed"):
        probe(Fake("bwrap", ends=ends))


@pytest.mark.parametrize("name", NAMES)
def test_without_linux_there_is_none(name: str, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says so, before anything that only Linux has is asked for."""
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SandboxUnavailableError, match=r"sandbox\.not_linux"):
        open_launcher(name, runtime)


@pytest.mark.parametrize(("expected", "first"), [(FRESH_FIRST, "bwrap"), (FRESH_FIRST + 1, "warm")])
def test_all_of_a_large_batch_get_the_same(expected: int, first: str) -> None:
    """Whoever knows that many will come is given the warm server from the first one on."""
    launchers = _of({name: Fake(name) for name in NAMES})
    launchers.expect(expected)
    assert [launchers.pick().name for _ in range(3)] == [first] * 3
