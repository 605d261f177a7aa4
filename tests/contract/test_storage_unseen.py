"""Seen and unseen: what a chat is brought, once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from storage_samples import DAY, HOUR, MINUTE, NOW, as_stored, chat, follow, publish, source

from bot.core.model import DeliveryMode, StoryMatch, Subscription
from bot.storage import SqlStorage, SqlUnit

DIGEST, WEEKLY, AT_ONCE = DeliveryMode.DIGEST, DeliveryMode.WEEKLY, DeliveryMode.AT_ONCE


@pytest.fixture(autouse=True)
async def _sources(storage: SqlStorage) -> None:
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri"), source("mine", public=False)], NOW)


async def _unseen(unit: SqlUnit, chat_id: int = 1, mode: DeliveryMode = DIGEST, up_to: int | None = None) -> list[int]:
    last = await unit.sequences.last("seq") if up_to is None else up_to
    found = await unit.subscriptions.unseen([chat_id], modes=[mode], up_to=last, now=NOW)
    return [story.story_id for story in found.get(chat_id, [])]


async def _bring(unit: SqlUnit, chat_id: int = 1, mode: DeliveryMode = DIGEST) -> list[int]:
    """Compose a digest: name what is unseen and move the watermarks past it."""
    stories = await _unseen(unit, chat_id, mode)
    last = await unit.sequences.last("seq")
    await unit.subscriptions.advance([chat_id], modes=[mode], up_to=last)
    return stories


async def test_a_subscription_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Every field survives storage; the oldest subscription comes first."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(-7))
        topics = [(await unit.topics.get_or_create(text, 1))[0].id for text in ("а", "ә")]
        newer = Subscription(-7, topics[0], "Иран | Ирак", 3, NOW, WEEKLY, NOW + HOUR)
        older = Subscription(-7, topics[1], "ә", 0, NOW - HOUR)
        assert await unit.subscriptions.add(newer)
        assert await unit.subscriptions.add(older)

        assert await unit.subscriptions.of(-7) == [older, newer]
        assert await unit.subscriptions.of_each([-7, 1]) == {-7: [older, newer]}
        assert await unit.subscriptions.of(1) == []


async def test_following_twice_changes_nothing(storage: SqlStorage) -> None:
    """A second subscription to the same topic is refused and leaves the first as it was."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран", watermark=4)

        assert not await unit.subscriptions.add(Subscription(1, topic, "other", 9, NOW, WEEKLY))
        (kept,) = await unit.subscriptions.of(1)
    assert (kept.label, kept.watermark, kept.mode) == ("иран", 4, DIGEST)


async def test_removing_counts_what_there_was(storage: SqlStorage) -> None:
    """``remove`` takes this chat's subscriptions alone and says how many there were."""
    async with storage.transaction() as unit:
        iran, iraq = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await follow(unit, 2, "иран")

        assert await unit.subscriptions.remove(1, [iran, iraq, 999]) == 2
        assert await unit.subscriptions.remove(1, [iran]) == 0
        assert len(await unit.subscriptions.of(2)) == 1


async def test_the_starting_watermark_stands_between_old_and_new(storage: SqlStorage) -> None:
    """It is the greatest number of the topic's stories stored before the instant, 0 where there is none."""
    async with storage.transaction() as unit:
        topic, other = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        for number, hours in enumerate([30, 26, 20, 1], start=1):
            await publish(unit, number, [topic], stored_at=NOW - hours * HOUR)

        assert await unit.subscriptions.starting_watermark(topic, NOW - DAY) == 2
        assert await unit.subscriptions.starting_watermark(topic, NOW) == 4
        assert await unit.subscriptions.starting_watermark(other, NOW) == 0


