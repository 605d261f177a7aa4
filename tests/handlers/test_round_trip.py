"""What a chat may choose comes back: exported, imported into another chat, everything is as it was."""

from dataclasses import dataclass, replace

import pytest

from bot.core.matching.query import MAX_CHARACTERS, MAX_WORDS
from bot.core.model import LOCALES, DeliveryMode, Source
from bot.services.sources import MAX_OWN
from bot.services.subscriptions import MAX_TOPICS
from handlers.errands import LIST_BYTES

CATALOGUE = [Source(name, dict.fromkeys(LOCALES, name.upper()), f"https://{name}.kz/rss", "kk") for name in "abcd"]
FROM, TO = 7, 9


@dataclass(frozen=True)
class Listed:
    """A feed of a list."""

    url: str
    title: str


async def attached(desk, name):
    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT file_name, file_data FROM outbox ORDER BY id")
    return [bytes(row["file_data"]) for row in rows if row["file_name"] == name][-1]


async def chosen(desk, chat_id):
    """Return all that a chat chose, but for when and where."""
    async with desk.storage.transaction() as unit:
        chat = await unit.chats.get(chat_id)
        services = desk.services(unit)
        stored = {topic.id: topic.canonical for topic in await unit.topics.since(0)}
        topics = {
            (one.label, stored[one.topic_id], one.mode, one.languages)
            for one in await services.subscriptions.of(chat_id)
        }
        sources = {(one.source.id, one.source.name["kk"], one.on) for one in await services.sources.of(chat_id)}
    return replace(chat, id=0, created_at=desk.clock.now()), topics, sources


async def brought_back(desk):
    """Export from one chat, import into another and return the answer."""
    await desk.say("/export", chat=FROM)
    document = await attached(desk, "jarshy.json")
    assert len(document) <= LIST_BYTES
    desk.web.files["f"] = document
    sent = {"file_id": "f", "file_unique_id": "u", "file_name": "jarshy.json", "file_size": len(document)}
    (answer,) = await desk.send({"document": sent}, chat=TO)
    while await desk.importing.tick():
        pass
    return answer


async def open_catalogue(desk):
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync(CATALOGUE, desk.clock.now())
    await desk.say("/start", chat=FROM)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    "said",
    [
        ("/schedule off", "/quiet off"),
        ("/schedule 00:00,23:59,08:30", "/schedule weekly пн 23:59", "/quiet 0-23:59", "/timezone UTC+14"),
        ("/schedule бс,жм 9:05", "/quiet 23 7", "/timezone Buenos Aires", "/only kk"),
        ("/schedule weekly sun 10:00", "/timezone Қарағанды", "/only ru", "/only en"),
        ("/timezone America/Argentina/ComodRivadavia", "/schedule off", "/schedule weekly сс 00:00"),
    ],
)
async def test_settings_come_back(desk, language, said):
    """Hours, quiet hours, zones of every kind, languages of the interface and of articles."""
    await open_catalogue(desk)
    for text in (f"/language {language}", *said):
        assert await desk.say(text, chat=FROM)
    await brought_back(desk)

    assert await chosen(desk, TO) == await chosen(desk, FROM)


TOPICS = (
    "Иран",
    "мұнай | газ -«табиғи газ»",
    '"broken quote',
    "title:(иран | ирак) -футбол",
    "|".join(f"сөз{n:02}" for n in range(MAX_WORDS)),
    "й" * MAX_CHARACTERS,
    "🛢 oil & gas <b>",
    "क़ अख़बार",
    "тема\u0000с нулём\ud800",
)


async def test_topics_come_back(desk):
    """Whatever is written in them, however they are brought, in whatever languages; after a word was muted, too."""
    await open_catalogue(desk)
    modes = list(DeliveryMode)

    async def choose(unit, services):
        subscriptions = services.subscriptions
        for number, text in enumerate(TOPICS):
            topic = (await subscriptions.subscribe(FROM, text)).subscription
            topic = await subscriptions.deliver(topic, modes[number % len(modes)])
            await subscriptions.limit(topic, LOCALES[: number % 3])
        muted = await subscriptions.find(FROM, '"broken quote')
        await services.cards.exclude((await unit.chats.get(FROM)), muted.topic_id, "спорт")

    await desk.change(choose)
    await brought_back(desk)

    assert await chosen(desk, TO) == await chosen(desk, FROM)
    assert len((await chosen(desk, TO))[1]) == len(TOPICS)


FEEDS = (
    Listed("https://own.kz/rss", "Менің арнам"),
    Listed("http://own.kz/rss?a=1&b=<2>", "<b>“Quoted” & 'odd'</b>"),
    Listed("https://xn--80ak6aa92e.kz/фид", "\u202eтүзу емес\u202c 🐎"),
    Listed("https://own.kz/" + "x" * 900, "я" * 500),
    Listed("https://user:secret@own.kz:8443/rss", ""),
)


async def test_sources_come_back(desk):
    """What was switched off, what was added and under which name, and what was added and then switched off."""
    await open_catalogue(desk)
    async with desk.storage.transaction() as unit:
        sources = desk.services(unit).sources
        await sources.add_listed(await unit.chats.get(FROM), FEEDS)
        for source_id in ("a", "c", next(one.id for one in await sources.own(FROM))):
            await unit.feeds.switch(FROM, source_id, on=False)
    await brought_back(desk)

    assert await chosen(desk, TO) == await chosen(desk, FROM)
    assert len((await chosen(desk, TO))[2]) == len(FEEDS) + len(CATALOGUE)


async def test_as_much_as_a_chat_may_have_comes_back(desk):
    """A hundred topics and a hundred feeds, each as long as may be."""
    await open_catalogue(desk)
    for number in range(MAX_TOPICS):
        text = f"{number} {'ә' * (MAX_CHARACTERS - 4)}"
        await desk.change(lambda _, services, text=text: services.subscriptions.subscribe(FROM, text))
    async with desk.storage.transaction() as unit:
        feeds = [Listed(f"https://own{number}.kz/{'х' * 900}", "я" * 100) for number in range(MAX_OWN)]
        await desk.services(unit).sources.add_listed(await unit.chats.get(FROM), feeds)
    await brought_back(desk)

    assert await chosen(desk, TO) == await chosen(desk, FROM)
