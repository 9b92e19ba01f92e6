"""What `arena doctor` makes of what was tried, and how it shows it."""

import json
from dataclasses import dataclass

import pytest

from arena.cli.examination import Tried, sandbox_findings, try_launcher
from arena.cli.findings import Finding, can_run, show_findings
from arena.cli.limit_trials import NAMES as LIMITS
from arena.cli.output import spoken
from arena.cli.system import Step, System
from arena.model.protection import BASE, DEMANDABLE, FILES
from arena.sandbox.interface import Exited, Finished, Job, Killed, KillReason, Launcher, SandboxUnavailableError
from tests.conftest import finished

_SYSTEM = System(settings={}, refused=Step.USER)
_HELD = dict.fromkeys(LIMITS, True)
_POLLED = frozenset({*BASE, "memory:polled", "cpu:polled"})
_WARM = Tried(
    name="warm", walls={"network": True}, protections=_POLLED | {FILES}, limits=_HELD, start_s=0.03, first_s=4
)
_BWRAP = Tried(name="bwrap", walls={"network": True}, protections=_POLLED, limits={**_HELD, "files": False})
_GONE = Tried(name="warm", fault="it does not start", walls={}, limits={})


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARENA_LANG", "en")
    spoken.cache_clear()


def _by_name(*tried: Tried, system: System = _SYSTEM) -> dict[str, Finding]:
    return {finding.name: finding for finding in sandbox_findings(tried, system)}


def test_one_launcher_is_enough() -> None:
    """What does not start is said, with advice, but code can be run."""
    found = _by_name(_BWRAP, _GONE)
    assert not found["warm"].ok
    assert found["warm"].remedies
    assert can_run(list(found.values()))


def test_without_any_nothing_can_be_run() -> None:
    """Neither of two that do not start, nor one that starts but does not hold."""
    open_wall = Tried(name="bwrap", walls={"network": False, "host-files": True}, protections=_POLLED, limits=_HELD)
    found = _by_name(open_wall, _GONE)
    assert not can_run(list(found.values()))
    assert found["bwrap wall: network"].detail == "open"
    assert found["bwrap wall: network"].remedies[0].why.id == "doctor.wall_open_advice"
    assert not any(found[name].ok for name in DEMANDABLE), "what no launcher may be used for is not in force"


def test_protections_are_told_for_each_launcher() -> None:
    """What can be demanded, in force where one launcher has it; advice only where none has."""
    found = _by_name(_BWRAP, _WARM)
    assert set(DEMANDABLE) <= set(found)
    assert found["seccomp"].detail == "in force: bwrap, warm"
    assert found["files"].ok
    assert found["files"].detail == "in force: warm; missing: bwrap"
    assert found["files"].remedies == ()
    assert not found["memory:cgroup"].ok
    assert not found["memory:cgroup"].needed
    assert [remedy.why.id for remedy in found["memory:cgroup"].remedies] == ["doctor.groups_as_root"]
    assert [remedy.why.id for remedy in found["uid_drop"].remedies] == ["doctor.uid_drop"]
    assert found["limit: memory"].detail == "in force: bwrap, warm; polled every 50 ms"


def test_a_limit_that_one_launcher_does_not_hold_is_told() -> None:
    """But for the number of files, which bubblewrap is known not to bound."""
    leaky = Tried(name="warm", walls={}, protections=_POLLED, limits={**_HELD, "memory": False})
    found = _by_name(_BWRAP, leaky)
    assert not found["limit: memory"].ok
    assert found["limit: memory"].detail.startswith("in force: bwrap; missing: warm")
    assert found["limit: files"].ok
    assert found["limit: wall"].ok


def test_scripts_get_names_and_ids() -> None:
    """The keys that they had before are there, and the new ones."""
    data = [finding.to_json() for finding in _by_name(_BWRAP, _GONE).values()]
    assert all(set(each) == {"group", "name", "ok", "detail", "needed", "remedies"} for each in data)
    assert {each["group"] for each in data} == {"launchers", "protections", "limits"}
    (uid,) = (each for each in data if each["name"] == "uid_drop")
    (remedy,) = uid["remedies"]
    assert remedy["id"] == "doctor.uid_drop"
    assert remedy["commands"] == ['sudo "$(command -v arena)" grade']
    json.dumps(data)


def test_an_advice_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names of all that it is for, and its commands below it; no colour where nobody sees it."""
    show_findings(list(_by_name(_BWRAP, _WARM).values()))
    shown = capsys.readouterr().out
    assert shown.count("memory:cgroup, cpu:cgroup: ") == 1
    assert '    sudo "$(command -v arena)" grade' in shown
    assert "--    uid_drop" in shown
    assert "FAIL" not in shown
    assert "\x1b" not in shown


def test_what_is_needed_fails_loudly(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """And everything is said in the language that is asked for."""
    monkeypatch.setenv("ARENA_LANG", "bn")
    spoken.cache_clear()
    show_findings(list(_by_name(_GONE).values()))
    shown = capsys.readouterr().out
    assert "FAIL  warm" in shown
    assert "সুরক্ষা" in shown
    assert "Protections" not in shown


@dataclass(slots=True)
class _Fake:
    """A ``Launcher`` in which each limit holds, as far as it is told."""

    files: bool
    closed: bool = False
    name: str = "fake"
    protections: tuple[str, ...] = BASE

    def run(self, job: Job) -> Finished:
        """End as the job's program would."""
        if job.module == "probe":
            return finished(log=b"network held\n")
        source = job.mounts[0].source.read_text(encoding="utf-8")
        said = {"open-files": True, "processes": True, "files": self.files, "disk": True}
        if "json.dumps" in source:
            return finished(ending=Exited(0), log=json.dumps(said).encode())
        reasons = {
            "held = bytearray": KillReason.MEMORY,
            "while True: pass": KillReason.CPU,
            "os.write(1": KillReason.LOG,
            "time.sleep(30)": KillReason.WALL,
        }
        return finished(ending=Killed(next(reason for text, reason in reasons.items() if text in source)))

    def close(self) -> None:
        """Remember it."""
        self.closed = True


@pytest.mark.parametrize("files", [True, False])
def test_a_launcher_is_tried_by_programs_that_pass_its_limits(files: bool) -> None:  # noqa: FBT001
    """Each limit that holds is told, the one that does not too, and what was started is ended."""
    fake = _Fake(files)
    checked: Launcher = fake
    tried = try_launcher("fake", lambda: checked)
    assert tried.works
    assert tried.limits == {**_HELD, "files": files}
    assert tried.protections == set(BASE)
    assert fake.closed


def test_a_launcher_that_cannot_be_opened_says_why() -> None:
    """In words."""

    def opened() -> Launcher:
        raise SandboxUnavailableError("sandbox.no_bwrap", reason="there is none")

    tried = try_launcher("bwrap", opened)
    assert not tried.works
    assert "there is none" in tried.fault
