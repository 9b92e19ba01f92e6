"""Whether a GPU is empty."""

import pytest

from arena.devices.interface import Absent, DeviceLostError, ProcessMemory, Why
from arena.devices.occupancy import DeviceUnreadableError, Occupancy
from tests.unit.devices.gpus import FakeReader


def test_a_process_is_on_it() -> None:
    assert not Occupancy(FakeReader(running=[ProcessMemory(1, None)])).is_empty()
    assert Occupancy(FakeReader()).is_empty()


def test_where_processes_are_not_told_memory_alone_says_it() -> None:
    occupancy = Occupancy(FakeReader(running=Absent(Why.NO_PERMISSION), memory=7))
    assert occupancy.is_empty()
    assert occupancy.used_bytes() == 7


def test_where_memory_is_not_told_nothing_says_it() -> None:
    with pytest.raises(DeviceUnreadableError, match="the driver gives no number"):
        Occupancy(FakeReader(memory=Absent(Why.NOT_TOLD))).used_bytes()


def test_a_lost_gpu_is_not_empty() -> None:
    with pytest.raises(DeviceLostError):
        Occupancy(FakeReader(lost="gone")).is_empty()
