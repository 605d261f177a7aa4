"""How sources do: told once to whom it concerns, and counted for operators."""

import logging
from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.core.model import Chat, Feed, Locale, OutgoingMessage, Priority, Source
from bot.core.sources import Health, health, no_news, turned
from bot.core.texts import Translator
from bot.isolation import isolated
from bot.ports import Clock, Storage, Unit
from bot.services.chats import DEFAULT_LOCALE, DEFAULT_ZONE

NOTICE_LIFE: Final = timedelta(days=1)

_log = logging.getLogger(__name__)

Translators = Callable[[Locale, str], Translator]


class SourceWatch:
    """Tells readers that a feed of theirs has closed, and operators that a source of the catalogue has or rests."""

    def __init__(self, clock: Clock, translators: Translators, operators: Collection[int]) -> None:
        self._clock = clock
        self._translators = translators
        self._operators = operators

    async def note(self, unit: Unit, source: Source, before: Feed, after: Feed) -> None:
        """Put the messages that the last answer gives rise to, in its own transaction: each is told once."""
        turn = turned(before, after)
        if turn is None or not (source.public or turn is Health.GONE):
            return
        if source.public:
            what = "has closed for good" if turn is Health.GONE else "has failed for a day"
            _log.warning("feed %s %s: %s", source.id, what, after.error, extra={"feed_id": source.id})
        names = {} if source.public else await unit.feeds.listeners(source.id)
        chat_ids = sorted(self._operators if source.public else names)
        chats = {chat.id: chat for chat in await unit.chats.get_each(chat_ids)}
        messages: list[OutgoingMessage] = []
        for chat_id in chat_ids:
            with isolated("chat", chat_id, what="not told how a source does"):
                if source.public:
                    messages.append(self._to_operator(chat_id, chats.get(chat_id), source, after, turn))
                elif chat_id in chats and chats[chat_id].receives:  # its panel shows it to the others
                    messages.append(self._to_reader(chats[chat_id], source, names[chat_id]))
        await unit.outbox.put(messages, self._clock.now())

    def _to_operator(
        self, user_id: int, chat: Chat | None, source: Source, feed: Feed, turn: Health
    ) -> OutgoingMessage:
        tr = self._translators(chat.locale if chat else DEFAULT_LOCALE, chat.zone if chat else DEFAULT_ZONE)
        values = {"name": source.name[tr.locale], "url": source.url}
        if turn is Health.GONE:
            text = tr("operator-source-gone", **values)
        else:
            text = tr("operator-source-resting", reason=feed.error, **values)
        return self._message(f"{turn}:{source.id}", user_id, chat, text)

    def _to_reader(self, chat: Chat, source: Source, own_name: str) -> OutgoingMessage:
        tr = self._translators(chat.locale, chat.zone)
        text = tr("source-gone", name=own_name or source.name[tr.locale])
        return self._message(f"gone:{source.id}", chat.id, chat, text)

    def _message(self, key: str, chat_id: int, chat: Chat | None, text: str) -> OutgoingMessage:
        now = self._clock.now()
        return OutgoingMessage(
            dedupe_key=f"source:{key}:{now:%Y%m%dT%H%M%SZ}:{chat_id}",
            chat_id=chat_id,
            text=str(text),
            priority=Priority.DIGEST,
            expires_at=now + NOTICE_LIFE,
            thread_id=chat.thread_id if chat else None,
            silent=True,
        )


class NewsCheck:
    """Whether news can come in: readers' own feeds do not count, so that nobody's slow host is everybody's problem."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock
        self._since = clock.now()

    async def problem(self) -> str | None:
        """Return why no news come in, None where they do.

        Raises:
            StorageError: the database cannot be read.
        """
        async with self._storage.reading() as unit:
            states = await unit.feeds.states()
        return no_news([feed for _, feed in states], self._clock.now(), self._since)


async def refresh_gauges(storage: Storage, clock: Clock) -> None:
    """Bring the gauges that the database knows up to date: queues, news, the catalogue's health.

    Raises:
        StorageError: the database cannot be read; ``jarshy_database_up`` says so, the other gauges stay as they were.
    """
    now = clock.now()
    metrics.DATABASE_UP.set(0)
    async with storage.reading() as unit:
        states = await unit.feeds.states()
        waiting = await unit.outbox.underway()
        due_since = await unit.feeds.due_since(now)
        backlog = await unit.figures.backlog(now)
    metrics.DATABASE_UP.set(1)
    metrics.FEED_OVERDUE.set(_age(due_since, now))
    for state, count in waiting.items():
        metrics.OUTBOX.labels(state).set(count)
    metrics.OUTBOX_OLDEST.set(_age(backlog.message_since, now))
    metrics.INBOX_WAITING.set(backlog.updates)
    metrics.INBOX_OLDEST.set(_age(backlog.update_since, now))
    metrics.NEWEST_ARTICLE.set(_unix(backlog.newest_article_at))
    metrics.SCHEMA.set(backlog.schema_version)
    counts = Counter(health(feed, now) for _, feed in states)
    for state in Health:
        metrics.SOURCES.labels(state).set(counts[state])
    metrics.SOURCE_FAILING.clear()
    metrics.SOURCE_SUCCESS.clear()
    for source, feed in states:
        metrics.SOURCE_FAILING.labels(source.id).set(_age(feed.failing_since, now))
        metrics.SOURCE_SUCCESS.labels(source.id).set(_unix(_succeeded_at(feed)))


def _succeeded_at(feed: Feed) -> datetime | None:
    """Return when a source last gave an answer that could be read; for one that fails, when it began to."""
    if feed.changed_at is None:  # it never brought a document
        return None
    return feed.failing_since or feed.checked_at


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _unix(instant: datetime | None) -> float:
    return instant.timestamp() if instant else 0.0
