"""Scheduled digests: once a slot, each story once, nothing lost and nothing late forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import ChatKind
from bot.storage.sqlite import SqliteConnection

DAY = timedelta(days=1)


async def digests(desk, chat=7):
    return [answer for key, answer in await desk.outbox() if key.startswith(f"digest:{chat}:")]


async def at_slot(desk, hour=3, minute=30):
    """Move the clock to the next 08:30 of Almaty (03:30 UTC) and let the tick compose."""
    target = desk.clock.at.replace(hour=hour, minute=minute, second=0)
    desk.clock.at = target if target > desk.clock.at else target + DAY
    return await desk.digests.tick()


async def test_one_slot_gives_one_digest(desk):
    """Ticks after the slot compose nothing more, and the next slot is tomorrow's."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    assert await desk.digests.tick() == 0
    assert await at_slot(desk) == 1
    desk.clock.forward(seconds=1)
    assert await desk.digests.tick() == 0

    (digest,) = await digests(desk)
    assert "Иран туралы жаңалық" in digest.text
    assert "Жаңалықтар шолуы" in digest.text
    async with desk.storage.reading() as unit:
        assert (await unit.chats.get(7)).next_digest_at == datetime(2026, 3, 4, 3, 30, tzinfo=UTC)


async def test_a_story_is_brought_once(desk):
    """Tomorrow's digest holds tomorrow's stories; a late article with an old date is not lost."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран бірінші жаңалық: келіссөз"))
    await at_slot(desk)
    await desk.news(desk.entry("Теһеранда жаңа әуежай ашылды, деп жазады Иран баспасөзі", minutes_ago=3000))
    await at_slot(desk)

    first, second = await digests(desk)
    assert "бірінші" in first.text
    assert "бірінші" not in second.text
    assert "әуежай" in second.text


async def test_an_empty_digest_is_silent(desk):
    """No news, no message; the slot moves on."""
    await desk.say("/subscribe Иран")
    assert await at_slot(desk) == 1

    assert await digests(desk) == []
    assert await desk.digests.tick() == 0


async def test_hours_of_downtime_become_one_digest(desk):
    """After missed hours of one day one digest comes, for the latest slot, and the hours go on."""
    await desk.say("/subscribe Иран")
    await desk.say("/schedule 08:30,12:00,13:30")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    desk.clock.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # 14:00 in Almaty
    assert await desk.digests.tick() == 1

    (key,) = [key for key, _ in await desk.outbox() if key.startswith("digest:")]
    assert key == "digest:7:20260302T0830Z:0"
    async with desk.storage.reading() as unit:
        assert (await unit.chats.get(7)).next_digest_at == datetime(2026, 3, 3, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(("hours", "comes"), [(23, True), (25, False), (24 * 30, False)])
async def test_what_is_due_for_more_than_a_day_is_passed_over(desk, hours, comes):
    """A restored backup or a long outage rings nobody at once with old news; they come at the next hour, with new ones."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    desk.clock.at = datetime(2026, 3, 3, 3, 30, tzinfo=UTC) + timedelta(hours=hours)
    assert await desk.digests.tick() == 1
    assert len(await digests(desk)) == comes
    async with desk.storage.reading() as unit:
        following = (await unit.chats.get(7)).next_digest_at
    assert desk.clock.at < following <= desk.clock.at + timedelta(days=1)

    await desk.news(desk.entry("Иранда тағы бір мәлімдеме жасалды"))
    desk.clock.at = following
    assert await desk.digests.tick() == 1
    texts = [each.text for each in await digests(desk)]
    assert len(texts) == 1 + comes
    assert "мәлімдеме" in texts[-1]
    assert sum("Иран туралы жаңалық" in text for text in texts) == 1


async def test_a_review_that_is_due_for_more_than_a_day_is_passed_over(desk):
    """The weekly hour too: the next review comes on its own day."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    desk.clock.at = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)  # Tuesday; the review was due on Sunday
    await desk.digests.tick()

    assert await digests(desk) == []
    async with desk.storage.reading() as unit:
        assert (await unit.chats.get(7)).next_weekly_at == datetime(2026, 3, 15, 5, 0, tzinfo=UTC)


async def test_a_clock_stepped_back_repeats_nothing(desk):
    """The next slot was moved on already, and the outbox knows the slot."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await at_slot(desk)
    desk.clock.forward(minutes=-5)
    await desk.news(desk.entry("Иранда тағы бір мәлімдеме жасалды"))
    assert await desk.digests.tick() == 0
    desk.clock.forward(minutes=5)
    assert await desk.digests.tick() == 0

    assert len(await digests(desk)) == 1


