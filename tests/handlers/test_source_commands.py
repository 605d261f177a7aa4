"""Sources through the handlers: the panel, feeds of one's own, and lists that come as documents."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from desk import Found

from bot.core import actions, time_limits
from bot.core.model import FeedDocument, Source
from bot.core.sources import button_key, own_id
from bot.errors import FeedError
from bot.receiving import UPDATES_AT_ONCE
from bot.services.sources import MAX_OWN
from bot.telegram import runner
from handlers import errands

URL = "https://blog.kz/rss.xml"


def outlet(name, **more):
    return Source(name, dict.fromkeys(("kk", "ru", "en"), name.title()), f"https://{name}.kz/rss", "kk", **more)


async def catalogue(desk, *sources):
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync(sources, desk.clock.now())


def blog(desk, url=URL, title="Блог жаңалықтары", words="Иран туралы блогтағы жаңалық"):
    entries = tuple(desk.entry(f"{words} {n}", minutes_ago=n) for n in range(1, 6))
    return Found(url, title, FeedDocument(title, "kk", entries))


def opml(count):
    lines = "".join(f'<outline text="Арна {n}" xmlUrl="https://site{n}.kz/rss"/>' for n in range(count))
    return f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'.encode()


def by(person, language="kk"):
    """Return the sender of a message."""
    return {"from": {"id": person, "is_bot": False, "first_name": "A", "language_code": language}}


async def send(desk, body, *, size=None, chat=7):
    desk.web.files["f1"] = body
    document = {"file_id": "f1", "file_unique_id": "u1", "file_size": len(body) if size is None else size}
    return (await desk.send({"document": document}, chat=chat))[0]


async def own(desk, chat=7):
    async with desk.storage.reading() as unit:
        return [choice.source for choice in await unit.feeds.choices(chat) if not choice.source.public]


async def test_a_feed_is_shown_before_it_is_added(desk):
    """The preview has title, language and newest headlines; nothing is added before the button is pressed."""
    desk.web.feeds["blog.kz"] = (blog(desk),)
    (preview,) = await desk.say("/addsource blog.kz")

    assert "Блог жаңалықтары" in preview.text
    assert "қазақша · 5 жазба" in preview.text
    assert preview.text.count("Иран туралы блогтағы жаңалық") == 3
    assert await own(desk) == []

    (added,) = await desk.press(preview, "Қосу: Блог жаңалықтары")
    assert "қосылды" in added.text
    assert [source.url for source in await own(desk)] == [URL]


async def test_only_the_chat_that_added_a_feed_sees_it(desk):
    """Its articles are in that chat's news and in nobody else's; two chats that add it share one source."""
    desk.web.feeds["blog.kz"] = (blog(desk),)
    await desk.say("/start", chat=8)
    (preview,) = await desk.say("/addsource blog.kz")
    await desk.press(preview, preview.buttons[0])
    (source,) = await own(desk)
    await desk.bring(source, *blog(desk).document.entries)

    assert "блогтағы жаңалық" in (await desk.say("/latest Иран"))[0].text
    assert "блогтағы жаңалық" not in (await desk.say("/latest Иран", chat=8))[0].text
    assert source.name["kk"] not in str((await desk.say("/sources", chat=8))[0].buttons)

    (again,) = await desk.say("/addsource blog.kz", chat=8)
    await desk.press(again, again.buttons[0], chat=8)
    assert [one.id for one in await own(desk, 8)] == [source.id]
    assert "блогтағы жаңалық" in (await desk.say("/latest Иран", chat=8))[0].text


async def test_what_is_there_already_is_said(desk):
    """A feed of one's own, and one of the catalogue under any of its addresses; a switched-off one can be put on."""
    await catalogue(desk, outlet("aiqyn", alternatives=("https://aiqyn.kz/feed",)))
    desk.web.feeds["aiqyn.kz"] = (blog(desk, "http://www.aiqyn.kz/feed/"),)
    (known,) = await desk.say("/addsource aiqyn.kz")
    assert "сізде бар" in known.text
    assert known.buttons == []

    (panel,) = await desk.say("/sources")
    await desk.press(panel, "✓ Aiqyn")
    (off,) = await desk.say("/addsource aiqyn.kz")
    assert "өшірулі" in off.text
    (panel,) = await desk.press(off, "Қосу: Aiqyn")
    assert "✓ Aiqyn" in panel.buttons


