"""Read what process 1 of a sandbox reports: bounded, as it comes, believing no length that was not asked for."""

import json
from dataclasses import dataclass, field
from typing import Any

from arena.sandbox.interface import SandboxFailedError

_MAX_LINE = 64 * 1024


@dataclass(slots=True, kw_only=True)
class ReportReader:
    """Feed it bytes in any portions; afterwards ``started``, ``finish()``."""

    max_bytes: int
    started: bool = False
    _buffer: bytearray = field(default_factory=bytearray)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            SandboxFailedError: more came than any true report holds.
        """
        self._buffer += chunk
        if not self.started and b"\n" in self._buffer:
            line, _, rest = bytes(self._buffer).partition(b"\n")
            if line != b'{"started": true}':
                raise SandboxFailedError("sandbox.failed", detail="unknown first line of the report")
            self.started = True
            self._buffer = bytearray(rest)
        if len(self._buffer) > self.max_bytes + _MAX_LINE:
            raise SandboxFailedError("sandbox.failed", detail="the report is too long")

    def finish(self) -> "Report | None":
        """The whole report, or ``None`` where the sandbox was ended before it could give one."""
        line, newline, body = bytes(self._buffer).partition(b"\n")
        if not newline:
            return None
        try:
            header = json.loads(line)
            outputs: dict[str, bytes] = {}
            faults: dict[str, str] = {}
            position = 0
            for item in header["outputs"]:
                if "fault" in item:
                    faults[str(item["name"])] = str(item["fault"])
                    continue
                size = _size(item)
                outputs[str(item["name"])] = body[position : position + size]
                position += size
            if position != len(body):
                return None
            return Report(
                status=int(header["status"]), disk_full=bool(header["disk_full"]), outputs=outputs, faults=faults
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise SandboxFailedError("sandbox.failed", detail="the report cannot be read") from error


def _size(item: dict[str, Any]) -> int:
    size = int(item["size"])
    if size < 0:
        raise ValueError("a negative size")
    return size


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The user's process's wait status, and what it left."""

    status: int
    disk_full: bool
    outputs: dict[str, bytes]
    faults: dict[str, str]
