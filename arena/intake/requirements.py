"""Compare what a submission asks for with what the runtime has. Nothing is ever installed."""

import shlex
from collections.abc import Iterable, Mapping

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from arena.model.message import Message
from arena.model.safe_text import safe_line

_MAX_LINES = 200
_MAX_LENGTH = 1000


def from_file(text: str) -> list[str]:
    """The requirements of a ``requirements.txt``: one a line, without comments and options."""
    lines = [line.split(" #", 1)[0].strip() for line in text.removeprefix("\ufeff").splitlines()[:_MAX_LINES]]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def from_pip(arguments: str) -> list[str]:
    """The requirements of the arguments of ``pip install``."""
    try:
        words = shlex.split(arguments, comments=True)
    except ValueError:
        words = arguments.split()
    return [word for word in words[:_MAX_LINES] if not word.startswith("-")]


def compare(wanted: Iterable[str], packages: Mapping[str, str]) -> list[Message]:
    """One message for each requirement not met; ``packages`` maps normalised names to versions."""
    messages = []
    for text in dict.fromkeys(wanted):
        try:
            requirement = Requirement(text[:_MAX_LENGTH])
        except (InvalidRequirement, RecursionError):  # Brackets without end make the parser call itself without end.
            messages.append(Message.of("runtime.requirement_unreadable", requirement=safe_line(text, 80)))
            continue
        version = packages.get(canonicalize_name(requirement.name))
        if version is None:
            messages.append(Message.of("runtime.package_missing", requirement=safe_line(text, 80)))
        elif not requirement.specifier.contains(version, prereleases=True):
            name = safe_line(requirement.name, 40)
            messages.append(
                Message.of("runtime.package_differs", requirement=safe_line(text, 80), name=name, version=version)
            )
    return messages
