"""After an upgrade: the posting keys and the matches of stored articles are made anew, in the background.

Search and new topics find stored articles by their posting keys. A program whose tables or rules changed makes other
keys for the same words, so articles that an older one stored would be missed until retention took them. Each tick::

    outdated articles, newest first | analyse, match | sequence lock, topics newer than the index | keys, matches

An article keeps its story, and nothing that was brought is brought again: as an edit, it is never news.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from bot import metrics
from bot.core.matching.analysis import Analysis
from bot.core.matching.index.matched_topics import in_steps
from bot.core.model import Article
from bot.isolation import isolated
from bot.language.data_version import keys_version
from bot.ports import Storage
from bot.services import match_rows
from bot.services.live_index import LiveIndex
from bot.services.match_rows import MOST, rows_of
from bot.services.stepwise import TimeSlice
from bot.services.topics import ANALYSES

BATCH: Final = 10
"""Articles in one transaction: each has some hundreds of postings, and readers' answers wait for it."""
BATCHES: Final = 20
"""Batches in one tick."""
REST_SHARE: Final = 1.0
"""Pause after a batch, as a share of the time that it took: half of the database's time stays for readers."""
TOLD_EVERY: Final = 300.0
"""Seconds between two lines about the progress."""

log = logging.getLogger(__name__)


class KeyRenewal:
    """The tick that renews what another version of the program stored."""

    def __init__(self, storage: Storage, live: LiveIndex) -> None:
        self._storage = storage
        self._live = live
        self._renewed = 0
        self._told_at: float | None = None  # while there is something to renew

    async def tick(self) -> int:
        """Renew some articles, as soon as the topics are read; return how many."""
        if not self._live.is_warm:
            return 0
        done = 0
        for _ in range(BATCHES):
            began = _now()
            async with self._storage.reading() as unit:
                articles = await unit.articles.outdated(keys_version(), limit=BATCH)
            if not articles:
                await self._tell_end()
                break
            await self._tell_progress()
            done += await self._renew(articles)
            await asyncio.sleep(REST_SHARE * (_now() - began))
        self._renewed += done
        return done

    async def _renew(self, articles: Sequence[Article]) -> int:
        time = TimeSlice()
        generation = self._live.generation
        analyses: dict[int, Analysis] = {}
        matches: dict[int, dict[int, tuple[str, ...]]] = {}
        for article in articles:
            with isolated("article", article.id):
                analysis = await time.run(ANALYSES.reading(article.title, article.text, article.language, keep=False))
                matches[article.id] = await time.run(in_steps(self._live.index.match(analysis)))
                analyses[article.id] = analysis
        generation, newer_matches = await self._live.meet_newer(self._storage, generation, list(analyses.values()))
        for article_id, found in zip(analyses, newer_matches, strict=True):
            matches[article_id] |= found
        async with self._storage.transaction() as unit:
            await unit.sequences.take("seq", 0)
            newer = await unit.topics.since(generation)
            for article_id, found in zip(analyses, self._live.match_newer(newer, list(analyses.values())), strict=True):
                matches[article_id] |= found
            # One that cannot be read keeps the keys that it has, and is not tried again by this version.
            keys = {one: analyses[one.id].posting_keys if one.id in analyses else None for one in articles}
            renewed = sorted(await unit.articles.renew_keys(keys, keys_version()) & analyses.keys())
            before = await unit.topics.met_by(renewed)
            rows = [row for one in renewed for row in rows_of(one, matches[one], before=before.get(one, ()))]
            await match_rows.write(unit, rows[:MOST])
            unfinished = {row.article_id for row in rows[MOST:]}
            await unit.articles.mark_keys(unfinished, 0)
        for first in range(MOST, len(rows), MOST):
            async with self._storage.transaction() as unit:
                await match_rows.write(unit, rows[first : first + MOST])
                if first + MOST >= len(rows):
                    await unit.articles.mark_keys(unfinished, keys_version())
        return len(articles)

    async def _tell_progress(self) -> None:
        if self._told_at is not None and _now() - self._told_at < TOLD_EVERY:
            return
        first, self._told_at = self._told_at is None, _now()
        async with self._storage.reading() as unit:
            left = await unit.articles.count_outdated(keys_version())
        metrics.OUTDATED_ARTICLES.set(left)
        if first:
            log.info("another version made the search keys of %d stored articles: they are made anew", left)
        else:
            log.info("search keys: %d articles renewed, %d left", self._renewed, left)

    async def _tell_end(self) -> None:
        if self._told_at is not None:
            log.info("search keys: all stored articles are renewed (%d)", self._renewed)
            metrics.OUTDATED_ARTICLES.set(0)
            self._renewed, self._told_at = 0, None


def _now() -> float:
    return asyncio.get_running_loop().time()
