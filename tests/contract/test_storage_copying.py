"""Moving a database to the other engine, and backing it up while it runs."""

import asyncio
import os
from pathlib import Path

import pytest
from storage_samples import KAZAKH, LEASE, NOW, chat, follow, message, placed, publish, reply, source, update

from bot.core.model import Channel, Composition, DeliveryMode, DigestPage, TopicMatch
from bot.errors import StorageError
from bot.storage import SqlStorage, backup_database, copy_database, copying, open_storage


async def _fill(storage: SqlStorage) -> None:
    """Store something in every table."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("mine", public=False)], NOW)
        await unit.chats.put(chat(-100))
        topic = await follow(unit, -100, KAZAKH)
        await unit.feeds.switch(-100, "mine", on=True)
        await unit.subscriptions.keep_removed((await unit.subscriptions.of(-100))[0], NOW)
        await unit.feeds.offer([source("own-1", public=False)], NOW)
        await publish(unit, 1, [topic], keys=[-(2**63), 5, 2**63 - 1], text="\U0001f40e")
        await unit.articles.add([placed(number, keys=range(number)) for number in range(2, 40)])
        await unit.topics.add_matches([TopicMatch(topic, number, ("ә",)) for number in range(2, 40)])
        await unit.stewards.put(7, Channel(-1001, KAZAKH))
        await unit.compositions.add([Composition(1, -100, (DigestPage(KAZAKH, (3, 2)), DigestPage("2")), NOW)])
        await unit.outbox.put([message("digest", -100), reply("reply", 5)], NOW)
        await unit.outbox.hold(7, NOW)
        await unit.outbox.hold(None, NOW)
        await unit.inbox.store([update(1), update(2, None)])
        await unit.broadcasts.add(5, KAZAKH, NOW)
        await unit.feeds.offer([source("found", public=False)], NOW)
        await unit.connection.fetch_sql("INSERT INTO alert_pace (chat_id, window_start, sent) VALUES (-100, 0, 1)")


async def _contents(storage: SqlStorage) -> dict[str, set[tuple[object, ...]]]:
    async with storage.reading() as unit:
        return {
            table: {tuple(row) for row in await unit.connection.fetch_sql(f"SELECT * FROM {table}")}  # noqa: S608
            for table in copying.TABLES
        }


async def test_the_list_of_tables_is_the_schema(storage: SqlStorage) -> None:
    """No table is forgotten when a database moves."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()",
    }
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(names[storage.engine.dialect.name])

    assert {row["name"] for row in rows} == set(copying.TABLES) | {"schema_version", "kept_work"}


async def test_everything_moves_there_and_back(
    storage: SqlStorage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database copied into SQLite and from there into the first engine again holds the same rows."""
    monkeypatch.setattr(copying, "PAGE", 7)
    await _fill(storage)
    before = await _contents(storage)
    middle_url = f"sqlite:///{tmp_path}/middle.db"
    counts = await copy_database(database_url, middle_url)
    middle = await open_storage(middle_url)

    assert await _contents(middle) == before
    assert counts == {table: len(rows) for table, rows in before.items()}
    assert all(counts.values())
    await middle.close()
    async with storage.transaction() as unit:
        for table in reversed(copying.TABLES):
            await unit.connection.fetch_sql(f"DELETE FROM {table}")  # noqa: S608
    await copy_database(middle_url, database_url)
    assert await _contents(storage) == before


async def test_a_moved_database_works_on(storage: SqlStorage, database_url: str, tmp_path: Path) -> None:
    """New topics and messages get new ids, counters go on, what waited is sent."""
    lite = await open_storage(f"sqlite:///{tmp_path}/old.db")
    await _fill(lite)
    await lite.close()
    await copy_database(f"sqlite:///{tmp_path}/old.db", database_url)

    async with storage.transaction() as unit:
        (old,) = await unit.subscriptions.of(-100)
        topic = await follow(unit, -100, "жаңа тақырып")
        assert topic > old.topic_id
        await unit.outbox.put([message("new", 9)], NOW)
        claim = await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=9, rate=1e6)
        assert {leased.message.dedupe_key for leased in claim.messages} == {"digest", "reply", "new"}
        assert len({leased.id for leased in claim.messages}) == 3
        assert await unit.sequences.take("seq", 1) == 2
        unseen = await unit.subscriptions.unseen([-100], modes=[DeliveryMode.DIGEST], up_to=9, now=NOW)
        assert [story.story_id for story in unseen[-100]] == [1]


async def test_a_database_in_use_is_never_overwritten(storage: SqlStorage, database_url: str, tmp_path: Path) -> None:
    """A target that holds anything is refused and keeps what it holds."""
    await _fill(storage)
    before = await _contents(storage)
    lite = await open_storage(f"sqlite:///{tmp_path}/other.db")
    await _fill(lite)
    await lite.close()
    with pytest.raises(StorageError, match="not empty"):
        await copy_database(f"sqlite:///{tmp_path}/other.db", database_url)

    assert await _contents(storage) == before


async def test_a_backup_is_one_instant_of_a_running_database(
    storage: SqlStorage, database_url: str, tmp_path: Path
) -> None:
    """While writers go on, a backup holds whole transactions, and opens as a database of its own."""
    await _fill(storage)
    stop = asyncio.Event()

    async def write() -> None:
        number = 1000
        while not stop.is_set():
            async with storage.transaction() as unit:
                await unit.chats.put(chat(number))
                await asyncio.sleep(0)
                await unit.chats.put(chat(number + 1))
            number += 2

    writer = asyncio.create_task(write())
    counts = await backup_database(database_url, tmp_path / "backup.db")
    stop.set()
    await writer
    copy = await open_storage(f"sqlite:///{tmp_path}/backup.db")
    contents = await _contents(copy)
    await copy.close()

    assert len(contents["chat"]) % 2 == 1
    assert counts == {table: len(rows) for table, rows in contents.items()}
    assert contents["posting"] == (await _contents(storage))["posting"]


async def test_a_backup_overwrites_nothing(storage: SqlStorage, database_url: str, tmp_path: Path) -> None:
    """A file that is there stays as it is; a place that cannot be written is one clear line, and leaves no remains."""
    await _fill(storage)
    there = tmp_path / "notes.txt"
    there.write_text("мәтін", encoding="utf-8")
    with pytest.raises(StorageError, match="there already"):
        await backup_database(database_url, there)
    with pytest.raises(StorageError) as caught:
        await backup_database(database_url, tmp_path / "absent" / "backup.db")

    assert there.read_text(encoding="utf-8") == "мәтін"
    assert "\n" not in str(caught.value)
    assert not [name for name in os.listdir(tmp_path) if ".part" in name]  # noqa: PTH208 - names alone