async def test_several_feeds_of_a_page_are_offered_together(desk):
    """Each has its button, and adds itself alone."""
    desk.web.feeds["blog.kz"] = (blog(desk), blog(desk, "https://blog.kz/sport.xml", "Спорт"))
    (preview,) = await desk.say("/addsource blog.kz")
    await desk.press(preview, "Қосу: Спорт")

    assert len(preview.buttons) == 2
    assert [source.url for source in await own(desk)] == ["https://blog.kz/sport.xml"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FeedError("feed-bad-url", url="x"), "ұқсамайды"),
        (FeedError("feed-blocked-address", address="127.0.0.1"), "ішкі желі"),
        (FeedError("feed-timeout", seconds=20), "жауап бермеді"),
        (FeedError("feed-unreachable", reason="x"), "жауап бермеді"),
        (FeedError("feed-unknown-host", host="blog.kz", reason="x"), "«blog.kz» сайты табылмады"),
        (FeedError("feed-status", status=404), "404"),
        (FeedError("feed-too-many-redirects", limit=5), "оқи алмадым"),
        ((), "таппадым"),
    ],
)
async def test_an_address_that_gives_nothing_gets_a_sentence(desk, error, said):
    """Each reason in words of its own; nothing is added."""
    desk.web.feeds["blog.kz"] = error
    (answer,) = await desk.say("/addsource blog.kz")

    assert said in answer.text
    assert await own(desk) == []


async def test_a_source_is_switched_off_and_on(desk):
    """What is off is in no news of that chat; the panel shows it in place and turns its pages."""
    await catalogue(desk, *(outlet(f"outlet{n:02}") for n in range(20)))
    await desk.bring(outlet("outlet00"), desk.entry("Иран туралы жаңалық"))
    (panel,) = await desk.say("/sources")
    assert "Барлығы: 20, қосулысы: 20" in panel.text
    assert panel.buttons[-3:] == ["‹", "1/3", "›"]

    (panel,) = await desk.press(panel, "✓ Outlet00")
    assert panel.edits == 55
    assert "○ Outlet00" in panel.buttons
    assert "қосулысы: 19" in panel.text
    assert "Иран туралы" not in (await desk.say("/latest Иран"))[0].text

    (panel,) = await desk.press(panel, "○ Outlet00")
    assert "✓ Outlet00" in panel.buttons
    assert "Иран туралы" in (await desk.say("/latest Иран"))[0].text
    (last,) = await desk.press(panel, "‹")
    assert "✓ Outlet19" in last.buttons


async def test_a_resting_source_is_marked(desk):
    """After a day without an answer the panel says so, and what it means; a closed one is marked too."""
    await catalogue(desk, outlet("aiqyn"), outlet("tynyq"), outlet("bailyq"))
    async with desk.storage.transaction() as unit:
        (_, feed), (_, other), _ = await unit.feeds.states()
        await unit.feeds.settle(
            type(feed)(feed.source_id, desk.clock.now(), failures=1, failing_since=desk.clock.now())
        )
        await unit.feeds.settle(type(other)(other.source_id, desk.clock.now(), gone=True))
    assert (await desk.say("/sources"))[0].buttons == ["✓ Aiqyn", "✓ Tynyq · жабылған", "✓ Bailyq"]

    desk.clock.forward(hours=24)
    (panel,) = await desk.say("/sources")
    assert panel.buttons[0] == "✓ Aiqyn · үнсіз"
    assert "бір тәуліктен бері" in panel.text


async def test_a_feed_is_removed_by_address_by_name_and_by_button(desk):
    """The answer brings it back by a button; what is not one's own cannot be removed."""
    await catalogue(desk, outlet("aiqyn"))
    assert "жоқ" in (await desk.say("/removesource"))[0].text
    for typed in ("http://www.blog.kz/rss.xml?utm_source=tg", "блог ЖАҢАЛЫҚТАРЫ", None):
        desk.web.feeds["blog.kz"] = (blog(desk),)
        (preview,) = await desk.say("/addsource blog.kz")
        await desk.press(preview, preview.buttons[0])
        if typed is None:
            (choice,) = await desk.say("/removesource")
            (removed,) = await desk.press(choice, "Блог жаңалықтары")
        else:
            (removed,) = await desk.say(f"/removesource {typed}")
        assert "алып тасталды" in removed.text
        assert await own(desk) == []

    await desk.press(removed, "Қайтару")
    assert [source.url for source in await own(desk)] == [URL]
    assert "«https://aiqyn.kz/rss» жоқ" in (await desk.say("/removesource https://aiqyn.kz/rss"))[0].text


async def test_a_feed_that_nobody_reads_is_not_asked(desk):
    """The last chat that removes it ends the polling; adding it again begins at once."""
    desk.web.feeds["blog.kz"] = (blog(desk),)
    (preview,) = await desk.say("/addsource blog.kz")
    await desk.press(preview, preview.buttons[0])
    async with desk.storage.reading() as unit:
        assert await unit.feeds.due_since(desk.clock.now()) is not None
    (removed,) = await desk.say(f"/removesource {URL}")
    async with desk.storage.reading() as unit:
        assert await unit.feeds.due_since(desk.clock.now()) is None
    await desk.press(removed, "Қайтару")
    async with desk.storage.reading() as unit:
        assert await unit.feeds.due_since(desk.clock.now()) is not None


