"""A submission's digest names its files, and nothing else."""

import random

from hypothesis import given
from hypothesis import strategies as st

from arena.model.submission import File, digest_of

_files = st.lists(
    st.builds(
        File,
        path=st.text(st.sampled_from("a1 \n/é"), min_size=1, max_size=4),
        size=st.integers(0, 12),
        sha256=st.text("0123", min_size=2, max_size=2),
    ),
    max_size=3,
    unique_by=lambda file: file.path,
)


def _as_set(files: list[File]) -> set[tuple[str, int, str]]:
    return {(file.path, file.size, file.sha256) for file in files}


@given(_files, _files)
def test_equal_exactly_when_the_files_are(one: list[File], other: list[File]) -> None:
    """Digests are equal exactly when names, sizes and contents are."""
    assert (digest_of(one) == digest_of(other)) == (_as_set(one) == _as_set(other))


@given(_files, st.randoms(use_true_random=False))
def test_order(files: list[File], chance: random.Random) -> None:
    """The order in which files were found does not matter."""
    shuffled = list(files)
    chance.shuffle(shuffled)
    assert digest_of(shuffled) == digest_of(files)


def test_no_confusion_of_fields() -> None:
    """A name that imitates the text of another file's line is still another submission."""
    two = [File(path="a", size=1, sha256="00"), File(path="b", size=1, sha256="00")]
    one = [File(path="a 1 00\n1 b", size=1, sha256="00")]
    assert digest_of(two) != digest_of(one)


def test_stable() -> None:
    """The digest of given files never changes: records name submissions by it."""
    files = [File(path="main.py", size=3, sha256="ab" * 32), File(path="d/é.txt", size=0, sha256="cd" * 32)]
    assert digest_of(files) == "7cb4dfa522bf524af5db51b3b946578c21c5a5a5ff63f5e5bcdce6b3ca2d89a0"
