"""Databases of older versions: saved as they are, brought up to date, moved to the other engine, and the way back."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from databases import empty_database, names
from old_databases import COMMITS, DATA, old_database
from storage_samples import NOW

from bot.errors import StorageError
from bot.storage import SqlStorage, backup_database, copy_database, migrate, open_storage, schema, schema_version
from bot.storage.connection import Engine
from bot.storage.layout import tables
from bot.storage.opening import open_engine

ROOT = Path(__file__).parents[2]
Rows = dict[str, list[dict[str, object]]]


@pytest.fixture(params=COMMITS)
def version(request: pytest.FixtureRequest) -> int:
    """Give the version of the schema."""
    return int(request.param)


@pytest.fixture
async def old_url(engine: str, version: int, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of a database that the older program made."""
    async with old_database(engine, version, tmp_path) as url:
        yield url


async def rows_of(url: str, version: int) -> Rows:
    """Return what a database holds in the tables and columns of that version."""
    engine = await open_engine(url)
    try:
        return await _rows(engine, version)
    finally:
        await engine.close()


async def _rows(engine: Engine, version: int) -> Rows:
    found = {}
    async with engine.reading() as connection:
        for table in tables(version):
            order, columns = ", ".join(table.keys), ", ".join(table.columns)
            rows = await connection.fetch_sql(f"SELECT {columns} FROM {table.name} ORDER BY {order}")  # noqa: S608
            found[table.name] = [{name: row[name] for name in table.columns} for row in rows]
    return found


def upgraded(rows: Rows) -> Rows:
    """Return the rows as migrations mean to leave them, where they change any: of a finished update only the id stays."""
    inbox = [{**row, "chat_id": None} if row["state"] == "done" else row for row in rows["inbox"]]
    return {**rows, "inbox": inbox}


def structure(file: Path) -> set[str]:
    """Return the statements that make a SQLite file's tables and indexes."""
    with closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        return {" ".join(text.split()).replace("IF NOT EXISTS ", "") for (text,) in rows}


async def test_it_is_brought_up_to_date_with_all_that_it_held(old_url: str, version: int) -> None:
    """Every row of every table is there with all its values; what was not sent or handled goes on."""
    before = await rows_of(old_url, version)
    names = await migrate(old_url)

    assert len(names) == schema_version() - version
    assert await rows_of(old_url, version) == upgraded(before)
    await _goes_on(old_url)


async def _goes_on(url: str) -> None:
    storage = await open_storage(url)
    async with storage.transaction() as unit:
        topics = {(one.chat_id, one.label) for chat in (7, 8, 9, -100) for one in await unit.subscriptions.of(chat)}
        update = await unit.inbox.claim(NOW, owner="new", lease=NOW - NOW, limit=9)
        pending = await unit.outbox.underway()
        digest = await unit.connection.fetch_sql("SELECT state FROM outbox WHERE dedupe_key LIKE 'digest:7:%'")
    await storage.close()

    assert topics == {
        (7, "Иран"), (7, "мұнай"), (8, "нефть -прогноз"), (9, "Tokayev"), (-100, "Иран")
    }  # fmt: skip
    assert [one.update_id for one in update] == [900]
    assert pending["pending"] == 16
    assert [row["state"] for row in digest] == ["pending"]


async def test_a_backup_is_of_the_version_that_the_database_has(
    old_url: str, engine: str, version: int, tmp_path: Path
) -> None:
    """It has the tables and indexes that the older program makes, with the same rows; the database stays as it is."""
    before = await rows_of(old_url, version)
    file = tmp_path / "backup.db"
    copied = await backup_database(old_url, file)
    reference = tmp_path / "reference.db"
    with closing(sqlite3.connect(reference)) as database:
        database.executescript((DATA / f"version-{version:02}.sqlite.sql").read_text(encoding="utf-8"))

    assert copied.version == version
    assert copied.rows == {table: len(rows) for table, rows in before.items()}
    assert structure(file) == structure(reference)
    assert await rows_of(f"sqlite:///{file}", version) == before == await rows_of(old_url, version)
    assert await _version(old_url) == version
    if engine == "sqlite":  # caches too
        assert _dump(file) == _dump(Path(old_url.removeprefix("sqlite:///")))


def _dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


async def _version(url: str) -> int:
    engine = await open_engine(url)
    try:
        async with engine.reading() as connection:
            return await schema.version(engine, connection)
    finally:
        await engine.close()