async def test_what_lies_above_the_watermark_is_unseen(storage: SqlStorage) -> None:
    """Stories up to the watermark were brought, those above ``up_to`` belong to the next digest."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран", watermark=1)
        for number in (1, 2, 3, 4):
            await publish(unit, number, [topic])

        assert await _unseen(unit, up_to=3) == [2, 3]


async def test_a_story_has_its_articles_topics_number_and_reasons(storage: SqlStorage) -> None:
    """An unseen story is told in full: every article, every topic of these modes, the smallest number, all reasons."""
    async with storage.transaction() as unit:
        iran, tokayev = await follow(unit, 1, "иран"), await follow(unit, 1, "тоқаев")
        weekly = await follow(unit, 1, "сапар", mode=WEEKLY)
        first = await publish(unit, 1, [iran], reasons=["Иранның"], published_at=NOW - HOUR)
        second = await publish(unit, 2, [tokayev, weekly], story=1, source_id="tengri", reasons=["Тоқаев"])
        third = await publish(unit, 3, [], story=1, published_at=NOW - MINUTE)

        found = await unit.subscriptions.unseen([1], modes=[DIGEST], up_to=9, now=NOW)
    articles = (as_stored(second), as_stored(third), as_stored(first))
    assert found == {1: [StoryMatch(1, (iran, tokayev), articles, 1, ("Тоқаев", "Иранның"))]}


async def test_a_story_is_brought_once(storage: SqlStorage) -> None:
    """Neither an edit, nor a further outlet, nor another topic makes a story new again."""
    async with storage.transaction() as unit:
        iran, tokayev = await follow(unit, 1, "иран"), await follow(unit, 1, "тоқаев")
        await publish(unit, 1, [iran])
        assert await _bring(unit) == [1]
        await publish(unit, 2, [iran, tokayev], story=1, source_id="tengri")
        await publish(unit, 3, [tokayev], story=1)

        assert await _unseen(unit) == []


async def test_a_topic_followed_later_does_not_repeat_a_story(storage: SqlStorage) -> None:
    """What one topic brought, a topic that the chat follows from now on does not bring again, whatever its numbers."""
    async with storage.transaction() as unit:
        early = await follow(unit, 2, "сапар")
        iran = await follow(unit, 1, "иран")
        late = await follow(unit, 2, "тоқаев")
        await publish(unit, 1, [early, iran, late])
        assert await _bring(unit) == [1]
        await follow(unit, 1, "сапар")
        await follow(unit, 1, "тоқаев")

        assert await _unseen(unit) == []


async def test_a_new_topic_does_not_hide_what_another_still_owes(storage: SqlStorage) -> None:
    """A story that waits under one topic stays unseen where a topic with a later watermark has it too."""
    async with storage.transaction() as unit:
        waiting = await follow(unit, 1, "иран")
        other = await follow(unit, 2, "тоқаев")
        await publish(unit, 1, [waiting])
        await publish(unit, 2, [other], story=1)
        await follow(unit, 1, "тоқаев", watermark=2)

        assert await _unseen(unit) == [1]


async def test_what_was_old_when_a_topic_was_followed_stays_old(storage: SqlStorage) -> None:
    """A story below a topic's first watermark is not brought by a later article under another topic."""
    async with storage.transaction() as unit:
        other = await follow(unit, 2, "тоқаев")
        iran = await follow(unit, 2, "иран")
        await publish(unit, 1, [iran])
        await follow(unit, 1, "иран", watermark=1)
        await follow(unit, 1, "тоқаев", watermark=1)
        await publish(unit, 2, [other], story=1)

        assert await _unseen(unit) == []


async def test_modes_do_not_disturb_each_other(storage: SqlStorage) -> None:
    """A digest neither shows nor consumes what weekly topics and topics at once bring."""
    async with storage.transaction() as unit:
        digest = await follow(unit, 1, "иран")
        weekly = await follow(unit, 1, "сапар", mode=WEEKLY)
        at_once = await follow(unit, 1, "тоқаев", mode=AT_ONCE)
        await publish(unit, 1, [digest, weekly])
        await publish(unit, 2, [weekly, at_once])
        assert await _bring(unit) == [1]

        assert await _unseen(unit, mode=WEEKLY) == [1, 2]
        assert await _unseen(unit, mode=AT_ONCE) == [2]
        both = await unit.subscriptions.unseen([1], modes=[WEEKLY, AT_ONCE], up_to=9, now=NOW)
    assert [story.story_id for story in both[1]] == [1, 2]


