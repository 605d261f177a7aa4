"""From a parsed document to stored, matched articles.

::

    entries -> articles | new or changed? | texts of pages | analyse, match |
    one transaction: articles, postings, matches, first appearances, the feed's headers

The transaction first takes the sequence lock and then matches the topics that are newer than the index that was used,
so no article falls between an index and a new topic.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

from bot import metrics
from bot.core.addresses import host_of
from bot.core.decide import Changed, Draft, Ignore, decide, to_article
from bot.core.matching.analysis import Analysis
from bot.core.matching.one_topic import keys_version
from bot.core.model import (
    Feed,
    FeedDocument,
    NewArticle,
    PlacedArticle,
    Source,
    StoredEntry,
    Topic,
    TopicMatch,
    TopicStory,
)
from bot.core.polling import address
from bot.core.sources import described
from bot.isolation import isolated
from bot.language.identify import identify
from bot.ports import Clock, Storage, Unit
from bot.services.live_index import LiveIndex
from bot.services.pages import PageTexts
from bot.services.stepwise import TimeSlice
from bot.services.stories import KnownStories, StoryKeeper
from bot.services.topics import ANALYSES, is_fresh

BREATH = 50  # entries after which others may run: an entry takes a tenth of a millisecond

Matches = Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be new or changed, analysed and matched against the index."""

    article: NewArticle
    analysis: Analysis
    matches: Matches


class DocumentStore:
    """Stores the articles of parsed documents, with what they match and the stories that they tell."""

    def __init__(
        self, storage: Storage, clock: Clock, live: LiveIndex, stories: StoryKeeper, texts: PageTexts | None
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._live = live
        self._stories = stories
        self._texts = texts

    async def store(self, source: Source, feed: Feed, document: FeedDocument) -> None:
        """Write a document's new and edited articles and the feed's state, in one transaction."""
        drafts = await self._drafts(source, document)
        uids = [draft.article.uid for draft in drafts]
        articles = await self._news(source, document, drafts)
        generation = self._live.generation
        time = TimeSlice()
        candidates = [found for article in articles if (found := await self._candidate(article, time)) is not None]
        as_it_says = described(source, document)
        async with self._stories.placing() as stories, self._storage.transaction() as unit:
            if not await unit.feeds.settle(feed, host=host_of(address(source, feed))):
                return
            if not source.public:
                await unit.feeds.describe(as_it_says)
            if candidates:
                await self._write(unit, stories, source, candidates, generation)
            await unit.articles.listed(source.id, uids, self._clock.now())

    async def _news(self, source: Source, document: FeedDocument, drafts: Sequence[Draft]) -> list[NewArticle]:
        """Return what is new or edited, with the texts of pages where the feed gives none."""
        async with self._storage.reading() as unit:
            known = await unit.articles.known(source.id, [draft.article.uid for draft in drafts])
            decided = [(draft, decide(known.get(draft.article.uid), draft.article)) for draft in drafts]
            edited = {one.article_id: one.article.uid for _, one in decided if isinstance(one, Changed)}
            texts = await unit.articles.texts(edited) if edited and self._texts else {}
        news = [draft for draft, decision in decided if not isinstance(decision, Ignore)]
        if not (news and self._texts):
            return [draft.article for draft in news]
        return await self._texts.complete(source, document, news, {edited[key]: text for key, text in texts.items()})

    async def _drafts(self, source: Source, document: FeedDocument) -> list[Draft]:
        now = self._clock.now()
        by_uid: dict[str, Draft] = {}
        for number, entry in enumerate(document.entries):
            if number % BREATH == 0:
                await asyncio.sleep(0)
            with isolated("entry", f"{number} of feed {source.id}"):
                language = identify(f"{entry.title}\n{entry.summary or entry.text}", source.language)
                article = to_article(source, entry, now=now, language=language)
                by_uid.setdefault(article.uid, Draft(article, entry))
        return list(by_uid.values())

    async def _candidate(self, article: NewArticle, time: TimeSlice) -> Candidate | None:
        with isolated("entry", f"of {article.published_at:%Y-%m-%dT%H:%MZ} of feed {article.source_id}"):
            # Kept: readers search what has just come.
            analysis = await time.run(ANALYSES.reading(article.title, article.text, article.language))
            return Candidate(article, analysis, self._live.index.match(analysis))
        return None

    async def _write(
        self, unit: Unit, stories: KnownStories, source: Source, candidates: Sequence[Candidate], generation: int
    ) -> None:
        first = await unit.sequences.take("seq", 0)
        candidates = self._with_newer_topics(candidates, await unit.topics.since(generation))
        known = await unit.articles.known(source.id, [candidate.article.uid for candidate in candidates])
        new = [candidate for candidate in candidates if candidate.article.uid not in known]
        changed = [candidate for candidate in candidates if candidate.article.uid in known]
        await stories.catch_up(unit)
        placed = await _place(unit, stories, new, self._clock.now())
        await unit.articles.add(placed)
        metrics.ARTICLES.labels("new").inc(len(new))
        metrics.ARTICLES.labels("edited").inc(len(changed))
        matches = [
            TopicMatch(topic, article.id, reasons)
            for article, candidate in zip(placed, new, strict=True)
            for topic, reasons in candidate.matches.items()
        ]
        await unit.topics.add_matches(matches)
        appearances = [
            (topic, article)
            for article, candidate in zip(placed, new, strict=True)
            if is_fresh(candidate.article.published_at, article.stored_at)
            for topic in candidate.matches
        ]
        await unit.sequences.take("seq", len(appearances))
        await unit.topics.add_stories(
            [
                TopicStory(topic, article.story_id, number, article.stored_at)
                for number, (topic, article) in zip(count(first), appearances)
            ]
        )
        await _rewrite(unit, changed, known)

    def _with_newer_topics(self, candidates: Sequence[Candidate], newer: Sequence[Topic]) -> list[Candidate]:
        found = self._live.match_newer(newer, [candidate.analysis for candidate in candidates])
        return [
            replace(candidate, matches={**candidate.matches, **matches})
            for candidate, matches in zip(candidates, found, strict=True)
        ]


async def _place(unit: Unit, stories: KnownStories, new: Sequence[Candidate], now: datetime) -> list[PlacedArticle]:
    first = await unit.sequences.take("article", len(new))
    placed = []
    for number, candidate in zip(count(first), new):
        story, related = stories.place(number, candidate.article)
        keys = candidate.analysis.posting_keys
        placed.append(PlacedArticle(number, story, now, candidate.article, keys, related, keys_version()))
    return placed


async def _rewrite(unit: Unit, changed: Sequence[Candidate], known: Mapping[str, StoredEntry]) -> None:
    """Replace edited articles and what they match. What was brought stays brought: an edit is never news again."""
    for candidate in changed:
        await unit.articles.change(
            known[candidate.article.uid].article_id,
            candidate.article,
            candidate.analysis.posting_keys,
            keys_version=keys_version(),
        )
    await unit.topics.drop_matches([known[candidate.article.uid].article_id for candidate in changed])
    await unit.topics.add_matches(
        [
            TopicMatch(topic, known[candidate.article.uid].article_id, reasons)
            for candidate in changed
            for topic, reasons in candidate.matches.items()
        ]
    )
