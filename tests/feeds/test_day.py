"""A day of 40 sources with a clock that tests turn: nobody is asked too often, and what did not change is a 304."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count, islice, pairwise

from feed_outlet import Request, TurnedClock

from bot.core.model import Feed, Source
from bot.core.polling import Failed, Fetched, Unchanged
from bot.feeds.feed_source import HttpFeedSource

SOURCES = 40
POLL_MIN = timedelta(minutes=5)
KEPT = 30
DAY_BEGINS, DAY_ENDS = 3, 17  # in UTC: Almaty's 8 to 22 o'clock


class Newsroom:
    """Outlets with a rhythm each: from one article in ten minutes to one in twenty hours, none at night."""

    def __init__(self, clock: TurnedClock) -> None:
        self._clock = clock
        self.asked: dict[int, list[datetime]] = {}
        self.not_modified = 0

    def gap(self, number: int) -> timedelta:
        return timedelta(minutes=10 * 1.13**number)

    def articles(self, number: int) -> list[datetime]:
        """Return when the last articles came out."""
        gap, now = self.gap(number), self._clock.now()
        since = datetime(2025, 11, 1, tzinfo=UTC) + timedelta(minutes=number)
        last = since + ((now - since) // gap) * gap
        by_day = (at for at in (last - gap * n for n in count()) if DAY_BEGINS <= at.hour < DAY_ENDS)
        return list(islice(by_day, KEPT))

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        number = int(request.target.rsplit("/", 1)[1])
        self.asked.setdefault(number, []).append(self._clock.now())
        dates = self.articles(number)
        tag = f'"{dates[0].isoformat()}"'
        if request.headers.get("if-none-match") == tag:
            self.not_modified += 1
            writer.write(f"HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n".encode())
            return
        items = "".join(
            f"<item><title>t {at}</title><guid>{at}</guid><pubDate>{format_datetime(at)}</pubDate></item>"
            for at in dates
        )
        ttl = "<ttl>120</ttl>" if number % 10 == 0 else ""
        body = f"<rss version='2.0'><channel>{ttl}{items}</channel></rss>".encode()
        head = f"HTTP/1.1 200 OK\r\nETag: {tag}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)


async def test_a_day_of_forty_sources(pool, clock, outlet):
    """Over a day no source is asked more often than its rhythm, its TTL and the lower bound allow.

    Each first request is the only one without validators, and every answer without news is a 304.
    """
    newsroom = Newsroom(clock)
    outlet.routes |= {f"/{n}": newsroom.answer for n in range(SOURCES)}
    feeds = HttpFeedSource(
        pool, clock, poll_min=POLL_MIN, poll_max=timedelta(days=1), host_pause=timedelta(0), jitter=lambda: 0.5
    )
    sources = {f"s{n}": Source(f"s{n}", {}, f"{outlet.url}/{n}", "kk") for n in range(SOURCES)}
    states = {name: Feed(name, clock.now()) for name in sources}
    kinds: list[type] = []
    end = clock.now() + timedelta(days=1)
    while (due := min(states.values(), key=lambda feed: feed.next_fetch_at)).next_fetch_at < end:
        clock.at = max(clock.at, due.next_fetch_at)
        result = await feeds.fetch(sources[due.source_id], due)
        states[due.source_id] = result.feed
        kinds.append(type(result))

    assert Failed not in kinds
    assert kinds.count(Unchanged) == newsroom.not_modified > 100
    assert kinds.count(Fetched) > 100
    assert sum("if-none-match" not in request.headers for request in outlet.requests) == SOURCES
    for number, times in newsroom.asked.items():
        shortest = min((later - earlier for earlier, later in pairwise(times)), default=timedelta(days=1))
        assert shortest >= max(POLL_MIN, min(newsroom.gap(number), timedelta(days=1)) * 0.9)
        assert shortest >= timedelta(hours=2) or number % 10
