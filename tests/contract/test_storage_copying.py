"""Moving a database to the other engine, and backing it up while it runs."""

import asyncio
import signal
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from databases import empty_database, names
from storage_samples import KAZAKH, LEASE, NOW, chat, follow, message, placed, publish, reply, source, update

from bot.core.clock_witness import Witness
from bot.core.model import Channel, Composition, DeliveryMode, DigestPage, ImportJob, TopicMatch
from bot.errors import StorageError
from bot.storage import SqlStorage, backup, backup_database, copy_database, copying, open_storage, schema_version
from bot.storage.layout import tables

TABLES = [table.name for table in tables(schema_version())]


async def _fill(storage: SqlStorage) -> None:
    """Store something in every table."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("mine", public=False)], NOW)
        await unit.chats.put(chat(-100))
        topic = await follow(unit, -100, KAZAKH)
        await unit.feeds.switch(-100, "mine", on=True)
        await unit.subscriptions.keep_removed((await unit.subscriptions.of(-100))[0], NOW)
        await unit.feeds.offer(-100, [source("own-1", public=False)], NOW)
        await publish(unit, 1, [topic], keys=[-(2**63), 5, 2**63 - 1], text="\U0001f40e")
        await unit.articles.add([placed(number, keys=range(number)) for number in range(2, 40)])
        await unit.topics.add_matches([TopicMatch(topic, number, ("ә",)) for number in range(2, 40)])
        await unit.stewards.put(7, Channel(-1001, KAZAKH))
        await unit.stewards.put_group(7, -100, KAZAKH)
        await unit.compositions.add([Composition(1, -100, (DigestPage(KAZAKH, (3, 2)), DigestPage("2")), NOW)])
        await unit.outbox.put([message("digest", -100), reply("reply", 5)], NOW)
        await unit.outbox.hold(7, NOW)
        await unit.outbox.hold(None, NOW)
        await unit.inbox.store([update(1), update(2, None)])
        await unit.broadcasts.add(5, KAZAKH, NOW)
        await unit.imports.add(ImportJob(-100, 5, 1, KAZAKH))
        await unit.instants.bear_witness(Witness(NOW, NOW))
        await unit.chats.forget(-101, NOW)
        await unit.connection.fetch_sql("INSERT INTO erased_topic (topic_id, erased_at) VALUES (99, 0)")
        await unit.connection.fetch_sql("INSERT INTO alert_pace (chat_id, window_start, sent) VALUES (-100, 0, 1)")


async def _contents(storage: SqlStorage) -> dict[str, set[tuple[object, ...]]]:
    async with storage.reading() as unit:
        return {
            table: {tuple(row) for row in await unit.connection.fetch_sql(f"SELECT * FROM {table}")}  # noqa: S608
            for table in TABLES
        }


async def test_the_list_of_tables_is_the_schema(storage: SqlStorage) -> None:
    """No table is forgotten when a database moves."""
    names = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()",
    }
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(names[storage.engine.dialect.name])

    assert {row["name"] for row in rows} == set(TABLES) | {"schema_version", "saved_state"}


async def test_everything_moves_there_and_back(
    storage: SqlStorage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database copied into SQLite and from there into the first engine again holds the same rows."""
    monkeypatch.setattr(copying, "PAGE", 7)
    await _fill(storage)
    before = await _contents(storage)
    middle_url = f"sqlite:///{tmp_path}/middle.db"
    copied = await copy_database(database_url, middle_url)
    middle = await open_storage(middle_url)

    assert await _contents(middle) == before
    assert copied.rows == {table: len(rows) for table, rows in before.items()}
    assert all(copied.rows.values())
    await middle.close()
    async with storage.transaction() as unit:
        for table in reversed(TABLES):
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
    storage: SqlStorage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While writers go on between its steps, a backup holds whole transactions, and opens as a database of its own."""
    monkeypatch.setattr(backup, "STEP_PAGES", 1)
    await _fill(storage)
    stop = asyncio.Event()
    written = 0

    async def write() -> None:
        nonlocal written
        while not stop.is_set():
            async with storage.transaction() as unit:
                await unit.chats.put(chat(1000 + written))
                await asyncio.sleep(0)
                await unit.chats.put(chat(1001 + written))
            written += 2

    writer = asyncio.create_task(write())
    copied = await backup_database(database_url, tmp_path / "backup.db")
    stop.set()
    await writer
    copy = await open_storage(f"sqlite:///{tmp_path}/backup.db")
    contents = await _contents(copy)
    await copy.close()

    assert written
    assert len(contents["chat"]) % 2 == 1
    assert copied.rows == {table: len(rows) for table, rows in contents.items()}
    assert copied.version == schema_version()
    assert contents["posting"] == (await _contents(storage))["posting"]


async def test_a_backup_is_one_file_for_its_owner_alone(storage: SqlStorage, database_url: str, tmp_path: Path) -> None:
    """Nothing lies beside it, nobody else may read it, and it opens where nothing can be written."""
    await _fill(storage)
    folder = tmp_path / "backups"
    folder.mkdir()
    await backup_database(database_url, folder / "b.db")

    assert names(folder) == ["b.db"]
    assert stat.S_IMODE((folder / "b.db").stat().st_mode) == 0o600
    with closing(sqlite3.connect(f"{(folder / 'b.db').as_uri()}?mode=ro", uri=True)) as copy:
        assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_backup_overwrites_nothing(storage: SqlStorage, database_url: str, tmp_path: Path) -> None:
    """A file that is there stays as it is; a place that cannot be written is named in one line; no remains are left."""
    await _fill(storage)
    there = tmp_path / "notes.txt"
    there.write_text("мәтін", encoding="utf-8")
    before = names(tmp_path)
    for file, reason in ((there, "there already"), (tmp_path / "absent/backup.db", "No such file or directory")):
        with pytest.raises(StorageError, match=reason) as caught:
            await backup_database(database_url, file)
        assert str(caught.value).startswith(f"cannot write the backup {file}: ")

    assert there.read_text(encoding="utf-8") == "мәтін"
    assert names(tmp_path) == before


async def test_a_backup_that_is_stopped_leaves_nothing(
    storage: SqlStorage, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl+C ends it between two steps, or two pages of rows."""
    monkeypatch.setattr(backup, "STEP_PAGES", 1)
    monkeypatch.setattr(copying, "PAGE", 1)
    await _fill(storage)
    folder = tmp_path / "backups"
    folder.mkdir()
    copying_it = asyncio.create_task(backup_database(database_url, folder / "b.db"))
    while not _has_begun(folder):  # noqa: ASYNC110 - a file rings no bell
        await asyncio.sleep(0.001)
    copying_it.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying_it

    assert not names(folder)


