"""What a sandbox looks like inside, as bubblewrap's command line."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from arena.sandbox.bwrap_arguments import file_arguments, namespace_arguments
from arena.sandbox.interface import Mount
from arena.sandbox.view import WORKING, View, system_view, without_covered

DISK = 16 * 2**20


def _pairs(arguments: list[str], flag: str) -> list[tuple[str, str]]:
    return [(arguments[i + 1], arguments[i + 2]) for i, word in enumerate(arguments) if word == flag]


def _after(arguments: list[str], flag: str) -> list[str]:
    return [arguments[i + 1] for i, word in enumerate(arguments) if word == flag]


def _same(*paths: str) -> list[Mount]:
    return [Mount(source=Path(path), target=path) for path in paths]


def test_namespaces() -> None:
    """Every kind of namespace is the job's own, and neither privilege, terminal nor environment is passed on."""
    arguments = namespace_arguments()
    for kind in ("user", "pid", "net", "ipc", "uts", "cgroup"):
        assert f"--unshare-{kind}" in arguments
    assert {"--disable-userns", "--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"} <= set(arguments)
    assert _after(arguments, "--cap-drop") == ["ALL"]
    assert (_after(arguments, "--uid"), _after(arguments, "--gid")) == (["1000"], ["1000"])


def test_nothing_writable(tmp_path: Path) -> None:
    """Host paths are bound read-only and in no other way, and the root is made read-only last of all."""
    mount = Mount(source=tmp_path, target="/kaggle/src")
    arguments = file_arguments(View(binds=(mount,), masks=(), cover=tmp_path / "cover"), (), DISK)
    assert (str(tmp_path), "/kaggle/src") in _pairs(arguments, "--ro-bind")
    assert not {"--bind", "--dev-bind", "--bind-try", "--dev-bind-try", "--overlay"} & set(arguments)
    assert arguments[-2:] == ["--remount-ro", "/"]
    assert {"/dev", "/proc", "/"} <= set(_after(arguments, "--remount-ro"))


def test_disk_limit(tmp_path: Path) -> None:
    """Each writable place is a file system in memory of the job's own, no larger than its budget."""
    arguments = file_arguments(View(binds=(), masks=(), cover=tmp_path), (), DISK)
    for place in ("/dev/shm", "/tmp", WORKING):
        end = arguments.index(place)
        assert arguments[end - 5 : end] == ["--perms", "0700", "--size", str(DISK), "--tmpfs"]


def test_writable_places_first(tmp_path: Path) -> None:
    """A workspace below the host's /tmp is not covered by the job's own /tmp, which is mounted before it."""
    arguments = file_arguments(View(binds=tuple(_same("/tmp/class")), masks=(), cover=tmp_path), (), DISK)
    assert arguments.index("/tmp") < arguments.index("/tmp/class")


def test_masks(tmp_path: Path) -> None:
    """A masked file is covered by the cover and a masked folder by an empty one, after what they would show in."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "titanic.csv").write_bytes(b"answers")
    masks = (tmp_path / "titanic.csv", tmp_path / "folder")
    view = View(binds=tuple(_same(str(tmp_path))), masks=masks, cover=Path("/cover"))
    arguments = file_arguments(view, (), DISK)
    assert ("/cover", str(masks[0])) in _pairs(arguments, "--ro-bind")
    assert str(masks[1]) in _after(arguments, "--tmpfs")
    assert str(masks[1]) in _after(arguments, "--remount-ro")
    assert arguments.index(str(tmp_path)) < min(arguments.index(str(mask)) for mask in masks)


def test_system_view() -> None:
    """Of the system only programs, libraries and what they need to start show: no account, secret or log."""
    targets = [mount.target for mount in system_view()]
    assert "/usr/lib" in targets
    hidden = ("/", "/etc", "/home", "/root", "/var", "/run", "/srv", "/opt", "/tmp", "/proc", "/sys", "/dev", "/usr")
    assert not set(targets) & set(hidden)
    assert all(str(mount.source) == mount.target for mount in system_view())


def test_without_covered() -> None:
    """A mount inside another that shows at its own path is left out; one that shows elsewhere is kept."""
    outer, inner = _same("/usr/lib", "/usr/lib/python3")
    elsewhere = Mount(source=Path("/usr/lib/python3"), target="/usr/lib/other")
    beside = _same("/usr/lib64")[0]
    assert without_covered([outer, inner, elsewhere, beside]) == [outer, elsewhere, beside]


def test_without_doubles() -> None:
    """A mount that is named twice is made once."""
    assert without_covered([*_same("/usr"), *_same("/opt"), *_same("/usr")]) == _same("/usr", "/opt")


_paths = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
_mounts = st.lists(st.builds(lambda s, t: Mount(source=Path(s), target=t), _paths, _paths) | _paths.map(
    lambda path: Mount(source=Path(path), target=path)), max_size=8)  # fmt: skip


@given(_mounts)
def test_without_covered_hides_nothing(mounts: list[Mount]) -> None:
    """Every mount that was asked for is there, itself or inside a kept one that shows the same path."""
    kept = without_covered(mounts)
    assert len(set(kept)) == len(kept)
    for mount in mounts:
        same_path = str(mount.source) == mount.target
        inside = [k for k in kept if str(k.source) == k.target and Path(mount.target).is_relative_to(k.target)]
        assert mount in kept or (same_path and inside)


def test_device_files(tmp_path: Path) -> None:
    """Device files are bound as devices, into a /dev that is made before; CUDA needs a /proc that it may write to."""
    nodes = (Mount(source=Path("/dev/nvidia3"), target="/dev/nvidia3"),)
    arguments = file_arguments(View(binds=(), masks=(), cover=tmp_path), nodes, DISK)
    assert _pairs(arguments, "--dev-bind") == [("/dev/nvidia3", "/dev/nvidia3")]
    assert arguments.index("--dev") < arguments.index("--dev-bind")
    assert "/proc" not in _after(arguments, "--remount-ro")
    assert {"/dev", "/"} <= set(_after(arguments, "--remount-ro"))
