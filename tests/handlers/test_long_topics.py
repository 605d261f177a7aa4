"""Topics at the limits of what may be typed: accepted once, they stay readable, and stop nobody's news."""

import pytest

from bot.core import actions
from bot.core.matching.query import MAX_CHARACTERS, MAX_WORDS
from bot.core.model import LOCALES
from bot.language.concepts import concepts
from bot.services.ingest import Ingest

MANY_WORDS = "|".join(f"сөз{n:02}" for n in range(MAX_WORDS))


async def test_a_topic_of_sixty_four_alternatives_stops_nobodys_news(desk):
    """As typed it has 383 characters, as stored more than 400: the index, a restart and all storing go on."""
    assert len(MANY_WORDS) == 383
    await desk.say("/subscribe Иран", chat=8)
    assert "сөз63" in (await desk.say(f"/subscribe {MANY_WORDS}"))[0].text
    await desk.ingest.tick()
    await desk.news(desk.entry("Иран туралы жаңалық"), desk.entry("Бүгін сөз17 айтылды"))
    assert "Иран туралы" in (await desk.say("/latest", chat=8))[0].text
    assert "сөз17" in (await desk.say("/latest"))[0].text

    desk.ingest = Ingest(desk.storage, None, desk.clock, "after a restart")
    await desk.ingest.warm()
    assert await desk.ingest.problem() is None
    await desk.news(desk.entry("Иранда жер сілкінді"), desk.entry("Кеше сөз42 айтылды"))
    assert "сілкінді" in (await desk.say("/latest", chat=8))[0].text
    assert "сөз42" in (await desk.say("/latest"))[0].text


ODD = {
    "alternatives": MANY_WORDS,
    "nested prefixes": "title:-title:" * 20 + "иран",
    "nested brackets": "иран " + "(a" * 60,
    "one long word": "й" * MAX_CHARACTERS,
    "broken quotes": '"' * 399 + "a",
    "letters that are decomposed": "क़ अख़बार",
}


@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
async def test_whatever_was_accepted_can_be_looked_at_and_left(desk, typed):
    """Its card, its news, its trend, its end and its return; the reader's other commands too."""
    (said,) = await desk.say(f"/subscribe {typed}")
    async with desk.storage.reading() as unit:
        (mine,) = await unit.subscriptions.of(7)
    for command in ("/topics", "/latest", "/digest", "/export", "/mute", f"/trends {typed}"):
        assert await desk.say(command), command
    for action in (actions.OpenTopic, actions.ShowTrend, actions.ShowLatest, actions.Unfollow, actions.Restore):
        assert await desk.press(said, "", data=actions.encode(action(mine.topic_id))), action
    async with desk.storage.reading() as unit:
        assert [one.topic_id for one in await unit.subscriptions.of(7)] == [mine.topic_id]
    assert await desk.say(f"/unsubscribe {typed}")
    async with desk.storage.reading() as unit:
        assert await unit.subscriptions.of(7) == []


async def test_many_long_topics_that_meet_one_story_fit_their_messages(desk):
    """Every answer has a place in Telegram's limits (the desk holds that): the card, why it came, fewer like it."""
    for number in range(30):
        words = "|".join(f"сөз{number:02}{word:02}" for word in range(MAX_WORDS - 10))
        assert await desk.say(f"/alerts Иран|{words}"[:MAX_CHARACTERS].rpartition("|")[0])
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await desk.alerts.tick()
    (alert,) = [answer for key, answer in await desk.outbox() if key.startswith("alert:")]
    async with desk.storage.reading() as unit:
        (story,) = {row["story_id"] for row in await unit.connection.fetch_sql("SELECT story_id FROM article")}
    for action in (actions.OpenStory, actions.Why, actions.OfferMutes):
        (shown,) = await desk.press(alert, "", data=actions.encode(action(0, story)))
        assert "Иран" in shown.text
    (why,) = await desk.press(alert, "", data=actions.encode(actions.Why(0, story)))
    assert why.text.endswith("+20")


async def test_a_topic_of_sixty_four_abbreviations_is_explained_within_a_message(desk):
    """Each of them stands for up to three long names; what is shown ends with an ellipsis."""
    forms = {min((one for some in c.forms.values() for one in some), key=len): c for c in concepts() if c.query is None}
    short = [form for form in sorted(forms, key=lambda form: (len(form), form)) if form.isalpha()]
    longest = sorted(short[:200], key=lambda form: -sum(len(forms[form].name(locale)) for locale in LOCALES))
    (said,) = await desk.say("/subscribe " + "|".join(longest[:MAX_WORDS]))

    assert "…" in said.text
