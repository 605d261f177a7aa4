"""Every button of every panel, three presses deep, in each language: no error, no foreign text, no silence."""

import pytest
from crawler import Crawler
from desk import Answer, Found, open_desk

from bot.core.matching.query import parse_query
from bot.core.model import LOCALES, Button, Channel, ChatKind, FeedDocument, Source
from bot.core.topics.explanation import explain
from bot.core.topics.suggestions import refinements
from handlers import ADMIN_COMMANDS, COMMANDS
from handlers.buttons import PRESSES
from handlers.language import NAMES

TITLES = {
    "kk": ("Пезешкианның Қазақстанға сапары Иран үшін маңызды", "Футболдан Иран құрамасы жеңіске жетті"),
    "ru": ("Президент Ирана прибыл в Казахстан с визитом", "Сборная Ирана по футболу обыграла Ирак"),
    "en": ("Iran signs a trade deal with Kazakhstan", "Oil prices rise after the talks in Tehran"),
}
OUTLETS = {"kk": "Қазинформ", "ru": "Тенгри", "en": "Astana Times"}
TOPICS = ("Иран", "мұнай", "Футбол", "теңге бағамы", "выборы", "Tokayev", "экономика", "Ресей", "Қытай")
CHANNEL = "Таңғы жаңалық"
LONG = "нефть и газ на мировых биржах сегодня"
BLOG = Found(
    "https://blog.kz/rss.xml", "Blog", FeedDocument("Blog", "kk", ()),
)  # fmt: skip
ARGUMENTS = {
    "subscribe": "мұнай бағасы", "unsubscribe": "Иран", "alerts": "Иран", "mute": "Иран", "latest": "Иран",
    "search": "Иран", "trends": "Иран, мұнай", "addsource": "blog.kz", "schedule": "09:15", "timezone": "Berlin",
    "quiet": "22:00-06:00", "broadcast": "Hello", "start": "iran",
}  # fmt: skip
PLAIN = "Israel"
NEVER_OFFERED = {
    "BringHere",  # forums: tests/handlers/test_forum.py
    "AddSource", "SendBroadcast",
}  # fmt: skip


async def furnish(desk, language):
    """Give the reader topics of every kind, a source of their own, news in three languages, a digest and an alert."""
    desk.web.feeds["blog.kz"] = [BLOG]
    await desk.say("/start", language=language)
    for topic in (*TOPICS, LONG):
        await desk.say(f"/subscribe {topic}", language=language)
    await desk.say("/alerts Tokayev", language=language)
    (found,) = await desk.say("/addsource blog.kz", language=language)
    await desk.press(found, found.buttons[0], language=language)
    outlets = [Source(one, dict.fromkeys(LOCALES, OUTLETS[one]), f"https://{one}.kz/", one) for one in TITLES]
    more = [Source(f"more{n}", dict.fromkeys(LOCALES, f"Outlet {n}"), f"https://m{n}.kz/", "kk") for n in range(20)]
    for source, (locale, titles) in zip(outlets, TITLES.items(), strict=True):
        entries = [desk.entry(title, minutes_ago=minute) for minute, title in enumerate(titles, start=5)]
        many = [desk.entry(f"Иран: {locale} {n}", minutes_ago=20 + n) for n in range(8)]
        tokayev = [desk.entry(f"Tokayev {locale}", minutes_ago=2)]
        desk.clock.forward(minutes=2)  # past the lease of the feeds before
        async with desk.storage.transaction() as unit:
            await unit.feeds.sync(outlets, desk.clock.now())
        await desk.bring(source, *entries, *many, *tokayev)
    await desk.alerts.tick()
    async with desk.storage.transaction() as unit:
        await desk.services(unit).chats.entrust(7, Channel(-1001234567890, CHANNEL))
        chats = desk.services(unit).chats
        await chats.keep(await chats.guest(-1001234567890, ChatKind.CHANNEL, language))
        await unit.feeds.sync([*outlets, *more], desk.clock.now())
        desk.clock.at = (await unit.chats.get(7)).next_digest_at
    await desk.digests.tick()


