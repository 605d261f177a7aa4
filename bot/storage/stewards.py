"""Who looks after which channel or group."""

from bot.core.clean_text import clean_line
from bot.core.model import Channel
from bot.storage.connection import Connection


class Stewards:
    """``ports.Stewards`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, user_id: int, channel: Channel) -> None:
        """Note that a person looks after a channel, under its title of now."""
        params = {"user_id": user_id, "channel_id": channel.id, "title": clean_line(channel.title)}
        await self._connection.execute("stewards.put", params)

    async def of(self, user_id: int) -> list[Channel]:
        """Return the channels of a person, by title."""
        rows = await self._connection.fetch("stewards.of", {"user_id": user_id})
        return [Channel(row["channel_id"], clean_line(row["title"])) for row in rows]

    async def title(self, user_id: int, channel_id: int) -> str | None:
        """Return the title of a person's channel, None where it is not theirs."""
        rows = await self._connection.fetch("stewards.title", {"user_id": user_id, "channel_id": channel_id})
        return clean_line(rows[0]["title"]) if rows else None

    async def put_group(self, user_id: int, chat_id: int, title: str) -> None:
        """Note who added the bot to a group or changed its settings last, and the group's title of now."""
        params = {"user_id": user_id, "chat_id": chat_id, "title": clean_line(title)}
        await self._connection.execute("stewards.put_group", params)

    async def responsible(self, chat_id: int) -> list[tuple[int, str]]:
        """Return the people to be told of a channel's or group's trouble, each with the title that they know it by."""
        rows = await self._connection.fetch("stewards.responsible", {"chat_id": chat_id})
        return [(row["user_id"], clean_line(row["title"])) for row in rows]

    async def drop_group(self, chat_id: int) -> None:
        """Forget who set a group up: the bot has left it."""
        await self._connection.execute("stewards.drop_group", {"chat_id": chat_id})
