"""The stories of the last days, in memory, in step with the database.

Every process that ingests keeps a book of its own. It takes in what others stored before it places anything, under the
sequence lock, so that all of them tell the same stories.
"""

import asyncio

from bot.core.model import Article, NewArticle
from bot.core.stories import WINDOW, Place, StoryBook, StoryInput
from bot.ports import Clock, Unit

STEP = 200  # articles taken in at once


class StoryKeeper:
    """Names the story of each new article."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._book = StoryBook()
        self._last_id = 0

    def forget(self) -> None:
        """Start anew, after a transaction failed: the book may hold articles that were never stored."""
        self._book = StoryBook()
        self._last_id = 0

    async def catch_up(self, unit: Unit) -> None:
        """Take in the articles that were stored since the last look."""
        since = self._clock.now() - WINDOW
        while articles := await unit.articles.after(self._last_id, since=since, limit=STEP):
            for article in articles:
                story = str(article.story_id)
                self._book.remember(_stored(article), Place(story=story, related=str(article.related_id)))
                await asyncio.sleep(0)  # an article takes about a millisecond: let others run between two
            self._last_id = articles[-1].id

    def place(self, article_id: int, article: NewArticle) -> tuple[int, int]:
        """Return the story of a new article and its wider group: the ids of the first articles of each."""
        found = self._book.place(_new(article_id, article))
        return int(found.story), int(found.related)


def _stored(article: Article) -> StoryInput:
    return StoryInput(
        str(article.id), article.title, article.text, article.language, article.source_id, article.published_at
    )


def _new(article_id: int, article: NewArticle) -> StoryInput:
    return StoryInput(
        str(article_id), article.title, article.text, article.language, article.source_id, article.published_at
    )