def _has_begun(folder: Path) -> bool:
    return any(path.stat().st_size for path in folder.iterdir())


_KILLED = """
import os, signal, sys
from bot.__main__ import main
from bot.storage import copying, schema

module, name, calls = {"schema": (schema, "_apply", 9), "rows": (copying, "_copy_table", 9), "sums": (copying, "_sum", 15),
                       "commit": (copying, "Copied", 1)}[sys.argv.pop(1)]
whole = getattr(module, name)

def half(*arguments):
    global calls
    calls -= 1
    if not calls:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*arguments)

setattr(module, name, half)
main()
"""


async def _moved(source: str, target: str, *, killed: str = "") -> tuple[int, str]:
    """Run ``jarshy migrate --from --to``, killed at that moment; return how it ended and what it said."""
    program = ("-c", _KILLED, killed) if killed else ("-m", "bot")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *program, "migrate", "--from", source, "--to", target), stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    return process.returncode or 0, errors.decode()


async def test_a_move_that_is_killed_leaves_nothing_or_everything(
    storage: SqlStorage, database_url: str, engine: str, tmp_path: Path
) -> None:
    """Killed while the schema is made, among the rows, or while they are compared, it left none, and is begun again.

    Killed once all is committed it has left everything; a second run refuses to write over it.
    """
    await _fill(storage)
    before = await _contents(storage)
    other = "sqlite" if engine == "postgresql" else "postgresql"
    (tmp_path / "other").mkdir()
    async with empty_database(other, tmp_path / "other") as target:
        for moment in ("schema", "rows", "sums"):
            assert (await _moved(database_url, target, killed=moment))[0] == -signal.SIGKILL, moment
            moved = await open_storage(target)
            seeded = {table.name for table in tables(schema_version()) if table.is_seeded}
            assert {name for name, rows in (await _contents(moved)).items() if rows} <= seeded, moment
            await moved.close()
        assert (await _moved(database_url, target, killed="commit"))[0] == -signal.SIGKILL
        code, said = await _moved(database_url, target)
        moved = await open_storage(target)
        after = await _contents(moved)
        await moved.close()

    assert after == before
    assert await _contents(storage) == before
    assert (code, said.count("\n")) == (2, 1)
    assert "it is not empty" in said
