"""What the panel of topics asks: changed subscriptions, articles of the week."""

from dataclasses import replace

from storage_samples import DAY, HOUR, NOW, follow, publish, source

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
