"""The review of the week: weekly topics, and what most outlets told."""

from datetime import UTC, datetime

import pytest

from bot.core.model import Source

SUNDAY = datetime(2026, 3, 8, 5, 0, tzinfo=UTC)  # 10:00 in Almaty
TITLE = "Пезешкиан Астанаға ресми сапармен келді: Иран мен Қазақстан бес құжатқа қол қойды"


async def reviews(desk, at=SUNDAY):
    desk.clock.at = at
    await desk.digests.tick()
    return [answer for key, answer in await desk.outbox() if ":weekly-" in key]


@pytest.mark.parametrize(
    ("language", "header"),
    [("kk", "Апта оқиғалары"), ("ru", "Главные события недели"), ("en", "The stories of the week")],
)
async def test_weekly_topics_come_with_the_most_covered_stories(desk, language, header):
    """Each story once: what a topic brought is not told again below."""
    await desk.say("/subscribe Иран", language=language)
    (listed,) = await desk.say("/topics", language=language)
    (card,) = await desk.press(listed, "Иран", language=language)
    weekly = next(b for row in card.keyboard for b in row if (b.data or "").endswith(":weekly"))
    await desk.press(None, "", data=weekly.data, language=language)
    await desk.news(desk.entry(TITLE), desk.entry("Мектепте республикалық байқау өтті"))
    (review,) = await reviews(desk)

    assert header in review.text
    assert review.text.count(TITLE) == 1
    assert review.text.index(TITLE) < review.text.index(header) < review.text.index("байқау")


async def test_most_outlets_come_first(desk):
    """What two outlets tell stands before what one tells later."""
    await desk.say("/subscribe футбол")
    await desk.news(desk.entry(TITLE, minutes_ago=600))
    other = Source("tengri", {"kk": "Т", "ru": "Т", "en": "T"}, "https://t.kz/", "kk")
    await desk.news(
        desk.entry(TITLE, minutes_ago=500, id="t1"), desk.entry("Мектепте республикалық байқау өтті"), source=other
    )
    (review,) = await reviews(desk)

    assert review.text.index(TITLE) < review.text.index("байқау")


async def test_sources_and_languages_that_are_off_stay_off(desk):
    """A review shows what the chat sees."""
    await desk.say("/subscribe футбол")
    await desk.news(desk.entry(TITLE))
    async with desk.storage.transaction() as unit:
        await unit.feeds.switch(7, "kazinform", on=False)

    assert await reviews(desk) == []


async def test_a_chat_without_topics_gets_no_review(desk):
    """Nothing comes that nobody asked for; without a weekly slot neither."""
    await desk.say("/start")
    await desk.say("/subscribe футбол", chat=8)
    await desk.say("/schedule off", chat=8)
    await desk.news(desk.entry(TITLE))

    assert await reviews(desk) == []
