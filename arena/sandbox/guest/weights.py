"""What is asked of trained weights, whichever library loaded them, and how a refusal is told.

They are only ever loaded inside the sandbox: the files come from strangers, and some libraries execute what they read.
What goes wrong is said in a sentence that names the next step; what a library says to it follows.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from . import entry

# Rows that a network is given at once, so that memory does not grow with the table.
ROWS = 1024
CHANNELS_FIRST, CHANNELS_LAST, FLAT = "channels first", "channels last", "flat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that a model wants: ``shape`` without the rows, ``None`` for a size that is free.

    Where the format does not tell, ``shape`` and ``dtype`` are ``None``. ``columns`` are those of a table, by name.
    """

    name: str
    shape: tuple[int | None, ...] | None = None
    dtype: str | None = None
    columns: tuple[str, ...] | None = None


class Weights(Protocol):
    """A loaded model. It takes at most ``rows`` rows at once (``None``: all), exactly so many where ``fixed``."""

    @property
    def inputs(self) -> Sequence[Input]:
        """What it wants, at least one thing."""

    @property
    def layout(self) -> str:
        """How it wants images."""

    @property
    def rows(self) -> int | None:
        """See above."""

    @property
    def fixed(self) -> bool:
        """See above."""

    def run(self, arrays: Sequence[Any]) -> list[Any]:
        """Give one array or frame for each input; return every output."""


def sizes(shape: Sequence[Any]) -> tuple[int | None, ...]:
    """A declared shape, in which what is no number is free."""
    return tuple(size if isinstance(size, int) else None for size in shape)


def refuse(what: str, error: Exception) -> NoReturn:
    """End with a sentence, and with what a library said."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # TorchScript quotes code first and says what is wrong last.
    said = next((line for line in reversed(lines) if "Error:" in line), lines[0] if lines else "")
    entry.fail(f"{what}\n{type(error).__name__}: {said[:500]}")


@contextlib.contextmanager
def refusing(what: str) -> Iterator[None]:
    """End with a sentence if a library refuses."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:
        refuse(what, error)
