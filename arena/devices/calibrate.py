"""How fast a device class is: a fixed reference workload, and its time relative to a reference.

Theory of operation. The runtime's Python runs ``workload.py`` in a process of its own, so that the grader never imports
torch. The median of five counts. What was found is stored with driver, clocks and versions; one result of each workload
is the reference, and the factor of a class is how many times as fast as the reference it is: 60 s on the reference are
``60 / factor`` s on the class. Times of the CPU's workload and of the GPU's are never compared, nor are those of
different versions of torch.
"""

import contextlib
import json
import os
import signal
import statistics
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar

from pydantic import AwareDatetime, ConfigDict, PositiveFloat, TypeAdapter, ValidationError

from arena.errors import InfrastructureError
from arena.files import create_once, write_atomic
from arena.model.device import Device, DeviceKind
from arena.model.safe_text import safe_line

REPETITIONS = 5
_WORKLOAD = Path(__file__).with_name("workload.py")
_LONGEST_S = 900.0
_LAST_WORDS = 2000
# A change of the work is another workload: its times are not compared with the old one's.
_NAMES = {DeviceKind.CPU_SLOT: "cpu-1", DeviceKind.GPU: "gpu-1"}
_ARGUMENTS = {DeviceKind.CPU_SLOT: "cpu", DeviceKind.GPU: "cuda"}


class CalibrationError(InfrastructureError):
    """The reference workload did not run, or a stored result cannot be used; the reason says why."""

    def __init__(self, reason: str) -> None:
        super().__init__("device.not_calibrated", reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Seconds of one repetition's two parts."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    matmul_s: PositiveFloat
    training_s: PositiveFloat

    @property
    def total_s(self) -> float:
        """Both parts."""
        return self.matmul_s + self.training_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What was found of one device class. ``driver`` and ``clocks_mhz`` (processor, memory) are a GPU's."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    workload: str
    device_class: str
    device: str
    median_s: PositiveFloat
    repetitions: tuple[Repetition, ...]
    torch: str
    cuda: str | None
    python: str
    driver: str | None
    clocks_mhz: tuple[int, int] | None
    at: AwareDatetime

    @property
    def spread(self) -> float:
        """Slowest less fastest, as a share of the median: a large one says that something else was running."""
        totals = [each.total_s for each in self.repetitions]
        return (max(totals) - min(totals)) / self.median_s


_STORED: TypeAdapter[Calibration] = TypeAdapter(Calibration)


@dataclass(slots=True)
class Told:
    """What the workload has printed so far."""

    repetitions: list[Repetition] = field(default_factory=list)
    ran_with: dict[str, str | None] = field(default_factory=dict)

    def take(self, line: str) -> bool:
        """Read a line; return whether it was a repetition.

        Raises:
            ValueError: it is none that the workload prints.
        """
        said = json.loads(line)
        if not isinstance(said, dict):
            raise ValueError(f"not an object: {safe_line(line)}")  # noqa: TRY004 - a broken line is a broken value
        if "ran_with" in said:
            self.ran_with = dict(said["ran_with"])
        elif "warm_up" not in said:
            self.repetitions.append(Repetition(matmul_s=float(said["matmul_s"]), training_s=float(said["training_s"])))
            return True
        return False


def summary(
    told: Told, device: Device, *, driver: str | None, clocks_mhz: tuple[int, int] | None, at: datetime
) -> Calibration:
    """The result of all repetitions.

    Raises:
        CalibrationError: there are too few, or the workload did not say what it ran with.
    """
    if len(told.repetitions) < REPETITIONS or not told.ran_with:
        raise CalibrationError(f"the workload ended after {len(told.repetitions)} of {REPETITIONS} repetitions")
    return Calibration(
        workload=_NAMES[device.kind],
        device_class=device.device_class,
        device=device.name,
        median_s=statistics.median(each.total_s for each in told.repetitions),
        repetitions=tuple(told.repetitions),
        torch=told.ran_with["torch"] or "",
        cuda=told.ran_with["cuda"],
        python=told.ran_with["python"] or "",
        driver=driver,
        clocks_mhz=clocks_mhz,
        at=at,
    )


def factor(found: Calibration, reference: Calibration) -> float | None:
    """How many times as fast as the reference; ``None`` where the two did not do the same work."""
    if (found.workload, found.torch.split("+")[0]) != (reference.workload, reference.torch.split("+")[0]):
        return None
    return reference.median_s / found.median_s


def measure(
    python: Path, device: Device, *, on_repetition: Callable[[], None] = lambda: None, longest_s: float = _LONGEST_S
) -> Told:
    """Run the workload on a device with the runtime's ``python``, which takes a minute.

    Raises:
        CalibrationError: it did not run to its end, or not within ``longest_s`` seconds.
    """
    told = Told()
    with tempfile.TemporaryFile() as words:
        for line in _lines(_command(python, device), _environment(device), words, longest_s):
            try:
                repeated = told.take(line)
            except (ValueError, KeyError, TypeError) as error:
                said = safe_line(line.strip())
                raise CalibrationError(f"the workload printed what it does not print: {said}") from error
            if repeated:
                on_repetition()
    return told


def _command(python: Path, device: Device) -> Sequence[str]:
    return [str(python), "-I", str(_WORKLOAD), _ARGUMENTS[device.kind], str(REPETITIONS)]


def _environment(device: Device) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "CUDA_VISIBLE_DEVICES": device.id if device.kind is DeviceKind.GPU else ""}


