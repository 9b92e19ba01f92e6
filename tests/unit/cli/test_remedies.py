"""Which advice is given for what is missing, on which system."""

from pathlib import Path

import pytest

from arena.cli import remedies
from arena.cli.output import text
from arena.cli.remedies import Remedy
from arena.cli.system import Step, System, look
from tests.conftest import write_files

_APPARMOR = "kernel.apparmor_restrict_unprivileged_userns"
_UBUNTU = System(settings={_APPARMOR: "1"}, refused=Step.USER, distribution=frozenset({"ubuntu", "debian"}))


def _ids(found: list[Remedy]) -> list[str]:
    return [remedy.why.id for remedy in found]


def _commands(found: list[Remedy]) -> str:
    return "\n".join(command for remedy in found for command in remedy.commands)


def test_ubuntu_s_apparmor() -> None:
    """The command that allows it now, and the one that keeps it."""
    (remedy,) = remedies.for_launcher("bwrap", _UBUNTU)
    assert remedy.why.id == "doctor.apparmor"
    assert remedy.commands == (
        f"sudo sysctl -w {_APPARMOR}=0",
        f"echo '{_APPARMOR}=0' | sudo tee /etc/sysctl.d/60-arena.conf",
    )


def test_github_s_runner_wants_a_step_of_the_workflow() -> None:
    """Its machines are thrown away, so nothing is kept."""
    system = System(settings=_UBUNTU.settings, refused=Step.MOUNTS, github=True)
    (remedy,) = remedies.for_launcher("bwrap", system)
    assert remedy.why.id == "doctor.github"
    assert remedy.commands == (f"- run: sudo sysctl -w {_APPARMOR}=0",)


@pytest.mark.parametrize(
    ("settings", "advice", "command"),
    [
        ({"kernel.unprivileged_userns_clone": "0"}, "doctor.userns_clone", "kernel.unprivileged_userns_clone=1"),
        ({"user.max_user_namespaces": "0"}, "doctor.max_namespaces", "user.max_user_namespaces=15000"),
        (
            {_APPARMOR: "0", "user.max_user_namespaces": "9000"},
            "doctor.no_namespaces",
            'sudo "$(command -v arena)" grade',
        ),
    ],
)
def test_other_systems(settings: dict[str, str], advice: str, command: str) -> None:
    """The setting that stands in the way; where none does, whoever runs the machine is asked."""
    found = remedies.for_launcher("bwrap", System(settings=settings, refused=Step.USER))
    assert _ids(found) == [advice]
    assert command in _commands(found)


def test_a_setting_alone_is_no_verdict() -> None:
    """Where the kernel refused nothing, no setting is advised against, whatever it says."""
    system = System(settings=_UBUNTU.settings, refused=None)
    assert remedies.for_launcher("bwrap", system) == []


def test_a_container_s_options_follow_what_was_refused() -> None:
    """A process file system alone needs one option; namespaces need the container's filters gone; root more."""
    proc = remedies.for_launcher("bwrap", System(settings={}, container=True, refused=Step.PROC))
    assert _commands(proc) == "docker run --security-opt systempaths=unconfined IMAGE"
    users = _commands(remedies.for_launcher("bwrap", System(settings={}, container=True, refused=Step.USER)))
    assert "seccomp=unconfined" in users
    assert "SYS_ADMIN" not in users
    root = remedies.for_launcher("bwrap", System(uid=0, settings={}, container=True, refused=Step.MOUNTS))
    assert "--cap-add SYS_ADMIN" in _commands(root)
    assert _ids(root) == ["doctor.container", "doctor.container_root"]


def test_a_container_on_a_system_that_forbids_it_needs_both() -> None:
    """The container's options do not help against the kernel's setting below it."""
    system = System(settings=_UBUNTU.settings, container=True, refused=Step.USER)
    assert _ids(remedies.for_launcher("bwrap", system)) == ["doctor.container", "doctor.apparmor"]


