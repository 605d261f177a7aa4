"""``/trends``: how often topics were in the news."""

import pytest
from desk import open_desk

from bot.core.model import LOCALES
from bot.core.render import plain_text

SEED = "Иран елшісі Астанаға келді"
HEADER = {"kk": "1 мақала", "ru": "1 статья", "en": "1 article"}


async def bring(desk):
    await desk.news(desk.entry(SEED), desk.entry("Мектепте байқау өтті"))


def figures(chart, panel=0):
    return sum(sum(series.values) for series in chart.panels[panel].series)


@pytest.mark.parametrize("language", LOCALES)
async def test_a_topic_is_drawn_with_its_figures_in_words(desk, language):
    """A picture of 30 days with a caption; a topic that is followed has the same figures as one that is not."""
    await bring(desk)
    (free,) = await desk.say("/trends Иран", language=language)
    await desk.say("/subscribe Иран", language=language)
    (followed,) = await desk.say("/trends  иран", language=language)

    assert free.file.startswith(b"\x89PNG")
    assert HEADER[language] in free.text
    assert free.text.lower() == followed.text.lower()
    one, other = desk.web.asked
    assert len(one.days) == 30
    assert one.panels[0].series == other.panels[0].series
    assert figures(one) == 1


@pytest.mark.parametrize("language", LOCALES)
async def test_where_photos_are_forbidden_the_figures_come_in_words(desk, language):
    """The caption, and that the picture cannot be shown there."""
    await bring(desk)
    (answer,) = await desk.say("/trends Иран", language=language, chat=-100, kind="supergroup")
    caption, why = plain_text(answer.instead).split("\n\n")

    assert caption == answer.text
    assert "фото" in why or "photos" in why


@pytest.mark.parametrize("command", ["/trends Иран", "/stats"])
async def test_figures_that_are_not_drawn_in_time_come_in_words(tmp_path, command):
    """A machine that is too busy to draw costs the picture, not the answer."""

    async def hang(_chart):
        raise TimeoutError

    async with open_desk(tmp_path, admins=[7]) as desk:
        await bring(desk)
        desk.web.draw = hang
        (answer,) = await desk.say(command, language="en")

    assert answer.file is None
    assert "1" in answer.text
    assert "wrong" not in answer.text


async def test_two_topics_are_compared_on_the_same_days(desk):
    """One panel for each, with a caption line for each; a third one is refused by a sentence."""
    await bring(desk)
    (answer,) = await desk.say("/trends Иран, Қытай")
    (chart,) = desk.web.asked
    assert [panel.title for panel in chart.panels] == ["Иран", "Қытай"]
    assert [figures(chart, 0), figures(chart, 1)] == [1, 0]
    assert len(answer.text.splitlines()) == 2

    (refused,) = await desk.say("/trends Иран, Қытай, Ресей")
    assert refused.file is None
    assert "екі" in refused.text


async def test_a_topic_without_mentions_is_answered_by_a_sentence(desk):
    """No empty picture is drawn."""
    (answer,) = await desk.say("/trends Қытай", language="en")

    assert answer.file is None
    assert "not one article" in answer.text


async def test_without_a_topic_the_chats_own_are_offered(desk):
    """A button draws it; one of a topic that is gone is stale."""
    await bring(desk)
    await desk.say("/subscribe Иран")
    for words in ("/trends", "/trends , ,"):
        (offer,) = await desk.say(words)
        assert offer.buttons == ["Иран"]
    (drawn,) = await desk.press(offer, "Иран")
    assert drawn.file
    assert drawn.edits is None

    await desk.say("/unsubscribe Иран")
    assert await desk.press(offer, "Иран") == []
    assert desk.callbacks[-1][1]
