"""Strangers' names and titles beside our own words: nothing in them hides, or turns what stands beside it around."""

from dataclasses import replace

from desk import Found
from test_channels import CHANNEL, added
from test_source_commands import own, send

from bot.core.model import Channel, FeedDocument

HIDDEN = "\u202a\u202b\u202d\u202e\u2066\u2067\u200e\u200f\u061c\u200b\u2060\u00ad\ufeff\u0007"
TRICK = f"Ten{HIDDEN}gri \u2028 жаңа{chr(0x301) * 30}лық"


def hidden_in(answers):
    """Return what is hidden in answers, in their texts and on their buttons."""
    said = "".join(answer.html + "".join(answer.buttons) for answer in answers)
    return sorted(set(HIDDEN + "\u2028") & set(said)), chr(0x301) * 5 in said


async def test_an_outlets_name_and_titles(desk):
    """The preview of a feed, its buttons, the list of sources, news and their cards are clean."""
    entries = tuple(desk.entry(f"{TRICK} Иран {n}", f"{TRICK} сөйлемі {n}.", minutes_ago=n) for n in range(1, 4))
    desk.web.feeds["blog.kz"] = (Found("https://blog.kz/rss", TRICK, FeedDocument(TRICK, "kk", entries)),)
    preview = (await desk.say("/addsource blog.kz"))[0]
    shown = [preview, *await desk.press(preview, preview.buttons[0])]
    (source,) = await own(desk)
    await desk.bring(source, *entries)
    shown += await desk.say("/sources")
    news = await desk.say("/latest Иран")
    shown += news

    assert "Tengri" in news[0].text
    assert hidden_in(shown) == ([], False)


async def test_a_list_of_feeds(desk):
    """A name of a list that a reader sends is cleaned, and so is the list that is written."""
    line = f'<outline text="{TRICK.replace(chr(7), "")}" xmlUrl="https://site.kz/rss"/>'
    body = f'<?xml version="1.0"?><opml version="2.0"><body>{line}</body></opml>'.encode()
    shown = [await send(desk, body), *await desk.say("/sources")]
    async with desk.storage.reading() as unit:
        (choice,) = [one for one in await unit.feeds.choices(7) if not one.source.public]
    written = [answer.file.decode() for answer in await desk.say("/export") if answer.file is not None]

    assert choice.own_name.startswith("Tengri жаңа")
    assert hidden_in(shown) == ([], False)
    assert any("Tengri" in file for file in written)
    assert not set(HIDDEN) & set("".join(written))


async def test_what_a_reader_types(desk):
    """A topic, a search and a channel are shown back without what cannot be seen in them."""
    shown = await desk.say(f"/subscribe {TRICK}")
    shown += await desk.say("/topics")
    shown += await desk.say(f"/search {TRICK} жоқ")
    shown += await desk.say(f"{TRICK} басқа")
    desk.web.channels["@trick"] = Channel(CHANNEL, TRICK)
    await added(desk)
    async with desk.storage.transaction() as unit:
        await unit.stewards.put(7, Channel(CHANNEL, TRICK))
    shown += await desk.say("/channels")

    assert hidden_in(shown) == ([], False)


async def test_what_was_stored_before(desk):
    """Names and titles of an older version are cleaned when they are read."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран жаңалығы"))
    async with desk.storage.transaction() as unit:
        connection = unit.connection
        await connection.fetch_sql("UPDATE article SET title = title || :t, summary = :t", {"t": TRICK})
        await connection.fetch_sql("UPDATE subscription SET label = label || :t", {"t": f" {TRICK}"})
        (source,) = await unit.feeds.sources()
        await unit.feeds.sync([replace(source, name=dict.fromkeys(source.name, TRICK))], desk.clock.now())
    shown = [*await desk.say("/topics"), *await desk.say("/sources"), *await desk.say("/latest")]

    assert "Tengri" in shown[-1].text
    assert hidden_in(shown) == ([], False)
