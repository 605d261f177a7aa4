"""«Why?»: the words that met a topic."""

import pytest

from bot.core import actions

TITLE = "Пезешкианның Қазақстанға сапары Иран үшін маңызды"


@pytest.mark.parametrize(
    ("language", "button", "header"),
    [("kk", "Неге?", "неге келді"), ("ru", "Почему?", "Почему пришла"), ("en", "Why?", "Why this story")],
)
async def test_an_alert_says_why_it_came(desk, language, button, header):
    """Each topic that the story met, with the article's own words, as a new message."""
    for topic in ("Иран", "Қазақстан", "футбол"):
        await desk.say(f"/alerts {topic}", language=language)
    await desk.news(desk.entry(TITLE))
    await desk.alerts.tick()
    (alert,) = [answer for key, answer in await desk.outbox() if key.startswith("alert:")]
    (said,) = await desk.press(alert, button, language=language)

    assert said.edits is None
    assert header in said.text
    assert "Қазақстанға" in said.text
    assert "Иран" in said.text
    assert "футбол" not in said.text


async def test_what_is_gone_is_stale(desk):
    """A story that met nothing that the chat follows any more."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry(TITLE))
    await desk.press(None, "", data=actions.encode(actions.Unfollow(1)))
    assert await desk.press(None, "", data=actions.encode(actions.Why(1))) == []

    assert "ескірген" in desk.callbacks[-1][1]
