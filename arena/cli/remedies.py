"""Which advice helps with what is missing, on which system.

Pure: a probe has shown what is missing, ``System`` says where. Sources: the documentation of Docker, of rootless
containers and of Ubuntu (https://rootlesscontaine.rs/getting-started/common/cgroup2/,
https://docs.docker.com/reference/cli/docker/container/run/, https://docs.docker.com/engine/release-notes/28/,
https://discourse.ubuntu.com/t/spec-unprivileged-user-namespace-restrictions-via-apparmor-in-ubuntu-23-10/37626).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arena.cli.scope import NEEDED
from arena.cli.system import SETTINGS, Step, System
from arena.model.message import Message

_APPARMOR, _CLONE, _NAMESPACES = SETTINGS
_KEPT = "/etc/sysctl.d/60-arena.conf"
# What `mount_setattr` needs, with which the warm server seals what a job sees.
WARM_KERNEL = (5, 12)
# The distribution's family to how it installs bubblewrap.
_INSTALL = {
    "debian": "sudo apt install bubblewrap",
    "fedora": "sudo dnf install bubblewrap",
    "arch": "sudo pacman -S bubblewrap",
    "suse": "sudo zypper install bubblewrap",
    "alpine": "sudo apk add bubblewrap",
}
_AS_ROOT = 'sudo "$(command -v arena)" grade'
_DELEGATED = "systemd-run --user --scope -p Delegate=yes arena grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do, and the commands that do it."""

    why: Message
    commands: tuple[str, ...] = ()


def for_bubblewrap(system: System) -> list[Remedy]:
    """There is no bubblewrap, or it is too old."""
    commands = [command for name, command in _INSTALL.items() if name in system.distribution]
    return [Remedy(why=Message.of("doctor.get_bubblewrap"), commands=("make setup", *commands))]


def for_launcher(name: str, system: System) -> list[Remedy]:
    """A launcher does not start."""
    found = list(_for_namespaces(system)) if system.refused else []
    if name == "warm" and system.kernel < WARM_KERNEL:
        have, need = (".".join(map(str, version)) for version in (system.kernel, WARM_KERNEL))
        found.append(Remedy(why=Message.of("doctor.old_kernel", have=have, need=need)))
    return found


def _for_namespaces(system: System) -> Iterator[Remedy]:
    known = system.container
    if system.container:
        yield from _for_container(system)
    for name, forbids, allows, why in (
        (_APPARMOR, "1", "0", Message.of("doctor.apparmor")),
        (_CLONE, "0", "1", Message.of("doctor.userns_clone")),
        (_NAMESPACES, "0", "15000", Message.of("doctor.max_namespaces")),
    ):
        if system.settings.get(name) == forbids and system.uid != 0:
            known = True
            setting = f"{name}={allows}"
            if system.github:
                yield Remedy(why=Message.of("doctor.github"), commands=(f"- run: sudo sysctl -w {setting}",))
            else:
                yield Remedy(why=why, commands=(f"sudo sysctl -w {setting}", f"echo '{setting}' | sudo tee {_KEPT}"))
    if not known and system.uid != 0:
        yield Remedy(why=Message.of("doctor.no_namespaces"), commands=(_AS_ROOT,))


def _for_container(system: System) -> Iterator[Remedy]:
    options = ["--security-opt systempaths=unconfined"]
    if system.refused is not Step.PROC:
        options += ["--security-opt seccomp=unconfined", "--security-opt apparmor=unconfined"]
    if system.uid == 0:
        options.append("--cap-add SYS_ADMIN")
    yield Remedy(why=Message.of("doctor.container"), commands=(f"docker run {' '.join(options)} IMAGE",))
    if system.uid == 0:
        yield Remedy(why=Message.of("doctor.container_root"))


def for_groups(system: System) -> list[Remedy]:
    """No control group can be made: memory and CPU time are polled."""
    if system.container:
        command = "docker run --user root --security-opt writable-cgroups=true IMAGE"
        return [Remedy(why=Message.of("doctor.container_groups"), commands=(command,))]
    if system.uid == 0:
        return [Remedy(why=Message.of("doctor.root_groups"))]
    found = [_for_delegation(system)] if system.systemd else []
    return [*found, Remedy(why=Message.of("doctor.groups_as_root"), commands=(_AS_ROOT,))]


def _for_delegation(system: System) -> Remedy:
    if not system.unified:
        return Remedy(why=Message.of("doctor.not_unified"))
    if not system.user_manager:
        commands = ('sudo loginctl enable-linger "$USER"', 'export XDG_RUNTIME_DIR="/run/user/$(id -u)"', _DELEGATED)
        return Remedy(why=Message.of("doctor.no_user_manager"), commands=commands)
    if not system.controllers >= NEEDED:
        folder = "/etc/systemd/system/user@.service.d"
        commands = (
            f"sudo mkdir -p {folder}",
            rf"printf '[Service]\nDelegate=cpu cpuset io memory pids\n' | sudo tee {folder}/delegate.conf",
            "sudo systemctl daemon-reload",
        )
        return Remedy(why=Message.of("doctor.delegate"), commands=commands)
    return Remedy(why=Message.of("doctor.scope"), commands=(_DELEGATED,))


def for_uid_drop(system: System) -> list[Remedy]:
    """The job has no uid of its own."""
    return [] if system.uid == 0 else [Remedy(why=Message.of("doctor.uid_drop"), commands=(_AS_ROOT,))]


def for_walls(launcher: str) -> list[Remedy]:
    """A launcher starts, but something does not hold: nothing on this machine mends that."""
    return [Remedy(why=Message.of("doctor.wall_open_advice", launcher=launcher))]


def for_files() -> list[Remedy]:
    """No launcher that bounds the number of files works."""
    return [Remedy(why=Message.of("doctor.files_advice"))]
