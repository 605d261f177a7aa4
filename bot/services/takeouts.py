"""A reader's own data: taken along, brought back, forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.core import quiet, schedule, takeout
from bot.core.model import LOCALES, Chat, ImportJob
from bot.core.sources import button_key, same_feed
from bot.core.takeout import Takeout
from bot.errors import ReaderError
from bot.ports import Clock, Unit
from bot.services.chats import with_next_slots
from bot.services.imports import AT_ONCE, check, take
from bot.services.sources import Sources
from bot.services.subscriptions import Subscriptions


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import changed: the chat as it is now, and how many topics and sources came.

    ``later`` is the number of topics that are added in the background.
    """

    chat: Chat
    topics: int
    sources: int
    later: int


class Takeouts:
    """Export, import and forgetting, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock, subscriptions: Subscriptions) -> None:
        self._unit = unit
        self._clock = clock
        self._subscriptions = subscriptions
        self._sources = Sources(unit, clock)

    async def export(self, chat: Chat) -> bytes:
        """Return all that the chat chose, as a JSON document."""
        return takeout.write(chat, await self._subscriptions.of(chat.id), await self._sources.of(chat.id))

    async def bring(self, chat: Chat, document: Takeout, *, answer_to: int, number: int) -> Brought:
        """Take in a document: its settings replace the chat's, its topics and sources are added to them.

        More topics than ``AT_ONCE`` are added in the background; ``answer_to`` is the chat that is told of the end,
        ``number`` that of the update.

        Raises:
            ReaderError: something in it cannot be, or another document is being taken in (``import-running``);
                nothing is changed then, for the unit is rolled back.
        """
        if await self._unit.imports.get(chat.id):
            raise ReaderError("import-running")
        await check(self._subscriptions, chat.id, document.topics)
        chat = with_next_slots(_with_settings(chat, document.settings), self._clock)
        await self._unit.chats.put(chat)
        later = document.topics if len(document.topics) > AT_ONCE else ()
        topics = 0
        for topic in () if later else document.topics:
            topics += await take(self._subscriptions, chat.id, topic)
        if later:
            await self._unit.imports.add(ImportJob(chat.id, answer_to, number, takeout.pack(later)))
        public = {choice.source.id for choice in await self._sources.of(chat.id) if choice.source.public}
        switches = [(source_id, on) for source_id, on in document.switches if source_id in public]
        for source_id, on in switches:
            await self._unit.feeds.switch(chat.id, source_id, on=on)
        feeds = await self._sources.add_listed(chat, document.feeds) if document.feeds else None
        await self._switch_off(chat.id, [feed.url for feed in document.feeds if not feed.on])
        return Brought(chat, topics, len(switches) + (feeds.added if feeds else 0), len(later))

    async def _switch_off(self, chat_id: int, urls: Sequence[str]) -> None:
        for source in await self._sources.own(chat_id) if urls else ():
            if any(same_feed(source, url) for url in urls):
                await self._sources.switch(chat_id, button_key(source.id), on=False)

    async def forget(self, chat: Chat) -> None:
        """Delete all that is kept of the chat, and the topics that nobody follows any more."""
        await self._unit.chats.forget(chat.id, self._clock.now())


def _with_settings(chat: Chat, settings: dict[str, str | bool]) -> Chat:
    def text(name: str, default: str) -> str:
        value = settings.get(name, default)
        if not isinstance(value, str):
            raise ReaderError("import-unreadable")
        return value

    languages = text("articles", ",".join(chat.languages)).split(",")
    return replace(
        chat,
        locale=next((locale for locale in LOCALES if locale == settings.get("language")), chat.locale),
        zone=schedule.parse_zone(text("zone", chat.zone)),
        schedule=str(schedule.parse(text("schedule", chat.schedule))),
        quiet=str(quiet.parse(text("quiet", chat.quiet)) or ""),
        languages=tuple(locale for locale in LOCALES if locale in languages),
        compact=bool(settings.get("compact", chat.compact)),
        pictures=bool(settings.get("pictures", chat.pictures)),
        digest_when_empty=bool(settings.get("digest_when_empty", chat.digest_when_empty)),
    )