async def test_stale_and_forged_buttons_change_nothing(desk):
    """An offer of yesterday, a key that means nothing, a catalogue's source under the button of one's own."""
    await catalogue(desk, outlet("aiqyn"))
    await desk.say("/start")
    for action in (
        actions.AddSource(own_id(URL)),
        actions.AddSource("aiqyn"),
        actions.SwitchSource(0, 1, "0" * 16),
        actions.RemoveSource(button_key("aiqyn")),
    ):
        assert await desk.press(None, "", data=actions.encode(action)) == []

    assert len({text for _, text in desk.callbacks}) == 1
    assert await own(desk) == []
    assert (await desk.press(None, "", data=actions.encode(actions.ShowSources(99))))[0].buttons == ["✓ Aiqyn"]


async def test_a_list_of_feeds_is_added_at_once(desk):
    """All of its feeds, those of the catalogue switched on; sent twice it changes nothing."""
    await catalogue(desk, Source("site1", {"kk": "Бір"}, "http://site1.kz/rss/", "kk"))
    answer = await send(desk, opml(3))
    assert "2 дереккөз қосылды. 1 дереккөз бұрыннан бар" in answer.text
    assert [source.url for source in await own(desk)] == ["https://site0.kz/rss", "https://site2.kz/rss"]
    assert {"✓ Арна 0", "✓ Арна 2"} < set((await desk.say("/sources"))[0].buttons)

    again = await send(desk, opml(3))
    assert "0 дереккөз қосылды. 3 дереккөз бұрыннан бар" in again.text


@pytest.mark.parametrize(
    ("body", "size", "said"),
    [
        (opml(10_000), None, "шегі"),
        (opml(MAX_OWN + 1), None, "шегі"),
        (opml(0), None, "бірде-бір"),
        (b"%PDF-1.7 \x00\xff", None, "OPML"),
        (b"<html><body>x</body></html>", None, "OPML"),
        (b"", None, "OPML"),
        (b"x", 50_000_000, "тым үлкен"),
        (b"x" * 2_000_000, 0, "тым үлкен"),
    ],
    ids=["10,000 feeds", "one too many", "none", "pdf", "html", "empty", "large", "larger than it says"],
)
async def test_a_list_that_cannot_be_taken_gets_a_sentence(desk, body, size, said):
    """Nothing is added by halves; a file that is too large is not downloaded."""
    answer = await send(desk, body, size=size)

    assert said in answer.text
    assert await own(desk) == []
    assert ("f1" in desk.web.asked) == (size != 50_000_000)


async def test_own_feeds_have_a_limit(desk):
    """The next one is refused, and so is a list that would pass it; what is there stays."""
    await send(desk, opml(MAX_OWN))
    desk.web.feeds["blog.kz"] = (blog(desk),)
    (preview,) = await desk.say("/addsource blog.kz")
    assert await desk.press(preview, preview.buttons[0]) == []

    assert str(MAX_OWN) in desk.callbacks[-1][1]
    assert len(await own(desk)) == MAX_OWN


async def test_slow_work_holds_up_no_other_chat(desk):
    """While one reader's address is looked at, the database is free: another is answered."""
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_):
        began.set()
        await go_on.wait()
        return (blog(desk),)

    desk.web.find = slow
    waiting = asyncio.create_task(desk.say("/addsource blog.kz"))
    await began.wait()
    (answer,) = await desk.say("/topics", chat=8)
    assert answer.text
    assert not waiting.done()

    go_on.set()
    assert "Блог" in (await waiting)[0].text


async def test_an_errand_that_breaks_off_is_begun_again(desk):
    """Nothing of the first attempt is left: the update is handled anew and answered once."""

    async def broken(_):
        raise ConnectionResetError

    desk.web.find, find = broken, desk.web.find
    with pytest.raises(ConnectionResetError):
        await desk.say("/addsource blog.kz")
    assert await desk.outbox() == []

    desk.web.find = find
    desk.web.feeds["blog.kz"] = (blog(desk),)
    assert len(await desk.say("/addsource blog.kz")) == 1


