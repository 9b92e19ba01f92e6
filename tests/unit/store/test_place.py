"""Where a store lies."""

from pathlib import Path

import pytest

from arena.store.place import is_full, network_file_system

_MOUNTS = """\
22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/sda rw
30 22 0:30 / {root}/shared rw - nfs4 server:/home rw
31 30 0:31 / {root}/shared/local rw - ext4 /dev/sdb rw
32 22 0:32 / {root}/with\\040space rw shared:2 - fuse.sshfs far: rw
"""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("store", None),
        ("shared/class/store", "nfs4"),
        ("shared-not/store", None),
        ("shared/local/store", None),
        ("with space/store", "fuse.sshfs"),
    ],
)
def test_network_file_system(tmp_path: Path, name: str, kind: str | None) -> None:
    """The deepest mount above a path says what it lies on."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(_MOUNTS.format(root=tmp_path), encoding="utf-8")
    assert network_file_system(tmp_path / name, mounts) == kind


def test_other_systems(tmp_path: Path) -> None:
    """Where the system does not tell, nothing is claimed."""
    assert network_file_system(tmp_path, tmp_path / "none") is None


def test_a_disk_with_room_is_not_full(tmp_path: Path) -> None:
    """Nor is one of which nothing is known."""
    assert not is_full(tmp_path)
    assert not is_full(tmp_path / "none")
