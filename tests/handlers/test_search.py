"""``/search``: all stored articles, by the matcher that topics have."""

from datetime import timedelta

import pytest

from bot.services.upkeep import Upkeep

TITLE = "Пезешкианның Қазақстанға сапары Иран үшін биылғы ең маңызды оқиғаның бірі"


@pytest.mark.parametrize(
    ("language", "header"), [("kk", "Іздеу нәтижесі"), ("ru", "Результаты поиска"), ("en", "Search results")]
)
async def test_words_are_found_in_any_form_and_script(desk, language, header):
    """Inflected, in other scripts; the answer is in the reader's language, and offers the topic."""
    await desk.news(desk.entry(TITLE), desk.entry("Мектепте байқау өтті"))
    for words in ("иран", "Iran", "қазақстан", "Казакстан", '"маңызды оқиға"', "-мектеп иран"):
        (answer,) = await desk.say(f"/search {words}", language=language)
        assert header in answer.text
        assert TITLE in answer.text
        assert "Мектепте" not in answer.text
        assert any(words in text for text in answer.buttons)


@pytest.mark.parametrize("days", [7, 30, 90])
async def test_what_is_kept_is_found(desk, days):
    """The reach of a search, of a new topic and of /latest is KEEP_ARTICLES_DAYS, whatever it says."""
    upkeep = Upkeep(desk.storage, desk.clock, articles=timedelta(days=days), messages=timedelta(days=7))
    await desk.news(desk.entry(TITLE))
    desk.clock.forward(days=days - 1)
    await upkeep.tick()
    assert TITLE in (await desk.say("/search иран"))[0].text
    await desk.say("/subscribe Пезешкиан")
    assert TITLE in (await desk.say("/latest Пезешкиан"))[0].text
    desk.clock.forward(days=2)
    await upkeep.tick()

    assert "табылмады: «иран»" in (await desk.say("/search иран"))[0].text
    assert TITLE not in (await desk.say("/latest Пезешкиан"))[0].text


async def test_results_are_turned_in_the_same_message(desk):
    """More than a page: buttons, as in every list of stories."""
    words = ("көлік", "мұнай", "мәдениет", "спорт", "ғылым", "білім", "сауда", "туризм", "су", "қала", "ауыл", "жол")
    await desk.news(*(desk.entry(f"{word} {n * 7}", f"Иран {word}", minutes_ago=n) for n, word in enumerate(words)))
    (first,) = await desk.say("/search иран")
    (second,) = await desk.press(first, "›")

    assert "12 жаңалық" in first.text
    assert sum(word in first.text + second.text for word in words) == len(words)


async def test_a_topic_that_is_followed_is_not_offered(desk):
    """And searching follows nothing."""
    await desk.news(desk.entry(TITLE))
    await desk.say("/search иран")
    assert "/subscribe" in (await desk.say("/topics"))[0].text
    await desk.say("/subscribe Иран")

    assert (await desk.say("/search иран"))[0].buttons == ["Жаңалық туралы толығырақ"]


@pytest.mark.parametrize(
    ("text", "expected"), [("/search", "/search мұнай"), ("/search -иран", "шығарып"), ("/search ...", "жоқ")]
)
async def test_nothing_to_look_for_is_said(desk, text, expected):
    """No words, only exclusions, only signs."""
    assert expected in (await desk.say(text))[0].text
