"""Instants that lie further ahead than their rules allow are found and brought back, whatever they belong to."""

from datetime import UTC, datetime, timedelta

import pytest
from storage_samples import DAY, HOUR, LEASE, MINUTE, NOW, SECOND, chat, follow, message, publish, source, update

from bot.core.alerts import AlertPace
from bot.core.clock_witness import STEP, Witness
from bot.core.instants import AHEAD, LEFT_ALONE, RECORDS, SLACK, Limits
from bot.core.model import (
    Attachment,
    AttachmentKind,
    Composition,
    DigestPage,
    ImportJob,
    SettledState,
    Settlement,
    Subscription,
)
from bot.storage import SqlStorage

MONTH = 31 * DAY
SLOTS = {name for name in AHEAD if name.startswith("chat.")}  # reckoned by their hours, not here
WITH_OTHERS = ("outbox.created_at", "outbox.refused_at", "article.published_at")
COLUMNS = sorted({*AHEAD, *RECORDS} - SLOTS - {"pace.paid_until", *WITH_OTHERS})


async def fill(storage: SqlStorage) -> None:
    """Put one row into every table of instants, as it is on an ordinary day: a message in each state."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.feeds.offer(1, [source("found", public=False)], NOW)
        await unit.connection.fetch_sql("INSERT INTO erased_topic VALUES (9, 0)")
        await unit.connection.fetch_sql("INSERT INTO forgotten_chat VALUES (9, 0)")
        await unit.chats.put(chat(8, gone=True))
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic])
        await unit.subscriptions.keep_removed(Subscription(1, topic, "иран", 0, NOW), NOW)
        await unit.alerts.put([AlertPace(1, NOW, 1, NOW + HOUR)])
        await unit.compositions.add([Composition(1, 1, (DigestPage("x"),), NOW)])
        await unit.broadcasts.add(1, "text", NOW)
        await unit.imports.add(ImportJob(1, 1, 1, "[]"))
        await unit.inbox.store([update(1), update(2)])
        await unit.inbox.done(1, NOW)
        await unit.outbox.put([message("sent"), message("leased", 2), message("waiting", 2)], NOW)
        claim = await unit.outbox.claim(NOW, owner="o", lease=LEASE, limit=2, rate=1000)
        sent = next(row for row in claim.messages if row.message.dedupe_key == "sent")
        await unit.outbox.settle([Settlement(sent.id, SettledState.SENT, message_id=1)], NOW)


async def bring_back(storage: SqlStorage, limits: Limits) -> list[str]:
    """Bring back all that lies ahead, one thing at a time; return its kinds."""
    async with storage.reading() as unit:
        kinds = list(await unit.instants.ahead(limits))
    for kind in kinds:
        count = 1
        while count:
            async with storage.transaction() as unit:
                count = await unit.instants.bring_back(kind, limits, limit=1)
    return kinds


async def instants(storage: SqlStorage, name: str) -> list[datetime]:
    """Return the instants of a column."""
    table, column = name.split(".")
    async with storage.reading() as unit:
        sql = f"SELECT {column} AS at FROM {table} WHERE {column} IS NOT NULL"  # noqa: S608
        return [datetime.fromtimestamp(row["at"] / 1000, UTC) for row in await unit.connection.fetch_sql(sql)]


async def move(storage: SqlStorage, name: str, at: datetime) -> None:
    """Set the column in every row where it may have a value."""
    table, column = name.split(".")
    where = {
        "outbox.settled_at": "settled_at IS NOT NULL",
        "outbox.available_at": "state = 'pending'",
        "outbox.expires_at": "state = 'pending'",
        "outbox.lease_until": "state = 'leased'",
        "inbox.finished_at": "finished_at IS NOT NULL",
        "inbox.available_at": "finished_at IS NULL",
        "inbox.lease_until": "finished_at IS NULL",
        "inbox.received_at": "finished_at IS NULL",
        "chat.gone_at": "gone = 1",
    }.get(name, "1 = 1")
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql(
            f"UPDATE {table} SET {column} = :at WHERE {where}",  # noqa: S608
            {"at": round(at.timestamp() * 1000)},
        )


async def test_every_instant_has_a_rule(storage: SqlStorage) -> None:
    """A column of instants that is new in the schema has to be given its furthest, or a reason to be left alone."""
    query = {
        "sqlite": "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'",
        "postgresql": "SELECT table_name AS t, column_name AS c FROM information_schema.columns"
        " WHERE table_schema = current_schema()",
    }[storage.engine.dialect.name]
    async with storage.reading() as unit:
        columns = {f"{row['t']}.{row['c']}" for row in await unit.connection.fetch_sql(query)}
    found = {name for name in columns if name.endswith(("_at", "_until", "_start", "_since"))}

    assert found == {*AHEAD, *RECORDS, *LEFT_ALONE}
    assert len(found) == len(AHEAD) + len(RECORDS) + len(LEFT_ALONE)


@pytest.mark.parametrize("set_back", [False, True])
async def test_what_lies_too_far_ahead_is_brought_back(storage: SqlStorage, *, set_back: bool) -> None:
    """A month ahead each is found, and lies within its limit afterwards; at its limit it is left alone."""
    await fill(storage)
    limits = Limits(NOW + MINUTE, DAY, set_back)
    await bring_back(storage, limits)  # what a day's ordinary rows have ahead does not count after a step back
    for name in COLUMNS:
        await move(storage, name, limits.of(name) - SECOND)
        assert await bring_back(storage, limits) == [], name

        await move(storage, name, NOW + MONTH)
        assert await bring_back(storage, limits), name
        assert max(await instants(storage, name)) <= limits.of(name), name
        assert await bring_back(storage, limits) == [], name


@pytest.mark.parametrize("name", WITH_OTHERS)
async def test_records_that_go_with_others_are_brought_back_with_them(storage: SqlStorage, name: str) -> None:
    """What a wrong clock put has several wrong instants: one is found, all are brought back."""
    found_by = "article.stored_at" if name.startswith("article") else "outbox.available_at"
    await fill(storage)
    limits = Limits(NOW + MINUTE, DAY)
    await move(storage, name, NOW + MONTH)
    await move(storage, found_by, NOW + MONTH)
    await bring_back(storage, limits)

    async with storage.reading() as unit:
        sql = f"SELECT {name} AS at FROM {name.partition('.')[0]} WHERE {found_by} = :now"  # noqa: S608
        rows = await unit.connection.fetch_sql(sql, {"now": round(limits.now.timestamp() * 1000)})
    assert [row["at"] <= limits.now.timestamp() * 1000 for row in rows] == [True]


async def test_nothing_of_an_ordinary_day_is_touched(storage: SqlStorage) -> None:
    """What lies ahead by its rules, leases, retries, expiry, quiet hours, is no business of this."""
    await fill(storage)

    assert await bring_back(storage, Limits(NOW + MINUTE, DAY)) == []


async def test_messages_of_a_clock_that_was_ahead(storage: SqlStorage) -> None:
    """They go out now and live on as long as they were to; a digest frees the key of a slot that is yet to come."""
    then = NOW + 3 * HOUR
    async with storage.transaction() as unit:
        await unit.outbox.put([message("reply:1:0", expires_at=then + 15 * MINUTE)], then)
        await unit.outbox.put([message("digest:2:20260302T1500Z:0", 2, expires_at=then + DAY)], then)
    await bring_back(storage, Limits(NOW, DAY, set_back=True))

    async with storage.transaction() as unit:
        assert await unit.outbox.taken(["reply:1:0", "digest:2:20260302T1500Z:0"]) == {"reply:1:0"}
        claim = await unit.outbox.claim(NOW, owner="o", lease=LEASE, limit=9, rate=1000)
    assert {row.message.expires_at for row in claim.messages} == {NOW + 15 * MINUTE, NOW + DAY}


async def test_what_a_wrong_clock_let_expire_waits_again(storage: SqlStorage) -> None:
    """A message that waited when the clock leapt is not lost; what was sent stays sent; a file that is gone, gone."""
    file = Attachment(AttachmentKind.DOCUMENT, "a.json", b"{}", "instead")
    async with storage.transaction() as unit:
        await unit.outbox.put([message("sent"), message("waits", 2), message("file", 3, attachment=file)], NOW)
        claim = await unit.outbox.claim(NOW, owner="o", lease=LEASE, limit=9, rate=1000)
        sent, waits, lost = sorted(claim.messages, key=lambda row: row.id)
        ends = {sent: SettledState.SENT, waits: SettledState.EXPIRED, lost: SettledState.EXPIRED}
        await unit.outbox.settle([Settlement(row.id, state) for row, state in ends.items()], NOW + MONTH)
    await bring_back(storage, Limits(NOW + MINUTE, DAY, set_back=True))

    async with storage.transaction() as unit:
        claim = await unit.outbox.claim(NOW + MINUTE, owner="o", lease=LEASE, limit=9, rate=1000)
        assert await unit.outbox.counts() == {"sent": 1, "leased": 1, "expired": 1}
    assert [row.message.dedupe_key for row in claim.messages] == ["waits"]


async def test_a_lease_is_never_cut_short(storage: SqlStorage) -> None:
    """Whoever holds one may be at work: it lapses when a lease that begins now would."""
    await fill(storage)
    for name in ("source.lease_until", "inbox.lease_until", "outbox.lease_until"):
        await move(storage, name, NOW + MONTH)
    await bring_back(storage, Limits(NOW, DAY, set_back=True))

    for name in ("source.lease_until", "inbox.lease_until", "outbox.lease_until"):
        assert NOW + AHEAD[name] in await instants(storage, name)


async def test_slots_that_lie_after_an_instant(storage: SqlStorage) -> None:
    """They are those of active chats, in the order of ids, a page at a time."""
    async with storage.transaction() as unit:
        for number in (-5, 1, 2, 3):
            await unit.chats.put(chat(number, next_digest_at=NOW + number * DAY, next_weekly_at=None))
        first = await unit.chats.slots_after(NOW + DAY, above=None, limit=1)
        rest = await unit.chats.slots_after(NOW + DAY, above=first[-1].id, limit=9)

    assert [[each.id for each in page] for page in (first, rest)] == [[2], [3]]


async def test_the_witness_is_kept(storage: SqlStorage) -> None:
    """What was seen of the clock comes back; a server has a clock of its own, a file has none."""
    seen = Witness(NOW, NOW - HOUR, timedelta(minutes=3))
    async with storage.transaction() as unit:
        assert await unit.instants.witness() is None
        for each in (Witness(NOW, NOW), seen):
            await unit.instants.bear_witness(each)
        assert await unit.instants.witness(lock=True) == seen
        server = await unit.instants.database_now()

    if storage.engine.dialect.name == "sqlite":
        assert server is None
    else:
        assert abs(server - datetime.now(UTC)) < MINUTE
    assert STEP < SLACK
