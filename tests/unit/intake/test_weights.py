"""Weights are known by their names and by what stands at the ends of their bytes."""

import contextlib
import io
import zipfile
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.freeze import RejectedError
from arena.intake.weights import FORMATS, SAMPLE_BYTES, find
from arena.model.message import Message
from tests.unit.intake.conftest import refusal


def packed(*names: str) -> bytes:
    """A zip with empty files of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return out.getvalue()


SAMPLES = {
    ".onnx": b"\x08\x09\x12\x07pytorch",
    ".pt": packed("net/data/0", "net/data.pkl", "net/code/__torch__.py", "net/constants.pkl", "net/version"),
    ".pt2": packed("net/data/weights/weight_0", "net/models/model.json", "net/archive_format"),
    ".keras": packed("metadata.json", "config.json", "model.weights.h5"),
    ".skops": packed("140047533319152.npy", "schema.json"),
    ".txt": b"tree\nversion=v4\nnum_class=1\n",
}
SAMPLES[".pth"] = SAMPLES[".ts"] = SAMPLES[".pt"]
STATE_DICT = packed("state/data.pkl", "state/data/0", "state/version")
HDF5 = b"\x89HDF\r\n\x1a\n\0\0"
PICKLE = b"\x80\x04\x95\x0b\0\0\0"


def found(files: Mapping[str, bytes]) -> str | None:
    """What is found among files by name."""
    return find(files, lambda name: files[name])


def told(files: Mapping[str, bytes]) -> Message:
    """Why files are refused."""
    return refusal(lambda: found(files))


@pytest.mark.parametrize("suffix", FORMATS)
def test_each_format_is_found(suffix: str) -> None:
    """A file of each format is found by its suffix, in whatever case, among files that belong to it."""
    name = f"My Model{suffix.upper()}"
    files = {name: SAMPLES[suffix], "preprocess.py": b"", "train.py": b"", "requirements.txt": b"torch\n"}
    assert found(files) == name


def test_below_the_top_nothing_is_looked_at() -> None:
    """Weights in a folder belong to something else."""
    assert found({"old/model.onnx": b"", "old/model.pkl": b"", "notes.md": b""}) is None


def test_a_text_is_weights_only_if_it_says_so() -> None:
    """Notes, requirements and a table of words are none."""
    assert found({"notes.txt": b"trees are fine", "requirements.txt": b"lightgbm"}) is None


def test_what_an_exporter_leaves_beside() -> None:
    """The second file of an ONNX export is no second model."""
    assert found({"model.onnx": SAMPLES[".onnx"], "model.onnx.data": b"\0" * 36}) == "model.onnx"


def test_several() -> None:
    """Which of two models to use is not guessed."""
    message = told({"b.onnx": SAMPLES[".onnx"], "a.pt": SAMPLES[".pt"]})
    assert (message.id, message.params["names"]) == ("submission.several_weights", "a.pt, b.onnx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.pkl", PICKLE, "submission.weights_pickle"),
        ("model.joblib", PICKLE, "submission.weights_pickle"),
        ("model.h5", HDF5, "submission.weights_hdf5"),
        ("model.safetensors", b"\x10\0\0\0\0\0\0\0{", "submission.weights_bare"),
        ("weights.npz", packed("arr_0.npy"), "submission.weights_bare"),
        ("model.keras", HDF5, "submission.weights_hdf5"),
        ("model.pt", STATE_DICT, "submission.weights_bare"),
        ("model.pt", PICKLE, "submission.weights_bare"),
        ("model.skops", PICKLE, "submission.weights_pickle"),
        ("model.onnx", PICKLE, "submission.weights_pickle"),
        ("model.onnx", b"", "submission.weights_broken"),
        ("model.onnx", b"tree of life", "submission.weights_broken"),
        ("model.keras", packed("something.else"), "submission.weights_broken"),
        ("model.pt2", STATE_DICT, "submission.weights_broken"),
    ],
)
def test_refused(name: str, content: bytes, message: str) -> None:
    """Each format that cannot be handed in has its own advice, whatever the file is called."""
    refused = told({name: content, "preprocess.py": b""})
    assert (refused.id, refused.params["name"]) == (message, name)


@pytest.mark.parametrize(
    ("name", "content", "suffix"),
    [
        ("model.pt", SAMPLES[".pt2"], ".pt2"),
        ("model.pt2", SAMPLES[".pt"], ".pt"),
        ("model.onnx", SAMPLES[".keras"], ".keras"),
        ("model.keras", SAMPLES[".onnx"], ".onnx"),
        ("model.skops", SAMPLES[".txt"], ".txt"),
    ],
)
def test_misnamed(name: str, content: bytes, suffix: str) -> None:
    """A good file under the suffix of another format is told its own."""
    refused = told({name: content})
    assert (refused.id, refused.params["suffix"]) == ("submission.weights_misnamed", suffix)


def test_a_good_file_comes_before_a_bad_one() -> None:
    """What lies beside weights that can be used is the learner's business."""
    assert found({"model.onnx": SAMPLES[".onnx"], "scaler.pkl": PICKLE}) == "model.onnx"


@given(st.sampled_from(sorted(FORMATS)), st.binary(max_size=200))
def test_any_bytes_are_decided(suffix: str, content: bytes) -> None:
    """Whatever the bytes are, they are taken or refused, and nothing else happens."""
    name = f"model{suffix}"
    with contextlib.suppress(RejectedError):
        assert found({name: content}) in {name, None}


def test_a_sample_holds_the_names_of_a_zip() -> None:
    """The names in a zip stand in its directory at the end: they are found however long its contents are."""
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w") as archive:
        archive.writestr("net/data/0", bytes(2 * SAMPLE_BYTES))
        archive.writestr("net/constants.pkl", b"")
    ends = big.getvalue()[:SAMPLE_BYTES] + big.getvalue()[-SAMPLE_BYTES:]
    assert FORMATS[".pt"].fits(ends)
