"""Stories by their ids, and the wider groups that they belong to."""

from dataclasses import replace

import pytest
from storage_samples import DAY, HOUR, MINUTE, NOW, follow, placed, publish, source

from bot.storage import SqlStorage

SOURCES = [source("inform"), source("tengri"), source("mine", public=False)]


@pytest.fixture(autouse=True)
async def _sources(storage: SqlStorage) -> None:
    async with storage.transaction() as unit:
        await unit.feeds.sync(SOURCES, NOW)


async def test_stories_come_whole_and_in_the_order_asked(storage: SqlStorage) -> None:
    """Each with all the articles that the chat sees; one of which it sees nothing is left out."""
    async with storage.transaction() as unit:
        await unit.articles.add(
            [placed(1), placed(2), placed(3, story=1, source_id="tengri"), placed(4, source_id="mine")]
        )
        found = await unit.articles.stories(1, [2, 4, 99, 1])
        none = await unit.articles.stories(1, [])

    assert [(story.story_id, {one.id for one in story.articles}) for story in found] == [(2, {2}), (1, {1, 3})]
    assert none == []


async def test_related_stories_are_the_others_of_the_group(storage: SqlStorage) -> None:
    """Newest first, at most so many, those alone of which the chat sees an article; the story itself is not among."""
    group = [replace(placed(number, published_at=NOW - number * HOUR), related_id=1) for number in (1, 2, 3, 4)]
    async with storage.transaction() as unit:
        await unit.articles.add([*group, replace(placed(5, source_id="mine"), related_id=1), placed(6)])
        seen = await unit.articles.related(1, 3, limit=9)
        two = await unit.articles.related(1, 1, limit=2)
        nothing = [await unit.articles.related(1, 6, limit=9), await unit.articles.related(1, 99, limit=9)]

    assert [story.story_id for story in seen] == [1, 2, 4]
    assert [story.story_id for story in two] == [2, 3]
    assert nothing == [[], []]


async def test_a_story_is_a_group_of_its_own_unless_told(storage: SqlStorage) -> None:
    """What a process reads again at its start has the group that it was stored with."""
    async with storage.transaction() as unit:
        await unit.articles.add([placed(1), placed(2, story=1), replace(placed(3), related_id=1)])
        found = await unit.articles.after(0, since=NOW, limit=9)

    assert [(one.story_id, one.related_id) for one in found] == [(1, 1), (1, 1), (3, 1)]


async def test_brought_until_is_when_the_last_story_up_to_a_number_was_stored(storage: SqlStorage) -> None:
    """The instant by which another topic's watermark can be set to the same place in time."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        for number in (1, 2, 3):
            await publish(unit, number, [topic], stored_at=NOW - DAY + number * MINUTE)
        until = [await unit.subscriptions.brought_until(topic, seq) for seq in (0, 2, 99)]
        other = await unit.subscriptions.brought_until(topic + 1, 99)

    assert until == [None, NOW - DAY + 2 * MINUTE, NOW - DAY + 3 * MINUTE]
    assert other is None