async def test_paused_and_stopped_chats_get_nothing_until_they_return(desk):
    """What came meanwhile is in the first digest after."""
    await desk.say("/subscribe Иран")
    await desk.say("/pause")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    assert await at_slot(desk) == 0
    await desk.say("/resume")
    assert await at_slot(desk) == 1

    (digest,) = await digests(desk)
    assert "Иран туралы жаңалық" in digest.text


async def test_each_story_stands_under_one_topic_in_the_readers_language(desk):
    """Two topics, one story in two languages: one entry, the Kazakh version for a Kazakh reader."""
    await desk.say("/subscribe Қазақстан")
    await desk.say("/subscribe Иран")
    title = "Пезешкиан Астанаға ресми сапармен келді: Иран мен Қазақстан бес құжатқа қол қойды"
    await desk.news(desk.entry(title))
    await at_slot(desk)

    (digest,) = await digests(desk)
    assert digest.text.count(title) == 1


async def test_a_digest_for_a_channel_comes_in_parts_without_buttons(desk):
    """A channel cannot turn pages: three parts at most."""
    await desk.say("/subscribe Иран")
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(7), kind=ChatKind.CHANNEL))
    words = ("мұнай", "газ", "көлік", "спорт", "өнер", "ғылым", "сауда", "су", "жол", "қала", "ауыл", "банк", "білім")
    await desk.news(*(desk.entry(f"{word} {n * 13}", f"Иран {word} {word}") for n, word in enumerate(words)))
    await at_slot(desk)

    parts = await digests(desk)
    assert len(parts) == 2
    assert not any(part.buttons for part in parts)


async def test_a_further_outlet_or_an_edit_is_no_news(desk):
    """What was brought stays brought when another outlet tells it or the headline is edited."""
    title = "Пезешкиан Астанаға ресми сапармен келді: Иран мен Қазақстан бес құжатқа қол қойды"
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry(title, id="one"))
    await at_slot(desk)
    await desk.news(desk.entry(title + " (толықтырылды)", id="one"), desk.entry(title, id="two"))
    await at_slot(desk)

    assert len(await digests(desk)) == 1
    (latest,) = await desk.say("/latest")
    assert "толықтырылды" in latest.text


async def test_old_entries_of_a_new_feed_are_no_news(desk):
    """An entry that was a week old when it was first stored shows in ``/latest`` only."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иранның өткен жылғы қорытындысы", minutes_ago=8 * 24 * 60))
    await at_slot(desk)

    assert await digests(desk) == []
    assert "қорытындысы" in (await desk.say("/latest"))[0].text


async def test_a_chat_that_cannot_be_composed_keeps_nobody_elses_digest(desk, caplog):
    """It is logged, its slot moves on and its stories wait; the other chats of the batch get theirs."""
    for chat in (7, 8, 9):
        await desk.say("/subscribe Иран", chat=chat)
    await desk.news(desk.entry("Иран туралы жаңалық"))
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(8), zone="Atlantis/Capital"))
    assert await at_slot(desk) == 3
    assert await desk.digests.tick() == 0

    assert [len(await digests(desk, chat)) for chat in (7, 8, 9)] == [1, 0, 1]
    assert "chat 8" in caplog.text
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(8), zone="Asia/Almaty"))
    await at_slot(desk)
    await at_slot(desk)
    (late,) = await digests(desk, 8)
    assert "Иран туралы жаңалық" in late.text


async def test_a_batch_reads_and_writes_for_all_its_chats_at_once(desk, monkeypatch):
    """A tick takes as many statements for sixty chats as for ten."""
    asked = []
    for verb in ("fetch_sql", "executemany_sql"):
        plain = getattr(SqliteConnection, verb)
        monkeypatch.setattr(SqliteConnection, verb, _noted(plain, asked))
    counts = []
    for chats in (range(100, 110), range(200, 260)):
        for chat in chats:
            await desk.say("/subscribe Иран", chat=chat)
        await desk.news(desk.entry(f"Иран туралы {chats[0]} жаңалық: келіссөз {chats[0]} күн жүрді"))
        asked.clear()
        await at_slot(desk)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


def _noted(plain, asked):
    async def noted(self, text, *rest):
        asked.append(text)
        return await plain(self, text, *rest)

    return noted
