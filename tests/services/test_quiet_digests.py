"""Digests and quiet hours; digests without news."""

from dataclasses import replace
from datetime import UTC, datetime

SLOT = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)  # 08:30 in Almaty


async def prepare(desk, *, news=True, **changes):
    await desk.say("/subscribe Иран")
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(7), **changes))
    if news:
        await desk.news(desk.entry("Иран туралы жаңалық"))


async def digests(desk, at):
    desk.clock.at = at
    await desk.digests.tick()
    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql(
            "SELECT dedupe_key, silent, text FROM outbox WHERE priority = '2-digest' ORDER BY id"
        )
    return [(row["dedupe_key"], bool(row["silent"]), row["text"]) for row in rows]


async def test_an_hour_that_the_reader_chose_is_kept_silently(desk):
    """Quiet hours over the slot: the digest comes, without a sound."""
    await prepare(desk, quiet="08:00-10:00")

    ((_, silent, _),) = await digests(desk, SLOT)
    assert silent


async def test_outside_of_quiet_hours_a_digest_rings(desk):
    """Nothing is silent that need not be."""
    await prepare(desk, quiet="23:00-07:00")

    ((_, silent, _),) = await digests(desk, SLOT)
    assert not silent


async def test_a_catch_up_waits_for_the_end_of_quiet_hours(desk):
    """A morning missed until the night comes at the end of the night, once, and the hours go on."""
    await prepare(desk, quiet="23:00-07:00")
    night = SLOT.replace(hour=20)  # 01:00 in Almaty
    assert await digests(desk, night) == []
    assert await digests(desk, night.replace(hour=23)) == []

    ((key, silent, _),) = await digests(desk, datetime(2026, 3, 4, 2, 0, tzinfo=UTC))
    assert key == "digest:7:20260304T0200Z:0"
    assert not silent
    async with desk.storage.reading() as unit:
        assert (await unit.chats.get(7)).next_digest_at == datetime(2026, 3, 4, 3, 30, tzinfo=UTC)


async def test_a_held_catch_up_gives_way_to_a_chosen_hour(desk):
    """Where the next slot lies in the same quiet hours, the digest comes then."""
    await prepare(desk, quiet="23:00-10:00")
    assert await digests(desk, SLOT.replace(hour=20)) == []

    ((key, silent, _),) = await digests(desk, datetime(2026, 3, 4, 3, 30, tzinfo=UTC))
    assert key == "digest:7:20260304T0330Z:0"
    assert silent


async def test_an_empty_digest_is_said_where_the_reader_chose_so(desk):
    """Once a slot, a sentence; the weekly slot stays silent."""
    await prepare(desk, news=False, digest_when_empty=True)

    ((_, _, text),) = await digests(desk, SLOT)
    assert "жаңа ештеңе жоқ" in text


async def test_a_chat_without_topics_hears_nothing(desk):
    """An empty list is no empty digest."""
    await desk.say("/start")
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(7), digest_when_empty=True))

    assert await digests(desk, SLOT) == []
