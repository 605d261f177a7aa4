"""What a process saves for the next one."""

from typing import Protocol


class SavedState(Protocol):
    """What took long to make and need not be made again after a restart: data by a name. It may be lost at any time."""

    async def get(self, name: str) -> bytes | None:
        """Return what was saved under that name, None where there is nothing."""
        ...

    async def put(self, name: str, data: bytes) -> None:
        """Save something in place of what was saved under that name."""
        ...
