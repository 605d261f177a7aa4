"""A clock that is wrong for a while silences nobody, sends nothing twice, and deletes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import Chat, ChatKind, ChatState
from bot.services.clock_guard import BATCH, ClockGuard
from bot.services.upkeep import Upkeep

MONTH = timedelta(days=31)
MINUTE = timedelta(minutes=1)
TABLES = ("article", "entry", "topic_story", "outbox", "inbox", "composition", "removal", "offer")


class Guarded:
    """The desk's bot with its guard, and a monotonic clock that goes on with the time that passes."""

    def __init__(self, desk):
        self.desk = desk
        self.steady = 1000.0
        self.guard = self.new_guard()
        self.upkeep = Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7))

    def new_guard(self):
        """Return the guard of a process that has just been started."""
        return ClockGuard(
            self.desk.storage, self.desk.clock, longest_poll=timedelta(days=1), monotonic=lambda: self.steady
        )

    async def live(self, minutes=1, step=MINUTE):
        """Let so many minutes pass: each the guard looks, digests and alerts go out, upkeep deletes."""
        for _ in range(minutes):
            self.desk.clock.at += step
            self.steady += step.total_seconds()
            await self.guard.tick()
            await self.desk.digests.tick()
            await self.desk.alerts.tick()
            await self.upkeep.tick()

    async def set_clock(self, by):
        """Set the clock; nobody's time passes."""
        self.desk.clock.at += by

    async def slots(self):
        async with self.desk.storage.reading() as unit:
            chat = await unit.chats.get(7)
        return chat.next_digest_at, chat.next_weekly_at

    async def rows(self):
        async with self.desk.storage.reading() as unit:
            return {
                table: (await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # noqa: S608
                for table in TABLES
            }

    async def digests(self):
        return [answer.text for key, answer in await self.desk.outbox() if key.startswith("digest:7:")]


@pytest.fixture
async def guarded(desk):
    """A reader with a topic at 08:30, news of it, and a bot that has run for a while. It is 11:00 in Almaty."""
    made = Guarded(desk)
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран мұнай экспортын арттырды"))
    await made.live(5)
    return made


async def test_a_month_ahead_for_a_minute_and_right_again(guarded, desk):
    """A month's slots bring nothing; then digests come at their hours with what is new, and nothing was deleted."""
    slots, before = await guarded.slots(), await guarded.rows()

    await guarded.set_clock(MONTH)
    await guarded.live()
    assert await guarded.digests() == []
    assert (await guarded.slots())[0] > desk.clock.at
    await guarded.set_clock(-MONTH)
    await guarded.live()

    assert await guarded.slots() == slots
    assert all(count >= before[table] for table, count in (await guarded.rows()).items())
    assert "brought back" in await guarded.guard.problem()
    await desk.news(desk.entry("Иран елшісі Астанаға келді"))
    while desk.clock.at < slots[0]:
        await guarded.live(1, timedelta(minutes=10))
    texts = await guarded.digests()
    assert len(texts) == 1
    assert "елшісі" in texts[0]
    assert "мұнай" in texts[0]
    assert await guarded.guard.problem() is None


@pytest.mark.parametrize("ahead", [timedelta(hours=3), timedelta(days=3), timedelta(days=400)])
async def test_a_start_after_the_clock_was_ahead(guarded, ahead):
    """A process that was ended while the clock was ahead, and starts by the right one, finds all as it should be."""
    slots = await guarded.slots()
    await guarded.set_clock(ahead)
    await guarded.live()
    await guarded.set_clock(-ahead)
    guarded.guard = guarded.new_guard()
    await guarded.guard.tick()

    assert await guarded.slots() == slots


async def test_the_same_slot_of_the_right_clock_brings_what_came_since(guarded, desk):
    """Ahead to the next digest's hour: it comes now with what there is, and at its own hour with what came since."""
    first = (await guarded.slots())[0]
    jump = first - desk.clock.at
    await guarded.set_clock(jump)
    await guarded.live()
    await guarded.set_clock(-jump)
    await desk.news(desk.entry("Иран елшісі Астанаға келді"))
    assert len(await guarded.digests()) == 1
    while desk.clock.at < first:
        await guarded.live(1, timedelta(minutes=10))

    early, right = await guarded.digests()
    assert "мұнай" in early
    assert "елшісі" in right
    assert "мұнай" not in right


async def test_a_clock_that_was_a_little_ahead_brings_no_slot_twice(guarded, desk):
    """A quarter of an hour ahead: the digest came early, and does not come again at its hour."""
    first = (await guarded.slots())[0]
    jump = first - desk.clock.at - timedelta(minutes=1)
    await guarded.live(1, jump)
    quarter = timedelta(minutes=15)
    desk.clock.at -= quarter
    await guarded.guard.tick()
    await guarded.set_clock(quarter)
    await guarded.live()
    assert len(await guarded.digests()) == 1
    await guarded.set_clock(-quarter)
    await desk.news(desk.entry("Иран елшісі Астанаға келді"))
    await guarded.live(30)

    assert len(await guarded.digests()) == 1
    assert (await guarded.slots())[0] == first + timedelta(days=1)


async def test_a_machine_that_starts_in_1970_does_no_harm(guarded, desk):
    """A clock behind what was seen moves no slot before it is set; ``/readyz`` tells it."""
    slots, at = await guarded.slots(), desk.clock.at
    desk.clock.at = datetime(1970, 1, 1, tzinfo=UTC)
    guarded.guard = guarded.new_guard()
    await guarded.live(5)
    assert "behind what was seen before" in await guarded.guard.problem()
    desk.clock.at = at + timedelta(minutes=5)
    await guarded.live()

    assert await guarded.slots() == slots
    assert await guarded.digests() == []


async def test_a_clock_that_was_ahead_for_weeks_is_followed_back(guarded):
    """What was trusted is believed no more once the right clock has gone on for ten minutes."""
    slots = await guarded.slots()
    await guarded.set_clock(MONTH)
    await guarded.live(25, timedelta(hours=1))
    await guarded.set_clock(-MONTH - timedelta(hours=25))
    await guarded.live(12)

    assert (await guarded.slots())[0] == slots[0]


async def test_a_chat_whose_hours_cannot_be_reckoned_holds_up_no_other(guarded, desk):
    """It is looked at again in a day; more chats than one transaction takes are all brought back."""
    right = await guarded.slots()
    async with desk.storage.transaction() as unit:
        chat = await unit.chats.get(7)
        far = replace(chat, next_digest_at=desk.clock.at + MONTH, next_weekly_at=desk.clock.at + MONTH)
        await unit.chats.put_each([far, *(replace(far, id=number) for number in range(100, 101 + BATCH))])
        await unit.chats.put(
            Chat(
                99, ChatKind.PRIVATE, "kk", "Nowhere/Gone", "08:30", ChatState.ACTIVE, desk.clock.at, far.next_digest_at
            )
        )
    await guarded.new_guard().tick()

    async with desk.storage.reading() as unit:
        found = await unit.chats.get_each([7, 99, 100 + BATCH])
    assert [(each.next_digest_at, each.next_weekly_at) for each in found] == [
        right,
        (desk.clock.at + timedelta(days=1), None),
        right,
    ]


async def test_the_clock_of_a_server_that_is_apart_is_told(guarded, monkeypatch):
    """Machines whose clocks differ break each other's leases: ``/readyz`` says by how much."""

    async def other(_):
        return guarded.desk.clock.at + timedelta(minutes=2)

    monkeypatch.setattr("bot.storage.instants.Instants.database_now", other)
    await guarded.live()

    assert await guarded.guard.problem() == "the clock and the database's are 0:02:00 apart"
