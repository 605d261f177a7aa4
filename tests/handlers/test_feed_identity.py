"""Whose feed is it, and what is it called: nobody can plant a name or a dead address for the next reader."""

from dataclasses import replace
from datetime import timedelta

import pytest
from desk import Found

from bot.core.model import FeedDocument, Source
from bot.core.polling import Failed, Fetched
from bot.errors import FeedError
from bot.feeds.opml import read_opml
from bot.services.health import SourceWatch
from bot.services.ingest import Ingest

REAL = "https://blog.kz/feed"
VARIANTS = ("https://blog.kz/feed/", "http://blog.kz/feed", "https://www.blog.kz/feed", "https://blog.kz/feed?a=1")
FALSE = "Жала"
PLANTER, READER = 8, 7


def found(desk, url=REAL, title="Блог жаңалықтары"):
    """Return a feed as the finder finds it."""
    return Found(url, title, FeedDocument(title, "kk", (desk.entry("Иран туралы блогтағы жаңалық"),)))


async def plant(desk, *urls, title=FALSE, chat=PLANTER):
    """Let a chat bring a list of these addresses, all under one title."""
    lines = "".join(f'<outline text="{title}" xmlUrl="{url}"/>' for url in urls)
    desk.web.files["f1"] = f"<opml version='2.0'><body>{lines}</body></opml>".encode()
    (answer,) = await desk.send({"document": {"file_id": "f1", "file_unique_id": "u1"}}, chat=chat)
    return answer


async def add(desk, chat=READER, feed=None):
    """Let a chat add a feed by its address and the button; return the preview."""
    desk.web.feeds["blog.kz"] = (feed or found(desk),)
    (preview,) = await desk.say("/addsource blog.kz", chat=chat)
    if preview.buttons:
        await desk.press(preview, preview.buttons[0], chat=chat)
    return preview


async def own(desk, chat=READER):
    """Return the chat's own feeds as they are stored: the source, its state, and the chat's name for it."""
    async with desk.storage.reading() as unit:
        return [choice for choice in await unit.feeds.choices(chat) if not choice.source.public]


async def answer(desk, url, *, title="Блог жаңалықтары", error=None):
    """Let the feed at that address answer a poll: with a document, or with an error."""
    async with desk.storage.reading() as unit:
        source = await unit.feeds.at_address(url)
        (state,) = [
            one.feed
            for chat in (PLANTER, READER)
            for one in await unit.feeds.choices(chat)
            if one.source.id == source.id
        ][:1]
    now = desk.clock.now()
    later = now + timedelta(days=1)
    if error is None:
        document = FeedDocument(title, "kk", (desk.entry("Иран туралы блогтағы жаңалық"),))
        done = replace(state, checked_at=now, changed_at=now, next_fetch_at=later, failures=0, failing_since=None)
        await desk.ingest.store(source, Fetched(done, document))
    else:
        gone = error.values.get("status") == 410
        failed = replace(state, checked_at=now, failures=9, failing_since=now, next_fetch_at=later, gone=gone)
        watch = SourceWatch(desk.clock, desk.texts.translator, [])
        await Ingest(desk.storage, None, desk.clock, "test", watch=watch).store(
            source, Failed(failed, error), before=state
        )


@pytest.mark.parametrize("planted", [REAL, *VARIANTS])
async def test_a_planted_feed_gives_the_next_reader_neither_name_nor_address(desk, planted):
    """However the address was written and whatever the list called it, polled or not, the reader gets the real one."""
    await plant(desk, planted)
    before = await add(desk)
    (mine,) = await own(desk)

    assert "Блог жаңалықтары" in before.text
    assert FALSE not in before.text
    assert mine.source.url == REAL
    await answer(desk, REAL)
    (panel,) = await desk.say("/sources", chat=READER)
    assert panel.buttons == ["✓ Блог жаңалықтары"]
    assert FALSE not in str(await desk.say("/latest Иран", chat=READER))


