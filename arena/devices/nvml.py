"""NVIDIA's management library behind a small door: our values, our errors, none of its own.

Theory of operation. ``nvidia-ml-py`` (module ``pynvml``) loads ``libnvidia-ml.so.1``, which the driver brings. What it
raises depends on the GPU, the driver's age, the account and the moment; nothing of it leaves this module. What each
call promises: https://docs.nvidia.com/deploy/nvml-api/. Quirks that are dealt with here, each driven by
``tests/integration/nvml``:

* Where the driver has no sample of a process, it answers "success, none", which ``nvmlDeviceGetProcessUtilization``
  raises as ``NVMLError(0)``, an error whose text is "Success".
* ``NVMLLibraryMismatchError`` (the driver's library is older than the binding) is no ``NVMLError``.
* Memory of a process is ``None`` where the driver does not account for it.
* Process ids are the host's: in a process id namespace they mean nothing, or none are told.
* A MIG slice has memory and processes of its own, but no utilization and no energy.
"""

import contextlib
import importlib
from collections.abc import Sequence
from typing import Any, Self

from arena.devices.interface import (
    Absent,
    DeviceLostError,
    GpuFacts,
    NoGpuError,
    ProcessMemory,
    ProcessSample,
    Sample,
    Why,
)
from arena.devices.slices import read_slices
from arena.model.safe_text import safe_line

# Values of nvmlReturn_t. 6 is "not found", 21 "no data", 25 "argument version mismatch", 26 "deprecated".
_WHY = {
    0: Why.NOTHING_YET,
    3: Why.NOT_SUPPORTED,
    4: Why.NO_PERMISSION,
    6: Why.NOTHING_YET,
    13: Why.OLD_LIBRARY,
    21: Why.NOTHING_YET,
    25: Why.OLD_LIBRARY,
    26: Why.OLD_LIBRARY,
}
# The driver was unloaded, the GPU is lost, it needs a reset, it is not found.
_LOST = frozenset({9, 15, 16, 28})
_NO_GPU = {
    4: "this account may not use the driver; look at who may open /dev/nvidiactl",
    9: "the NVIDIA driver is not loaded",
    12: "libnvidia-ml.so.1 is not there: no NVIDIA driver is installed, or this container is not given it",
    18: "the driver in the kernel and its library are of different versions; restart the machine",
}
# https://docs.nvidia.com/deploy/nvml-api/: utilization of the GPU's processor, among the kinds of samples.
_GPU_UTILIZATION_SAMPLES = 1
_CLOCK_SM, _CLOCK_MEMORY = 1, 2
_MIG_ON = 1
_WHOLE_PERCENT = 100


def _load() -> Any:
    try:
        return importlib.import_module("pynvml")
    except ImportError as error:
        raise NoGpuError("nvidia-ml-py is not installed; install arena[gpu]") from error


class Nvml:
    """``Driver`` by nvidia-ml-py."""

    def __init__(self, binding: Any) -> None:
        self._binding = binding

    @classmethod
    def open(cls) -> Self:
        """Load the driver's library.

        Raises:
            NoGpuError: it is not there, or does not work; the reason says which.
        """
        binding = _load()
        try:
            binding.nvmlInit()
        except binding.NVMLError as error:
            raise NoGpuError(_NO_GPU.get(error.value, f"the NVIDIA driver failed: {_said(error)}")) from error
        return cls(binding)

    def close(self) -> None:
        """See ``Driver``."""
        with contextlib.suppress(DeviceLostError):
            self.ask("the driver", "nvmlShutdown")

    def ask(self, device: str, function: str, *arguments: Any) -> Any:
        """Call one function of the binding; return what it returns, or ``Absent``.

        Raises:
            DeviceLostError: the GPU is gone.
        """
        call = getattr(self._binding, function, None)
        if call is None:
            return Absent(Why.OLD_LIBRARY, f"nvidia-ml-py has no {function}")
        try:
            return call(*arguments)
        except self._binding.NVMLLibraryMismatchError:
            return Absent(Why.OLD_LIBRARY)
        except self._binding.NVMLError as error:
            if error.value in _LOST:
                raise DeviceLostError(device, _said(error)) from error
            why = _WHY.get(error.value, Why.FAILED)
            return Absent(why, _said(error) if why is Why.FAILED else "")
        except UnicodeDecodeError:
            return Absent(Why.FAILED, "its text is not UTF-8")

    @property
    def version(self) -> str:
        """See ``Driver``."""
        try:
            return _text(self.ask("the driver", "nvmlSystemGetDriverVersion"), "unknown")
        except DeviceLostError:
            return "unknown"

    def count(self) -> int:
        """See ``Driver``."""
        try:
            count = self.ask("the driver", "nvmlDeviceGetCount")
        except DeviceLostError as error:
            raise NoGpuError(error.reason) from error
        if isinstance(count, Absent):
            raise NoGpuError(str(count))
        return int(count)

    def facts(self, index: int) -> GpuFacts:
        """See ``Driver``."""
        device = f"GPU {index}"
        handle = _there(self.ask(device, "nvmlDeviceGetHandleByIndex", index), device)
        uuid = _there(self.ask(device, "nvmlDeviceGetUUID", handle), device)
        minor = self.ask(device, "nvmlDeviceGetMinorNumber", handle)
        memory = self.ask(device, "nvmlDeviceGetMemoryInfo", handle)
        mode = self.ask(device, "nvmlDeviceGetMigMode", handle)
        mig = not isinstance(mode, Absent) and mode[0] == _MIG_ON
        return GpuFacts(
            uuid=safe_line(uuid),
            index=index,
            minor=None if isinstance(minor, Absent) else minor,
            name=_text(self.ask(device, "nvmlDeviceGetName", handle), "unknown GPU"),
            memory_bytes=0 if isinstance(memory, Absent) else memory.total,
            slices=read_slices(lambda function, *given: self._value(device, function, *given), handle) if mig else None,
        )

    def _value(self, device: str, function: str, *arguments: Any) -> Any:
        value = self.ask(device, function, *arguments)
        return None if isinstance(value, Absent) else value

    def reader(self, uuid: str) -> "NvmlReader":
        """See ``Driver``."""
        return NvmlReader(self, uuid, _there(self.ask(uuid, "nvmlDeviceGetHandleByUUID", uuid), uuid))


