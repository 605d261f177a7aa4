"""The panel of topics: list, card, delivery, mute, removal and its undo."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core import actions
from bot.core.model import LOCALES


async def card(desk, topic="Иран", language="kk"):
    await desk.say(f"/subscribe {topic}", language=language)
    (listed,) = await desk.say("/topics", language=language)
    (opened,) = await desk.press(listed, listed.buttons[0])
    return opened


async def subscription(desk, chat=7):
    async with desk.storage.reading() as unit:
        (found,) = await unit.subscriptions.of(chat)
    return found


@pytest.mark.parametrize(
    ("language", "count", "mode"),
    [("kk", "мақала саны: 2", "шолумен"), ("ru", "2 статьи", "дайджесте"), ("en", "2 articles this week", "digest")],
)
async def test_a_topic_opens_to_its_card(desk, language, count, mode):
    """Articles of this week, how it was understood, how it is brought; an article of last week does not count."""
    await desk.news(
        desk.entry("Иран бірінші"), desk.entry("Иран екінші мәлімдеме"), desk.entry("Иран ескі", minutes_ago=11_000)
    )
    opened = await card(desk, language=language)

    assert opened.edits == 55
    assert "Иран / Iran" in opened.text
    assert count in opened.text
    assert mode in opened.text


async def test_delivery_is_changed_on_the_card(desk):
    """Each mode is stored, said and marked; at once begins after what there is."""
    await desk.news(desk.entry("Иран бірінші"))
    opened = await card(desk)
    (now,) = await desk.press(opened, "Бірден")
    stored = await subscription(desk)
    async with desk.storage.reading() as unit:
        assert stored.watermark == await unit.sequences.last("seq")
    (weekly,) = await desk.press(now, "Апта сайын")
    (listed,) = await desk.say("/topics")

    assert stored.mode == "at_once"
    assert "✓ Бірден" in now.buttons
    assert "апталық шолуда" in weekly.text
    assert "1. Иран · апта сайын" in listed.text


async def test_a_topic_is_muted_and_heard_again(desk):
    """For a day or a week, by button; the card says until when, and offers to end it."""
    opened = await card(desk)
    (muted,) = await desk.press(opened, "Бір аптаға өшіру")
    assert "Қайта қосылады: 9 наурыз" in muted.text
    assert "өшірулі" in (await desk.say("/topics"))[0].text

    (heard,) = await desk.press(muted, "Қайта қосу")
    assert "Бір аптаға өшіру" in heard.buttons
    assert (await subscription(desk)).muted_until is None


async def test_removal_can_be_undone_with_its_delivery(desk):
    """The topic comes back as it was brought before."""
    opened = await card(desk)
    await desk.press(opened, "Апта сайын")
    (removed,) = await desk.press(opened, "Бас тарту")
    (back,) = await desk.press(removed, "Қайтару")

    assert "жазылдыңыз" in back.text
    assert (await subscription(desk)).mode == "weekly"


async def test_a_changed_topic_keeps_its_delivery(desk):
    """Wider by a synonym, and still at once."""
    (followed,) = await desk.say("/subscribe мұнай")
    await desk.say("/alerts мұнай")
    wider = next(text for text in followed.buttons if text.startswith("Қосу:"))
    await desk.press(followed, wider)

    assert (await subscription(desk)).mode == "at_once"


async def test_alerts_follows_and_brings_at_once(desk):
    """One line is enough; a topic that is followed already changes its delivery only."""
    (new,) = await desk.say("/alerts Иран", language="ru")
    await desk.say("/alerts иран", language="ru")

    assert "приходят сразу" in new.text
    assert (await subscription(desk)).mode == "at_once"


async def test_mute_takes_a_topic_or_offers_the_list(desk):
    """By name for a day; without one, the list asks which."""
    await desk.say("/subscribe Иран")
    (muted,) = await desk.say("/mute Иран")
    (which,) = await desk.say("/mute")
    (unknown,) = await desk.say("/mute Марс")

    assert "Қайта қосылады: 3 наурыз" in muted.text
    assert "өшірейік" in which.text
    assert which.buttons == ["Иран"]
    assert "жазылмағансыз" in unknown.text


async def test_a_long_list_is_turned_in_place(desk):
    """Eight topics a page; a page beyond the end shows the last."""
    for number in range(17):
        await desk.say(f"/subscribe тақырып{number}")
    (first,) = await desk.say("/topics")
    (second,) = await desk.press(first, "›")
    (beyond,) = await desk.press(first, "", data=actions.encode(actions.ShowTopics(99, "topics")))

    assert first.buttons[-3:] == ["‹", "1/3", "›"]
    assert "9. тақырып8" in second.text
    assert "тақырып16" in beyond.text


@pytest.mark.parametrize(
    "action", [actions.OpenTopic(999), actions.SetMode(999, "digest"), actions.Mute(999, 1), actions.Mute(1, 400)]
)
async def test_buttons_of_topics_that_are_gone_are_stale(desk, action):
    """A short answer, and nothing is changed."""
    await desk.say("/subscribe Иран")
    before = await subscription(desk)
    assert await desk.press(None, "", data=actions.encode(action)) == []

    assert "ескірген" in desk.callbacks[-1][1]
    assert await subscription(desk) == before


async def test_a_mode_of_another_version_is_stale(desk):
    """What no mode is called changes nothing."""
    await desk.say("/subscribe Иран")
    topic = (await subscription(desk)).topic_id
    assert await desk.press(None, "", data=actions.encode(actions.SetMode(topic, "hourly"))) == []

    assert (await subscription(desk)).mode == "digest"


@pytest.mark.parametrize("language", LOCALES)
async def test_every_button_of_a_card_answers(desk, language):
    """In every language, one after another."""
    opened = await card(desk, language=language)
    for button in (each for row in opened.keyboard for each in row if each.url is None):
        assert await desk.press(None, "", data=button.data, language=language)


@pytest.mark.parametrize(
    ("language", "way", "off", "said"),
    [
        ("kk", "Мақала тілдері", "✓ Русский", "Қазақша, English"),
        ("ru", "Языки статей", "✓ English", "Қазақша, Русский"),
        ("en", "Article languages", "✓ Қазақша", "Русский, English"),
    ],
)
async def test_a_topic_has_languages_of_its_own(desk, language, way, off, said):
    """Switched on its card, said there, kept; its articles keep to them, and all of them is the default again."""
    await desk.news(desk.entry("Иран туралы қазақша жаңалық"))
    opened = await card(desk, language=language)
    (which,) = await desk.press(opened, way, language=language)
    (switched,) = await desk.press(which, off, language=language)
    (back,) = await desk.press(switched, switched.buttons[-1], language=language)
    assert off.removeprefix("✓ ") in switched.buttons
    assert said in back.text

    expected = 0 if off == "✓ Қазақша" else 1
    assert str(expected) in back.text
    (again,) = await desk.press(switched, off.removeprefix("✓ "), language=language)
    assert off in again.buttons
    assert (await subscription(desk)).languages == ()


async def test_one_language_stays(desk):
    """The last one cannot be switched off; a chat that reads one alone is not asked."""
    opened = await card(desk)
    (which,) = await desk.press(opened, "Мақала тілдері")
    (which,) = await desk.press(which, "✓ Русский")
    (which,) = await desk.press(which, "✓ English")
    assert await desk.press(which, "✓ Қазақша") == []
    assert "Кемінде бір тіл" in desk.callbacks[-1][1]
    assert (await subscription(desk)).languages == ("kk",)

    for locale in ("ru", "en"):
        await desk.press(None, "", data=actions.encode(actions.Toggle(locale)))
    (plain,) = await desk.press(None, "", data=actions.encode(actions.OpenTopic((await subscription(desk)).topic_id)))
    assert "Мақала тілдері" not in plain.buttons


async def test_a_removal_is_undone_as_it_was(desk):
    """Mode, mute, languages and what was brought already, of a topic of any length; pressed twice it is once."""
    topic = "мұнай бағасы туралы халықаралық биржалардағы барлық соңғы жаңалықтар"
    opened = await card(desk, topic)
    (opened,) = await desk.press(opened, "Апта сайын")
    (opened,) = await desk.press(opened, "Бір аптаға өшіру")
    (which,) = await desk.press(opened, "Мақала тілдері")
    await desk.press(which, "✓ English")
    before = await subscription(desk)
    (removed,) = await desk.press(opened, "Бас тарту")
    (back,) = await desk.press(removed, "Қайтару")
    (twice,) = await desk.press(removed, "Қайтару")

    assert "жазылдыңыз" in back.text
    assert back.text == twice.text
    assert await subscription(desk) == before


async def test_a_removal_by_command_is_undone_too(desk):
    """``/unsubscribe`` with a topic has the same way back."""
    await desk.say("/subscribe Иран")
    (removed,) = await desk.say("/unsubscribe Иран")
    await desk.press(removed, "Қайтару")

    assert (await subscription(desk)).label == "Иран"


async def test_a_removal_of_yesterday_is_stale(desk):
    """After a day the button says so."""
    opened = await card(desk)
    (removed,) = await desk.press(opened, "Бас тарту")
    async with desk.storage.transaction() as unit:
        await unit.retention.removals(desk.clock.at.replace(year=2027), limit=9)

    assert await desk.press(removed, "Қайтару") == []
    assert "ескірген" in desk.callbacks[-1][1]


@pytest.mark.parametrize(("language", "share"), [("kk", "Бөлісу"), ("ru", "Поделиться"), ("en", "Share")])
async def test_a_topic_is_shared_by_a_deep_link(desk, language, share):
    """Its card has the link; whoever opens it follows the same topic."""
    opened = await card(desk, "теңге бағамы", language=language)
    address = parse_qs(urlsplit(opened.button(share).url).query)
    parameter = parse_qs(urlsplit(address["url"][0]).query)["start"][0]
    (followed,) = await desk.say(f"/start {parameter}", chat=8, language=language)

    assert address["url"][0].startswith("https://t.me/jarshy_bot?")
    assert address["text"] == ["теңге бағамы"]
    assert "теңге бағамы" in followed.text
    assert (await subscription(desk, chat=8)).label == "теңге бағамы"


async def test_a_topic_too_long_for_a_link_has_none(desk):
    """Telegram's links hold 64 characters."""
    opened = await card(desk, "мұнай бағасы туралы халықаралық биржалардағы жаңалықтар")

    assert "Бөлісу" not in opened.buttons