def roots(desk, language):
    """Return everything that shows a panel: each command bare and with an argument, words, a place, what comes alone."""

    def says(text):
        return lambda: desk.say(text, language=language)

    def came(prefix):
        async def show():
            return [answer for key, answer in await desk.outbox() if key.startswith(prefix)][:1]

        return show

    found = {f"/{name}": says(f"/{name}") for name in (*COMMANDS, *ADMIN_COMMANDS)}
    found |= {f"/{name} …": says(f"/{name} {text}") for name, text in ARGUMENTS.items()}
    found |= {"words": says(PLAIN), "digest": came("digest:"), "alert": came("alert:")}
    found["a place"] = lambda: desk.send({"location": {"latitude": 51.2, "longitude": 51.4}}, language=language)
    return found


def understood(topic):
    """Return the names in all languages by which a topic is looked for, and those that a button would add."""
    changed = [explain(parse_query(one.text)) for one in refinements(topic)]
    return " ".join((explain(parse_query(topic)), *changed))


async def crawl(tmp_path, language, *, everything):
    async with open_desk(tmp_path, admins=[7]) as desk:
        await furnish(desk, language)
        crawler = Crawler(desk, tmp_path / "jarshy.db", language, everything=everything)
        titles = [title for group in TITLES.values() for title in group]
        topics = (*TOPICS, LONG, PLAIN, *ARGUMENTS.values())
        known = {CHANNEL, *titles, *topics, *OUTLETS.values(), *NAMES.values(), *map(understood, topics)}
        pressed = await crawler.walk(roots(desk, language), known=known)
    return crawler.problems, pressed


@pytest.mark.parametrize("language", LOCALES)
async def test_every_kind_of_button_on_every_kind_of_panel_answers(tmp_path, language):
    """Each is pressed once, at the moment its panel was shown; and no kind that handlers know stays unpressed."""
    problems, pressed = await crawl(tmp_path, language, everything=False)
    kinds = {key.split()[0] for _, key in pressed}

    assert problems == []
    assert {action.__name__ for action in PRESSES} - kinds <= NEVER_OFFERED


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("language", LOCALES)
async def test_every_button_answers(tmp_path, language):
    """Not each kind: each button of each panel as it looks, three presses deep."""
    problems, pressed = await crawl(tmp_path, language, everything=True)

    assert problems == []
    assert len(pressed) > 1000


@pytest.mark.parametrize(
    ("html", "labels", "problem"),
    [
        ("", (), "beyond Telegram"),
        ("Your topics", ("Барлық баптау",), "not English"),
        ("Ваши темы", (), "not English"),
        ("Эта кнопка устарела", (), "not en"),
        ("This button is out of date. Send the command again.", (), "out of date"),
        ("button-latest", (), "in place of a text"),
        ("{topic}", (), "in place of a text"),
        ("<b>Topics", (), "Telegram's HTML"),
        ("Topics", ("Tom &amp; Jerry",), "markup"),
        ("Topics", ("ok",) * 9, "beyond Telegram"),
    ],
)
async def test_the_crawler_has_eyes(tmp_path, html, labels, problem):
    """What no reader should see is a finding; what is well is none."""
    async with open_desk(tmp_path) as desk:
        await desk.say("/start", language="en")
        crawler = Crawler(desk, tmp_path / "jarshy.db", "en", everything=False)
        await crawler.walk({}, known=())
        row = tuple(Button(label, "e:main") for label in labels)
        crawler._look("here", [Answer(html, (row,) if row else (), None, 7, "0-reply")], said="")
        found = list(crawler.problems)
        crawler._look("here", [Answer("<b>Your topics</b>", (), None, 7, "0-reply")], said="")
        crawler._look("there", [], said="")

    assert any(problem in each for each in found)
    assert crawler.problems == [*found, "there: silence"]
