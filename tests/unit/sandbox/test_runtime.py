"""The runtime, as far as it is known without starting it."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.sandbox.runtime import Runtime, normalised
from tests.conftest import write_files


@pytest.mark.parametrize("name", ["scikit-learn", "Scikit_Learn", "scikit.learn", "SCIKIT--_learn"])
def test_normalised(name: str) -> None:
    """A package has one spelling, PEP 503's."""
    assert normalised(name) == "scikit-learn"


def test_packages(runtime: Runtime) -> None:
    """Every installed package is listed under its normalised name, in order."""
    assert list(runtime.packages().items()) == [("pandas", "2.2.3"), ("scikit-learn", "1.5.2")]


def test_digest(runtime: Runtime, tmp_path: Path) -> None:
    """The digest changes with Python's version and with any package's, and with nothing else."""
    other = tmp_path / "other"
    write_files(other / "pandas-2.2.4.dist-info", {"METADATA": "Metadata-Version: 2.1\nName: pandas\nVersion: 2.2.4\n"})
    assert runtime.digest() != replace(runtime, version="3.12.0").digest()
    assert runtime.digest() != replace(runtime, site=(other,)).digest()
    assert runtime.digest() == replace(runtime, python=Path("/elsewhere/python"), prefixes=(other,)).digest()


def test_broken_package(tmp_path: Path) -> None:
    """A package whose metadata has no name is left out."""
    site = tmp_path / "broken-site"
    write_files(site / "half-1.dist-info", {"METADATA": "Metadata-Version: 2.1\nVersion: 1\n"})
    runtime = Runtime(python=Path("python"), version="3.11.7", prefixes=(), site=(site,), foreign=())
    assert runtime.packages() == {}
