"""A sender as a process of its own, for tests that kill it: ``sender_process.py DATABASE API TOKEN``."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

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
    """Deliver until told to terminate. Leases are short, so that tests need not wait for them."""
    storage = await open_storage(database)
    bot = make_bot(token, api)
    delivery = Delivery(
        storage,
        TelegramMessenger(bot),
        SystemClock(),
        rate=200,
        owner=f"{os.getpid()}",
        lease=timedelta(seconds=3),
    )
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, delivery.stop)
    await delivery.run()
    await bot.disconnect()
    await storage.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
