"""From Start to the first news within a minute, by buttons alone or by writing a topic."""

import pytest

from bot.core import actions
from bot.core.model import LOCALES
from bot.language.concepts import ready_topics

TITLE = "Футболдан Қазақстан құрамасы Иран құрамасын жеңді"
NEXT = {"kk": "Әрі қарай", "ru": "Дальше", "en": "Next"}
CHOOSE = {"kk": "Тақырып таңдау", "ru": "Выбрать темы", "en": "Choose topics"}


@pytest.mark.parametrize("language", LOCALES)
async def test_from_start_to_the_first_stories(desk, language):
    """Topics, hour, and the latest stories at once; all but the stories in one message."""
    await desk.news(desk.entry(TITLE))
    (welcome,) = await desk.say("/start", language=language)
    (topics,) = await desk.press(welcome, CHOOSE[language], language=language)
    economy = next(one for one in ready_topics() if one.id == "topic:economy").name(language).capitalize()
    (chosen,) = await desk.press(topics, economy, language=language)
    assert f"✓ {economy}" in chosen.buttons
    (hours,) = await desk.press(chosen, NEXT[language], language=language)
    done, *_ = await desk.press(hours, "07:30", language=language)
    async with desk.storage.reading() as unit:
        chat, mine = await unit.chats.get(7), await unit.subscriptions.of(7)

    assert all(answer.edits == 55 for answer in (topics, chosen, hours, done))
    assert "07:30" in done.text
    assert chat.schedule.startswith("07:30")
    assert len(mine) == 1


async def test_the_first_stories_are_those_of_the_chosen_topics(desk):
    """Of stored articles; nothing has to be waited for."""
    await desk.news(desk.entry(TITLE), desk.entry("Теңге бағамы көтерілді"))
    (page,) = await desk.press(None, "", data=actions.encode(actions.FirstStep("topics", "1")))
    await desk.press(page, "Футбол")
    _, latest = await desk.press(None, "", data=actions.encode(actions.FirstStep("hour", "08:30")))

    assert TITLE in latest.text
    assert "Теңге" not in latest.text


async def test_the_language_is_changed_on_the_welcome(desk):
    """The same message speaks it at once, and marks it."""
    (welcome,) = await desk.say("/start", language="en")
    (kazakh,) = await desk.press(welcome, "Қазақша", language="en")

    assert "✓ English" in welcome.buttons
    assert kazakh.edits == 55
    assert "Сәлем" in kazakh.text
    assert "✓ Қазақша" in kazakh.buttons


async def test_a_topic_is_switched_off_again_in_any_language(desk):
    """What was chosen in Kazakh is known, and taken off, in English."""
    press = actions.encode(actions.ToggleReady(0, "economy"))
    await desk.press(None, "", data=press)
    await desk.say("/language en")
    (page,) = await desk.press(None, "", data=actions.encode(actions.FirstStep("topics", "0")))
    assert "✓ Economy" in page.buttons
    (off,) = await desk.press(None, "", data=press)

    assert "Economy" in off.buttons
    async with desk.storage.reading() as unit:
        assert await unit.subscriptions.of(7) == []


async def test_every_ready_topic_stands_on_some_page(desk):
    """Pages turn in a ring, and each topic can be pressed."""
    seen = set()
    pages = -(-len(ready_topics()) // 10)
    for page in range(pages):
        (shown,) = await desk.press(None, "", data=actions.encode(actions.FirstStep("topics", str(page))))
        seen |= {actions.decode(button.data).key for row in shown.keyboard for button in row if button.data[0] == "2"}

    assert len(seen) == len(ready_topics())


@pytest.mark.parametrize(
    "action",
    [
        actions.FirstStep("colour", ""),
        actions.FirstStep("topics", "x"),
        actions.FirstStep("language", "de"),
        actions.ToggleReady(0, "colour"),
    ],
)
async def test_steps_that_there_are_not_are_stale(desk, action):
    """A short answer, and nothing is changed."""
    assert await desk.press(None, "", data=actions.encode(action)) == []

    assert "ескірген" in desk.callbacks[-1][1]


@pytest.mark.parametrize("text", ["Иран", "Иран | мұнай"])
async def test_a_written_topic_says_what_it_would_have_met(desk, text):
    """This week's articles, whether anyone follows it or not; last week's do not count."""
    await desk.news(desk.entry(TITLE), desk.entry("Иран ескі хабар", minutes_ago=11_000))
    (new,) = await desk.say(text)
    await desk.say(f"/subscribe {text}", chat=8)
    (known,) = await desk.say(text)

    assert "мақала саны: 1" in new.text
    assert new.text == known.text


@pytest.mark.parametrize(("language", "button"), [("kk", "Жазылу"), ("ru", "Подписаться"), ("en", "Follow")])
async def test_a_written_topic_of_any_length_is_confirmed_first(desk, language, button):
    """Too long for a button's data, it is asked about all the same; pressed twice it is followed once, as it is now."""
    text = "переговоры о цене на нефть и газ с соседними странами"
    (asked,) = await desk.say(text, language=language)
    async with desk.storage.reading() as unit:
        assert await unit.subscriptions.of(7) == []
    (followed,) = await desk.press(asked, button, language=language)
    await desk.say(f"/alerts {text}", language=language)
    (again,) = await desk.press(asked, button, language=language)
    async with desk.storage.reading() as unit:
        (mine,) = await unit.subscriptions.of(7)

    assert text in followed.text
    assert followed.edits == 55
    assert again.text == followed.text
    assert (mine.label, mine.mode) == (text, "at_once")


async def test_a_long_offer_is_its_chats_alone(desk):
    """The button of another's chat does nothing."""
    (asked,) = await desk.say("переговоры о цене на нефть и газ с соседними странами")

    assert await desk.press(asked, "Жазылу", chat=8) == []
    assert "ескірген" in desk.callbacks[-1][1]
