"""Who may change the settings of a group or channel, asked of Telegram."""

from telegram import ChatMember
from telegram.error import BadRequest, Forbidden

from bot.core.clean_text import clean_line
from bot.core.model import Channel
from bot.telegram.api import ApiBot

_ADMINS = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR})


class TelegramMembers:
    """``ports.Members`` over the Bot API."""

    def __init__(self, bot: ApiBot) -> None:
        self._bot = bot

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Ask ``getChatMember``; a person whom the chat does not know is no admin.

        Raises:
            telegram.error.TelegramError: Telegram does not say.
            TimeoutError: no answer within the request's time limit.
        """
        try:
            found = await self._bot.call("getChatMember", {"chat_id": chat_id, "user_id": user_id})
        except (BadRequest, Forbidden):  # the bot is not in it any more: nobody acts for it
            return False
        return isinstance(found, dict) and found.get("status") in _ADMINS

    async def channel(self, name: str) -> Channel | None:
        """Ask ``getChat``.

        Raises:
            telegram.error.TelegramError: Telegram does not say.
            TimeoutError: no answer within the request's time limit.
        """
        try:
            found = await self._bot.call("getChat", {"chat_id": name})
        except (BadRequest, Forbidden):
            return None
        if not isinstance(found, dict) or found.get("type") != "channel":
            return None
        number = found.get("id")
        return Channel(number, clean_line(str(found.get("title", "")))) if isinstance(number, int) else None
