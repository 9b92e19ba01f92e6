"""What a submission asks for is compared with the runtime, and never installed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intake.requirements import compare, from_file, from_pip
from arena.model.message import Message

PACKAGES = {"numpy": "2.1.0", "scikit-learn": "1.5.2", "torch": "2.13.0+cpu", "jax": "0.5.0rc1"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("numpy\npandas>=2 # why\n", ["numpy", "pandas>=2"]),
        ("# only a comment\n\n   \n", []),
        ("-r other.txt\n--index-url https://example.org\n-e .\nnumpy", ["numpy"]),
        ("numpy\r\nx @ https://example.org/x#sha=1\r\n", ["numpy", "x @ https://example.org/x#sha=1"]),
        ("\ufeffnumpy\n", ["numpy"]),
        ("", []),
    ],
)
def test_from_file(text: str, found: list[str]) -> None:
    """One requirement a line, without comments, options and the mark that Windows' Notepad begins with."""
    assert from_file(text) == found


def test_from_file_is_bounded() -> None:
    """Only the first 200 lines are looked at."""
    assert from_file("numpy\n" * 1000) == ["numpy"] * 200


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("-q numpy 'pandas>=2' --upgrade", ["numpy", "pandas>=2"]),
        ("numpy # as always", ["numpy"]),
        ('"numpy', ['"numpy']),
        ("", []),
    ],
)
def test_from_pip(arguments: str, found: list[str]) -> None:
    """The words of a pip command that are no options, also where its quotes do not match."""
    assert from_pip(arguments) == found


@pytest.mark.parametrize(
    "wanted", ["numpy", "NumPy>=2,<3", "Scikit_Learn==1.5.*", "torch==2.13.0", "jax", "torch[extra]>=2", "jax<=0.5"]
)
def test_met(wanted: str) -> None:
    """A requirement that the runtime meets needs no word, whatever the spelling, build or pre-release."""
    assert compare([wanted], PACKAGES) == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("pandas>=2", Message.of("runtime.package_missing", requirement="pandas>=2")),
        (
            "numpy<2",
            Message.of("runtime.package_differs", requirement="numpy<2", name="numpy", version="2.1.0"),
        ),
        ("num py", Message.of("runtime.requirement_unreadable", requirement="num py")),
        ("./wheel.whl", Message.of("runtime.requirement_unreadable", requirement="./wheel.whl")),
        ("a; " + "(" * 10**5, Message.of("runtime.requirement_unreadable", requirement="a; " + "(" * 76 + "…")),
        ("\x1b[2J", Message.of("runtime.requirement_unreadable", requirement=r"\x1b[2J")),
    ],
)
def test_not_met(wanted: str, message: Message) -> None:
    """One that is missing, differs or cannot be read is told, made safe to show."""
    assert compare([wanted], PACKAGES) == [message]


def test_each_once() -> None:
    """A requirement that stands twice is told once, in the order in which they stand."""
    told = compare(["b", "no name!", "a", "numpy", "b"], PACKAGES)
    assert [message.params["requirement"] for message in told] == ["b", "no name!", "a"]


@given(st.text(max_size=40))
def test_never_stumbles(text: str) -> None:
    """Whatever stands in a notebook's pip command or a requirements file is compared without an error."""
    wanted = [*from_file(text), *from_pip(text)]
    assert len(compare(wanted, PACKAGES)) <= len(wanted)
