"""Languages of articles of single topics: what is unseen, latest, counted and explained keeps to them."""

from collections.abc import Sequence
from dataclasses import replace

from storage_samples import DAY, NOW, follow, publish, source

from bot.core.model import DeliveryMode, Locale
from bot.storage import SqlStorage, SqlUnit

ALL = [DeliveryMode.DIGEST]


async def _want(unit: SqlUnit, topic: int, languages: Sequence[Locale]) -> None:
    (mine,) = [one for one in await unit.subscriptions.of(1) if one.topic_id == topic]
    await unit.subscriptions.change(replace(mine, languages=tuple(languages)))


async def _unseen(unit: SqlUnit, chat_id: int = 1) -> list[tuple[int, tuple[int, ...], list[int]]]:
    found = await unit.subscriptions.unseen([1, 2], modes=ALL, up_to=99, now=NOW)
    return [(story.story_id, story.topic_ids, [one.id for one in story.articles]) for story in found.get(chat_id, [])]


async def test_a_topic_keeps_to_its_languages(storage: SqlStorage) -> None:
    """Its stories in others are not told; another topic of the chat and another chat are as they were."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        iran, iraq = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await follow(unit, 2, "иран")
        await _want(unit, iran, ["kk"])
        await publish(unit, 1, [iran])
        await publish(unit, 2, [iran], language="ru")
        await publish(unit, 3, [iraq], language="ru")

        assert await _unseen(unit) == [(1, (iran,), [1]), (3, (iraq,), [3])]
        assert [story for story, _, _ in await _unseen(unit, 2)] == [1, 2]
        latest = await unit.articles.latest(1, [iran, iraq], since=NOW - DAY, limit=9)
        assert {story.story_id for story in latest} == {1, 3}
        assert await unit.articles.counts(1, [iran, iraq], since=NOW - DAY) == {iran: 1, iraq: 1}
        assert await unit.articles.counts(2, [iran], since=NOW - DAY) == {iran: 2}


async def test_a_story_is_told_by_the_articles_that_its_topic_wants(storage: SqlStorage) -> None:
    """Of a story in two languages those articles alone; under a topic that wants all, all, and its reasons count."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source(), source("ria")], NOW)
        iran, iraq = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await _want(unit, iran, ["kk"])
        await publish(unit, 1, [iran], story=1)
        await publish(unit, 2, [iran], story=1, language="ru", source_id="ria")
        assert await _unseen(unit) == [(1, (iran,), [1])]
        assert set(await unit.subscriptions.reasons(1, 1)) == {iran}

        await publish(unit, 3, [iran, iraq], story=2, language="ru", source_id="ria")
        assert (2, (iraq,), [3]) in await _unseen(unit)
        assert set(await unit.subscriptions.reasons(1, 2)) == {iraq}


async def test_what_was_passed_over_is_told_in_a_wanted_language(storage: SqlStorage) -> None:
    """A story that a topic does not want in one language is new when a source tells it in another."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source(), source("ria")], NOW)
        iran = await follow(unit, 1, "иран")
        await _want(unit, iran, ["kk"])
        await publish(unit, 1, [iran], story=1, language="ru", source_id="ria")
        assert await _unseen(unit) == []
        await unit.subscriptions.advance([1], modes=ALL, up_to=1)
        await publish(unit, 2, [iran], story=1)

        assert await _unseen(unit) == [(1, (iran,), [2])]


async def test_a_removed_subscription_is_kept_as_it_was(storage: SqlStorage) -> None:
    """With its mode, mute and languages, for its chat alone, the newest removal wins; it leaves in time."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран", watermark=7)
        (mine,) = await unit.subscriptions.of(1)
        removed = replace(mine, mode=DeliveryMode.WEEKLY, muted_until=NOW + DAY, languages=("kk", "en"))
        await unit.subscriptions.keep_removed(mine, NOW - 2 * DAY)
        await unit.subscriptions.keep_removed(removed, NOW - 2 * DAY)

        assert await unit.subscriptions.removed(1, topic) == removed
        assert await unit.subscriptions.removed(2, topic) is None
        assert await unit.retention.removals(NOW - 3 * DAY, limit=9) == 0
        assert await unit.retention.removals(NOW - DAY, limit=9) == 1
        assert await unit.subscriptions.removed(1, topic) is None


async def test_a_forgotten_chat_leaves_no_removal(storage: SqlStorage) -> None:
    """What was removed is the chat's data too."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        (mine,) = await unit.subscriptions.of(1)
        await unit.subscriptions.keep_removed(mine, NOW)
        await unit.chats.forget(1, NOW)

        assert await unit.subscriptions.removed(1, topic) is None
