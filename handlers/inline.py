"""Inline mode: ``@bot иран`` in any chat offers the latest articles. Nothing is stored; the chat is not known.

::

    InlineQuery | a reading of the database | results | straight out
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final, Protocol

from telegram import InlineQuery

from bot.core.inline import inline_results
from bot.core.model import Chat, ChatKind, InlineResult
from bot.core.render import shorten
from bot.errors import TopicError
from bot.ports import Clock, Storage
from bot.services.chats import Chats
from bot.services.digests import Digests, outlet_names
from handlers.context import Translators
from handlers.start import write_deep_link

LATE: Final = timedelta(seconds=10)
"""A query older than this is not answered: its writer has typed on, and Telegram takes no answer any more."""
TOPIC_LENGTH: Final = 24  # of a topic in the button's 64 characters


class AnswerInline(Protocol):
    """Hands results to Telegram; ``offer`` is a button above them: its text, and the parameter of ``/start``."""

    async def __call__(self, query_id: str, results: Sequence[InlineResult], *, offer: tuple[str, str] | None) -> bool:
        """Return whether Telegram took them."""
        ...


class InlineAnswers:
    """Answers inline queries."""

    def __init__(self, storage: Storage, clock: Clock, translators: Translators, answer: AnswerInline) -> None:
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._answer = answer

    async def __call__(self, query: InlineQuery) -> None:
        """Offer the newest stories on the topic, without one what the reader would get from ``/latest``."""
        topic = " ".join(query.query.split())
        async with self._storage.reading() as unit:
            chat = await Chats(unit, self._clock).guest(
                query.from_user.id, ChatKind.PRIVATE, query.from_user.language_code
            )
            digests, names = Digests(unit, self._clock), await outlet_names(unit)
            try:
                digest = (await digests.latest_of(chat, topic)).digest if topic else await digests.latest(chat)
            except TopicError:
                results: tuple[InlineResult, ...] = ()
                topic = ""  # none that could be followed
            else:
                results = inline_results(digest, names, self._translators(chat.locale, chat.zone))
        await self._answer(query.id, results, offer=None if results else self._offer(chat, topic))

    def _offer(self, chat: Chat, topic: str) -> tuple[str, str]:
        tr = self._translators(chat.locale, chat.zone)
        parameter = write_deep_link(topic)
        if parameter is None or not topic:
            return tr("inline-nothing").unescape(), write_deep_link("") or ""
        return tr("inline-follow", topic=shorten(topic, TOPIC_LENGTH)).unescape(), parameter
