"""From a parsed document to stored, matched articles.

::

    entries | as they were at the last poll? | is there room in the feed's share of the day? | drafts | new or edited? |
    texts of pages | pieces: read, matched, then stored in one short transaction each |
    with the last one: the feed's headers

Where the process ends half-way, the feed's headers are those of before: its document is read again, and what was stored
of it is known by then.

Readers' feeds are worked on apart from the catalogue's, and of each kind one document at a time: whoever else uses the
event loop waits for two slices of time, not for one of each document.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bot import metrics
from bot.core.addresses import host_of
from bot.core.decide import Draft, Ignore, decide, entry_hash, entry_uid, to_article
from bot.core.model import Feed, FeedDocument, FeedEntry, NewArticle, Source, StoredEntry
from bot.core.polling import address
from bot.core.shares import day_of, exceeded
from bot.core.sources import described
from bot.isolation import isolated
from bot.language.identify import identify
from bot.ports import Clock, Storage, Unit
from bot.services.fetch_places import LEASE
from bot.services.live_index import LiveIndex
from bot.services.pages import PageTexts
from bot.services.pieces import Pieces
from bot.services.stepwise import SLICE_SECONDS, TimeSlice
from bot.services.stories import StoryKeeper

REST_SHARE: Final = 3.0
"""Pause after a piece of a reader's feed, by the time that its transaction took: three quarters of the database's time
stay free of readers' feeds, whatever they bring. Of the event loop's time it is half."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """The entries of a document by uid, and what is stored of them."""

    entries: Mapping[str, FeedEntry]
    known: Mapping[str, StoredEntry]


class DocumentStore:
    """Stores the articles of parsed documents, with what they match and the stories that they tell."""

    def __init__(
        self, storage: Storage, clock: Clock, live: LiveIndex, stories: StoryKeeper, texts: PageTexts | None
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._texts = texts
        self._pieces = Pieces(storage, clock, live, stories)
        self._turns = {public: asyncio.Lock() for public in (True, False)}

    async def store(self, source: Source, feed: Feed, document: FeedDocument) -> None:
        """Write a document's new and edited articles, and the feed's state with the last of them."""
        turn = self._turns[source.public]
        async with turn:
            listed = await self._listed(source, document)
            drafts, same = await self._drafts(source, listed)
        waiting = deque(await self._completed(source, document, listed, drafts))
        hold = partial(self._hold, source)
        close = partial(self._close, source, feed, document, listed=listed, same=same)
        is_wanted = True
        while is_wanted:
            async with turn:
                if waiting and not await self._has_room(source, len(waiting)):
                    waiting.clear()  # they are as new at the next poll
                piece = await self._pieces.prepare(waiting, _slice_for(source))
                began = asyncio.get_running_loop().time()
                is_wanted = await self._pieces.store(piece, hold, None if waiting else close)
                if not source.public:
                    await asyncio.sleep(REST_SHARE * (asyncio.get_running_loop().time() - began))
            if not waiting:
                break

    async def _listed(self, source: Source, document: FeedDocument) -> Listed:
        """Return a document's entries, each once, with what is stored of them."""
        time = _slice_for(source)
        entries: dict[str, FeedEntry] = {}
        for number, entry in enumerate(document.entries):
            await time.pause()
            with isolated("entry", f"{number} of feed {source.id}"):
                entries.setdefault(entry_uid(entry), entry)
        async with self._storage.reading() as unit:
            return Listed(entries, await unit.articles.known(source.id, entries))

    async def _drafts(self, source: Source, listed: Listed) -> tuple[list[Draft], dict[str, str]]:
        """Return what is new or edited, and the hashes of entries of which the same articles are made as before.

        An entry that is as it was at the last poll costs its hash, and so does every one where the feed has no room.
        """
        time, now = _slice_for(source), self._clock.now()
        drafts: list[Draft] = []
        same: dict[str, str] = {}
        others: list[tuple[int, str, FeedEntry]] = []
        for number, (uid, entry) in enumerate(listed.entries.items()):
            await time.pause()
            stored = listed.known.get(uid)
            if stored is None or stored.entry_hash != entry_hash(entry):
                others.append((number, uid, entry))
        if not others or not await self._has_room(source, len(others)):
            return drafts, same
        for number, uid, entry in others:
            await time.pause()
            with isolated("entry", f"{number} of feed {source.id}"):
                language = identify(f"{entry.title}\n{entry.summary or entry.text}", source.language)
                article = to_article(source, entry, now=now, language=language)
                if isinstance(decide(listed.known.get(uid), article), Ignore):
                    same[uid] = article.entry_hash
                else:
                    drafts.append(Draft(article, entry))
        return drafts, same

    async def _completed(
        self, source: Source, document: FeedDocument, listed: Listed, drafts: Sequence[Draft]
    ) -> list[NewArticle]:
        """Return the articles of drafts, with the texts of pages where the feed gives none."""
        if not (drafts and self._texts):
            return [draft.article for draft in drafts]
        edited = {listed.known[uid].article_id: uid for draft in drafts if (uid := draft.article.uid) in listed.known}
        texts: dict[int, str] = {}
        if edited:
            async with self._storage.reading() as unit:
                texts = await unit.articles.texts(edited)
        return await self._texts.complete(source, document, drafts, {edited[key]: text for key, text in texts.items()})

    async def _has_room(self, source: Source, waiting: int) -> bool:
        """Say whether the feed may bring more today; where not, count and log that so many entries have to wait."""
        async with self._storage.reading() as unit:
            brought = await unit.feeds.brought(source, day_of(self._clock.now()))
        share = exceeded(brought, public=source.public)
        if share is None:
            return True
        metrics.OVER_SHARE.labels(share).inc()
        log.warning("feed %s: %d entries wait: the %s's share of today is used up", source.id, waiting, share)
        return False

    async def _hold(self, source: Source, unit: Unit) -> bool:
        return await unit.feeds.hold(source.id, self._clock.now() + LEASE)

    async def _close(
        self, source: Source, feed: Feed, document: FeedDocument, unit: Unit, *, listed: Listed, same: Mapping[str, str]
    ) -> bool:
        """Write the feed's state; False where the feed was deleted while it was asked."""
        if not await unit.feeds.settle(feed, host=host_of(address(source, feed))):
            return False
        if not source.public:
            await unit.feeds.describe(described(source, document))
        await unit.articles.listed(source.id, listed.entries, self._clock.now())
        await unit.articles.seen(source.id, same)
        return True


def _slice_for(source: Source) -> TimeSlice:
    return TimeSlice(rest=0.0 if source.public else SLICE_SECONDS)