async def test_slow_sites_hold_up_only_one_another(desk):
    """However many readers wait for slow sites, one more gets a sentence at once, and all else is answered.

    Files, charts, lists and admins' checks have places of their own.
    """
    wait, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def slow(_):
        begun.release()
        await wait.wait()
        return (blog(desk),)

    desk.web.find = slow
    many = errands.STRANGERS.at_once
    waiting = [asyncio.create_task(desk.say("/addsource blog.kz", chat=n, **by(n))) for n in range(1, many + 1)]
    for _ in waiting:
        await begun.acquire()
    (refused,) = await desk.say("/addsource blog.kz", chat=many + 1, **by(many + 1))
    (_, export) = await desk.say("/export", chat=many + 2)
    (list_added,) = [await send(desk, opml(1))]
    (muted,) = await desk.say("/language en", chat=-100, kind="supergroup")
    wait.set()

    assert "сұраныс тым көп" in refused.text
    assert export.file.startswith(b"<?xml")
    assert "дереккөз қосылды" in list_added.text
    assert "English" in muted.text
    assert all("Блог" in answer.text for (answer,) in await asyncio.gather(*waiting))


@pytest.mark.parametrize(("language", "said"), [("kk", "әлі қарап"), ("ru", "ещё смотрю"), ("en", "still looking")])
async def test_a_person_has_one_slow_site_at_a_time(desk, language, said):
    """In whatever chats; another person, and the same one afterwards, are served."""
    wait, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def slow(_):
        begun.release()
        await wait.wait()
        return (blog(desk),)

    desk.web.find = slow
    first = asyncio.create_task(desk.say("/addsource blog.kz", chat=1, **by(1)))
    other = asyncio.create_task(desk.say("/addsource blog.kz", chat=2, **by(2)))
    await begun.acquire()
    await begun.acquire()
    (second,) = await desk.say("/addsource blog.kz", chat=-100, kind="supergroup", **by(1, language))
    wait.set()

    assert said in second.text
    for (answer,) in await asyncio.gather(first, other):
        assert "Блог" in answer.text
    assert "Блог" in (await desk.say("/addsource blog.kz", chat=1, **by(1)))[0].text


async def test_an_errand_ends_in_time(desk, monkeypatch):
    """A site that never answers is given up."""
    monkeypatch.setattr("handlers.dispatch.OUTSIDE_SECONDS", 0.01)
    desk.web.find = lambda _: asyncio.Event().wait()
    (answer,) = await desk.say("/addsource blog.kz")

    assert "жауап бермеді" in answer.text


async def test_a_site_is_not_asked_again_for_another_try(desk, monkeypatch):
    """Where the handler fails after the errand, the next try has the errand's result."""
    desk.web.feeds["blog.kz"] = (blog(desk),)
    with monkeypatch.context() as patched:

        async def broken(*_):
            raise RuntimeError

        patched.setattr("bot.storage.feeds.Feeds.offer", broken)
        with pytest.raises(RuntimeError):
            await desk.say("/addsource blog.kz")
    async with desk.storage.transaction() as unit:
        (row,) = await unit.inbox.claim(desk.clock.now(), owner="test", lease=timedelta(minutes=1), limit=1)
    await desk.dispatcher(row)
    ((_, answer),) = await desk.outbox()

    assert "Блог" in answer.text
    assert desk.web.asked == ["blog.kz"]


async def test_a_handler_that_takes_too_long_is_answered_once(desk, monkeypatch):
    """The reader gets an apology at the first try: a second one would take as long."""
    monkeypatch.setattr("handlers.dispatch.HANDLERS_SECONDS", 0.05)
    monkeypatch.setattr("bot.storage.feeds.Feeds.choices", lambda *_: asyncio.Event().wait())
    (answer,) = await desk.say("/sources")

    assert "ақау" in answer.text


def test_time_limits_leave_room_for_one_another():
    """Whatever is slow ends before the limit around it, so that its sentence reaches the reader; all within 30 s."""
    limits = [
        time_limits.DISCOVERY_SECONDS,
        time_limits.OUTSIDE_SECONDS,
        time_limits.HANDLERS_SECONDS,
        time_limits.HANDLING_SECONDS,
        time_limits.ANSWER_SECONDS,
    ]

    assert limits == sorted(limits)
    assert all(outer - inner >= 2 for inner, outer in pairwise(limits))
    assert time_limits.ANSWER_SECONDS == 30
    assert errands.SECONDS == time_limits.OUTSIDE_SECONDS
    assert runner.LEASE.total_seconds() == time_limits.ANSWER_SECONDS
    places = errands.STRANGERS.at_once + errands.SHARED.at_once
    assert places * 4 <= UPDATES_AT_ONCE * 3, "a quarter of the places is for updates that need nothing outside"


async def test_a_document_in_a_group_is_left_alone(desk):
    """People send each other files; the bot takes lists in a private chat only."""
    desk.web.files["f1"] = opml(2)
    document = {"file_id": "f1", "file_unique_id": "u1"}

    assert await desk.send({"document": document}, chat=-100, kind="supergroup") == []
