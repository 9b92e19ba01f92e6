"""Which of a submission's files holds trained weights, by its name and by the bytes at its two ends.

Nothing is parsed: the bytes are searched for what a format's own writer leaves in plain sight. That is enough to tell a
learner at once what to save instead; a file that lies is found out by the library that loads it, inside the sandbox.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from arena.intake.freeze import RejectedError
from arena.model.message import Message
from arena.model.safe_text import safe_line

# How much of a file's beginning and of its end is looked at: the names in a zip stand at its end.
SAMPLE_BYTES = 1 << 20

_ZIP = b"PK\x03\x04"
_HDF5 = b"\x89HDF\r\n\x1a\n"
# Protocol 2 and later begin so; earlier ones are text.
_PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
# What torch.save leaves without the code that makes a network of it.
_TENSORS, _CODE, _EXPORTED = b"/data.pkl", b"/constants.pkl", b"/archive_format"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format that can be handed in: how its bytes begin, and what stands in them."""

    name: str
    begins: tuple[bytes, ...]
    holds: bytes = b""

    def fits(self, sample: bytes) -> bool:
        """Whether a sample of a file may be of this format."""
        return sample.startswith(self.begins) and self.holds in sample


_TORCHSCRIPT = Format(name="TorchScript", begins=(_ZIP,), holds=_CODE)
FORMATS = {
    # The first field of the model, its IR version: protobuf has no magic number.
    ".onnx": Format(name="ONNX", begins=(b"\x08",)),
    ".pt": _TORCHSCRIPT,
    ".pth": _TORCHSCRIPT,
    ".ts": _TORCHSCRIPT,
    ".pt2": Format(name="torch.export", begins=(_ZIP,), holds=_EXPORTED),
    ".keras": Format(name="Keras", begins=(_ZIP,), holds=b"config.json"),
    ".skops": Format(name="skops", begins=(_ZIP,), holds=b"schema.json"),
    ".txt": Format(name="LightGBM", begins=(b"tree\n", b"tree\r\n")),
}
# What people save weights as, and which message says what to do instead.
_REFUSED = {
    **dict.fromkeys((".pkl", ".pickle", ".joblib", ".sav", ".dill"), "submission.weights_pickle"),
    **dict.fromkeys((".h5", ".hdf5"), "submission.weights_hdf5"),
    **dict.fromkeys((".safetensors", ".ckpt", ".npz", ".npy"), "submission.weights_bare"),
}


def find(names: Collection[str], sample: Callable[[str], bytes]) -> str | None:
    """The file of weights among the files at the top, or ``None`` where nothing looks like one.

    Raises:
        RejectedError: there are several, or they are in a format that cannot be handed in; the message says what to do.
    """
    top = sorted(name for name in names if "/" not in name)
    # A text file may be anything. It is weights if it says so.
    found = [
        name
        for name in top
        if (suffix := _suffix(name)) in FORMATS and (suffix != ".txt" or FORMATS[suffix].fits(sample(name)))
    ]
    if len(found) > 1:
        raise RejectedError(Message.of("submission.several_weights", names=safe_line(", ".join(found), 120)))
    if found:
        _hold(found[0], sample(found[0]))
        return found[0]
    for name in top:
        if refused := _REFUSED.get(_suffix(name)):
            raise RejectedError(Message.of(refused, name=safe_line(name, 80)))
    return None


def _suffix(name: str) -> str:
    dot = name.rfind(".")
    return name[dot:].casefold() if dot >= 0 else ""


def _hold(name: str, sample: bytes) -> None:
    """Hold a file against the format that its name claims."""
    claimed = FORMATS[_suffix(name)]
    if claimed.fits(sample):
        return
    shown = safe_line(name, 80)
    if sample.startswith(_HDF5):
        raise RejectedError(Message.of("submission.weights_hdf5", name=shown))
    if claimed is _TORCHSCRIPT and (sample.startswith(_PICKLES) or (_TENSORS in sample and _EXPORTED not in sample)):
        raise RejectedError(Message.of("submission.weights_bare", name=shown))
    if sample.startswith(_PICKLES):
        raise RejectedError(Message.of("submission.weights_pickle", name=shown))
    other = next((suffix for suffix, each in FORMATS.items() if each is not claimed and each.fits(sample)), None)
    if other is None:
        raise RejectedError(Message.of("submission.weights_broken", name=shown, format=claimed.name))
    params = {"format": FORMATS[other].name, "suffix": other}
    raise RejectedError(Message.of("submission.weights_misnamed", name=shown, **params))
