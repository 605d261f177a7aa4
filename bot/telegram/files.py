"""Files that readers sent, from ``BOT_API_URL/file/bot<token>/``."""

import asyncio

from telegram.error import TelegramError

from bot.errors import FeedError
from bot.telegram.api import ApiBot
from bot.telegram.request import REQUEST_SECONDS


class TelegramFiles:
    """``ports.Files`` over the Bot API."""

    def __init__(self, bot: ApiBot, api_url: str) -> None:
        self._bot = bot
        self._root = f"{api_url}/file/bot{bot.token}"

    async def read(self, file_id: str, *, limit: int) -> bytes:
        """Ask where the file is and how large, then download it.

        Raises:
            FeedError: ``feed-too-large``; nothing was downloaded.
            telegram.error.TelegramError: Telegram does not give it.
            TimeoutError: no answer within the request's time limit.
        """
        found = await self._bot.call("getFile", {"file_id": file_id})
        if not isinstance(found, dict) or not isinstance(path := found.get("file_path"), str):
            raise TelegramError("getFile was answered by something that is no file")
        size = found.get("file_size")
        if isinstance(size, int) and size > limit:
            raise FeedError("feed-too-large", limit=limit)
        async with asyncio.timeout(REQUEST_SECONDS):
            body = await self._bot.request.retrieve(f"{self._root}/{path}")
        if len(body) > limit:
            raise FeedError("feed-too-large", limit=limit)
        return body
