"""What the panel of topics asks: changed subscriptions, articles of the week."""

from dataclasses import replace

from storage_samples import DAY, HOUR, NOW, chat, follow, publish, source

from bot.core.model import DeliveryMode
from bot.storage import SqlStorage


async def test_a_subscription_is_changed(storage: SqlStorage) -> None:
    """Label, watermark, mode and mute are written; another chat's and other topics' stay as they are."""
    async with storage.transaction() as unit:
        topic, other = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await follow(unit, 2, "иран")
        (mine, untouched) = await unit.subscriptions.of(1)
        changed = replace(mine, label="Иран!", watermark=9, mode=DeliveryMode.AT_ONCE, muted_until=NOW + HOUR)
        await unit.subscriptions.change(changed)

        assert await unit.subscriptions.of(1) == [changed, untouched]
        assert [one.watermark for one in await unit.subscriptions.of(2)] == [0]
        assert (topic, other) == (changed.topic_id, untouched.topic_id)


async def test_changing_what_is_not_followed_adds_nothing(storage: SqlStorage) -> None:
    """A subscription that was removed meanwhile stays away."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        (mine,) = await unit.subscriptions.of(1)
        await unit.subscriptions.remove(1, [topic])
        await unit.subscriptions.change(mine)

        assert await unit.subscriptions.of(1) == []


async def test_articles_are_counted_by_topic(storage: SqlStorage) -> None:
    """By the date that they name, of sources that the chat sees; a topic without any is left out."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri")], NOW)
        iran, iraq = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await follow(unit, 2, "иран")
        await unit.feeds.switch(2, "tengri", on=False)
        await publish(unit, 1, [iran])
        await publish(unit, 2, [iran], source_id="tengri")
        await publish(unit, 3, [iran, iraq], published_at=NOW - 8 * DAY)

        assert await unit.articles.counts(1, [iran, iraq], since=NOW - 7 * DAY) == {iran: 2}
        assert await unit.articles.counts(2, [iran, iraq], since=NOW - 7 * DAY) == {iran: 1}
        assert await unit.articles.counts(1, [], since=NOW - 7 * DAY) == {}


async def test_languages_and_style_survive(storage: SqlStorage) -> None:
    """What a chat chose to read comes back, and moves with its group."""
    chosen = chat(-5, languages=("kk", "en"), compact=True, pictures=True)
    async with storage.transaction() as unit:
        await unit.chats.put(chosen)
        assert await unit.chats.get(-5) == chosen
        await unit.chats.migrate(-5, -1005)

        moved = await unit.chats.get(-1005)
    assert moved is not None
    assert (moved.languages, moved.compact, moved.pictures) == (("kk", "en"), True, True)


async def test_articles_of_other_languages_are_left_out(storage: SqlStorage) -> None:
    """In every reading for a chat; others see them."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri")], NOW)
        await unit.chats.put_each([chat(1, languages=("kk",)), chat(2)])
        topic = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await publish(unit, 1, [topic])
        await publish(unit, 2, [topic], language="ru")
        await publish(unit, 3, [topic], story=1, source_id="tengri", language="ru")
        since = NOW - DAY

        for number, stories, articles in ((1, {1}, {1}), (2, {1, 2}, {1, 2, 3})):
            found = await unit.subscriptions.unseen([1, 2], modes=[DeliveryMode.DIGEST], up_to=9, now=NOW)
            latest = await unit.articles.latest(number, [topic], since=since, limit=9)
            popular = await unit.articles.popular(number, since=since, limit=9)
            for read in (found[number], latest, popular):
                assert {story.story_id for story in read} == stories
                assert {article.id for story in read for article in story.articles} == articles
            assert await unit.articles.counts(number, [topic], since=since) == {topic: len(articles)}


async def test_a_story_in_another_language_is_told_when_one_that_is_read_brings_it(storage: SqlStorage) -> None:
    """A reader of Kazakh alone loses nothing that Russian outlets told first."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri")], NOW)
        await unit.chats.put(chat(1, languages=("kk",)))
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic], source_id="tengri", language="ru")
        read = {"modes": [DeliveryMode.DIGEST], "now": NOW}
        assert await unit.subscriptions.unseen([1], up_to=1, **read) == {}
        await unit.subscriptions.advance([1], modes=[DeliveryMode.DIGEST], up_to=1)
        await publish(unit, 2, [topic], story=1)

        found = await unit.subscriptions.unseen([1], up_to=2, **read)
    assert [story.story_id for story in found[1]] == [1]


async def test_the_most_covered_are_read_for_many_chats_at_once(storage: SqlStorage) -> None:
    """Each sees those of its own sources and languages; feeds that readers added count for nobody."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri"), source("mine", public=False)], NOW)
        await unit.chats.put_each([chat(1), chat(2, languages=("ru",)), chat(3)])
        await unit.feeds.switch(3, "tengri", on=False)
        await publish(unit, 1, [], source_id="tengri")
        await publish(unit, 2, [], language="ru")
        await publish(unit, 3, [], story=2, source_id="tengri", language="ru")
        await publish(unit, 4, [], source_id="mine")
        await publish(unit, 5, [], stored_at=NOW - 8 * DAY)

        found = await unit.articles.popular_for([1, 2, 3], since=NOW - 7 * DAY, limit=9, among=9)
        one = await unit.articles.popular_for([1], since=NOW - 7 * DAY, limit=1, among=9)
    assert {number: [story.story_id for story in stories] for number, stories in found.items()} == {
        1: [2, 1],
        2: [2],
        3: [2],
    }
    assert [story.story_id for story in one[1]] == [2]


async def test_reasons_are_those_of_the_chats_topics_and_sources(storage: SqlStorage) -> None:
    """By topic, each word once; other chats' topics and articles that the chat does not see say nothing."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("tengri")], NOW)
        iran, iraq = await follow(unit, 1, "иран"), await follow(unit, 2, "ирак")
        await unit.feeds.switch(1, "tengri", on=False)
        await publish(unit, 1, [iran, iraq], reasons=["Иранның", "Иран"])
        await publish(unit, 2, [iran], story=1, reasons=["Иран", "Тегеран"])
        await publish(unit, 3, [iran], story=1, source_id="tengri", reasons=["Iran"])

        assert await unit.subscriptions.reasons(1, 1) == {iran: ("Иранның", "Иран", "Тегеран")}
        assert await unit.subscriptions.reasons(1, 9) == {}
