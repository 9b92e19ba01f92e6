"""The real nvidia-ml-py, driven by a stub of the driver's library through what drivers are known to do."""

import csv
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.nvml.conftest import GPU, ROOT, Stub, surroundings

Start = Callable[[Path | None], Stub]
FIRST, SECOND = GPU.format(0), GPU.format(1)
TRACE = Path(__file__).with_name("trace.synthetic.csv")
GIB = 2**30
PER_GPU = (
    "nvmlDeviceGetMemoryInfo",
    "nvmlDeviceGetSamples",
    "nvmlDeviceGetUtilizationRates",
    "nvmlDeviceGetProcessUtilization",
    "nvmlDeviceGetComputeRunningProcesses_v3",
    "nvmlDeviceGetTotalEnergyConsumption",
    "nvmlDeviceGetClockInfo",
)


def absences(figures: dict[str, Any]) -> set[str]:
    """Why figures are missing; a figure that is there counts as ``THERE``."""
    return {figure.get("absent", "THERE") if isinstance(figure, dict) else "THERE" for figure in figures.values()}


def gpus(inventory: dict[str, Any]) -> list[dict[str, Any]]:
    """The devices that are no CPU slots."""
    return [device for device in inventory["devices"] if device["kind"] == "gpu"]


def test_a_gpu_is_described_by_what_outlives_a_restart(stub: Stub) -> None:
    (found,) = gpus(stub.ask("discover"))
    assert found == {
        "id": FIRST,
        "kind": "gpu",
        "name": "NVIDIA Stub 40GB",
        "index": 0,
        "minor": 3,
        "memory_bytes": 40 * GIB,
        "mig_profile": None,
        "device_class": "nvidia-stub-40gb",
        "mig_instances": None,
    }


def test_two_gpus_have_minor_numbers_of_their_own(stub: Stub) -> None:
    stub.told(gpus=2)
    found = stub.ask("discover")
    assert [(device["id"], device["minor"]) for device in gpus(found)] == [(FIRST, 3), (SECOND, 4)]
    assert (found["no_gpu"], found["problems"], found["driver"]) == (None, [], "000.00.stub")


def test_a_lost_gpu_does_not_hide_the_other(stub: Stub) -> None:
    stub.told(gpus=2, lost=0)
    found = stub.ask("discover")
    assert [device["id"] for device in gpus(found)] == [SECOND]
    assert found["problems"] == ["GPU 0 cannot be used: GPU is lost"]


def test_the_only_gpu_is_lost(stub: Stub) -> None:
    stub.told(lost=0)
    found = stub.ask("discover")
    assert [device["id"] for device in found["devices"]] == ["cpu-slot-0"]
    assert found["no_gpu"] == "GPU 0 cannot be used: GPU is lost"


def test_slices_stand_for_a_gpu_with_mig_on(stub: Stub) -> None:
    stub.told(gpus=2, mig=1, slices=5)
    found = gpus(stub.ask("discover"))
    assert [device["id"][:28] for device in found] == [
        *("MIG-00000000-0000-0000-0000-", "MIG-00000000-0000-0000-0002-"),
        *("MIG-00000000-0000-0000-0000-", "MIG-00000000-0000-0000-0002-"),
    ]
    assert {device["mig_profile"] for device in found} == {"1g.5gb"}
    assert {device["device_class"] for device in found} == {"nvidia-stub-40gb-mig-1g-5gb"}
    assert {device["memory_bytes"] for device in found} == {5 * GIB}
    assert [device["minor"] for device in found] == [3, 3, 4, 4]


def test_slices_without_names_of_their_own_get_the_same_ones(stub: Stub) -> None:
    stub.told(mig=1)
    named = stub.ask("discover")
    stub.told(mig=1, unnamed=1)
    assert stub.ask("discover") == named


def test_mig_without_slices_leaves_nothing_to_lease(stub: Stub) -> None:
    stub.told(mig=1, slices=0)
    found = stub.ask("discover")
    assert gpus(found) == []
    assert found["no_gpu"] == "GPU 0 has MIG on and no slices; make some, or turn MIG off"


def test_a_slice_tells_memory_and_no_utilization(stub: Stub) -> None:
    stub.told(mig=1, processes=1, now_us=10_000_000)
    figures = stub.ask(f"read {gpus(stub.ask('discover'))[1]['id']}")
    assert figures["used_memory"] == GIB // 2
    assert len(figures["processes"]) == 1
    missing = {name for name, figure in figures.items() if isinstance(figure, dict)}
    assert missing == {"samples", "busy_percent", "process_samples", "energy_millijoules", "clocks_mhz"}
    assert {figures[name]["absent"] for name in missing} == {"NOT_SUPPORTED"}