def _lines(command: Sequence[str], environment: dict[str, str], words: IO[bytes], longest_s: float) -> Iterator[str]:
    """Give what a process prints, as it prints it; it and its children are dead afterwards."""
    try:
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=words, text=True, start_new_session=True
        )
    except OSError as error:
        raise CalibrationError(f"{command[0]} cannot be started: {error.strerror}") from error
    late = threading.Timer(longest_s, _kill, [process])
    late.start()
    ended = False
    with process:
        try:
            yield from process.stdout or ()
            process.wait()
            ended = not late.finished.is_set()
        finally:
            late.cancel()
            if not ended:
                _kill(process)
    if not ended:
        raise CalibrationError(f"the workload took longer than {longest_s:g} s")
    if process.returncode:
        raise CalibrationError(f"the workload failed: {_last_line(words)}")


def _kill(process: "subprocess.Popen[str]") -> None:
    # The group, also when its leader is gone: what is left of it may hold the pipe open.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _last_line(words: IO[bytes]) -> str:
    size = words.seek(0, os.SEEK_END)
    words.seek(max(0, size - _LAST_WORDS))
    lines = words.read().decode(errors="replace").strip().splitlines()
    return safe_line(lines[-1] if lines else "it printed nothing")


class Calibrations:
    """What is stored in a folder: a file for each device class, and the reference of each workload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, found: Calibration, *, as_reference: bool = False) -> bool:
        """Store a result in place of the class's last one; return whether it is the reference.

        The first result of a workload is its reference until another is made so.
        """
        data = _STORED.dump_json(found, indent=1) + b"\n"
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomic(self._folder / f"{found.device_class}.json", data)
        reference = self._reference(found.workload)
        if as_reference:
            write_atomic(reference, data)
            return True
        return create_once(reference, data)

    def get(self, device_class: str) -> Calibration | None:
        """The last result of a class. Raises ``CalibrationError`` if its file cannot be read."""
        return self._read(self._folder / f"{device_class}.json")

    def reference(self, workload: str) -> Calibration | None:
        """The reference of a workload. Raises as ``get`` does."""
        return self._read(self._reference(workload))

    def factor(self, device_class: str) -> float | None:
        """How many times as fast as the reference a class is; ``None`` where that is not known. Raises as ``get``."""
        found = self.get(device_class)
        reference = self.reference(found.workload) if found else None
        return factor(found, reference) if found and reference else None

    def _reference(self, workload: str) -> Path:
        return self._folder / "reference" / f"{workload}.json"

    def _read(self, path: Path) -> Calibration | None:
        try:
            return _STORED.validate_json(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError) as error:
            raise CalibrationError(f"{path} cannot be used; calibrate again, or remove it") from error


def to_json(found: Calibration) -> dict[str, Any]:
    """For scripts, as it is stored."""
    dumped: dict[str, Any] = _STORED.dump_python(found, mode="json")
    return dumped
