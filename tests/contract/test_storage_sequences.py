"""Counters: the order of numbers is the order of commits."""

import asyncio
import contextlib

import pytest
from storage_samples import BrokenOffError, chat

from bot.storage import SqlStorage


async def test_numbers_are_reserved_in_blocks(storage: SqlStorage) -> None:
    """``take`` returns the first of a block; the next block begins behind it; 0 takes none."""
    async with storage.transaction() as unit:
        assert await unit.sequences.take("article", 5) == 1
        assert await unit.sequences.take("article", 1) == 6
        assert await unit.sequences.take("article", 0) == 7
        assert await unit.sequences.take("article", 0) == 7


@pytest.mark.parametrize("name", ["seq", "generation", "article", "composition"])
async def test_every_counter_starts_at_nothing(storage: SqlStorage, name: str) -> None:
    """The last number of a fresh counter is 0, its first is 1."""
    async with storage.transaction() as unit:
        assert await unit.sequences.last(name) == 0
        assert await unit.sequences.take(name, 1) == 1


async def test_an_unknown_counter_is_a_mistake(storage: SqlStorage) -> None:
    """A name that is no counter raises instead of counting from nowhere."""
    with pytest.raises(KeyError):
        async with storage.transaction() as unit:
            await unit.sequences.take("sequence", 1)


async def test_last_sees_only_what_was_committed(storage: SqlStorage) -> None:
    """A reader does not see numbers of a transaction that has not committed, nor ever those of one that failed."""
    async with storage.reading() as reader, storage.transaction() as unit:
        await unit.sequences.take("seq", 3)
        assert await reader.sequences.last("seq") == 0
    with contextlib.suppress(BrokenOffError):
        async with storage.transaction() as unit:
            await unit.sequences.take("seq", 10)
            raise BrokenOffError

    async with storage.reading() as unit:
        assert await unit.sequences.last("seq") == 3


async def test_take_holds_the_counter_until_the_commit(storage: SqlStorage, other: SqlStorage) -> None:
    """Whoever takes second gets its number after the first has committed, also where the first took none."""
    order: list[str] = []
    first_holds = asyncio.Event()

    async def first() -> None:
        async with storage.transaction() as unit:
            await unit.sequences.take("seq", 0)
            first_holds.set()
            for _ in range(20):
                await unit.chats.get(1)
            order.append("first ends")

    async def second() -> None:
        await first_holds.wait()
        async with other.transaction() as unit:
            await unit.sequences.take("seq", 1)
            order.append("second takes")

    await asyncio.gather(first(), second())

    assert order == ["first ends", "second takes"]


async def test_the_order_of_numbers_is_the_order_of_commits(storage: SqlStorage, other: SqlStorage) -> None:
    """Whoever reads number n can read all that was written under smaller numbers."""

    async def write(one: SqlStorage, worker: int) -> None:
        for _ in range(15):
            async with one.transaction() as unit:
                number = await unit.sequences.take("seq", 1)
                await asyncio.sleep(0)
                await unit.chats.put(chat(1000 + number, thread_id=worker))

    async def watch() -> None:
        last = 0
        while last < 60:
            async with storage.reading() as unit:
                last = await unit.sequences.last("seq")
                missing = [number for number in range(1, last + 1) if await unit.chats.get(1000 + number) is None]
            assert missing == []
            await asyncio.sleep(0)

    await asyncio.gather(*(write(one, worker) for worker, one in enumerate([storage, other] * 2)), watch())
