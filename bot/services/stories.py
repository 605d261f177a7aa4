"""The stories of the last days, in memory, in step with the database.

Every process that ingests keeps a book of its own. It takes in what others stored before it places anything, under the
sequence lock, so that all of them tell the same stories.

To compare an article needs its fingerprint, which takes some ten milliseconds: it is made before, in steps. What is
left to do under the locks is short.

One task at a time owns the book: a lock is held while articles are taken in, and from the placing of new ones until
their transaction has ended, so that nobody reads from a book that holds what will be rolled back.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import Article, NewArticle
from bot.core.stories import WINDOW, Fingerprint, Place, StoryBook, StoryInput, fingerprinting
from bot.isolation import isolated
from bot.ports import Clock, Storage, Unit
from bot.services.stepwise import TimeSlice

STEP = 200  # articles taken in at once
STEP_BACK = timedelta(minutes=10)


class KnownStories:
    """The book, and up to which article it was filled. For one task at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._book = StoryBook()
        self._last_id = 0

    async def newer(self, unit: Unit) -> list[Article]:
        """Return the next articles that were stored since the last look."""
        return await unit.articles.after(self._last_id, since=self._clock.now() - WINDOW, limit=STEP)

    async def take_in(self, articles: Sequence[Article]) -> None:
        """Remember stored articles with the places that they have."""
        time = TimeSlice()
        for article in articles:
            with isolated("article", article.id, what="not compared with later ones"):
                place = Place(story=str(article.story_id), related=str(article.related_id))
                known = await time.run(fingerprinting(_stored(article, self._clock.now())))
                self._book.remember(known, place)
            self._last_id = article.id
            await asyncio.sleep(0)

    async def catch_up(self, unit: Unit) -> None:
        """Take in all that was stored since the last look."""
        while articles := await self.newer(unit):
            await self.take_in(articles)

    def place(self, article_id: int, article: Fingerprint | None) -> tuple[int, int]:
        """Return the story of a new article and its wider group: the ids of the first articles of each.

        One that could not be read (None) is a story of its own. Ids are given in the order in which articles are
        stored, and all earlier ones were taken in.
        """
        self._last_id = article_id
        if article is not None:
            with isolated("article", article_id, what="a story of its own"):
                found = self._book.place(replace(article, id=str(article_id)))
                return int(found.story), int(found.related)
        return article_id, article_id


class StoryKeeper:
    """Owns what this process knows of stories, and lends it to one task at a time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._looked_at = clock.now()
        self._known = KnownStories(clock)
        self._lent = asyncio.Lock()

    async def catch_up(self, storage: Storage) -> None:
        """Take in what was stored since the last look, a step a reading; nothing while articles are being placed."""
        if self._lent.locked():
            return
        async with self._lent:
            self._start_over_where_the_clock_was_set_back()
            await self._read(storage)

    async def _read(self, storage: Storage) -> None:
        while True:
            async with storage.reading() as unit:
                articles = await self._known.newer(unit)
            if not articles:
                return
            await self._known.take_in(articles)

    def _start_over_where_the_clock_was_set_back(self) -> None:
        """Forget all: by a clock that was ahead, the stories of these days were forgotten as old."""
        before, self._looked_at = self._looked_at, self._clock.now()
        if self._looked_at < before - STEP_BACK:
            self._known = KnownStories(self._clock)

    @asynccontextmanager
    async def placing(self, storage: Storage) -> AsyncIterator[KnownStories]:
        """Lend the stories for one transaction, which is to be opened inside and to hold the sequence lock.

        They are in step with the database but for what others store in that very moment. Where the transaction fails
        they are forgotten and read anew: they may hold articles that were never stored.
        """
        async with self._lent:
            await self._read(storage)
            try:
                yield self._known
            except BaseException:
                self._known = KnownStories(self._clock)
                raise


def _stored(article: Article, now: datetime) -> StoryInput:
    at = min(article.published_at, now)  # one of a month ahead, from a clock that was, would make all others old
    return StoryInput(str(article.id), article.title, article.text, article.language, article.source_id, at)


def as_told(article: NewArticle) -> StoryInput:
    """Return a new article as stories see it, before it has an id."""
    return StoryInput("", article.title, article.text, article.language, article.source_id, article.published_at)
