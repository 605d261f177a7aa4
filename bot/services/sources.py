"""A chat's sources: the catalogue's, switched on or off, and feeds of its own.

A feed that readers add is one source for all chats that add it, under the id of its address: it is fetched once for
all of them, and only they see it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.addresses import identity
from bot.core.model import Chat, Source, SourceChoice
from bot.core.polling import addresses
from bot.core.sources import button_key, headlines, language_of, own_id, own_source, same_address
from bot.errors import FeedError, LimitError, ReaderError
from bot.language.identify import identify
from bot.ports import Clock, FoundFeed, ListedFeed, Unit

OFFER_LIFE = timedelta(days=1)  # of a feed that was found for a reader and not added, or that the reader removed
MAX_OWN = 100  # of a chat; each of them may be one more feed that all its readers' bot asks

_REASONS: Mapping[str, str] = {
    "feed-bad-url": "source-bad-address",
    "feed-blocked-address": "source-blocked",
    "feed-timeout": "source-silent",
    "feed-host-busy": "source-slow",
    "feed-too-slow": "source-slow",
    "feed-unreachable": "source-silent",
    "feed-broken-answer": "source-silent",
    "feed-status": "source-status",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A feed that was found: what it would be as a source, what it holds, and the chat's choice where it has one."""

    source: Source
    entries: int
    headlines: tuple[str, ...]
    choice: SourceChoice | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: the number of feeds that were added, and of those that the chat had."""

    added: int
    known: int


class Sources:
    """What a chat reads from, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    async def of(self, chat_id: int) -> list[SourceChoice]:
        """Return what the chat can switch: its own feeds first, then the catalogue."""
        return await self._unit.feeds.choices(chat_id)

    async def own(self, chat_id: int) -> list[Source]:
        """Return the feeds that the chat added."""
        return [choice.source for choice in await self.of(chat_id) if not choice.source.public]

    async def read_by(self, chat_id: int) -> list[Source]:
        """Return the sources that the chat has on, for a list to take along."""
        return [choice.source for choice in await self.of(chat_id) if choice.on]

    async def switch(self, chat_id: int, key: str, *, on: bool) -> Source | None:
        """Turn the source of that button key on or off; None where the chat has no such choice."""
        choice = next((choice for choice in await self.of(chat_id) if button_key(choice.source.id) == key), None)
        if choice is None:
            return None
        await self._switch(chat_id, choice.source, on=on)
        return choice.source

    async def offer(self, chat: Chat, found: Sequence[FoundFeed]) -> list[Offered]:
        """Return what was found as it would be added, and keep it for a day, so that a button can add it."""
        choices = await self.of(chat.id)
        offered = [await self._offered(chat, feed, choices) for feed in found]
        new = [one.source for one in offered if one.choice is None]
        await self._unit.feeds.offer(chat.id, new, self._clock.now())
        return offered

    async def add(self, chat_id: int, source_id: str) -> Source | None:
        """Add a feed that was offered, or that the chat removed; None where it is not known any more.

        Raises:
            LimitError: the chat has as many feeds of its own as it may.
        """
        since = self._clock.now() - OFFER_LIFE
        source = await self._unit.feeds.get(source_id) or await self._unit.feeds.offered(chat_id, source_id, since)
        if source is None or source.public:
            return None
        mine = {own.id for own in await self.own(chat_id)}
        if source.id not in mine and len(mine) >= MAX_OWN:
            raise LimitError("sources-limit", limit=MAX_OWN)
        await self._add(chat_id, source)
        return source

    async def add_listed(self, chat: Chat, listed: Sequence[ListedFeed]) -> Imported:
        """Add the feeds of a list, all of them or none. What the catalogue has is switched on instead.

        Raises:
            LimitError: they would be more than the chat may have.
            ReaderError: the list is empty.
        """
        choices = await self.of(chat.id)
        if not listed:
            raise ReaderError("list-empty")
        if len(listed) > MAX_OWN + len(choices):  # no need to compare them all
            raise LimitError("list-too-long", limit=MAX_OWN, n=len(listed))
        known = {identity(url): choice for choice in choices for url in addresses(choice.source)}
        new = {
            own_id(feed.url): own_source(feed.url, feed.title, identify(feed.title, chat.locale))
            for feed in listed
            if identity(feed.url) not in known
        }
        mine = sum(not choice.source.public for choice in choices)
        if new and mine + len(new) > MAX_OWN:
            raise LimitError("list-too-long", limit=MAX_OWN, n=len(listed))
        for source in new.values():
            await self._add(chat.id, source)
        for choice in {
            known[name].source.id: known[name] for feed in listed if (name := identity(feed.url)) in known
        }.values():
            if not choice.on:
                await self._switch(chat.id, choice.source, on=True)
        return Imported(len(new), len(listed) - len(new))

    async def find_own(self, chat_id: int, text: str) -> Source | None:
        """Return the feed of the chat's own that an address or a name means."""
        wanted = " ".join(text.split())
        for source in await self.own(chat_id):
            if wanted.casefold() in {name.casefold() for name in source.name.values()} or same_address(source, wanted):
                return source
        return None

    async def remove(self, chat_id: int, key: str) -> Source | None:
        """Remove a feed of the chat's own; None where there is none of that button key.

        For a day it can be added again as it was; then it is deleted, where no other chat has it.
        """
        source = next((source for source in await self.own(chat_id) if button_key(source.id) == key), None)
        if source is not None:
            now = self._clock.now()
            await self._unit.feeds.remove(chat_id, source.id)
            await self._unit.feeds.release(source.id)
            await self._unit.feeds.offer(chat_id, [source], now)
            await self._unit.feeds.let_go(source.id, now + OFFER_LIFE)
        return source

    async def _offered(self, chat: Chat, feed: FoundFeed, choices: Sequence[SourceChoice]) -> Offered:
        choice = next((choice for choice in choices if same_address(choice.source, feed.url)), None)
        new = own_source(feed.url, feed.title, language_of(feed.document, chat.locale))
        source = choice.source if choice else await self._unit.feeds.get(new.id) or new
        return Offered(source, len(feed.document.entries), headlines(feed.document), choice)

    async def _add(self, chat_id: int, source: Source) -> None:
        await self._unit.feeds.add(source, self._clock.now())
        await self._switch(chat_id, source, on=True)

    async def _switch(self, chat_id: int, source: Source, *, on: bool) -> None:
        await self._unit.feeds.switch(chat_id, source.id, on=on)
        if source.public:
            return
        if on:
            await self._unit.feeds.adopt(source.id, self._clock.now())
        else:
            await self._unit.feeds.release(source.id)


def reader_error(error: FeedError) -> ReaderError:
    """Return what a reader is told of an address that could not be read."""
    return ReaderError(_REASONS.get(error.message_id, "source-unreadable"), **error.values)


def list_error(error: FeedError) -> ReaderError:
    """Return what a reader is told of a document that could not be read as a list."""
    return ReaderError("list-too-large" if error.message_id == "feed-too-large" else "list-unreadable")
