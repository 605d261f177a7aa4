"""What comes by itself and when, asked for by messages alone, in three languages."""

from datetime import timedelta
from itertools import pairwise

import pytest

from bot.core.alerts import BURST

LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])
FOLDED = {"kk": "7 жаңалық", "ru": "7 новостей", "en": "7 stories"}
THREE = {"kk": "3 жаңалық", "ru": "3 новости", "en": "3 stories"}
NOTHING = {"kk": "жаңа ештеңе жоқ", "ru": "ничего нового", "en": "nothing new"}
TWO_AT_MOST = {"kk": "екі", "ru": "двух", "en": "two"}
WORDS = ["мұнай", "көлік", "спорт", "өнер", "ғылым", "сауда", "туризм", "банк", "қала", "ауыл", "жол", "газ"]


def storm(desk, words):
    return [desk.entry(f"{word} {n * 17} туралы", f"Иран {word}", minutes_ago=n) for n, word in enumerate(words)]


async def came(desk, kind):
    """Let a second pass for each tick and return what came of itself, the weekly review aside."""
    await desk.alerts.tick()
    await desk.digests.tick()
    found = await desk.outbox()
    return [answer for key, answer in found if key.startswith(f"{kind}:") and ":weekly-" not in key]


async def slot(desk):
    async with desk.storage.reading() as unit:
        return (await unit.chats.get(7)).next_digest_at


@LANGUAGES
async def test_a_storm_is_folded(desk, language):
    """Five alerts, then the rest as one message that counts them."""
    await desk.say("/alerts Иран", language=language)
    await desk.news(*storm(desk, WORDS))
    single = await came(desk, "alert")
    desk.clock.forward(minutes=10)
    *_, folded = await came(desk, "alert")

    assert len(single) == BURST
    assert FOLDED[language] in folded.text


@LANGUAGES
async def test_quiet_hours_hold_alerts_and_then_fold(desk, language):
    """Set by /quiet; nothing in them, one message after them."""
    await desk.say("/alerts Иран", language=language)
    await desk.say("/quiet 10:00-13:00", language=language)  # it is 11:00 in Almaty
    await desk.news(*storm(desk, WORDS[:3]))
    held = await came(desk, "alert")
    desk.clock.forward(hours=2)
    (folded,) = await came(desk, "alert")

    assert held == []
    assert THREE[language] in folded.text


@LANGUAGES
@pytest.mark.parametrize(
    ("said", "hours"), [("08:30,19:00", (10.5, 13.5)), ("mon,fri 09:00", (72, 96)), ("19:00", (24, 24))]
)
async def test_digests_come_at_their_hours(desk, language, said, hours):
    """Morning, evening, several times, weekdays: the gaps between slots are as they were asked for."""
    await desk.say("/subscribe Иран", language=language)
    await desk.say(f"/schedule {said}", language=language)
    slots = []
    for n in range(3):
        desk.clock.at = await slot(desk)
        slots.append(desk.clock.at)
        await desk.news(desk.entry(f"{WORDS[n]} {n * 17}", f"Иран {WORDS[n]}"))
        assert len(await came(desk, "digest")) == n + 1

    gaps = sorted((later - earlier) / timedelta(hours=1) for earlier, later in pairwise(slots))
    assert tuple(gaps) == hours


@LANGUAGES
async def test_an_empty_digest_is_silent_or_says_so(desk, language):
    """Silent, until the reader chooses in the settings to be told."""
    await desk.say("/subscribe Иран", language=language)
    desk.clock.at = await slot(desk)
    silent = await came(desk, "digest")
    (panel,) = await desk.say("/settings", language=language)
    chosen = next(button for row in panel.keyboard for button in row if button.data == "i:empty")
    await desk.press(panel, chosen.text, language=language)
    desk.clock.at = await slot(desk)
    (said,) = await came(desk, "digest")

    assert silent == []
    assert NOTHING[language] in said.text
    assert said.buttons == []


@LANGUAGES
async def test_two_topics_are_drawn_side_by_side(desk, language):
    """One picture of both; a third topic is refused."""
    await desk.news(desk.entry("Иран президенті Қытайға барды"))
    (drawn,) = await desk.say("/trends Иран, Қытай", language=language)
    (refused,) = await desk.say("/trends Иран, Қытай, Ресей", language=language)

    assert drawn.file
    assert len(drawn.text.splitlines()) == 2
    assert refused.file is None
    assert TWO_AT_MOST[language] in refused.text.lower()


@LANGUAGES
async def test_long_answers_are_paged_in_place(desk, language):
    """``/latest``, ``/search`` and ``/digest`` turn their pages by editing the same message."""
    await desk.say("/subscribe Иран", language=language)
    await desk.news(*storm(desk, WORDS))
    for command in ("/latest", "/search Иран", "/digest"):
        (first,) = await desk.say(command, language=language)
        (second,) = await desk.press(first, "›", language=language)
        (again,) = await desk.press(second, "‹", language=language)

        assert second.edits == again.edits == 55
        assert "1/2" in first.buttons
        assert "2/2" in second.buttons
        assert again.html == first.html
