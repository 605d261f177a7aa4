"""The time zone: by a city in any language, by a location that is shared, confirmed before anything changes."""

import pytest

from bot.core.model import LOCALES

CITY = {
    "kk": ("Қызылорда", "Қызылорда (Asia/Qyzylorda)"),
    "ru": ("Кызылорда", "Кызылорда (Asia/Qyzylorda)"),
    "en": ("Berlin", "Berlin (Europe/Berlin)"),
}
NEAREST = {"kk": "Ең жақын қала: Орал", "ru": "Ближайший город: Уральск", "en": "The nearest city: Oral"}
SET_IT = {"kk": "Иә, таңдаймын", "ru": "Да, выбрать", "en": "Yes, use it"}
NO_ZONE = {
    "zone-nowhere": {"kk": "қала табылмады", "ru": "не нашёл ни одного города", "en": "no city near"},
    "zone-many": {"kk": "бірнеше уақыт белдеуі", "ru": "несколькими часовыми поясами", "en": "several time zones"},
    "zone-unknown": {"kk": "табылмады", "ru": "Не нашёл", "en": "neither a city"},
}
ORAL = {"location": {"latitude": 51.2, "longitude": 51.4}}


async def zone(desk):
    async with desk.storage.reading() as unit:
        return (await unit.chats.get(7)).zone


@pytest.mark.parametrize("language", LOCALES)
async def test_a_city_is_enough(desk, language):
    """Typed in the reader's language; the answer names the city, the zone and the time there."""
    typed, said = CITY[language]
    (answer,) = await desk.say(f"/timezone {typed}", language=language)

    assert said in answer.text
    assert await zone(desk) == said.partition("(")[2].rstrip(")")


@pytest.mark.parametrize("language", LOCALES)
async def test_a_shared_location_is_confirmed_first(desk, language):
    """Nothing changes until the button is pressed; the zones nearby are offered beside it."""
    (asked,) = await desk.send(ORAL, language=language)
    assert NEAREST[language] in asked.text
    assert "Asia/Oral" in asked.text
    assert await zone(desk) == "Asia/Almaty"
    assert len(asked.buttons) >= 3

    (done,) = await desk.press(asked, SET_IT[language], language=language)
    assert done.edits == 55
    assert await zone(desk) == "Asia/Oral"


async def test_another_zone_is_a_button_away(desk):
    """A neighbour with the time there, or the panel of zones."""
    (asked,) = await desk.send(ORAL, language="ru")
    (done,) = await desk.press(asked, asked.buttons[1], language="ru")
    assert "·" in asked.buttons[1]
    assert await zone(desk) not in {"Asia/Oral", "Asia/Almaty"}

    (panel,) = await desk.press(asked, "Другой пояс", language="ru")
    assert "Москва" in panel.buttons
    assert done.edits == panel.edits == 55


async def test_a_venue_is_a_location_too(desk):
    """What is shared from the map has a place and a name; the place counts."""
    where = ORAL["location"]
    (asked,) = await desk.send({**ORAL, "venue": {"location": where, "title": "Кафе", "address": "1"}})

    assert "Asia/Oral" in asked.text


@pytest.mark.parametrize("language", LOCALES)
async def test_the_ocean_is_answered_and_changes_nothing(desk, language):
    """Where no city is near, a sentence says what to do instead."""
    (answer,) = await desk.send({"location": {"latitude": 0, "longitude": -30}}, language=language)

    assert NO_ZONE["zone-nowhere"][language] in answer.text
    assert "/timezone" in answer.text
    assert await zone(desk) == "Asia/Almaty"


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("typed", "message"), [("Россия", "zone-many"), ("Марс", "zone-unknown")])
async def test_what_names_no_zone_changes_nothing(desk, language, typed, message):
    """A country with several zones asks for a city; an unknown word is said to be so."""
    (answer,) = await desk.say(f"/timezone {typed}", language=language)

    assert NO_ZONE[message][language] in answer.text
    assert await zone(desk) == "Asia/Almaty"


@pytest.mark.parametrize(("kind", "offered"), [("private", True), ("supergroup", False)])
async def test_a_location_is_asked_for_only_where_it_is_read(desk, kind, offered):
    """In a group nobody is asked to show where they are."""
    (panel,) = await desk.say("/timezone", language="ru", chat=7 if kind == "private" else -100, kind=kind)

    assert ("геопозицию" in panel.text) is offered
