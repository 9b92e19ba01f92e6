"""A learner-facing text: a stable id with parameters. The words are chosen in ``arena/text`` when it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

Param = str | int | float


@dataclass(frozen=True, slots=True)
class Message:
    """``id`` is stable and may be matched by scripts; the prose behind it may not."""

    id: str
    params: Mapping[str, Param]

    @classmethod
    def of(cls, message_id: str, **params: Param) -> "Message":
        """Build a message from an id and keyword parameters."""
        return cls(message_id, params)
