"""Devices as values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.model.device import DeviceKind, class_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NVIDIA H100 80GB HBM3", "nvidia-h100-80gb-hbm3"),
        ("NVIDIA A100-SXM4-40GB MIG 1g.5gb", "nvidia-a100-sxm4-40gb-mig-1g-5gb"),
        ("Tesla T4", "tesla-t4"),
        ("", "unknown"),
        ("\x1b[2J", "x1b-2j"),
        ("জিপিইউ", "unknown"),
    ],
)
def test_class_is_a_slug_of_the_name(name: str, expected: str) -> None:
    assert class_of(name) == expected


@given(st.text())
def test_class_is_always_fit_for_a_file_name(name: str) -> None:
    """Whatever a driver calls its product, the class has letters, digits and single hyphens, and is never empty."""
    made = class_of(name)
    assert 1 <= len(made) <= 64
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert "--" not in made
    assert made.strip("-") == made


def test_units_differ_by_kind() -> None:
    assert [kind.unit for kind in DeviceKind] == ["gpu_s", "cpu_slot_s"]
