"""Sources and their polling state."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.model import Feed, Source
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row


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
        return [_source(row) for row in await self._connection.fetch("feeds.sources")]

    async def add(self, source: Source, now: datetime) -> None:
        """Store a feed that a reader added, due at once; one that is stored already stays as it is."""
        await self._connection.execute("feeds.add", _source_params(source, 0, now))

    async def switch(self, chat_id: int, source_id: str, *, on: bool) -> None:
        """Turn a source on or off for one chat."""
        params = {"chat_id": chat_id, "source_id": source_id, "enabled": int(on)}
        await self._connection.execute("feeds.switch", params)

    async def switches(self, chat_id: int) -> Mapping[str, bool]:
        """Return the sources that the chat turned on or off, by id."""
        rows = await self._connection.fetch("feeds.switches", {"chat_id": chat_id})
        return {row["source_id"]: bool(row["enabled"]) for row in rows}

    async def any_due(self, now: datetime) -> bool:
        """Return whether a feed is due."""
        return bool(await self._connection.fetch("feeds.any_due", {"now": codec.millis(now)}))

    async def claim_due(self, now: datetime, *, owner: str, lease: timedelta, limit: int) -> list[tuple[Source, Feed]]:
        """Lease the feeds that are due, the longest due first."""
        params = {
            "now": codec.millis(now),
            "owner": owner,
            "lease_until": codec.millis(now + lease),
            "limit": limit,
        }
        rows = await self._connection.fetch("feeds.claim_due", params)
        ordered = sorted(rows, key=lambda row: (row["next_fetch_at"], row["id"]))
        return [(_source(row), _feed(row)) for row in ordered]

    async def settle(self, feed: Feed) -> None:
        """Write the polling state and free the lease."""
        await self._connection.execute("feeds.settle", _feed_params(feed))


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
    }


def _source(row: Row) -> Source:
    return Source(
        id=row["id"],
        name=codec.mapping(row["name"]),
        url=row["url"],
        language=row["language"],
        category=row["category"],
        alternatives=codec.strings(row["alternatives"]),
        zone=row["zone"],
        selectors=codec.mapping(row["selectors"]),
        enabled=bool(row["enabled"]),
        public=bool(row["public"]),
    )


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
    )
