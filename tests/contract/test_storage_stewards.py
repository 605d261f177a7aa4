"""Who looks after which channel."""

from storage_samples import NOW, chat

from bot.core.model import Channel
from bot.storage import SqlStorage


async def test_channels_of_a_person(storage: SqlStorage) -> None:
    """By title, under the title that was noted last; nobody sees another's."""
    async with storage.transaction() as unit:
        await unit.stewards.put(7, Channel(-1001, "Б"))
        await unit.stewards.put(7, Channel(-1002, "А"))
        await unit.stewards.put(8, Channel(-1001, "Б"))
        await unit.stewards.put(7, Channel(-1001, "Ә"))
        mine, theirs = await unit.stewards.of(7), await unit.stewards.of(8)
        titles = [await unit.stewards.title(7, -1001), await unit.stewards.title(8, -1002)]

    assert {(one.id, one.title) for one in mine} == {(-1002, "А"), (-1001, "Ә")}
    assert theirs == [Channel(-1001, "Б")]
    assert titles == ["Ә", None]


async def test_forgetting_a_channel_or_a_person(storage: SqlStorage) -> None:
    """No row names the one that is forgotten, and nobody manages a channel that is gone."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(7, manages=-1001))
        await unit.chats.put(chat(-1001))
        for user in (7, 8):
            await unit.stewards.put(user, Channel(-1001, "A"))
            await unit.stewards.put(user, Channel(-1002, "B"))
        managed = (await unit.chats.get(7)).manages
        await unit.chats.forget(-1001, NOW)
        await unit.chats.forget(8, NOW)

        assert managed == -1001
        assert await unit.stewards.of(7) == [Channel(-1002, "B")]
        assert await unit.stewards.of(8) == []
        assert (await unit.chats.get(7)).manages is None


async def test_who_is_told_of_a_chat(storage: SqlStorage) -> None:
    """Of a channel everybody who looks after it; of a group whoever set it up last, under the title of then."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(-5))
        for user in (7, 8):
            await unit.stewards.put(user, Channel(-1001, "Арна"))
        await unit.stewards.put_group(7, -5, "Топ")
        await unit.stewards.put_group(8, -5, "Достар")

        assert sorted(await unit.stewards.responsible(-1001)) == [(7, "Арна"), (8, "Арна")]
        assert await unit.stewards.responsible(-5) == [(8, "Достар")]
        assert await unit.stewards.responsible(-6) == []


async def test_who_set_a_group_up_moves_and_is_forgotten_with_it(storage: SqlStorage) -> None:
    """A supergroup inherits it; neither a forgotten group nor a forgotten person leaves a row."""
    async with storage.transaction() as unit:
        for group in (-5, -6):
            await unit.chats.put(chat(group))
            await unit.stewards.put_group(7, group, "Топ")
        await unit.chats.migrate(-5, -1005)
        moved = await unit.stewards.responsible(-1005)
        await unit.chats.forget(-1005, NOW)
        await unit.chats.forget(7, NOW)
        left = await unit.connection.fetch_sql("SELECT 1 AS one FROM group_admin")

    assert moved == [(7, "Топ")]
    assert left == []
