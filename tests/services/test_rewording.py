"""A topic that goes on under other words: what was brought stays brought, what was not comes."""

from datetime import timedelta

from bot.core.model import DeliveryMode


async def reworded(desk, text):
    async def reword(unit, services):
        (old,) = await unit.subscriptions.of(7)
        return old, await services.subscriptions.reword(old, text)

    return await desk.change(reword)


async def digests(desk):
    return [answer for key, answer in await desk.outbox() if key.startswith("digest:")]


async def at_slot(desk):
    async with desk.storage.transaction() as unit:
        desk.clock.at = (await unit.chats.get(7)).next_digest_at
    await desk.digests.tick()


async def test_what_was_brought_does_not_come_again_and_what_waits_does(desk):
    """A story of yesterday's digest stays brought though the new topic is filled with it; one since then comes."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иранның мұнай экспорты өсті"))
    await at_slot(desk)
    desk.clock.forward(hours=1)
    await desk.news(desk.entry("Пезешкиан Астанаға келеді: Иран"))
    await reworded(desk, "Иран -футбол")
    await at_slot(desk)
    first, second = await digests(desk)

    assert "экспорты" in first.text
    assert "Пезешкиан" in second.text
    assert "экспорты" not in second.text


async def test_mode_mute_and_place_stay(desk):
    """Only the words change."""
    await desk.say("/alerts Иран")
    await desk.say("/mute Иран")
    old, new = await reworded(desk, "Иран -футбол")
    async with desk.storage.reading() as unit:
        stored = await unit.subscriptions.of(7)

    assert [one.label for one in stored] == ["Иран -футбол"]
    assert (new.mode, new.muted_until, new.created_at) == (DeliveryMode.AT_ONCE, old.muted_until, old.created_at)
    assert old.muted_until == desk.clock.now() + timedelta(days=1)


async def test_words_that_are_followed_already_leave_one_topic(desk):
    """Two topics that became the same are one."""
    await desk.say("/subscribe Иран")

    async def reword(unit, services):
        await services.subscriptions.subscribe(7, "Иран -футбол")
        old, other = await unit.subscriptions.of(7)
        new = await services.subscriptions.reword(old, "Иран -футбол")
        return other, new, await unit.subscriptions.of(7)

    other, new, left = await desk.change(reword)

    assert left == [other]
    assert new == other


async def test_a_topic_that_means_the_same_keeps_its_place(desk):
    """Only its label changes, and nothing is filled anew."""
    await desk.say("/subscribe Иран")
    old, new = await reworded(desk, "  иран ")

    assert new.topic_id == old.topic_id
    assert new.watermark == old.watermark
