"""What there is to lease."""

from pathlib import Path

import pytest

from arena.devices.discover import cores_here, cpu_model, cpu_slots, discover, survey
from arena.devices.interface import DeviceLostError, GpuFacts, NoGpuError
from arena.devices.slices import Slice
from arena.model.device import DeviceKind
from tests.unit.devices.gpus import FakeDriver, facts

SLICE = Slice(uuid="MIG-1", name="NVIDIA A100 MIG 1g.5gb", profile="1g.5gb", memory_bytes=5 * 2**30)


def found(*gpus: GpuFacts | DeviceLostError) -> tuple[list[str], str | None, tuple[str, ...]]:
    """Ids of GPUs to lease, why there is none, and problems."""
    inventory = survey(FakeDriver(gpus), slots=1, cores=lambda: 1)
    ids = [device.id for device in inventory.devices if device.kind is DeviceKind.GPU]
    return ids, inventory.no_gpu, inventory.problems


def test_gpus_come_before_slots() -> None:
    inventory = discover(slots=2, open_driver=lambda: FakeDriver([facts(0), facts(1)]), cores=lambda: 4)
    assert [device.id for device in inventory.devices] == ["GPU-a", "GPU-b", "cpu-slot-0", "cpu-slot-1"]
    assert inventory.driver == "580.1"


def test_the_driver_is_let_go() -> None:
    driver = FakeDriver([facts()])
    discover(open_driver=lambda: driver)
    assert driver.closed == 1


def test_the_driver_is_let_go_after_bad_settings() -> None:
    driver = FakeDriver([facts()])
    with pytest.raises(ValueError, match="choose 1 to 2"):
        discover(slots=3, open_driver=lambda: driver, cores=lambda: 2)
    assert driver.closed == 1


def test_without_a_driver_there_are_slots_and_a_reason() -> None:
    def broken() -> FakeDriver:
        raise NoGpuError("no driver")

    inventory = discover(open_driver=broken, cores=lambda: 2)
    assert inventory.no_gpu == "no driver"
    assert [device.kind for device in inventory.devices] == [DeviceKind.CPU_SLOT] * 2


def test_slices_stand_for_their_gpu() -> None:
    assert found(facts(0, slices=(SLICE,)), facts(1)) == (["MIG-1", "GPU-b"], None, ())


def test_mig_without_slices_is_a_problem_of_that_gpu_alone() -> None:
    ids, no_gpu, problems = found(facts(0, slices=()), facts(1))
    assert (ids, no_gpu) == (["GPU-b"], None)
    assert problems == ("GPU 0 has MIG on and no slices; make some, or turn MIG off",)


def test_a_lost_gpu_is_a_problem_of_that_gpu_alone() -> None:
    ids, no_gpu, problems = found(DeviceLostError("GPU 0", "fell off the bus"), facts(1))
    assert (ids, no_gpu) == (["GPU-b"], None)
    assert problems == ("GPU 0 cannot be used: fell off the bus",)


def test_the_only_gpu_s_problem_is_why_there_is_none() -> None:
    assert found(DeviceLostError("GPU 0", "fell off the bus"))[1] == "GPU 0 cannot be used: fell off the bus"
    assert found()[1] == "the driver sees no GPU"


def test_a_driver_that_cannot_count_says_why() -> None:
    assert survey(FakeDriver(broken="timeout"), slots=1).no_gpu == "timeout"


@pytest.mark.parametrize("slots", [0, -1, 3])
def test_slots_must_fit_the_cores(slots: int) -> None:
    """More slots than cores would share a core, so that a lease would not be exclusive."""
    with pytest.raises(ValueError, match=f"{slots} CPU slots do not fit 2 cores"):
        cpu_slots(slots, 2)


def test_a_slot_for_each_core_by_default() -> None:
    assert [device.id for device in cpu_slots(None, 3)] == ["cpu-slot-0", "cpu-slot-1", "cpu-slot-2"]


def test_cores_are_those_that_may_be_used() -> None:
    assert cores_here() >= 1


def test_the_processor_s_name(tmp_path: Path) -> None:
    source = tmp_path / "cpuinfo"
    source.write_text("processor\t: 0\nmodel name\t: Fast CPU @ 3GHz\nprocessor\t: 1\nmodel name\t: Other\n")
    assert cpu_model(source) == "Fast CPU @ 3GHz"


def test_a_processor_without_a_name(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\n")
    assert cpu_model(tmp_path / "cpuinfo") == cpu_model(tmp_path / "none") == "CPU"
