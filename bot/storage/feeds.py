"""Sources and their polling state."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.addresses import host_of
from bot.core.clean_text import clean_line
from bot.core.model import Feed, Skips, Source, SourceChoice
from bot.core.shares import SHARED_BY, Amount, Brought
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row
from bot.storage.decoding import decode_each

_LOOK = 1000  # feeds that are due and ranked by host at one claim: many more than any claim takes
UNREADABLE_WAITS = timedelta(days=1)  # a feed whose row cannot be read is looked at again then


class Feeds:
    """``ports.Feeds`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def sync(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the catalogue's sources those given; a source whose address changed is asked anew, without its past."""
        params = [_source_params(source, position, now) for position, source in enumerate(sources)]
        await self._connection.executemany("feeds.start_over", params)
        await self._connection.executemany("feeds.put", params)
        await self._connection.execute("feeds.disable_absent", {"ids": codec.array(source.id for source in sources)})

    async def sources(self) -> list[Source]:
        """Return all enabled sources in the catalogue's order."""
        return decode_each("feed", await self._connection.fetch("feeds.sources"), _source)[0]

    async def add(self, source: Source, now: datetime) -> None:
        """Store a feed that a reader added, due at once; one that is stored already stays as it is."""
        await self._connection.execute("feeds.add", _source_params(source, 0, now))

    async def switch(self, chat_id: int, source_id: str, *, on: bool, name: str = "") -> None:
        """Turn a source on or off for one chat, and let the chat call it so."""
        named = codec.storable_or_none(name or None)
        params = {"chat_id": chat_id, "source_id": source_id, "enabled": int(on), "name": named}
        await self._connection.execute("feeds.switch", params)

    async def switches(self, chat_id: int) -> Mapping[str, bool]:
        """Return the sources that the chat turned on or off, by id."""
        rows = await self._connection.fetch("feeds.switches", {"chat_id": chat_id})
        return {row["source_id"]: bool(row["enabled"]) for row in rows}

    async def remove(self, chat_id: int, source_id: str) -> None:
        """Forget that the chat ever switched this source."""
        await self._connection.execute("feeds.remove", {"chat_id": chat_id, "source_id": source_id})

    async def adopt(self, source_id: str, now: datetime, *, answered: bool = False) -> None:
        """Ask an added feed again that was given up; one that is being asked stays as it is."""
        params = {"source_id": source_id, "now": codec.millis(now), "answered": int(answered)}
        await self._connection.execute("feeds.adopt", params)

    async def release(self, source_id: str) -> None:
        """Ask an added feed no more, where no chat has it on."""
        await self._connection.execute("feeds.release", {"ids": codec.array([source_id])})

    async def let_go(self, source_id: str, at: datetime) -> None:
        """Delete an added feed and its articles from that instant on, where no chat has it."""
        await self._connection.execute("feeds.let_go", {"source_id": source_id, "at": codec.millis(at)})

    async def choices(self, chat_id: int) -> list[SourceChoice]:
        """Return the chat's own feeds by name, then the catalogue's sources in its order."""
        rows = await self._connection.fetch("feeds.choices", {"chat_id": chat_id})
        ordered = sorted(rows, key=lambda row: (row["public"], row["position"], row["name"], row["id"]))
        return decode_each("feed", ordered, _choice)[0]

    async def get(self, source_id: str) -> Source | None:
        """Return a source, enabled or not."""
        rows = await self._connection.fetch("feeds.get", {"source_id": source_id})
        return _source(rows[0]) if rows else None

    async def at_address(self, url: str) -> Source | None:
        """Return the feed that readers added at that very address."""
        rows = await self._connection.fetch("feeds.at_address", {"url": url})
        return _source(rows[0]) if rows else None

    async def describe(self, source: Source) -> None:
        """Write what an added feed is called, and its language."""
        params = {"source_id": source.id, "name": codec.dumps(dict(source.name)), "language": source.language}
        await self._connection.execute("feeds.describe", params)

    async def states(self) -> list[tuple[Source, Feed]]:
        """Return the enabled sources of the catalogue with their polling state, in the catalogue's order."""
        return decode_each("feed", await self._connection.fetch("feeds.states"), _polled)[0]

    async def listeners(self, source_id: str) -> Mapping[int, str]:
        """Return the chats that switched the source on, each with what it calls it; empty where it has no own name."""
        rows = await self._connection.fetch("feeds.listeners", {"source_id": source_id})
        return {row["chat_id"]: clean_line(row["name"] or "") for row in rows}

    async def offer(
        self, chat_id: int, sources: Sequence[Source], now: datetime, *, own_name: str | None = None
    ) -> None:
        """Keep feeds for a day, for a chat to add them."""
        params = [_offer_params(chat_id, source, now, own_name) for source in sources]
        await self._connection.executemany("feeds.offer", params)

    async def offered(self, chat_id: int, source_id: str, since: datetime) -> tuple[Source, str | None] | None:
        """Return a feed that was offered to the chat since then, and what the chat called it that removed it."""
        params = {"chat_id": chat_id, "source_id": source_id, "since": codec.millis(since)}
        rows = await self._connection.fetch("feeds.offered", params)
        return next(((_offered(row), row["own_name"]) for row in rows), None)

    async def due_since(self, now: datetime) -> datetime | None:
        """Return since when the feed that has waited longest is due, None where none waits."""
        params = {"now": codec.millis(now)}
        found = [
            row["next_fetch_at"]
            for public in (0, 1)
            for row in await self._connection.fetch("feeds.due_since", {**params, "public": public})
        ]
        return codec.instant(min(found)) if found else None

    async def claimable_since(self, now: datetime, *, public: bool, at_host: int) -> datetime | None:
        """Return since when the feed that has waited longest is due, of those whose host has a free place."""
        params = {"now": codec.millis(now), "public": int(public), "at_host": at_host}
        rows = await self._connection.fetch("feeds.claimable_since", params)
        return codec.instant(rows[0]["next_fetch_at"]) if rows else None

    async def claim_due(
        self, now: datetime, *, owner: str, lease: timedelta, limit: int, own: int, at_host: int
    ) -> list[tuple[Source, Feed]]:
        """Lease feeds that are due: the catalogue's first, then at most ``own`` of those that readers added."""
        params = {
            "now": codec.millis(now),
            "owner": owner,
            "lease_until": codec.millis(now + lease),
            "at_host": at_host,
            "look": _LOOK,
        }
        rows = await self._connection.fetch("feeds.claim_due", {**params, "public": 1, "limit": limit})
        left = min(limit - len(rows), own)
        if left > 0:
            rows = [*rows, *await self._connection.fetch("feeds.claim_due", {**params, "public": 0, "limit": left})]
        ordered = sorted(rows, key=lambda row: (row["next_fetch_at"], row["id"]))
        due, unreadable = decode_each("feed", ordered, _polled)
        if unreadable:
            later = {"ids": codec.array(unreadable), "until": codec.millis(now + UNREADABLE_WAITS)}
            await self._connection.execute("feeds.put_off", later)
        return due

    async def brought(self, source: Source, day: str) -> Brought:
        """Return what a feed brought on a day, and what the feeds of those brought that have it as their own."""
        params = {"source_id": source.id, "day": day}
        feed = next(map(_amount, await self._connection.fetch("feeds.brought", params)), Amount())
        if source.public:
            return Brought(feed)
        readers = await self._connection.fetch("feeds.brought_to", {**params, "chats": SHARED_BY + 1})
        return Brought(feed, tuple(map(_amount, readers)) if len(readers) <= SHARED_BY else ())

    async def bring(self, source_id: str, day: str, amount: Amount) -> None:
        """Count what a feed brought on a day."""
        params = {"source_id": source_id, "day": day, "articles": amount.articles, "keys": amount.keys}
        await self._connection.execute("feeds.bring", params)

    async def hold(self, source_id: str, until: datetime) -> bool:
        """Lengthen the lease; False where the feed was deleted while it was asked."""
        return bool(await self._connection.fetch("feeds.hold", {"source_id": source_id, "until": codec.millis(until)}))

    async def settle(self, feed: Feed, *, host: str | None = None) -> bool:
        """Write the polling state and free the lease; False where the feed was deleted while it was asked."""
        return bool(await self._connection.fetch("feeds.settle", {**_feed_params(feed), "host": host}))


def _amount(row: Row) -> Amount:
    return Amount(row["articles"], row["keys"])


def _source_params(source: Source, position: int, now: datetime) -> Params:
    return {
        "id": source.id,
        "position": position,
        "name": codec.dumps(dict(source.name)),
        "url": source.url,
        "language": source.language,
        "category": source.category,
        "alternatives": codec.array(source.alternatives),
        "zone": source.zone,
        "selectors": codec.dumps(dict(source.selectors)),
        "enabled": int(source.enabled),
        "public": int(source.public),
        "now": codec.millis(now),
        "host": host_of(source.url),
    }


def _offer_params(chat_id: int, source: Source, now: datetime, own_name: str | None) -> Params:
    return {
        "chat_id": chat_id,
        "id": source.id,
        "name": codec.storable(codec.dumps(dict(source.name))),
        "url": codec.storable(source.url),
        "language": source.language,
        "own_name": codec.storable_or_none(own_name),
        "now": codec.millis(now),
    }


def _offered(row: Row) -> Source:
    return Source(row["source_id"], codec.names(row["name"]), row["url"], row["language"], public=False)


def _source(row: Row) -> Source:
    return Source(
        id=row["id"],
        name=codec.names(row["name"]),
        url=row["url"],
        language=row["language"],
        category=row["category"],
        alternatives=codec.strings(row["alternatives"]),
        zone=row["zone"],
        selectors=codec.mapping(row["selectors"]),
        enabled=bool(row["enabled"]),
        public=bool(row["public"]),
    )


def _polled(row: Row) -> tuple[Source, Feed]:
    return _source(row), _feed(row)


def _choice(row: Row) -> SourceChoice:
    return SourceChoice(_source(row), _feed(row), bool(row["chosen"]), clean_line(row["own_name"] or ""))


def _feed_params(feed: Feed) -> Params:
    return {
        "source_id": feed.source_id,
        "next_fetch_at": codec.millis(feed.next_fetch_at),
        "etag": codec.storable_or_none(feed.etag),
        "last_modified": codec.storable_or_none(feed.last_modified),
        "body_hash": feed.body_hash,
        "url_index": feed.url_index,
        "moved_to": feed.moved_to,
        "moved_seen": feed.moved_seen,
        "failures": feed.failures,
        "error": codec.storable_or_none(feed.error),
        "checked_at": codec.millis_or_none(feed.checked_at),
        "changed_at": codec.millis_or_none(feed.changed_at),
        "gone": int(feed.gone),
        "failing_since": codec.millis_or_none(feed.failing_since),
        "rhythm": None if feed.rhythm is None else codec.whole_millis(feed.rhythm),
        "skip_hours": codec.figures(feed.skips.hours),
        "skip_days": codec.figures(feed.skips.days),
        "full_at": codec.millis_or_none(feed.full_at),
    }


def _feed(row: Row) -> Feed:
    return Feed(
        source_id=row["id"],
        next_fetch_at=codec.instant(row["next_fetch_at"]),
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        url_index=row["url_index"],
        moved_to=row["moved_to"],
        moved_seen=row["moved_seen"],
        failures=row["failures"],
        error=row["error"],
        checked_at=codec.instant_or_none(row["checked_at"]),
        changed_at=codec.instant_or_none(row["changed_at"]),
        gone=bool(row["gone"]),
        failing_since=codec.instant_or_none(row["failing_since"]),
        rhythm=None if row["rhythm"] is None else timedelta(milliseconds=row["rhythm"]),
        skips=Skips(codec.figure_set(row["skip_hours"]), codec.figure_set(row["skip_days"])),
        full_at=codec.instant_or_none(row["full_at"]),
    )
