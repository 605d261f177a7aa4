"""``preview``: the digest that topics would get from feeds or files, as text with addresses; nothing is stored.

::

    feeds -> entries -> articles | topics that each meets | stories | choose | pages | plain text
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from bot.cli.lines import say, warn
from bot.clock import SystemClock
from bot.core import digest as digests
from bot.core.decide import to_article
from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_query
from bot.core.model import Article, DigestKind, FeedDocument, Locale, NewArticle, Source, StoryMatch, Subscription
from bot.core.render import digest_pages, plain_text
from bot.core.stories import StoryBook, StoryInput
from bot.errors import FeedError, SettingsError, TopicError
from bot.feeds.catalogue import load_catalogue
from bot.feeds.http.client import WebClient
from bot.feeds.inspection import read_feed
from bot.feeds.workers.pool import ParserPool
from bot.i18n import Catalogues
from bot.language.identify import identify
from bot.settings import Settings

ZONE = "Asia/Almaty"


@dataclass(frozen=True, slots=True)
class Read:
    """A document and the source that it stands for."""

    source: Source
    document: FeedDocument


async def preview(settings: Settings, topics: Sequence[str], locale: Locale, feeds: Sequence[str]) -> int:
    """Print the digest of these topics; return 1 where nothing could be read.

    Raises:
        SettingsError: a topic names nothing to look for.
    """
    now = SystemClock().now()
    index = _index(topics)
    sources = [_source(feed) for feed in feeds] or [one for one in load_catalogue(settings.sources_file) if one.enabled]
    async with ParserPool() as parser, WebClient(host_pause=0) as client:
        read = [found for source in sources if (found := await _read(source, client, parser)) is not None]
    tr = Catalogues().translator(locale, ZONE)
    subscriptions = [Subscription(0, number, topic, 0, now) for number, topic in enumerate(topics)]
    stories = _stories(read, index, now)
    digest = digests.choose(DigestKind.PREVIEW, stories, subscriptions, locale=locale, now=now)
    names = {found.source.id: found.source.name for found in read}
    pages = digest_pages(digest, names, tr)
    say("\n\n".join(plain_text(page.html) for page in pages) if pages else str(tr("latest-empty").unescape()))
    return 0 if read else 1


def _index(topics: Sequence[str]) -> TopicIndex:
    index = TopicIndex()
    for number, topic in enumerate(topics):
        try:
            index.add(number, parse_query(topic))
        except TopicError as error:
            raise SettingsError(
                "setting-malformed", name="--topic", reason=f"nothing to look for in {topic!r}"
            ) from error
    return index


def _source(feed: str) -> Source:
    host = urlsplit(feed).hostname
    name = host or feed.rpartition("/")[2]
    return Source(id=feed, name={"kk": name, "ru": name, "en": name}, url=feed, language="ru")


async def _read(source: Source, client: WebClient, parser: ParserPool) -> Read | None:
    try:
        document = await read_feed(source.url, client=client, parser=parser, clock=SystemClock())
    except FeedError as error:
        warn(f"{source.url}: {error}")
        return None
    if document.title and source.id == source.url:
        source = replace(source, name=dict.fromkeys(("kk", "ru", "en"), document.title))
    return Read(source, document)


def _stories(read: Sequence[Read], index: TopicIndex, now: datetime) -> list[StoryMatch]:
    book = StoryBook()
    stories: dict[str, StoryMatch] = {}
    for new in _articles(read, now):
        met = index.match(analyse(new.title, new.text, new.language))
        if not met:
            continue
        number = len(stories)
        place = book.place(
            StoryInput(f"{new.source_id} {new.uid}", new.title, new.text, new.language, new.source_id, new.published_at)
        )
        story = stories.get(place.story) or StoryMatch(number, (), ())
        topics = tuple(dict.fromkeys((*story.topic_ids, *met)))
        article = Article(
            number, new.source_id, new.url, new.title, new.summary, new.language, new.published_at, now, story.story_id
        )
        stories[place.story] = replace(story, topic_ids=topics, articles=(*story.articles, article))
    return list(stories.values())


def _articles(read: Sequence[Read], now: datetime) -> list[NewArticle]:
    return [
        to_article(found.source, entry, now=now, language=_language(found, f"{entry.title}\n{entry.summary}"))
        for found in read
        for entry in found.document.entries
    ]


def _language(found: Read, text: str) -> Locale:
    declared = (found.document.language or "")[:2]
    return identify(text, next((locale for locale in ("kk", "ru", "en") if locale == declared), None))
