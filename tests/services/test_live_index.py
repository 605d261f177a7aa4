"""The topic index over restarts: what was kept serves, what changed since is taken in."""

import asyncio
import threading

import pytest

from bot.core.matching.analysis import analyse
from bot.services import live_index
from bot.services.live_index import LiveIndex


async def opened(desk):
    live = LiveIndex()
    await live.warm(desk.storage)
    return live


def meets(live, title):
    return set(live.index.match(analyse(title, "", "kk")))


async def test_a_kept_index_serves_the_next_process_with_what_came_and_went_since(desk, monkeypatch):
    """Topics of the dump, one that came after it, and none that nobody follows any more."""
    monkeypatch.setattr(live_index, "WORTH_SAVING", 1)
    for topic in ("Иран", "футбол", "мұнай"):
        await desk.say(f"/subscribe {topic}")
    first = await opened(desk)
    await first.save(desk.storage)
    await desk.say("/subscribe ғарыш")
    await desk.say("/unsubscribe футбол")
    async with desk.storage.transaction() as unit:
        await unit.retention.topics((await unit.retention.unfollowed(0, limit=10))[1], desk.clock.now())

    second = await opened(desk)
    assert len(meets(second, "Иран мен мұнай")) == 2
    assert len(meets(second, "ғарыш кемесі")) == 1
    assert not meets(second, "футбол ойыны")
    assert await second.refresh(desk.storage) == 0


async def test_an_index_that_took_time_to_make_is_kept_at_once(desk, monkeypatch):
    """A process that is killed right after its first start leaves the next one no work."""
    monkeypatch.setattr(live_index, "WORTH_SAVING", 2)
    for topic in ("Иран", "футбол", "мұнай"):
        await desk.say(f"/subscribe {topic}")
    await opened(desk)
    monkeypatch.setattr(live_index, "read_stored", None)  # nothing is read anew

    assert len(meets(await opened(desk), "Иран мен мұнай")) == 2


async def test_many_topics_that_came_since_are_folded_in_and_kept_too(desk, monkeypatch):
    """A process that was killed after many new topics costs the next start their reading, and no other one."""
    monkeypatch.setattr(live_index, "WORTH_SAVING", 1)
    monkeypatch.setattr(live_index, "REBUILD_PAST", 2)
    await desk.say("/subscribe Иран")
    await opened(desk)
    for topic in ("футбол", "мұнай", "ғарыш"):
        await desk.say(f"/subscribe {topic}")

    assert (await opened(desk)).index.recent == 0
    monkeypatch.setattr(live_index, "read_stored", None)  # nothing is read anew
    assert len(meets(await opened(desk), "Иран, футбол, мұнай, ғарыш")) == 4


async def test_a_start_that_is_given_up_ends_at_the_next_topic(desk, monkeypatch):
    """A program that is to stop does not wait until an index of many topics is made."""
    for topic in ("Иран", "футбол", "мұнай"):
        await desk.say(f"/subscribe {topic}")
    begun, read = threading.Event(), []
    parse = live_index.read_stored

    def slow(text):
        read.append(text)
        begun.set()
        live._given_up.wait(10)
        return parse(text)

    monkeypatch.setattr(live_index, "read_stored", slow)
    live = LiveIndex()
    warming = asyncio.create_task(live.warm(desk.storage))
    await asyncio.to_thread(begun.wait)
    warming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await warming
    await asyncio.get_running_loop().shutdown_default_executor()

    assert len(read) == 1


async def test_a_topic_that_nobody_follows_any_more_leaves_the_running_index(desk, monkeypatch):
    """Within a minute of its end, so that nothing is matched and stored for nobody."""
    monkeypatch.setattr(live_index, "LOOKS_PER_CLEARING", 1)
    for topic in ("Иран", "футбол"):
        await desk.say(f"/subscribe {topic}")
    live = await opened(desk)
    await desk.say("/unsubscribe футбол")
    async with desk.storage.transaction() as unit:
        await unit.retention.topics((await unit.retention.unfollowed(0, limit=10))[1], desk.clock.now())
    await live.refresh(desk.storage)

    assert len(live.index) == 1
    assert not meets(live, "футбол ойыны")


async def test_many_new_topics_are_folded_into_the_index_beside_the_loop(desk, monkeypatch):
    """The rebuilt index meets what the old one met."""
    monkeypatch.setattr(live_index, "REBUILD_PAST", 2)
    live = await opened(desk)
    for topic in ("Иран", "футбол", "мұнай", "ғарыш"):
        await desk.say(f"/subscribe {topic}")
    assert await live.refresh(desk.storage) == 4
    if live._rebuilding is not None:  # it may have ended already
        await live._rebuilding

    assert live.index.recent == 0
    assert len(meets(live, "Иран, футбол, мұнай, ғарыш")) == 4
