"""Distinct queries, their matches and the first appearances of stories."""

import asyncio

from storage_samples import DAY, KAZAKH, NOW, chat, follow, placed, publish, source

from bot.core.model import Topic, TopicMatch, TopicStory
from bot.storage import SqlStorage


async def test_a_topic_is_made_once(storage: SqlStorage) -> None:
    """Readers who type the same thing share one topic, with the generation of the first."""
    async with storage.transaction() as unit:
        topic, is_new = await unit.topics.get_or_create(KAZAKH, 1)
        again, is_new_again = await unit.topics.get_or_create(KAZAKH, 2)
        found = await unit.topics.find(KAZAKH)

    assert topic == Topic(topic.id, KAZAKH, 1)
    assert (is_new, is_new_again) == (True, False)
    assert again == found == topic


async def test_canonical_texts_differ_by_every_letter(storage: SqlStorage) -> None:
    """Storage compares canonical texts exactly: folding is the query's work."""
    async with storage.transaction() as unit:
        made = [await unit.topics.get_or_create(text, 1) for text in ("иран", "Иран", "иран ", "ирaн")]

    assert all(is_new for _, is_new in made)
    assert len({topic.id for topic, _ in made}) == 4


async def test_topics_are_counted_and_named_by_their_ids(storage: SqlStorage) -> None:
    """An index sees by the number whether a topic went, and by the ids which."""
    async with storage.transaction() as unit:
        made = [(await unit.topics.get_or_create(text, 1))[0].id for text in ("иран", "ирак")]

        assert await unit.topics.count() == 2
        assert await unit.topics.ids() == frozenset(made)


async def test_find_of_an_unknown_topic_is_none(storage: SqlStorage) -> None:
    """A text that nobody follows names no topic."""
    async with storage.reading() as unit:
        assert await unit.topics.find("иран") is None


async def test_since_returns_newer_generations_in_order(storage: SqlStorage) -> None:
    """An index that knows generation n asks for what came after it."""
    async with storage.transaction() as unit:
        topics = [(await unit.topics.get_or_create(text, number))[0] for number, text in enumerate("cab", start=1)]

        assert await unit.topics.since(1) == topics[1:]
        assert await unit.topics.since(3) == []


async def test_two_processes_make_one_topic(storage: SqlStorage, other: SqlStorage) -> None:
    """Of two that create the same topic at once, one makes it and the other gets it."""

    async def create(one: SqlStorage) -> tuple[Topic, bool]:
        async with one.transaction() as unit:
            made = await unit.topics.get_or_create("иран", 1)
            await asyncio.sleep(0)
            return made

    (first, first_new), (second, second_new) = await asyncio.gather(create(storage), create(other))

    assert first == second
    assert first_new != second_new


async def test_a_match_takes_the_newest_reasons(storage: SqlStorage) -> None:
    """Matching an article again replaces why it met the topic; reasons keep their letters and their order."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic], reasons=["Иран"])
        await unit.topics.add_matches([TopicMatch(topic, 1, ("Иранның", "«Tokayev's»", "Иран"))])

        (story,) = await unit.articles.latest(1, [topic], since=NOW - DAY, limit=5)
    assert story.reasons == ("Иранның", "«Tokayev's»", "Иран")


async def test_dropped_matches_are_forgotten(storage: SqlStorage) -> None:
    """An edited article leaves the topics that it no longer meets; other articles stay."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic])
        await publish(unit, 2, [topic])
        assert await unit.topics.met_by([1, 2, 3]) == {1: {topic}, 2: {topic}}
        await unit.topics.drop_matches([(topic, 1)])
        assert await unit.topics.met_by([1, 2, 3]) == {2: {topic}}

        found = await unit.articles.latest(1, [topic], since=NOW - DAY, limit=5)
    assert [story.story_id for story in found] == [2]


async def test_a_story_keeps_its_first_number(storage: SqlStorage) -> None:
    """A story that appears again under a topic keeps the number of its first appearance."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        topic = await follow(unit, 1, "иран")
        await unit.articles.add([placed(1)])
        await unit.topics.add_matches([TopicMatch(topic, 1, ("Иран",))])
        await unit.topics.add_stories([TopicStory(topic, 1, 5, NOW)])
        await unit.topics.add_stories([TopicStory(topic, 1, 8, NOW), TopicStory(topic, 1, 9, NOW, backfilled=True)])

        assert await unit.subscriptions.starting_watermark(topic, NOW + DAY) == 5


async def test_an_id_of_a_topic_is_never_used_twice(storage: SqlStorage) -> None:
    """A topic made after another was deleted has a new id: an index in memory cannot take it for the old one."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
        old, _ = await unit.topics.get_or_create("иран", 1)
        await unit.connection.fetch_sql("DELETE FROM topic")
        new, _ = await unit.topics.get_or_create("ирак", 2)

    assert new.id != old.id
