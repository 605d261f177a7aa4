"""A sender as a process of its own, for tests that kill it: ``sender_process.py DATABASE API TOKEN``."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime

from bot.services.delivery import Delivery
from bot.storage import open_storage
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


async def main(database: str, api: str, token: str) -> None:
    """Deliver until told to terminate; say so once that would be heeded."""
    storage = await open_storage(database)
    bot = make_bot(token, api)
    delivery = Delivery(storage, TelegramMessenger(bot), SystemClock(), rate=200, owner=f"{os.getpid()}")
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, delivery.stop)
    print("delivers", flush=True)
    await delivery.run()
    await bot.disconnect()
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