def test_an_old_kernel_is_no_fault_of_bubblewrap() -> None:
    """Only the warm launcher needs a newer one."""
    system = System(settings={}, kernel=(5, 10))
    assert remedies.for_launcher("bwrap", system) == []
    (remedy,) = remedies.for_launcher("warm", system)
    assert remedy.why.params == {"have": "5.10", "need": "5.12"}
    assert remedies.for_launcher("warm", System(settings={}, kernel=(5, 12))) == []


@pytest.mark.parametrize(
    ("distribution", "command"),
    [({"debian"}, "apt"), ({"ubuntu", "debian"}, "apt"), ({"rocky", "rhel", "fedora"}, "dnf"), ({"nixos"}, "")],
)
def test_bubblewrap_is_installed_as_the_system_does(distribution: set[str], command: str) -> None:
    """With arena's own environment everywhere, and from the system where it is known how."""
    (remedy,) = remedies.for_bubblewrap(System(settings={}, distribution=frozenset(distribution)))
    assert remedy.commands[0] == "make setup"
    assert (command in " ".join(remedy.commands[1:])) if command else len(remedy.commands) == 1


@pytest.mark.parametrize(
    ("system", "advice", "command"),
    [
        (System(settings={}), ["doctor.groups_as_root"], "sudo"),
        (System(settings={}, systemd=True), ["doctor.not_unified", "doctor.groups_as_root"], "sudo"),
        (
            System(settings={}, systemd=True, unified=True),
            ["doctor.no_user_manager", "doctor.groups_as_root"],
            'loginctl enable-linger "$USER"',
        ),
        (
            System(settings={}, systemd=True, unified=True, user_manager=True, controllers=frozenset({"cpu", "pids"})),
            ["doctor.delegate", "doctor.groups_as_root"],
            "/etc/systemd/system/user@.service.d/delegate.conf",
        ),
        (
            System(
                settings={}, systemd=True, unified=True, user_manager=True, controllers=frozenset({"memory", "pids"})
            ),
            ["doctor.scope", "doctor.groups_as_root"],
            "systemd-run --user --scope -p Delegate=yes arena grade",
        ),
        (System(settings={}, container=True), ["doctor.container_groups"], "writable-cgroups=true"),
        (System(uid=0, settings={}), ["doctor.root_groups"], ""),
    ],
)
def test_control_groups(system: System, advice: list[str], command: str) -> None:
    """The way to delegation goes from step to step: version 2, a systemd of one's own, its controllers, the scope."""
    found = remedies.for_groups(system)
    assert _ids(found) == advice
    assert command in _commands(found)


def test_a_uid_of_the_job_s_own_needs_root() -> None:
    """Who is root already is not told to become it."""
    assert _ids(remedies.for_uid_drop(System(settings={}))) == ["doctor.uid_drop"]
    assert remedies.for_uid_drop(System(uid=0, settings={})) == []


def test_every_advice_has_words() -> None:
    """Those that take parameters get them."""
    for remedy in (*remedies.for_walls("warm"), *remedies.for_files(), *remedies.for_launcher("bwrap", _UBUNTU)):
        assert text(remedy.why)


def test_the_surroundings_are_read_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Distribution, container, settings and control groups by their files; what is not there is not made up."""
    monkeypatch.setattr("arena.cli.system._refused", lambda: Step.USER)
    bare = look({}, tmp_path)
    assert (bare.distribution, bare.container, bare.github, bare.settings) == (frozenset(), False, False, {})
    assert (bare.systemd, bare.unified, bare.user_manager) == (False, False, False)
    write_files(
        tmp_path,
        {
            "etc/os-release": 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE="debian"\n\n# a remark\n',
            "run/.containerenv": b"",
            "run/systemd/system/unit": b"",
            "sys/fs/cgroup/cgroup.controllers": b"memory pids\n",
            "proc/sys/kernel/apparmor_restrict_unprivileged_userns": b"1\n",
        },
    )
    found = look({"GITHUB_ACTIONS": "true"}, tmp_path)
    assert found.distribution == {"ubuntu", "debian"}
    assert found.settings == {_APPARMOR: "1"}
    assert (found.container, found.github, found.systemd, found.unified) == (True, True, True, True)
    assert found.refused is Step.USER
