"""What storage promises of files of topics that are being taken in."""

from datetime import datetime, timedelta
from typing import Protocol

from bot.core.model import ImportJob


class Imports(Protocol):
    """Files whose topics are still to be added; at most one of a chat."""

    async def add(self, job: ImportJob) -> bool:
        """Store a job; False where the chat has one already (nothing changes)."""
        ...

    async def claim(self, now: datetime, *, lease: timedelta) -> ImportJob | None:
        """Lease the job that was worked on the longest ago; None where there is none that nobody works on."""
        ...

    async def get(self, chat_id: int) -> ImportJob | None:
        """Return the job of a chat, locked until the transaction ends; None where it has none (any more)."""
        ...

    async def move(self, job: ImportJob) -> None:
        """Write how far it has come."""
        ...

    async def release(self, chat_id: int, now: datetime) -> None:
        """End the lease: whoever looks next goes on, after all others."""
        ...

    async def finish(self, chat_id: int) -> None:
        """Delete the job of a chat."""
        ...
