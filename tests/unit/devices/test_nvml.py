"""The wrapper of nvidia-ml-py where there is no library; with one, see tests/integration/nvml."""

import importlib
import sys
from types import SimpleNamespace

import pytest

from arena.devices.interface import Absent, DeviceLostError, NoGpuError, Why
from arena.devices.nvml import Nvml


class FakeError(Exception):
    """As the binding's: a number, and a text."""

    def __init__(self, value: int) -> None:
        super().__init__(f"error {value}")
        self.value = value


class FakeMismatchError(Exception):
    """As the binding's: none of the others."""


def binding(**functions: object) -> SimpleNamespace:
    """A binding with these functions and no others."""
    return SimpleNamespace(NVMLError=FakeError, NVMLLibraryMismatchError=FakeMismatchError, **functions)


def raising(error: Exception) -> object:
    """A function that only raises."""

    def function(*_: object) -> None:
        raise error

    return function


def test_without_the_binding_the_reason_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    with pytest.raises(NoGpuError) as caught:
        Nvml.open()
    assert caught.value.reason == "nvidia-ml-py is not installed; install arena[gpu]"


def test_the_binding_is_not_imported_before_it_is_used() -> None:
    """`arena --help` and learners' machines have no use for it."""
    assert "pynvml" not in importlib.import_module("arena.devices.nvml").__dict__


def test_a_binding_that_is_too_old_has_no_figure() -> None:
    found = Nvml(binding()).ask("GPU-a", "nvmlNew")
    assert found == Absent(Why.OLD_LIBRARY, "nvidia-ml-py has no nvmlNew")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (0, Why.NOTHING_YET),
        (3, Why.NOT_SUPPORTED),
        (4, Why.NO_PERMISSION),
        (6, Why.NOTHING_YET),
        (13, Why.OLD_LIBRARY),
        (25, Why.OLD_LIBRARY),
        (999, Why.FAILED),
        (31337, Why.FAILED),
    ],
)
def test_an_error_is_a_reason(code: int, why: Why) -> None:
    found = Nvml(binding(nvmlAny=raising(FakeError(code)))).ask("GPU-a", "nvmlAny")
    assert isinstance(found, Absent)
    assert found.why is why
    assert ("error" in str(found)) == (why is Why.FAILED)


@pytest.mark.parametrize("code", [9, 15, 16, 28])
def test_a_gpu_that_is_gone_is_an_error_of_ours(code: int) -> None:
    with pytest.raises(DeviceLostError) as caught:
        Nvml(binding(nvmlAny=raising(FakeError(code)))).ask("GPU-a", "nvmlAny")
    assert (caught.value.device, caught.value.reason) == ("GPU-a", f"error {code}")
    assert caught.value.exit_code == 5


def test_a_mismatch_and_text_that_is_none_are_reasons() -> None:
    driver = Nvml(
        binding(
            nvmlOld=raising(FakeMismatchError()), nvmlName=raising(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"))
        )
    )
    assert driver.ask("GPU-a", "nvmlOld") == Absent(Why.OLD_LIBRARY)
    assert driver.ask("GPU-a", "nvmlName") == Absent(Why.FAILED, "its text is not UTF-8")


def test_what_a_driver_calls_its_product_cannot_steer_a_terminal() -> None:
    driver = Nvml(binding(nvmlSystemGetDriverVersion=lambda: "580\x1b[2J"))
    assert driver.version == "580\\x1b[2J"


def test_a_faulty_sample_of_a_process_is_left_out() -> None:
    """Drivers leave entries in the array that were never written: no time, or more than the whole."""
    entries = [
        SimpleNamespace(pid=1, timeStamp=20, smUtil=30),
        SimpleNamespace(pid=2, timeStamp=0, smUtil=30),
        SimpleNamespace(pid=3, timeStamp=20, smUtil=4_000_000),
    ]
    driver = Nvml(
        binding(
            nvmlDeviceGetHandleByUUID=lambda _: "handle",
            nvmlDeviceGetProcessUtilization=lambda *_: entries,
        )
    )
    found = driver.reader("GPU-a").process_samples(10)
    assert not isinstance(found, Absent)
    assert [sample.pid for sample in found] == [1]
