"""A chat's sources: the catalogue's, switched on or off, and feeds of its own.

A feed that readers add is one source for all chats that add it, under the id of its address: it is fetched once for
all of them, and only they see it. What it is called comes from its own document; what a reader calls it is that
reader's alone. A variant of its address (http, ``www.``, a closing slash) is another source, so that a dead one which
somebody has never stands for the address that answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.model import Chat, Source, SourceChoice
from bot.core.sources import (
    button_key,
    called,
    can_be_added,
    given_name,
    headlines,
    language_of,
    own_id,
    own_source,
    same_address,
    same_feed,
    stands_for,
)
from bot.errors import FeedError, LimitError, ReaderError
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
    "feed-unknown-host": "source-unknown-host",
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
        """Return what the chat can switch, under the chat's own names: its own feeds first, then the catalogue."""
        return [called(choice) for choice in await self._unit.feeds.choices(chat_id)]

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
        """Return what was found as it would be added, and keep it for a day, so that a button can add it.

        What has just answered is asked again, where it was failing.
        """
        choices = await self.of(chat.id)
        offered = [await self._offered(chat, feed, choices) for feed in found]
        new = [one.source for one in offered if one.choice is None]
        await self._unit.feeds.offer(chat.id, new, self._clock.now())
        for one in offered:
            if one.choice and one.choice.on:
                await self._unit.feeds.adopt(one.source.id, self._clock.now(), answered=True)
        return offered

    async def add(self, chat_id: int, source_id: str) -> Source | None:
        """Add a feed that was offered, or that the chat removed; None where it is not known any more.

        One that was found, so that has just answered, takes the place of a dead variant of its address.

        Raises:
            LimitError: the chat has as many feeds of its own as it may.
        """
        now = self._clock.now()
        offered = await self._unit.feeds.offered(chat_id, source_id, now - OFFER_LIFE)
        source = await self._unit.feeds.get(source_id) or (offered and offered[0])
        if source is None or source.public:
            return None
        own_name, answered = (offered[1] or "", offered[1] is None) if offered else ("", False)
        mine = [choice for choice in await self.of(chat_id) if not choice.source.public]
        dead = [
            choice
            for choice in mine
            if answered
            and same_address(choice.source, source.url)
            and not stands_for(choice, source.url, now, answered=True)
        ]
        if len({choice.source.id for choice in mine} - {choice.source.id for choice in dead} | {source.id}) > MAX_OWN:
            raise LimitError("sources-limit", limit=MAX_OWN)
        for choice in dead:
            await self._drop(chat_id, choice)
        await self._add(chat_id, source, own_name or next((one.own_name for one in dead if one.own_name), ""))
        await self._unit.feeds.adopt(source.id, now, answered=answered)
        return source

    async def add_listed(self, chat: Chat, listed: Sequence[ListedFeed]) -> Imported:
        """Add the feeds of a list, all of them or none. What the catalogue has is switched on instead.

        What the list calls them is the chat's own name for them, and nobody else's.

        Raises:
            LimitError: they would be more than the chat may have.
            ReaderError: the list is empty.
        """
        choices = await self.of(chat.id)
        listed = [feed for feed in listed if can_be_added(feed.url)]
        if not listed:
            raise ReaderError("list-empty")
        if len(listed) > MAX_OWN + len(choices):  # no need to compare them all
            raise LimitError("list-too-long", limit=MAX_OWN, n=len(listed))
        known: dict[str, SourceChoice] = {}
        new: dict[str, ListedFeed] = {}
        for feed in listed:
            choice = self._standing(choices, feed.url, answered=False)
            if choice is None:
                new.setdefault(own_id(feed.url), feed)
            else:
                known[choice.source.id] = choice
        mine = sum(not choice.source.public for choice in choices)
        if new and mine + len(new) > MAX_OWN:
            raise LimitError("list-too-long", limit=MAX_OWN, n=len(listed))
        for feed in new.values():
            source = own_source(feed.url, chat.locale)
            source = await self._unit.feeds.at_address(source.url) or source
            await self._add(chat.id, source, given_name(feed.title) if feed.title != feed.url else "")
        for choice in known.values():
            if not choice.on:
                await self._switch(chat.id, choice.source, on=True)
        return Imported(len(new), len(listed) - len(new))

    async def find_own(self, chat_id: int, text: str) -> Source | None:
        """Return the feed of the chat's own that an address or a name means; one at that very address before others."""
        wanted = " ".join(text.split())
        mine = await self.own(chat_id)
        named = (source for source in mine if wanted.casefold() in {name.casefold() for name in source.name.values()})
        exact = (source for source in mine if same_feed(source, wanted))
        near = (source for source in mine if same_address(source, wanted))
        return next((source for found in (exact, named, near) for source in found), None)

    async def remove(self, chat_id: int, key: str) -> Source | None:
        """Remove a feed of the chat's own; None where there is none of that button key.

        For a day it can be added again as it was; then it is deleted, where no other chat has it.
        """
        mine = (choice for choice in await self.of(chat_id) if not choice.source.public)
        choice = next((choice for choice in mine if button_key(choice.source.id) == key), None)
        if choice is None:
            return None
        await self._drop(chat_id, choice)
        return choice.source

    async def _drop(self, chat_id: int, choice: SourceChoice) -> None:
        now, source = self._clock.now(), await self._unit.feeds.get(choice.source.id)
        await self._unit.feeds.remove(chat_id, choice.source.id)
        await self._unit.feeds.release(choice.source.id)
        if source is not None:
            await self._unit.feeds.offer(chat_id, [source], now, own_name=choice.own_name)
        await self._unit.feeds.let_go(choice.source.id, now + OFFER_LIFE)

    async def _offered(self, chat: Chat, feed: FoundFeed, choices: Sequence[SourceChoice]) -> Offered:
        choice = self._standing(choices, feed.url, answered=True)
        new = own_source(feed.url, language_of(feed.document, chat.locale), feed.document)
        known = None if choice else await self._unit.feeds.at_address(new.url)
        # Another reader may have added it: it is the same feed, as its document describes it now.
        source = choice.source if choice else replace(new, id=known.id) if known else new
        return Offered(source, len(feed.document.entries), headlines(feed.document), choice)

    def _standing(self, choices: Sequence[SourceChoice], url: str, *, answered: bool) -> SourceChoice | None:
        """Return the chat's choice that stands for an address; the one at that very address before others."""
        now = self._clock.now()
        standing = [choice for choice in choices if stands_for(choice, url, now, answered=answered)]
        return next((choice for choice in standing if same_feed(choice.source, url)), next(iter(standing), None))

    async def _add(self, chat_id: int, source: Source, own_name: str = "") -> None:
        await self._unit.feeds.add(source, self._clock.now())
        await self._switch(chat_id, source, on=True, own_name=own_name)

    async def _switch(self, chat_id: int, source: Source, *, on: bool, own_name: str = "") -> None:
        await self._unit.feeds.switch(chat_id, source.id, on=on, name=own_name)
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