def test_no_library(start: Start) -> None:
    assert start(None).ask("discover")["no_gpu"].startswith("libnvidia-ml.so.1 is not there: no NVIDIA driver")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (9, "the NVIDIA driver is not loaded"),
        (4, "this account may not use the driver; look at who may open /dev/nvidiactl"),
        (18, "the driver in the kernel and its library are of different versions; restart the machine"),
        (999, "the NVIDIA driver failed: Unknown Error"),
        (12345, "the NVIDIA driver failed: said by the stub"),
    ],
)
def test_a_library_that_does_not_start(stub: Stub, code: int, reason: str) -> None:
    stub.told(nvmlInitWithFlags=code)
    assert stub.ask("discover")["no_gpu"] == reason


def test_a_driver_that_is_unloaded_meanwhile_ends_nothing(stub: Stub) -> None:
    """Neither its version nor the goodbye is worth an error."""
    stub.told(nvmlSystemGetDriverVersion=9, nvmlShutdown=9)
    found = stub.ask("discover")
    assert (found["driver"], len(gpus(found))) == ("unknown", 1)


def test_a_driver_without_gpus(stub: Stub) -> None:
    stub.told(gpus=0)
    assert stub.ask("discover")["no_gpu"] == "the driver sees no GPU"


def test_every_figure_of_a_gpu_that_tells_all(stub: Stub) -> None:
    stub.told(now_us=10_000_000, busy=60, memory=3 * GIB, energy=777, processes=2)
    figures = stub.ask(f"read {FIRST}")
    assert figures["used_memory"] == 3 * GIB
    assert len(figures["samples"]) == 60
    assert {sample["percent"] for sample in figures["samples"]} == {60}
    assert figures["busy_percent"] == 60
    assert [(each["pid"], each["percent"]) for each in figures["process_samples"]] == [(4100000, 30), (4100001, 30)]
    assert figures["processes"] == [
        {"pid": 4100000, "memory_bytes": GIB},
        {"pid": 4100001, "memory_bytes": 2 * GIB},
    ]
    assert figures["energy_millijoules"] == 777
    assert figures["clocks_mhz"] == [1410, 1215]


def test_empty_buffers_are_no_error(stub: Stub) -> None:
    """The binding raises NVMLError(0) for one of them, an error that says "Success"."""
    stub.told(now_us=10_000_000, empty=1, processes=1)
    figures = stub.ask(f"read {FIRST}")
    assert figures["samples"]["absent"] == "NOTHING_YET"
    assert figures["process_samples"]["absent"] == "NOTHING_YET"


def test_memory_of_a_process_that_the_driver_does_not_account_for(stub: Stub) -> None:
    stub.told(processes=1, untold=1)
    assert stub.ask(f"read {FIRST}")["processes"] == [{"pid": 4100000, "memory_bytes": None}]


@pytest.mark.parametrize(
    ("code", "why"), [(3, "NOT_SUPPORTED"), (4, "NO_PERMISSION"), (6, "NOTHING_YET"), (13, "OLD_LIBRARY")]
)
def test_every_figure_may_be_refused(stub: Stub, code: int, why: str) -> None:
    stub.told(**dict.fromkeys(PER_GPU, code))
    assert absences(stub.ask(f"read {FIRST}")) == {why}


def test_a_failure_is_told_in_the_driver_s_words(stub: Stub) -> None:
    stub.told(nvmlDeviceGetMemoryInfo=10)
    assert stub.ask(f"read {FIRST}")["used_memory"] == {"absent": "FAILED", "text": "the driver failed: Timeout"}


def test_a_library_older_than_the_binding(start: Start, old_library: Path) -> None:
    """Here the binding raises NVMLLibraryMismatchError, which is no NVMLError; the other figures are there."""
    stub = start(old_library)
    stub.told(now_us=10_000_000, processes=1)
    figures = stub.ask(f"read {FIRST}")
    assert figures.pop("processes") == {"absent": "OLD_LIBRARY", "text": "the driver's library is too old for it"}
    assert absences(figures) == {"THERE"}


def test_a_gpu_that_is_not_there(stub: Stub) -> None:
    assert stub.ask(f"read {SECOND}")["error"] == "DeviceLostError"


@pytest.mark.parametrize("code", [15, 16])
def test_a_gpu_that_is_lost_is_an_error(stub: Stub, code: int) -> None:
    stub.told(nvmlDeviceGetMemoryInfo=code)
    assert stub.ask(f"read {FIRST}")["error"] == "DeviceLostError"