async def test_muted_topics_are_left_out(storage: SqlStorage) -> None:
    """A muted topic brings nothing, and a story that another topic met too comes under that one."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
        muted, _ = await unit.topics.get_or_create("иран", 1)
        await unit.subscriptions.add(Subscription(1, muted.id, "иран", 0, NOW, muted_until=NOW + HOUR))
        heard = await follow(unit, 1, "тоқаев")
        await publish(unit, 1, [muted.id])
        await publish(unit, 2, [muted.id, heard])

        found = await unit.subscriptions.unseen([1], modes=[DIGEST], up_to=9, now=NOW)
        later = await unit.subscriptions.unseen([1], modes=[DIGEST], up_to=9, now=NOW + HOUR)
    assert [(story.story_id, story.topic_ids) for story in found[1]] == [(2, (heard,))]
    assert [story.story_id for story in later[1]] == [1, 2]


async def test_sources_that_a_chat_does_not_see_bring_nothing(storage: SqlStorage) -> None:
    """A story that only unseen sources tell is left out; of others their articles are."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await unit.feeds.switch(1, "tengri", on=False)
        await unit.feeds.switch(2, "mine", on=True)
        public = await publish(unit, 1, [topic])
        private = await publish(unit, 2, [topic], story=1, source_id="mine", published_at=NOW - MINUTE)
        await publish(unit, 3, [topic], source_id="tengri")
        await publish(unit, 4, [topic], source_id="mine")

        found = await unit.subscriptions.unseen([1, 2], modes=[DIGEST], up_to=9, now=NOW)
    assert {chat_id: [story.story_id for story in stories] for chat_id, stories in found.items()} == {
        1: [1],
        2: [1, 3, 4],
    }
    assert found[1][0].articles == (as_stored(public),)
    assert found[2][0].articles == (as_stored(public), as_stored(private))


async def test_a_private_feed_does_not_swallow_a_story_for_others(storage: SqlStorage) -> None:
    """A story that a reader's own feed told first is news to all others when a source that they see tells it."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await unit.feeds.switch(2, "mine", on=True)
        await publish(unit, 1, [topic], source_id="mine")
        assert await _bring(unit, 1) == []
        assert await _bring(unit, 2) == [1]
        await publish(unit, 2, [topic], story=1)

        assert await _bring(unit, 1) == [1]
        assert await _bring(unit, 2) == []


async def test_watermarks_never_move_back(storage: SqlStorage) -> None:
    """``advance`` moves these chats' subscriptions of these modes, and only forward."""
    async with storage.transaction() as unit:
        await follow(unit, 1, "иран", watermark=7)
        await follow(unit, 1, "ирак", watermark=2)
        await follow(unit, 1, "сапар", watermark=2, mode=WEEKLY)
        await follow(unit, 2, "иран", watermark=2)
        await unit.subscriptions.advance([1], modes=[DIGEST], up_to=5)

        assert [subscription.watermark for subscription in await unit.subscriptions.of(1)] == [7, 5, 2]
        assert [subscription.watermark for subscription in await unit.subscriptions.of(2)] == [2]


async def test_late_articles_with_old_dates_are_not_lost(storage: SqlStorage) -> None:
    """Order of storing counts, not the date that an article names."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic])
        await _bring(unit)
        await publish(unit, 2, [topic], published_at=NOW - timedelta(days=3))

        assert await _bring(unit) == [2]


async def test_a_story_without_a_stored_match_appears_for_every_source(storage: SqlStorage) -> None:
    """An appearance that was stored without its match is told all the same."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic])
        await unit.topics.drop_matches([(topic, 1)])

        found = await unit.subscriptions.unseen([1], modes=[DIGEST], up_to=9, now=NOW)
    assert [replace(story, articles=()) for story in found[1]] == [StoryMatch(1, (topic,), (), 1, ())]


async def test_many_chats_are_read_at_once(storage: SqlStorage) -> None:
    """One call serves a batch; chats without anything unseen are not in it."""
    async with storage.transaction() as unit:
        for chat_id in range(1, 21):
            topic = await follow(unit, chat_id, "иран", watermark=chat_id % 2)
        await publish(unit, 1, [topic])

        found = await unit.subscriptions.unseen(range(1, 21), modes=[DIGEST], up_to=9, now=NOW)
        nothing = await unit.subscriptions.unseen([], modes=[DIGEST], up_to=9, now=NOW)
    assert sorted(found) == list(range(2, 21, 2))
    assert nothing == {}
