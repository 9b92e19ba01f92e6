"""The part of the reference page that a run on a real GPU writes."""

from typing import Any

import pytest

from tools.gpu_report import BEGIN, END, PAGE, replaced, report


def line(test: str, device: str = "NVIDIA T4", **figures: Any) -> dict[str, Any]:
    """What one test keeps."""
    return {"test": test, "device": device, "driver": "580.1", "at": "2026-01-01T00:00:00+00:00", "figures": figures}


def test_the_page_has_room_for_results() -> None:
    """Running the generator twice leaves the last results and everything around them."""
    page = PAGE.read_text(encoding="utf-8")
    once = replaced(page, report([line("test_busy_loop", busy_s=9.87654)]))
    assert '| `test_busy_loop` | `{"busy_s": 9.877}` |' in once
    assert replaced(once, "later") == replaced(page, "later")
    assert once.partition(BEGIN)[0] == page.partition(BEGIN)[0]
    assert once.partition(END)[2] == page.partition(END)[2]


def test_each_device_has_a_table_and_each_test_its_last_run() -> None:
    text = report([line("a", x=1), line("a", x=2), line("a", device="NVIDIA H100", x=3)])
    assert text.count("### ") == 2
    assert '{"x": 1}' not in text


def test_a_page_without_marks_is_not_touched() -> None:
    with pytest.raises(SystemExit, match="lost the marks"):
        replaced("no marks", "results")
