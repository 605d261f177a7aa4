"""What a process knows of stories while several tasks take in, place and fail at once: the interleaving is driven."""

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from desk import SetClock

from bot.core.model import Article, NewArticle
from bot.core.stories import StoryBook, fingerprint
from bot.services.stories import StoryKeeper, as_told

CLOCK = SetClock()
WORDS = ("мұнай", "көлік", "спорт", "өнер", "ғылым", "сауда", "ауыл", "банк")
COUNT = 59


def title(number):
    """Return a headline that shares no word with another number's."""
    return " ".join(f"{word}{number}" for word in WORDS)


class Stored:
    """The port of storage, as far as stories ask for it."""

    def __init__(self):
        self.articles = [
            Article(n, "inform", f"https://a.kz/{n}", title(n), "", "kk", CLOCK.at, CLOCK.at, n, "")
            for n in range(1, COUNT + 1)
        ]

    @asynccontextmanager
    async def reading(self):
        yield SimpleNamespace(articles=self)

    async def after(self, article_id, *, since, limit):
        return [one for one in self.articles if one.id > article_id and one.stored_at >= since][:limit]


async def store(keeper, storage, number, text, *, ends=None, fails=False):
    """Place an article as ingest does, and let its transaction end with ``ends``, well or not."""
    async with keeper.placing(storage) as stories, storage.reading() as unit:
        await stories.catch_up(unit)
        new = NewArticle("zakon", f"z{number}", f"https://z.kz/{number}", text, "", "", "kk", CLOCK.at, str(number))
        story, _ = stories.place(number, fingerprint(as_told(new)))
        if ends:
            await ends.wait()
        if fails:
            raise ConnectionError
        return story


async def some_turns(count=COUNT // 2):
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_transaction_that_fails_while_articles_are_taken_in_splits_no_story():
    """Whoever reads and whoever fails take turns: every stored article is known afterwards."""
    storage, keeper = Stored(), StoryKeeper(CLOCK)
    reading = asyncio.create_task(keeper.catch_up(storage))
    await some_turns()
    assert not reading.done()
    with pytest.raises(ConnectionError):
        await store(keeper, storage, 100, "Басқа жаңалық", fails=True)
    await reading

    stories = [await store(keeper, storage, 200 + n, title(n)) for n in range(1, COUNT + 1)]
    assert stories == list(range(1, COUNT + 1))


async def test_a_reading_that_is_cancelled_splits_no_story():
    """What it took in is known, what it did not is read the next time."""
    storage, keeper = Stored(), StoryKeeper(CLOCK)
    reading = asyncio.create_task(keeper.catch_up(storage))
    await some_turns()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading

    assert [await store(keeper, storage, 200 + n, title(n)) for n in (1, 30, COUNT)] == [1, 30, COUNT]


async def test_nothing_joins_a_story_that_was_never_stored():
    """An article waits until the one placed before it is stored or not."""
    storage, keeper, ends = Stored(), StoryKeeper(CLOCK), asyncio.Event()
    text = "Пезешкиан Астанаға ресми сапармен келіп бес құжатқа қол қойды"
    first = asyncio.create_task(store(keeper, storage, 100, text, ends=ends, fails=True))
    second = asyncio.create_task(store(keeper, storage, 101, text))
    await some_turns(10 * COUNT)
    assert not second.done()
    ends.set()

    with pytest.raises(ConnectionError):
        await first
    assert await second == 101


async def test_a_tick_does_not_wait_for_a_transaction_that_places():
    """That one catches up by itself: a slow one must not keep due feeds waiting."""
    storage, keeper, ends = Stored(), StoryKeeper(CLOCK), asyncio.Event()
    placing = asyncio.create_task(store(keeper, storage, 100, title(1), ends=ends))
    await some_turns()
    await keeper.catch_up(storage)
    ends.set()

    assert await placing == 1


async def test_an_article_that_cannot_be_compared_is_a_story_of_its_own(monkeypatch):
    """The others of its feed and of other feeds keep their stories."""
    storage, keeper = Stored(), StoryKeeper(CLOCK)
    remember = StoryBook.remember

    def broken(self, article, place):
        if article.id in {"7", "300"}:
            raise RecursionError
        remember(self, article, place)

    monkeypatch.setattr(StoryBook, "remember", broken)
    await keeper.catch_up(storage)

    assert await store(keeper, storage, 200, title(8)) == 8
    assert await store(keeper, storage, 201, title(7)) == 201
    assert await store(keeper, storage, 300, title(9)) == 300
    assert await store(keeper, storage, 301, "Мүлдем басқа оқиға болды") == 301
