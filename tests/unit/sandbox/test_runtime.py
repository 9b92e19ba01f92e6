"""The runtime, as far as it is known without starting it."""

from dataclasses import replace
from pathlib import Path

import pytest

from arena.sandbox.runtime import Runtime, holding_folders, normalised
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


def test_a_runtime_is_held_by_its_outermost_folders(tmp_path: Path) -> None:
    """A virtual environment and its base hold all libraries; of a system's Python only the libraries are its own."""
    venv, base = tmp_path / "venv", tmp_path / "base"
    site, stdlib = venv / "lib" / "site-packages", base / "lib" / "python3.11"
    for folder in (site, stdlib):
        folder.mkdir(parents=True)
    assert holding_folders([str(venv), str(base)], [str(stdlib), str(stdlib), str(site)]) == (venv, base)
    assert holding_folders([str(venv), "/usr"], [str(stdlib), str(site)]) == (venv, stdlib)
    assert holding_folders(["/usr"], [str(stdlib), str(tmp_path / "nowhere")]) == (stdlib,)
