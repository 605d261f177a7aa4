"""Topics at the limits of what may be typed: accepted once, they stay readable, and stop nobody's news."""

import pytest

from bot.core import actions
from bot.core.query import MAX_CHARACTERS, MAX_WORDS
from bot.services.ingest import Ingest

MANY_WORDS = "|".join(f"сөз{n:02}" for n in range(MAX_WORDS))


async def test_a_topic_of_sixty_four_alternatives_stops_nobodys_news(desk):
    """As typed it has 383 characters, as stored more than 400: the index, a restart and all storing go on."""
    assert len(MANY_WORDS) == 383
    await desk.say("/subscribe Иран", chat=8)
    assert "сөз63" in (await desk.say(f"/subscribe {MANY_WORDS}"))[0].text
    await desk.ingest.tick()
    await desk.news(desk.entry("Иран туралы жаңалық"), desk.entry("Бүгін сөз17 айтылды"))
    assert "Иран туралы" in (await desk.say("/latest", chat=8))[0].text
    assert "сөз17" in (await desk.say("/latest"))[0].text

    desk.ingest = Ingest(desk.storage, None, desk.clock, "after a restart")
    await desk.ingest.warm()
    assert await desk.ingest.problem() is None
    await desk.news(desk.entry("Иранда жер сілкінді"), desk.entry("Кеше сөз42 айтылды"))
    assert "сілкінді" in (await desk.say("/latest", chat=8))[0].text
    assert "сөз42" in (await desk.say("/latest"))[0].text


ODD = {
    "alternatives": MANY_WORDS,
    "nested prefixes": "title:-title:" * 20 + "иран",
    "nested brackets": "иран " + "(a" * 60,
    "one long word": "й" * MAX_CHARACTERS,
    "broken quotes": '"' * 399 + "a",
    "letters that are decomposed": "क़ अख़बार",
}


@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
async def test_whatever_was_accepted_can_be_looked_at_and_left(desk, typed):
    """Its card, its news, its trend, its end and its return; the reader's other commands too."""
    (said,) = await desk.say(f"/subscribe {typed}")
    async with desk.storage.reading() as unit:
        (mine,) = await unit.subscriptions.of(7)
    for command in ("/topics", "/latest", "/digest", "/export", "/mute", f"/trends {typed}"):
        assert await desk.say(command), command
    for action in (actions.OpenTopic, actions.ShowTrend, actions.ShowLatest, actions.Unfollow, actions.Restore):
        assert await desk.press(said, "", data=actions.encode(action(mine.topic_id))), action
    async with desk.storage.reading() as unit:
        assert [one.topic_id for one in await unit.subscriptions.of(7)] == [mine.topic_id]
    assert await desk.say(f"/unsubscribe {typed}")
    async with desk.storage.reading() as unit:
        assert await unit.subscriptions.of(7) == []
