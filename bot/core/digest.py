"""Choose, rank and group: from stories that a chat may see to the digest that it gets."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.model import (
    Article,
    Digest,
    DigestEntry,
    DigestKind,
    DigestSection,
    Locale,
    StoryMatch,
    Subscription,
)

_NEWEST_FIRST = frozenset({DigestKind.LATEST, DigestKind.SEARCH})
MAX_STORIES = 50  # more than a reader turns pages for; the header says how many there are


def slot_name(kind: DigestKind, at: datetime) -> str:
    """Return the name of a slot at that instant, as it stands in a digest's key."""
    return f"{'weekly-' if kind is DigestKind.WEEKLY else ''}{at:%Y%m%dT%H%MZ}"


def digest_key(chat_id: int, slot: str, part: int) -> str:
    """Return the key by which a part of a slot's digest is sent once."""
    return f"digest:{chat_id}:{slot}:{part}"


def choose(
    kind: DigestKind,
    stories: Sequence[StoryMatch],
    subscriptions: Sequence[Subscription],
    *,
    locale: Locale,
    now: datetime,
    limit: int = MAX_STORIES,
    compact: bool = False,
) -> Digest:
    """Return the digest of these stories: each once, under its most telling topic, in the order of subscriptions.

    A story that meets several topics stands under the one with the fewest stories, for that says most about it.
    Within a topic the reader's own language comes first, then what more outlets tell, then the newer;
    ``/latest`` keeps the newest first. A compact digest has no summaries.
    """
    labels = {subscription.topic_id: subscription.label for subscription in subscriptions}
    homes = _homes(stories, list(labels))
    grouped: defaultdict[int, list[DigestEntry]] = defaultdict(list)
    for story in _ranked(kind, stories, locale)[:limit]:
        if story.story_id in homes:
            grouped[homes[story.story_id]].append(entry(story, locale, compact=compact))
    sections = (DigestSection(topic, label, tuple(grouped[topic])) for topic, label in labels.items() if grouped[topic])
    return Digest(kind, tuple(sections), now, total=len(homes))


def popular(
    stories: Sequence[StoryMatch], label: str, *, locale: Locale, now: datetime, compact: bool = False
) -> Digest:
    """Return the most covered stories as a digest of one section, in the order given."""
    entries = tuple(entry(story, locale, compact=compact) for story in stories)
    sections = (DigestSection(None, label, entries),) if entries else ()
    return Digest(DigestKind.POPULAR, sections, now, total=len(entries))


def reviewed(
    digest: Digest, covered: Sequence[StoryMatch], label: str, *, locale: Locale, compact: bool = False
) -> Digest:
    """Return the digest with the most covered stories behind it, as a section of that label; each story once."""
    told = {entry.story_id for section in digest.sections for entry in section.entries}
    entries = tuple(entry(story, locale, compact=compact) for story in covered if story.story_id not in told)
    if not entries:
        return digest
    sections = (*digest.sections, DigestSection(None, label, entries))
    return replace(digest, sections=sections, total=digest.total + len(entries))


def entry(story: StoryMatch, locale: Locale, *, compact: bool = False) -> DigestEntry:
    """Return the story under its label: the version in the reader's language, the earliest of those.

    A compact one has no summary.
    """
    label = min(story.articles, key=lambda article: (article.language != locale, article.published_at, article.id))
    others = dict.fromkeys(article.source_id for article in story.articles if article.source_id != label.source_id)
    return DigestEntry(story.story_id, replace(label, summary="") if compact else label, tuple(others))


def _homes(stories: Sequence[StoryMatch], topics: Sequence[int]) -> Mapping[int, int]:
    sizes = Counter(topic for story in stories for topic in story.topic_ids)
    order = {topic: place for place, topic in enumerate(topics)}
    return {
        story.story_id: min(mine, key=lambda topic: (sizes[topic], order[topic]))
        for story in stories
        if (mine := [topic for topic in story.topic_ids if topic in order])
    }


def _ranked(kind: DigestKind, stories: Sequence[StoryMatch], locale: Locale) -> list[StoryMatch]:
    newest = sorted(stories, key=_newest, reverse=True)
    if kind in _NEWEST_FIRST:
        return newest
    return sorted(newest, key=lambda story: (not _speaks(story.articles, locale), -_outlets(story.articles)))


def _newest(story: StoryMatch) -> datetime:
    return max(article.published_at for article in story.articles)


def _speaks(articles: Sequence[Article], locale: Locale) -> bool:
    return any(article.language == locale for article in articles)


def _outlets(articles: Sequence[Article]) -> int:
    return len({article.source_id for article in articles})
