"""Whether a GPU is empty, as the wait after an attempt asks: no process, and no more memory than idle."""

from arena.devices.interface import Absent, Reader
from arena.errors import AttemptFailedError


class DeviceUnreadableError(AttemptFailedError):
    """The driver does not tell what is needed to see that a device is empty."""


class Occupancy:
    """Looks at one GPU or slice. What another container runs on it is seen, too: process ids are the host's."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def is_empty(self) -> bool:
        """Whether no process has a context on it; where the driver does not tell, the memory alone must say so.

        Raises:
            DeviceLostError: it is gone.
        """
        running = self._reader.processes()
        return isinstance(running, Absent) or not running

    def used_bytes(self) -> int:
        """Memory in use by everyone, with what the driver keeps for itself.

        Raises:
            DeviceUnreadableError: the driver does not tell.
            DeviceLostError: it is gone.
        """
        used = self._reader.used_memory()
        if isinstance(used, Absent):
            raise DeviceUnreadableError("device.unreadable", device=self._reader.device, reason=str(used))
        return used
