"""What storage keeps for processes themselves."""

from typing import Protocol


class KeptWork(Protocol):
    """Caches that can be made anew, kept so that a restart need not: a dump by its name."""

    async def get(self, name: str) -> bytes | None:
        """Return what was kept under that name, None where there is nothing."""
        ...

    async def put(self, name: str, data: bytes) -> None:
        """Keep something in place of what was kept under that name."""
        ...
