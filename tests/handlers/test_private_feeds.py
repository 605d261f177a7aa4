"""Feeds that readers add: what one reader brings in costs no other reader anything."""

import pytest

from bot.core.sources import own_source
from bot.ports.alerts import AlertCursor

OWNER, OTHER = 8, 7
TITLES = ("Иран елшісі Астанаға келді", "Иран мен Қытай келісімге қол қойды")
FLOOD = 350  # more than any search reads


async def add_feed(desk, chat, url="https://feeds.example.test/noise"):
    """Add a feed to a chat, as its button would, and return it."""
    await desk.say("/help", chat=chat)
    source = own_source(url, "kk")
    async with desk.storage.transaction() as unit:
        await unit.feeds.add(source, desk.clock.now())
        await unit.feeds.switch(chat, source.id, on=True)
    return source


async def flood(desk):
    """Bring two stories of the catalogue's, then a reader's own feed with more newer ones than a search reads."""
    await desk.news(*(desk.entry(title, minutes_ago=60 + n * 60) for n, title in enumerate(TITLES)))
    source = await add_feed(desk, OWNER)
    entries = [desk.entry(f"Иран туралы {n} жазба", f"Иран {n}", minutes_ago=1, id=f"n{n}") for n in range(FLOOD)]
    await desk.bring(source, *entries)


@pytest.mark.parametrize("text", ["/search иран", "/latest иран", "/search Iran", "/search иран | мектеп"])
async def test_anothers_feed_hides_nothing_from_a_search(desk, text):
    """However much that feed brings on the same words, and however new, other readers find what they would without."""
    await flood(desk)
    (answer,) = await desk.say(text, chat=OTHER)

    assert all(title in answer.text for title in TITLES)
    assert "жазба" not in answer.text
    assert "жазба" in (await desk.say(text, chat=OWNER))[0].text


async def test_anothers_feed_hides_nothing_from_counts_charts_and_inline_answers(desk):
    """Words offered as a topic, ``/trends`` of a topic that nobody follows, inline mode."""
    await flood(desk)
    (offered,) = await desk.say("Иран", chat=OTHER)
    (trend,) = await desk.say("/trends иран", chat=OTHER)
    sender = {"id": OTHER, "is_bot": False, "first_name": "A", "language_code": "kk"}
    await desk.handle({"inline_query": {"id": "i1", "from": sender, "query": "Иран", "offset": ""}}, OTHER)

    assert "мақала саны: 2" in offered.text
    assert trend.file is not None
    assert "2" in trend.text
    assert [result.title for result in desk.inline[-1][1]] == list(TITLES)


async def test_anothers_feed_hides_nothing_from_a_new_topic(desk):
    """A new topic is filled with the catalogue's articles whatever private ones there are: card, digest, latest."""
    await flood(desk)
    await desk.say("/subscribe Иран", chat=OTHER)
    (latest,) = await desk.say("/latest", chat=OTHER)
    (digest,) = await desk.say("/digest", chat=OTHER)
    (card,) = await desk.say("/alerts Иран", chat=OTHER)

    for answer in (latest, digest):
        assert all(title in answer.text for title in TITLES)
    assert "мақала саны: 2" in card.text


async def test_a_topic_that_others_follow_is_filled_from_ones_own_feed_too(desk):
    """Who follows it later finds what their own feed had before; a first digest brings the last day of it, once."""
    source = await add_feed(desk, OWNER)
    await desk.bring(source, desk.entry("Иран: ескі жазба"))
    desk.clock.forward(days=3)
    await desk.news(*(desk.entry(title, minutes_ago=60 + n) for n, title in enumerate(TITLES)))
    desk.clock.forward(minutes=2)
    await desk.bring(source, desk.entry("Иран: ескі жазба"), desk.entry("Иран: бүгінгі жазба"))
    await desk.say("/subscribe Иран", chat=OTHER)
    await desk.say("/subscribe Иран", chat=OWNER)

    latest, digest = (await desk.say("/latest", chat=OWNER))[0].text, (await desk.say("/digest", chat=OWNER))[0].text
    assert "ескі жазба" in latest
    assert "ескі жазба" not in digest
    for text in (latest, digest):
        assert "бүгінгі жазба" in text
        assert all(title in text for title in TITLES)
    others = (await desk.say("/latest", chat=OTHER))[0].text + (await desk.say("/digest", chat=OTHER))[0].text
    assert "жазба" not in others


async def test_anothers_feed_concerns_no_chat_that_does_not_see_it(desk):
    """Its stories under a topic at once have nobody looked at but its own readers."""
    for chat in (OTHER, OWNER):
        await desk.say("/alerts Иран", chat=chat)
    source = await add_feed(desk, OWNER)
    await desk.bring(source, desk.entry("Иран: жаңа жазба"))
    async with desk.storage.reading() as unit:
        concerned = await unit.alerts.concerned(AlertCursor(0, 2**60), limit=9)
    await desk.alerts.tick()

    assert concerned == [OWNER]
    assert [answer.chat_id for key, answer in await desk.outbox() if key.startswith("alert:")] == [OWNER]
