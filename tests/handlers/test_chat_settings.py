"""The panel of settings: each change is made, said and kept, by editing one message."""

import pytest

from bot.core import actions
from bot.core.model import LOCALES, Source


async def chat(desk):
    async with desk.storage.reading() as unit:
        return await unit.chats.get(7)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("kk", ("Бот тілі: Қазақша", "Asia/Almaty", "08:30", "Тыныш уақыт белгіленбеген")),
        ("ru", ("Язык бота: Русский", "Asia/Almaty", "08:30", "Тихие часы не заданы")),
        ("en", ("Bot language: English", "Asia/Almaty", "08:30", "No quiet hours")),
    ],
)
async def test_the_panel_says_every_setting(desk, language, expected):
    """Languages, zone, hours, quiet hours, style, what happens without news."""
    (panel,) = await desk.say("/settings", language=language)

    assert all(text in panel.text for text in expected)


@pytest.mark.parametrize("language", LOCALES)
async def test_every_button_leads_on_and_back(desk, language):
    """Two levels deep each button answers by editing, and each part leads back to the panel."""
    (panel,) = await desk.say("/settings", language=language)
    for row in panel.keyboard:
        for button in row:
            (part,) = await desk.press(None, "", data=button.data, language=language)
            assert part.edits == 55
            desk.clock.forward(minutes=1)  # nobody presses so fast
            for inner in (each for line in part.keyboard for each in line):
                (answer,) = await desk.press(None, "", data=inner.data, language=language)
                assert answer.edits == 55
                if inner.data.startswith("i:"):
                    (answer,) = await desk.press(None, "", data=inner.data, language=language)
                back = [each for line in answer.keyboard for each in line if each.data == "e:main"]
                assert back or "e:language" in [each.data for line in answer.keyboard for each in line]


async def test_switches_turn_over_and_back(desk):
    """Compact, saying that there is nothing, pause: marked where on."""
    (panel,) = await desk.say("/settings")
    for text in ("Қысқа шолу", "Жаңалық жоғын да хабарлау", "Тоқтата тұру"):
        (on,) = await desk.press(panel, text)
        assert f"✓ {text}" in on.buttons
        (off,) = await desk.press(on, f"✓ {text}")
        assert text in off.buttons


async def test_quiet_hours_are_set_by_word_and_by_button(desk):
    """Said back, stored in one form, switched off; what cannot be read changes nothing."""
    (said,) = await desk.say("/quiet 23-7")
    assert "23:00–07:00" in said.text
    assert (await chat(desk)).quiet == "23:00-07:00"
    (unread,) = await desk.say("/quiet түнде")
    assert "түсініксіз" in unread.text
    assert (await chat(desk)).quiet == "23:00-07:00"

    (panel,) = await desk.say("/quiet")
    (off,) = await desk.press(panel, "Өшіру")
    assert "белгіленбеген" in off.text
    assert (await chat(desk)).quiet == ""


async def test_articles_come_in_the_languages_that_were_chosen(desk):
    """In ``/latest`` and in digests; the last language stays; all of them is the default again."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы қазақша жаңалық"))
    russian = Source("ria", {"kk": "РИА", "ru": "РИА", "en": "RIA"}, "https://ria.ru/", "ru")
    await desk.news(desk.entry("Иран объявил о начале новых переговоров"), source=russian)
    (panel,) = await desk.press(None, "", data=actions.encode(actions.OpenSettings("articles")))
    for name in ("✓ Русский", "✓ English"):
        (panel,) = await desk.press(panel, name)
    for command in ("/latest", "/digest", "/latest Иран"):
        (shown,) = await desk.say(command)
        assert "қазақша жаңалық" in shown.text
        assert "переговоров" not in shown.text

    assert await desk.press(panel, "✓ Қазақша") == []
    assert "Кемінде бір тіл" in desk.callbacks[-1][1]
    for name in ("Русский", "English"):
        (panel,) = await desk.press(panel, name)
    assert (await chat(desk)).languages == ()
    assert "переговоров" in (await desk.say("/digest"))[0].text


async def test_a_compact_digest_has_headlines_only(desk):
    """The summary goes, the headline and its outlet stay."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық", "Қысқаша мазмұны осында."))
    assert "мазмұны" in (await desk.say("/latest"))[0].text
    await desk.press(None, "", data=actions.encode(actions.Toggle("compact")))

    compact = (await desk.say("/latest"))[0].text
    assert "Иран туралы жаңалық" in compact
    assert "мазмұны" not in compact


@pytest.mark.parametrize("action", [actions.Toggle("colour"), actions.OpenSettings("colour")])
async def test_buttons_of_another_version_are_stale(desk, action):
    """A setting that there is not."""
    assert await desk.press(None, "", data=actions.encode(action)) == []

    assert "ескірген" in desk.callbacks[-1][1]