class NvmlReader:
    """``Reader`` by nvidia-ml-py."""

    def __init__(self, driver: Nvml, uuid: str, handle: Any) -> None:
        self._driver, self._uuid, self._handle = driver, uuid, handle

    @property
    def device(self) -> str:
        """See ``Reader``."""
        return self._uuid

    def _ask(self, function: str, *arguments: Any) -> Any:
        return self._driver.ask(self._uuid, function, self._handle, *arguments)

    def used_memory(self) -> int | Absent:
        """See ``Reader``."""
        memory = self._ask("nvmlDeviceGetMemoryInfo")
        return memory if isinstance(memory, Absent) else _number(memory.used)

    def samples(self, since_us: int) -> Sequence[Sample] | Absent:
        """See ``Reader``."""
        answer = self._ask("nvmlDeviceGetSamples", _GPU_UTILIZATION_SAMPLES, since_us)
        if isinstance(answer, Absent):
            return answer
        # The kind of value is "unsigned int" for utilization. The buffer may end in entries that were never written.
        found = [Sample(each.timeStamp, each.sampleValue.uiVal) for each in answer[1] if each.timeStamp > since_us]
        return sorted(found, key=lambda sample: sample.at_us) or Absent(Why.NOTHING_YET)

    def busy_percent(self) -> int | Absent:
        """See ``Reader``."""
        rates = self._ask("nvmlDeviceGetUtilizationRates")
        return rates if isinstance(rates, Absent) else _number(rates.gpu)

    def process_samples(self, since_us: int) -> Sequence[ProcessSample] | Absent:
        """See ``Reader``."""
        answer = self._ask("nvmlDeviceGetProcessUtilization", since_us)
        if isinstance(answer, Absent):
            return answer
        # Drivers leave entries of old or no processes in the array.
        found = [ProcessSample(each.pid, each.timeStamp, each.smUtil) for each in answer if each.timeStamp > since_us]
        return [sample for sample in found if sample.percent <= _WHOLE_PERCENT] or Absent(Why.NOTHING_YET)

    def processes(self) -> Sequence[ProcessMemory] | Absent:
        """See ``Reader``."""
        answer = self._ask("nvmlDeviceGetComputeRunningProcesses")
        if isinstance(answer, Absent):
            return answer
        return [ProcessMemory(each.pid, each.usedGpuMemory) for each in answer]

    def energy_millijoules(self) -> int | Absent:
        """See ``Reader``."""
        return _number(self._ask("nvmlDeviceGetTotalEnergyConsumption"))

    def clocks_mhz(self) -> tuple[int, int] | Absent:
        """See ``Reader``."""
        processor = self._ask("nvmlDeviceGetClockInfo", _CLOCK_SM)
        memory = self._ask("nvmlDeviceGetClockInfo", _CLOCK_MEMORY)
        if isinstance(processor, Absent):
            return processor
        return memory if isinstance(memory, Absent) else (processor, memory)


def _said(error: Exception) -> str:
    return safe_line(str(error))


def _text(value: Any, otherwise: str) -> str:
    return otherwise if isinstance(value, Absent) or not value else safe_line(value)


def _number(value: Any) -> int | Absent:
    if isinstance(value, Absent):
        return value
    return Absent(Why.NOT_TOLD) if value is None else int(value)


def _there(value: Any, device: str) -> Any:
    if isinstance(value, Absent):
        raise DeviceLostError(device, str(value))
    return value
