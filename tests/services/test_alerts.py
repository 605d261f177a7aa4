"""Topics at once: brought within a tick, once, not by night, not in a storm."""

from dataclasses import replace

import pytest

from bot.core.alerts import BURST
from bot.core.model import ChatKind, Source
from bot.services import alerts as service

WORDS = ("мұнай", "газ", "көлік", "спорт", "өнер", "ғылым", "сауда", "су", "жол", "қала", "ауыл", "банк")


async def alerts(desk, chat=7):
    await desk.alerts.tick()
    return [(key, answer) for key, answer in await desk.outbox() if key.startswith(f"alert:{chat}:")]


def storm(desk, words=WORDS):
    return [desk.entry(f"{word} {n * 13}", f"Иран {word} {word}") for n, word in enumerate(words)]


async def test_a_story_comes_at_once_and_once(desk):
    """With its topic and its summary; a second tick, an edit and a further outlet bring nothing."""
    await desk.say("/alerts Иран")
    title = "Иран мен Қазақстан жаңа келісімге қол қойды, деп хабарлады министрлік"
    await desk.news(desk.entry(title, "Келісім бес жылға жасалды.", id="one"))
    ((key, alert),) = await alerts(desk)
    await desk.news(desk.entry(title + " (толықтырылды)", id="one"), desk.entry(title, id="two"))

    assert key == "alert:7:1"
    assert alert.priority == "1-alert"
    assert alert.text.startswith("Иран\n\n")
    assert title in alert.text
    assert "бес жылға" in alert.text
    assert len(await alerts(desk)) == 1


async def test_what_was_there_before_raises_no_alert(desk):
    """Neither the past of a new topic nor that of a topic whose delivery changes."""
    await desk.news(desk.entry("Иран туралы бірінші жаңалық"))
    await desk.say("/alerts Иран")
    assert await alerts(desk) == []
    await desk.say("/subscribe Қазақстан")
    await desk.news(desk.entry("Қазақстан туралы жаңалық"))
    await desk.say("/alerts Қазақстан")

    assert await alerts(desk) == []


async def test_topics_in_the_digest_raise_no_alert_and_the_reverse(desk):
    """Each way of delivery for itself."""
    await desk.say("/subscribe Иран")
    await desk.say("/alerts футбол")
    await desk.news(desk.entry("Иран туралы жаңалық"), desk.entry("Футбол матчы аяқталды"))

    ((_, alert),) = await alerts(desk)
    assert "матчы" in alert.text
    assert "матчы" not in (await desk.say("/digest"))[0].text


async def test_muted_topics_and_sources_that_are_off_raise_no_alert(desk):
    """And what came while a topic was muted is not brought later."""
    await desk.say("/alerts Иран")
    await desk.say("/mute Иран")
    await desk.news(desk.entry("Иран туралы бірінші жаңалық"))
    assert await alerts(desk) == []
    desk.clock.forward(days=2)
    await desk.news(desk.entry("Иранда жер сілкінді"))
    ((_, alert),) = await alerts(desk)
    assert "сілкінді" in alert.text

    async with desk.storage.transaction() as unit:
        await unit.feeds.switch(7, "kazinform", on=False)
    await desk.news(desk.entry("Иран құрамасы жеңді"))
    assert len(await alerts(desk)) == 1


async def test_a_storm_comes_as_a_few_alerts_and_one_message(desk):
    """Five by themselves; ten minutes later the rest in one, with pages; then it begins anew."""
    await desk.say("/alerts Иран")
    await desk.news(*storm(desk))
    assert len(await alerts(desk)) == BURST
    desk.clock.forward(minutes=9)
    assert len(await alerts(desk)) == BURST
    desk.clock.forward(minutes=1)
    *_, (_, folded) = found = await alerts(desk)

    assert len(found) == BURST + 1
    assert "7 жаңалық" in folded.text
    assert len({title for _, one in found for title in WORDS if f"{title} " in one.text}) == len(WORDS)
    await desk.news(desk.entry("Иран туралы тағы бір жаңалық"))
    assert len(await alerts(desk)) == BURST + 2


async def test_quiet_hours_hold_alerts_until_they_end(desk):
    """Nothing by night, and in the morning one message; a single story comes as it is."""
    await desk.say("/alerts Иран")
    await set_chat(desk, quiet="10:00-13:00")  # 05:00 to 08:00 UTC; it is 06:00
    await desk.news(*storm(desk, WORDS[:3]))
    assert await alerts(desk) == []
    desk.clock.forward(hours=1, minutes=59)
    assert await alerts(desk) == []
    desk.clock.forward(minutes=1)

    ((_, folded),) = await alerts(desk)
    assert "3 жаңалық" in folded.text


async def test_a_paused_chat_gets_one_message_when_it_returns(desk):
    """What came meanwhile comes folded with the next story."""
    await desk.say("/alerts Иран")
    await desk.say("/pause")
    await desk.news(*storm(desk, WORDS[:3]))
    assert await alerts(desk) == []
    await desk.say("/resume")
    await desk.news(desk.entry("Иран туралы жаңа хабар"))

    assert len(await alerts(desk)) == 4


async def test_many_chats_are_served_in_steps(desk, monkeypatch):
    """Each once, whatever the size of a step; groups as well."""
    monkeypatch.setattr(service, "STEP", 2)
    for chat in (-100, 1, 2, 3, 4):
        await desk.say("/alerts Иран", chat=chat, kind="supergroup" if chat < 0 else "private")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    for chat in (-100, 1, 2, 3, 4):
        assert len(await alerts(desk, chat)) == 1


async def test_a_channel_gets_parts_in_place_of_pages(desk):
    """It has no buttons of its own: three parts at most."""
    await desk.say("/alerts Иран")
    await set_chat(desk, quiet="10:00-13:00", kind=ChatKind.CHANNEL)
    await desk.news(*storm(desk))
    await alerts(desk)
    desk.clock.forward(hours=2)
    found = await alerts(desk)

    assert [key for key, _ in found] == ["alert:7:1", "alert:7:1:1"]
    assert not any(answer.buttons for _, answer in found)


async def test_an_alert_shows_the_version_in_the_readers_language(desk):
    """A reader of Russian gets the Russian version where there is one."""
    await desk.say("/alerts Иран", language="ru")
    russian = Source("ria", {"kk": "РИА", "ru": "РИА", "en": "RIA"}, "https://ria.ru/", "ru")
    await desk.news(desk.entry("Иран объявил о новых переговорах с соседями по региону"), source=russian)

    ((_, alert),) = await alerts(desk)
    assert "РИА" in alert.text


async def set_chat(desk, **changes):
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(7), **changes))


@pytest.mark.parametrize("count", [1, 2])
async def test_one_story_is_no_list(desk, count):
    """What was held and is a single story comes as an alert, not as a list."""
    await desk.say("/alerts Иран")
    await set_chat(desk, quiet="10:00-13:00")
    await desk.news(*storm(desk, WORDS[:count]))
    await alerts(desk)
    desk.clock.forward(hours=2)

    ((_, alert),) = await alerts(desk)
    assert ("жаңалық" in alert.text) == (count > 1)
