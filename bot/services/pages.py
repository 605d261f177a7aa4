"""The texts of articles whose feed gives none: from their own pages, once, before they are stored.

::

    new articles of a document without texts | newest first | page within the time that there is | with its text

An article is matched and stored with its page's text, or without it where the page fails or takes too long: the
limits here are the longest that news may be held up.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from bot import metrics
from bot.core.decide import ENOUGH_TEXT, Draft, needs_page, with_page
from bot.core.model import FeedDocument, NewArticle, Source
from bot.core.polling import addresses
from bot.errors import FeedError
from bot.isolation import isolated
from bot.ports import Clock, Pages

SECONDS: Final = 15.0
"""For all pages of one document; the rest of its articles are stored without."""
MOST: Final = 12
"""Pages of one document: an outlet's news since the last look, not its archive."""
FRESH: Final = timedelta(days=2)
"""Older articles come with a first look at a feed; no digest brings them."""
_FAILURES: Final = 3  # in a row: this outlet does not give its pages

log = logging.getLogger(__name__)


class PageTexts:
    """Completes the articles of one document."""

    def __init__(self, pages: Pages, clock: Clock) -> None:
        self._pages = pages
        self._clock = clock

    async def complete(
        self, source: Source, document: FeedDocument, drafts: Sequence[Draft], texts: Mapping[str, str]
    ) -> list[NewArticle]:
        """Return the articles, as many as possible with a text.

        Args:
            source: whose document it is.
            document: a feed that has texts itself is not helped out.
            drafts: new and edited articles with their entries.
            texts: what is stored of the edited ones, by uid: a page is not read again for an edited headline.
        """
        articles = {draft.article.uid: draft.article for draft in drafts}
        if any(entry.text for entry in document.entries):
            return list(articles.values())
        for uid in articles.keys() & texts.keys():
            if len(texts[uid]) >= ENOUGH_TEXT:  # then there is a page's text in it
                articles[uid] = with_page(articles[uid], texts[uid], None)
        try:
            async with asyncio.timeout(SECONDS):
                await self._read(source, [draft for draft in drafts if draft.article.uid not in texts], articles)
        except TimeoutError:
            log.debug("feed %s: its pages take too long", source.id)
        return list(articles.values())

    async def _read(self, source: Source, drafts: Sequence[Draft], articles: dict[str, NewArticle]) -> None:
        failures = 0
        for draft in self._wanting(drafts):
            article = draft.article
            try:
                page = await self._pages.read(article.url, guarded=_is_guarded(source, article.url))
            except FeedError as error:
                log.debug("feed %s: a page was not read: %s", source.id, error.message_id)
                metrics.PAGES.labels("failed").inc()
                failures += 1
                if failures == _FAILURES:
                    return
                continue
            metrics.PAGES.labels("read").inc()
            failures = 0
            with isolated("entry", f"of {article.published_at:%Y-%m-%dT%H:%MZ} of feed {source.id}"):
                articles[article.uid] = with_page(article, page.text, page.image)

    def _wanting(self, drafts: Sequence[Draft]) -> list[Draft]:
        since = self._clock.now() - FRESH
        wanting = [draft for draft in drafts if needs_page(draft.entry) and draft.article.published_at >= since]
        return sorted(wanting, key=lambda draft: draft.article.published_at, reverse=True)[:MOST]


def _is_guarded(source: Source, url: str) -> bool:
    """Keep to public addresses, but for an operator's own outlet: an entry may name any address at all."""
    return not (source.public and urlsplit(url).netloc in {urlsplit(own).netloc for own in addresses(source)})
