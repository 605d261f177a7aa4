"""The style with pictures: the first picture of a digest above its text, no preview of any link else."""

from dataclasses import replace

import pytest

from bot.core import actions

IMAGE = "https://a.kz/photo.jpg"
STYLES = {
    "kk": ("Суретпен", "бірінші суреті"),
    "ru": ("С картинкой", "первая картинка"),
    "en": ("With a picture", "first picture"),
}


def pictured(desk, title, image=IMAGE, **more):
    return replace(desk.entry(title, **more), image=image)


async def previews(desk):
    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT dedupe_key, preview FROM outbox ORDER BY id")
    return {row["dedupe_key"].split(":")[0]: row["preview"] for row in rows}


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_pictures_are_chosen_in_the_settings(desk, language):
    """The panel says what it is now, a press turns it over, the digest and ``/latest`` show the first picture."""
    button, said = STYLES[language]
    await desk.say("/subscribe Иран", language=language)
    await desk.news(desk.entry("Иран және Қазақстан"), pictured(desk, "Иран президенті келді", minutes_ago=20))
    (panel,) = await desk.say("/settings", language=language)
    await desk.say("/latest", language=language)
    without = await previews(desk)
    (changed,) = await desk.press(panel, button, language=language)
    await desk.say("/latest", language=language)
    async with desk.storage.transaction() as unit:
        desk.clock.at = (await unit.chats.get(7)).next_digest_at
    await desk.digests.tick()

    assert said not in panel.text
    assert said in changed.text
    assert f"✓ {button}" in changed.buttons
    assert without == {"reply": None}
    assert await previews(desk) == {"reply": IMAGE, "digest": IMAGE}


async def test_each_page_shows_its_own_picture(desk):
    """A page without any picture has none; turning pages takes the picture along."""
    await desk.say("/subscribe Иран")
    await desk.press(None, "", data=actions.encode(actions.Toggle("pictures")))
    words = ("мұнай", "газ", "көлік", "спорт", "өнер", "ғылым", "сауда", "су", "жол", "қала", "ауыл")
    plain = [desk.entry(f"{word} {n * 13}", f"Иран {word}", minutes_ago=n) for n, word in enumerate(words)]
    await desk.news(*plain, pictured(desk, "Иранның суреті: наурыз", minutes_ago=99))
    (first,) = await desk.say("/latest")
    before = await previews(desk)
    await desk.press(first, "›")

    assert before["reply"] is None
    assert (await previews(desk))["reply"] == IMAGE


async def test_an_alert_shows_its_picture_too(desk):
    """At once as in the digest."""
    await desk.say("/alerts Иран")
    await desk.press(None, "", data=actions.encode(actions.Toggle("pictures")))
    await desk.news(pictured(desk, "Иран президенті келді"))
    await desk.alerts.tick()

    assert (await previews(desk))["alert"] == IMAGE


async def test_the_choice_is_taken_along(desk):
    """``/export`` has it."""
    await desk.press(None, "", data=actions.encode(actions.Toggle("pictures")))
    exported = await desk.say("/export")

    assert b'"pictures": true' in exported[0].file