async def test_the_older_program_takes_its_backup_back(old_url: str, version: int, tmp_path: Path) -> None:
    """The way back after an upgrade. Where the repository's history is at hand, the older program itself is asked."""
    before = await rows_of(old_url, version)
    await backup_database(old_url, tmp_path / "backup.db")
    await migrate(old_url)
    restored = tmp_path / "restored.db"
    shutil.copy(tmp_path / "backup.db", restored)
    if code := _unpacked(COMMITS[version], tmp_path / "code"):
        environment = {**os.environ, "PYTHONPATH": str(code), "DATABASE_URL": f"sqlite:///{restored}"}
        for command, said in (("migrate", "up to date"), ("stats", "subscriptions")):
            arguments = [sys.executable, "-m", "bot", command]
            done = await asyncio.to_thread(
                subprocess.run, arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            assert said in done.stdout

    assert await _version(f"sqlite:///{restored}") == version
    assert await rows_of(f"sqlite:///{restored}", version) == before


def _unpacked(commit: str, folder: Path) -> Path | None:
    """Return the code of a commit; None in a shallow clone, or where there is no clone."""
    packed = subprocess.run(
        ["git", "-C", ROOT, "archive", commit, "bot", "handlers", "locales"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        return None
    folder.mkdir()
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)  # noqa: S607
    return folder


@pytest.mark.parametrize("other", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def test_a_backup_is_restored_into_this_version_on_either_engine(
    old_url: str, version: int, other: str, tmp_path: Path
) -> None:
    """In a file's place, or by ``migrate --from --to``: all rows, and the schema of this program."""
    before = await rows_of(old_url, version)
    file = tmp_path / "backup.db"
    await backup_database(old_url, file)
    saved = file.read_bytes()
    folder = tmp_path / "another machine"
    folder.mkdir()
    async with empty_database(other, folder) as url:
        if other == "sqlite":
            shutil.copy(file, url.removeprefix("sqlite:///"))
            assert len(await migrate(url)) == schema_version() - version
        else:
            copied = await copy_database(f"sqlite:///{file}", url)
            assert copied.version == version
        assert await _version(url) == schema_version()
        assert await rows_of(url, version) == upgraded(before)
        await _goes_on(url)

    assert file.read_bytes() == saved


async def test_an_older_database_moves_into_an_empty_one_alone(old_url: str, version: int, tmp_path: Path) -> None:
    """A target that has a schema of another version is refused, however empty it is."""
    target = f"sqlite:///{tmp_path}/target.db"
    await migrate(target)
    if version == schema_version():
        assert (await copy_database(old_url, target)).version == version
        return
    with pytest.raises(StorageError, match="of another version"):
        await copy_database(old_url, target)

    assert await _version(old_url) == version


async def test_a_newer_database_is_saved_where_it_can_be(
    storage: SqlStorage, database_url: str, engine: str, tmp_path: Path
) -> None:
    """SQLite copies whatever its file holds; rows of tables that are not known would be left out: that is refused."""
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql("CREATE TABLE later (id BIGINT PRIMARY KEY)")
        await unit.connection.fetch_sql("INSERT INTO later VALUES (1)")
        await unit.connection.fetch_sql("INSERT INTO schema_version VALUES (9999, '9999_later', 0)")
    file = tmp_path / "backup.db"
    if engine == "sqlite":
        copied = await backup_database(database_url, file)
        assert copied.version == 9999
        assert copied.rows["later"] == 1
        return
    with pytest.raises(StorageError, match="newer version") as caught:
        await backup_database(database_url, file)

    assert caught.value.message_id == "database-newer"
    assert not file.exists()


async def test_a_backup_makes_no_database(database_url: str, engine: str, tmp_path: Path) -> None:
    """Where there is nothing to save it says so, and neither the backup nor a database is there afterwards."""
    before = names(tmp_path)
    with pytest.raises(StorageError) as caught:
        await backup_database(database_url, tmp_path / "backup.db")
    with pytest.raises(StorageError) as moved:
        await copy_database(database_url, f"sqlite:///{tmp_path}/target.db")

    expected = "database-missing" if engine == "sqlite" else "database-empty"
    assert caught.value.message_id == moved.value.message_id == expected
    assert names(tmp_path) == before


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_nobody_migrates_under_a_backup(old_url: str) -> None:
    """A migration waits for the end of a backup; a replica whose schema is up to date starts meanwhile."""
    saving, starting = await open_engine(old_url), await open_engine(old_url)
    async with schema.unchanging(saving) as (_, version):
        upgrade = asyncio.create_task(schema.migrate(starting))
        replica = await schema.migrate(saving, to=version)
        waiting, _ = await asyncio.wait({upgrade}, timeout=0.5)
        assert replica == []
        assert version == schema_version() or not waiting
    assert len(await upgrade) == schema_version() - version
    await saving.close()
    await starting.close()


async def test_a_backup_that_begins_during_a_migration_holds_a_whole_version(
    old_url: str, engine: str, version: int, tmp_path: Path
) -> None:
    """Of a file it is the version before, of a server, where it waits, the one after; never half of one."""
    before = await rows_of(old_url, version)
    following = next((each for each in schema.migrations() if each.version == version + 1), None)
    assert following is not None, "the kept databases are older than this program"
    migrating = await open_engine(old_url)
    async with migrating.transaction() as connection:
        await schema._lock(migrating, connection, "pg_advisory_xact_lock")
        await schema._apply(migrating, connection, following)
        saving = asyncio.create_task(backup_database(old_url, tmp_path / "backup.db"))
        await asyncio.wait({saving}, timeout=0.5)
    copied = await saving
    await migrating.close()

    assert copied.version == version if engine == "sqlite" else version + 1
    assert await rows_of(f"sqlite:///{tmp_path}/backup.db", version) == before


async def test_each_migration_is_logged(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """One line each at the start, with how long it took; one for all of a new database; none where nothing is to do."""
    caplog.set_level("INFO", "bot.storage.schema")
    engine = await open_engine(database_url)
    await schema.migrate(engine, to=schema.newest() - 2)
    await engine.close()
    (made,) = [record.getMessage() for record in caplog.records]
    caplog.clear()
    await (await open_storage(database_url)).close()
    lines = [record.getMessage() for record in caplog.records]
    caplog.clear()
    await (await open_storage(database_url)).close()

    older = schema.newest() - 2
    assert re.fullmatch(rf"a new database: {older} migrations, to version {older}, in \d+\.\d s", made)
    for line, migration in zip(lines, schema.migrations()[-2:], strict=True):
        assert re.fullmatch(rf"migration {migration.name} applied in \d+\.\d s", line)
    assert not caplog.records
