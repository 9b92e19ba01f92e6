"""Calibration: what is made of the workload's times, and what is stored."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.devices.calibrate import (
    Calibration,
    CalibrationError,
    Calibrations,
    Repetition,
    Told,
    factor,
    summary,
)
from arena.devices.discover import cpu_slots
from tests.unit.devices.gpus import gpu

RAN_WITH = '{"ran_with": {"torch": "2.13.0+cpu", "cuda": null, "python": "3.11.7"}}'


def told(*totals: float) -> Told:
    """What a workload says that takes so many seconds, half of them for each part."""
    said = Told()
    said.take('{"warm_up": true}')
    for total in totals:
        said.take(f'{{"matmul_s": {total / 2}, "training_s": {total / 2}, "product": 1, "loss": 2}}')
    said.take(RAN_WITH)
    return said


def calibration(*totals: float) -> Calibration:
    """A CPU's."""
    (slot,) = cpu_slots(1, 1)
    return summary(told(*totals), slot, driver=None, clocks_mhz=None, at=datetime(2026, 1, 1, tzinfo=UTC))


def test_the_median_of_five_counts() -> None:
    """One slow repetition changes the spread and not the result."""
    found = calibration(2, 2, 2, 2, 9)
    assert (found.workload, found.device_class, found.torch) == ("cpu-1", "cpu", "2.13.0+cpu")
    assert found.median_s == 2
    assert found.spread == 3.5


def test_the_warm_up_is_no_repetition() -> None:
    assert len(told(1, 1).repetitions) == 2


@pytest.mark.parametrize("said", [told(1, 1, 1, 1), Told(repetitions=[Repetition(matmul_s=1, training_s=1)] * 5)])
def test_an_incomplete_workload_is_none(said: Told) -> None:
    with pytest.raises(CalibrationError, match="repetitions"):
        summary(said, gpu(), driver="580", clocks_mhz=(1410, 1215), at=datetime.now(UTC))


@pytest.mark.parametrize("line", ["", "hello", "[]", "{}", '{"matmul_s": 1}', '{"matmul_s": "x", "training_s": 1}'])
def test_a_line_that_the_workload_does_not_print(line: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        Told().take(line)


@given(st.floats(0.01, 1000), st.floats(0.01, 1000))
def test_the_factor_says_how_many_times_as_fast(one: float, other: float) -> None:
    """It turns a budget on the reference into one on the class, and back."""
    there = factor(calibration(*[one] * 5), calibration(*[other] * 5))
    back = factor(calibration(*[other] * 5), calibration(*[one] * 5))
    assert there == pytest.approx(other / one)
    assert back == pytest.approx(1 / (there or 0))


def test_different_work_has_no_factor(tmp_path: Path) -> None:
    """Neither the CPU's and the GPU's nor two versions of torch; builds of one version are the same."""
    cpu = calibration(*[1.0] * 5)
    card = summary(told(*[1.0] * 5), gpu(), driver="580", clocks_mhz=(1410, 1215), at=datetime.now(UTC))
    assert card.workload == "gpu-1"
    assert factor(card, cpu) is None
    stored = Calibrations(tmp_path)
    stored.put(cpu)
    for torch, expected in (("2.14.0", None), ("2.13.0+cu130", 1.0)):
        path = tmp_path / "cpu.json"
        path.write_text(path.read_text().replace(cpu.torch, torch))
        assert stored.factor("cpu") == expected
        stored.put(cpu)


def test_the_first_result_is_the_reference(tmp_path: Path) -> None:
    stored = Calibrations(tmp_path)
    assert stored.factor("cpu") is None
    assert stored.put(calibration(*[4.0] * 5))
    assert not stored.put(calibration(*[2.0] * 5))
    assert stored.factor("cpu") == 2.0
    assert stored.get("cpu") == calibration(*[2.0] * 5)
    assert stored.reference("cpu-1") == calibration(*[4.0] * 5)


def test_another_result_can_be_made_the_reference(tmp_path: Path) -> None:
    stored = Calibrations(tmp_path)
    stored.put(calibration(*[4.0] * 5))
    assert stored.put(calibration(*[2.0] * 5), as_reference=True)
    assert stored.factor("cpu") == 1.0


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"unknown": 1}'])
def test_a_stored_file_that_cannot_be_used_is_an_error(tmp_path: Path, content: bytes) -> None:
    """A wrong factor would be worse than none."""
    (tmp_path / "cpu.json").write_bytes(content)
    with pytest.raises(CalibrationError, match="cannot be used"):
        Calibrations(tmp_path).factor("cpu")


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    stored = Calibrations(tmp_path)
    stored.put(calibration(*[4.0] * 5))
    path = tmp_path / "cpu.json"
    path.write_text(path.read_text().replace('"workload"', '"colour": 1, "workload"'))
    with pytest.raises(CalibrationError, match="cannot be used"):
        stored.get("cpu")