async def test_a_readers_name_for_a_feed_stays_the_readers(desk):
    """In the panel, by /removesource, in both exports; the feed's document gives the name that others see."""
    await plant(desk, REAL)
    await answer(desk, REAL)
    await add(desk)

    assert (await desk.say("/sources", chat=PLANTER))[0].buttons == [f"✓ {FALSE}"]
    assert (await desk.say("/sources", chat=READER))[0].buttons == ["✓ Блог жаңалықтары"]
    (document, opml) = await desk.say("/export", chat=PLANTER)
    assert FALSE in document.file.decode()
    assert [(feed.url, feed.title) for feed in read_opml(opml.file)] == [(REAL, FALSE)]
    (document, opml) = await desk.say("/export", chat=READER)
    assert FALSE not in document.file.decode()
    assert [feed.title for feed in read_opml(opml.file)] == ["Блог жаңалықтары"]

    (removed,) = await desk.say(f"/removesource {FALSE}", chat=PLANTER)
    assert FALSE in removed.text
    assert await own(desk, PLANTER) == []
    await desk.press(removed, "Қайтару", chat=PLANTER)
    assert (await desk.say("/sources", chat=PLANTER))[0].buttons == [f"✓ {FALSE}"]
    assert (await desk.say("/sources", chat=READER))[0].buttons == ["✓ Блог жаңалықтары"]


async def test_an_export_brings_the_names_along(desk):
    """Taken to another chat, the document gives that chat the same names, and nobody else."""
    await plant(desk, REAL, title="Менің блогым")
    (document, _) = await desk.say("/export", chat=PLANTER)
    desk.web.files["f2"] = document.file
    message = {"document": {"file_id": "f2", "file_unique_id": "u2", "file_name": "jarshy.json"}, "caption": "/import"}
    await desk.send(message, chat=READER)

    assert [choice.own_name for choice in await own(desk)] == ["Менің блогым"]
    await add(desk, chat=9)
    assert (await desk.say("/sources", chat=9))[0].buttons == ["✓ blog.kz"]


async def test_a_live_address_takes_the_place_of_a_dead_variant(desk):
    """In the reader's own list, under the reader's own name; one that is well stays, and is said to be there."""
    await plant(desk, VARIANTS[1], title="Менің блогым", chat=READER)
    await answer(desk, VARIANTS[1], error=FeedError("feed-status", status=404))
    await add(desk)

    assert [(choice.source.url, choice.own_name) for choice in await own(desk)] == [(REAL, "Менің блогым")]

    await answer(desk, REAL)
    known = await add(desk, feed=found(desk, VARIANTS[0]))
    assert "сізде бар" in known.text
    assert [choice.source.url for choice in await own(desk)] == [REAL]


async def test_a_dead_source_of_the_catalogue_stands_for_no_live_address(desk):
    """Where the operator's address fails, a reader can add the one that answers."""
    async with desk.storage.transaction() as unit:
        outlet = Source("blog", {"kk": "Блог"}, VARIANTS[1], "kk")
        await unit.feeds.sync([outlet], desk.clock.now())
    known = await add(desk)
    assert "сізде бар" in known.text

    async with desk.storage.transaction() as unit:
        ((_, state),) = await unit.feeds.states()
        await unit.feeds.settle(replace(state, failures=3, failing_since=desk.clock.now()))
    await add(desk)
    assert [choice.source.url for choice in await own(desk)] == [REAL]


async def test_a_feed_that_answers_again_is_asked_again(desk):
    """Another chat's feed at the very address that failed for long: who adds it does not wait for its pause."""
    await plant(desk, REAL)
    await answer(desk, REAL, error=FeedError("feed-status", status=500))
    async with desk.storage.reading() as unit:
        assert await unit.feeds.due_since(desk.clock.now()) is None
    await add(desk)

    async with desk.storage.reading() as unit:
        assert await unit.feeds.due_since(desk.clock.now()) is not None


async def test_each_reader_is_told_of_a_closed_feed_by_its_own_name(desk):
    """Who gave it a name hears of that; the others of the feed's own."""
    await plant(desk, REAL)
    await answer(desk, REAL)
    await add(desk)
    await answer(desk, REAL, error=FeedError("feed-status", status=410))
    told = {one.chat_id: one.text for key, one in await desk.outbox() if key.startswith("source:")}

    assert FALSE in told[PLANTER]
    assert "Блог жаңалықтары" in told[READER]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", "https://a.kz/" + "a" * 3000, "блог"])
async def test_what_is_no_address_is_not_added(desk, url):
    """Neither by a list nor by a document of /export; one that holds nothing else gets a sentence."""
    assert "бірде-бір" in (await plant(desk, url, chat=READER)).text
    document = f'{{"jarshy": 1, "sources": [{{"url": "{url}", "title": "x"}}]}}'
    desk.web.files["f2"] = document.encode()
    message = {"document": {"file_id": "f2", "file_unique_id": "u2", "file_name": "jarshy.json"}, "caption": "/import"}
    await desk.send(message, chat=READER)

    assert await own(desk) == []
