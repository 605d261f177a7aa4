"""What follows where the bot may not write to a group or channel now, and where it may again.

::

    news refused -> they wait in the outbox, no more are composed -> who set the chat up is told
    a message arrives there, or Telegram tells of new rights -> they are tried at once -> news are composed again
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from bot.core.delivery import NoRights
from bot.core.model import Chat, ChatKind, ChatState, Locale, OutgoingMessage, Priority
from bot.core.texts import Translator
from bot.ports import Clock, Unit

NOTICE_LIFE: Final = timedelta(days=1)

Translators = Callable[[Locale, str], Translator]


class RightsNotices:
    """Tells the people who set a chat up that the bot may not write there."""

    def __init__(self, clock: Clock, translators: Translators) -> None:
        self._clock = clock
        self._translators = translators

    async def put(self, unit: Unit, chat_id: int, refusal: NoRights) -> None:
        """Put one message for each of them that has a private chat with the bot; at most one a day and chat."""
        chat = await unit.chats.get(chat_id)
        if chat is None or chat.kind is ChatKind.PRIVATE:
            return
        now = self._clock.now()
        for user_id, title in await unit.stewards.responsible(chat_id):
            home = await unit.chats.get(user_id)
            if home is None or home.gone or home.state is ChatState.STOPPED:
                continue
            tr = self._translators(home.locale, home.zone)
            message = OutgoingMessage(
                dedupe_key=f"rights:{chat_id}:{now:%Y%m%d}:{user_id}",
                chat_id=user_id,
                text=str(tr(_text_id(chat, refusal), title=title)),
                priority=Priority.REPLY,  # it comes to who paused their own news too
                expires_at=now + NOTICE_LIFE,
            )
            await unit.outbox.put([message], now)


async def try_again(unit: Unit, chat_ids: Collection[int], now: datetime) -> None:
    """Try at once what these chats refused: the bot may write there again, as it seems."""
    for chat_id in await unit.outbox.try_refused(chat_ids, now):
        await unit.alerts.release(chat_id, now)


def _text_id(chat: Chat, refusal: NoRights) -> str:
    if refusal.kind == "topic_closed":
        return "rights-topic-closed"
    return "rights-channel" if chat.kind is ChatKind.CHANNEL else "rights-group"
