"""What articles meet, written a bounded number of rows at a time: an event that everybody hears of meets most topics.

::

    rows | the first of them with their article | the others, each few in a short transaction of their own

First appearances take their numbers in the transaction that writes them, under the sequence lock, so the order of
numbers stays that of commits. A chat that is told of a story by a topic of the first rows is not told again by one of
the last: a story counts once over all of a chat's topics.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from bot.core.model import TopicMatch, TopicStory
from bot.ports import Unit

MOST: Final = 1_000
"""In one transaction: each is a row of matches and, where it is news, one of first appearances."""


@dataclass(frozen=True, slots=True)
class News:
    """A story that is to be told under the topics that an article meets, as of when the article was stored."""

    story_id: int
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A topic that an article meets, with its words, None where it no longer does; ``news`` where it is to be told."""

    topic_id: int
    article_id: int
    reasons: tuple[str, ...] | None
    news: News | None = None


def rows_of(
    article_id: int,
    matches: Mapping[int, tuple[str, ...]],
    *,
    before: Iterable[int] = (),
    news: News | None = None,
) -> Iterator[MatchRow]:
    """Yield what is to be written of an article: the topics that it meets, and those of ``before`` that it does not."""
    for topic_id in before:
        if topic_id not in matches:
            yield MatchRow(topic_id, article_id, None)
    for topic_id, reasons in matches.items():
        yield MatchRow(topic_id, article_id, reasons, news)


async def write(unit: Unit, rows: Sequence[MatchRow]) -> None:
    """Write ``MOST`` rows or fewer, in a transaction that is to hold the sequence lock until it ends."""
    await unit.sequences.take("seq", 0)
    await unit.topics.drop_matches([(row.topic_id, row.article_id) for row in rows if row.reasons is None])
    await unit.topics.add_matches(
        [TopicMatch(row.topic_id, row.article_id, row.reasons) for row in rows if row.reasons is not None]
    )
    told = [(row.topic_id, row.news) for row in rows if row.news is not None]
    first = await unit.sequences.take("seq", len(told))
    await unit.topics.add_stories(
        [
            TopicStory(topic_id, news.story_id, number, news.stored_at)
            for number, (topic_id, news) in zip(count(first), told)
        ]
    )
