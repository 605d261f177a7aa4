"""The whole program with a clock that goes ``FAST_SPEED`` times as fast: a day in minutes. Its settings as ever."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

from bot import app, logs
from bot.program import Role
from bot.settings import Settings


class FastClock:
    """Implements ``ports.Clock``."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._from = datetime.now(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """Return the instant."""
        return self._from + timedelta(seconds=(time.monotonic() - self._began) * self._speed)


if __name__ == "__main__":
    settings = Settings.load(need_token=True)
    logs.configure("text", "error")
    asyncio.run(app.serve(settings, list(Role), clock=FastClock(float(os.environ["FAST_SPEED"]))))