def test_the_synthetic_trace_is_added_up(stub: Stub) -> None:
    """Busy 1 + 1 + 0.5 s; the peak is of the device; energy is the counter's difference."""
    with TRACE.open(encoding="ascii") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        stub.told(
            now_us=1_700_000_000_000_000 + int(row["at_s"]) * 1_000_000,
            busy=int(row["busy_percent"]),
            memory=int(row["memory_mib"]) * 2**20,
            energy=int(row["energy_j"]) * 1000,
            processes=1,
        )
        stub.ask(f"begin {FIRST}" if row["at_s"] == "0" else f"at {row['at_s']}")
    figures = stub.ask("stop")
    assert figures["busy_s"] == pytest.approx(2.5, abs=0.01)
    assert figures["baseline_memory_bytes"] == 512 * 2**20
    assert figures["peak_memory_bytes"] == 8192 * 2**20
    assert figures["energy_j"] == 820
    assert figures["processes"] == [
        {"pid": 4100000, "peak_memory_bytes": GIB, "busy_s": pytest.approx(2.5, abs=0.01)},
    ]
    assert "missing" not in figures


def test_an_idle_gpu_was_busy_for_no_time(stub: Stub) -> None:
    """Its buffer of samples is empty all the time, which is not the same as not knowing."""
    stub.told(empty=1)
    stub.ask(f"begin {FIRST}")
    stub.ask("at 5")
    assert stub.ask("stop")["busy_s"] == 0


def test_rates_serve_where_samples_are_not_supported(stub: Stub) -> None:
    stub.told(nvmlDeviceGetSamples=3, busy=40)
    stub.ask(f"begin {FIRST}")
    for second in range(1, 6):
        stub.ask(f"at {second}")
    assert stub.ask("stop")["busy_s"] == pytest.approx(2.0)


def test_missing_figures_say_why(stub: Stub) -> None:
    stub.told(**dict.fromkeys(PER_GPU, 4))
    stub.ask(f"begin {FIRST}")
    stub.ask("at 1")
    figures = stub.ask("stop")
    assert set(figures["missing"]) == {
        *("baseline_memory_bytes", "peak_memory_bytes", "energy_j", "busy_s", "processes")
    }
    assert set(figures["missing"].values()) == {"the driver does not tell it to this account"}
    assert not {"peak_memory_bytes", "energy_j", "busy_s", "processes"} & set(figures)


def test_a_gpu_lost_in_the_middle_is_one_event(stub: Stub) -> None:
    """What was known until then is kept; nothing is asked of it any more."""
    stub.told(now_us=10_000_000, busy=100)
    stub.ask(f"begin {FIRST}")
    stub.told(now_us=11_000_000, busy=100)
    stub.ask("at 1")
    stub.told(now_us=12_000_000, busy=100, lost=0)
    stub.ask("at 2")
    stub.ask("at 3")
    figures = stub.ask("stop")
    assert figures["events"] == ["GPU is lost"]
    assert figures["lost"] == "GPU is lost"
    assert figures["busy_s"] == pytest.approx(1.0, abs=0.01)


def test_a_lease_ends_when_its_gpu_is_lost(stub: Stub) -> None:
    stub.ask(f"lease {FIRST} {GIB}")
    assert stub.ask("watch 0.3") is None
    stub.told(lost=0)
    assert stub.ask("watch 20") == "device_lost"
    usage = stub.ask("settle")
    assert (usage["unit"], usage["device_class"]) == ("gpu_s", "nvidia-stub-40gb")
    assert usage["leased_s"] > 0
    assert usage["advisory"][FIRST]["lost"] == "GPU is lost"


def test_a_lease_is_held_to_its_gpu_memory_beyond_what_was_there_before(stub: Stub) -> None:
    stub.told(memory=4 * GIB)
    stub.ask(f"lease {FIRST} {GIB}")
    stub.told(memory=5 * GIB)
    assert stub.ask("watch 0.3") is None
    stub.told(memory=5 * GIB + 1)
    assert stub.ask("watch 20") == "gpu_memory"


def test_other_gpus_go_on_when_one_is_lost(stub: Stub) -> None:
    stub.told(gpus=2, lost=0)
    stub.ask(f"lease {SECOND} {GIB}")
    assert stub.ask("watch 0.3") is None


def test_the_command_shows_what_the_library_tells(library: Path, tmp_path: Path) -> None:
    scenario = tmp_path / "scenario"
    scenario.write_text("gpus=2\nlost=1\n", encoding="ascii")
    shown = subprocess.run(
        [sys.executable, "-m", "arena", "devices"],
        cwd=ROOT,
        env=surroundings(library, scenario),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "NVIDIA Stub 40GB" in shown.stdout
    assert "GPU 1 cannot be used: GPU is lost" in shown.stderr
