"""Opening a database: addresses, locks, migrations, what cannot be used."""

import asyncio
import errno
import itertools
import logging
import os
import signal
import sqlite3
import stat
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from databases import SERVER, names, postgres_server
from storage_samples import DAY, NOW, SECOND, chat, message, update

from bot.errors import StorageError
from bot.storage import SqlStorage, migrate, open_storage, schema
from bot.storage.urls import shown, sqlite_path

_HOLDER = """
import asyncio, sys
from bot.storage import open_storage

async def main():
    await open_storage(sys.argv[1], exclusive=True)
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def _error(url: str, **options: bool) -> StorageError:
    with pytest.raises(StorageError) as caught:
        await open_storage(url, **options)
    return caught.value


async def test_a_database_opens_again_with_what_it_had(storage: SqlStorage, database_url: str) -> None:
    """Closing and opening loses nothing, and migrates nothing a second time."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
    await storage.close()

    assert await migrate(database_url) == []
    again = await open_storage(database_url)
    async with again.reading() as unit:
        assert await unit.chats.get(1) is not None
    await again.close()


async def test_migrate_names_what_it_applied(database_url: str) -> None:
    """The first migration of an empty database applies every file, in order."""
    assert await migrate(database_url) == [migration.name for migration in schema.migrations()]


async def test_many_may_open_an_empty_database_at_once(database_url: str) -> None:
    """Replicas that start together migrate once and all come up."""
    opened = await asyncio.gather(*(open_storage(database_url) for _ in range(4)))
    for storage in opened:
        await storage.ping()
        await storage.close()


async def test_what_only_reads_makes_nothing(database_url: str, tmp_path: Path) -> None:
    """``read_only`` refuses a database that is not there or is empty, and writes no table and no file."""
    before = names(tmp_path)
    for _ in range(2):  # what the first try made, the second would find
        error = await _error(database_url, read_only=True)
        assert error.message_id == ("database-missing" if database_url.startswith("sqlite") else "database-empty")

    assert names(tmp_path) == before
    await migrate(database_url)
    storage = await open_storage(database_url, read_only=True)
    with pytest.raises((StorageError, sqlite3.OperationalError)):
        async with storage.reading() as unit:
            await unit.connection.fetch_sql("DELETE FROM chat")
    await storage.close()


async def test_an_empty_file_is_no_database(tmp_path: Path) -> None:
    """A file that ``touch`` made is told from one that is not there, and stays empty."""
    (tmp_path / "empty.db").touch()
    error = await _error(f"sqlite:///{tmp_path}/empty.db", read_only=True)

    assert error.message_id == "database-empty"
    assert _files(tmp_path) == {"empty.db": b""}


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_reading_leaves_a_database_that_rests_as_it_was(tmp_path: Path) -> None:
    """No file of a write-ahead log is left beside it."""
    url = f"sqlite:///{tmp_path}/jarshy.db"
    await migrate(url)
    before = _files(tmp_path)
    storage = await open_storage(url, read_only=True)
    await storage.ping()
    await storage.close()

    assert _files(tmp_path) == before


@pytest.mark.parametrize("read_only", [True, False])
async def test_a_newer_database_is_refused(storage: SqlStorage, database_url: str, *, read_only: bool) -> None:
    """A program that is older than its database leaves it alone."""
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql("INSERT INTO schema_version VALUES (9999, '9999_later', 0)")

    error = await _error(database_url, read_only=read_only)
    assert error.message_id == "database-newer"
    assert "9999" in str(error)


@pytest.mark.parametrize(
    "url", ["", "jarshy.db", "sqlite://jarshy.db", "sqlite:///", "sqlite:////", "sqlite:///:memory:", "mysql://h/db"]
)
async def test_a_malformed_address_is_refused(url: str) -> None:
    """Anything but the three forms is refused before anything is made."""
    assert (await _error(url)).message_id == "database-url"


async def test_relative_addresses_lie_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes are relative, four absolute."""
    monkeypatch.chdir(tmp_path)
    await (await open_storage("sqlite:///a.db")).close()
    await (await open_storage(f"sqlite:///{tmp_path}/b.db")).close()

    assert {"a.db", "b.db"} <= set(os.listdir(tmp_path))  # noqa: PTH208 - names alone


@pytest.mark.parametrize("exclusive", [True, False])
async def test_an_unwritable_path_is_one_clear_line(tmp_path: Path, *, exclusive: bool) -> None:
    """A file that cannot be made is an error that names the place and the reason."""
    error = await _error(f"sqlite:///{tmp_path}/absent/jarshy.db", exclusive=exclusive)

    assert error.message_id == "database-unusable"
    assert "absent/jarshy.db" in str(error)
    assert "\n" not in str(error)


async def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    """A file of something else is left alone."""
    path = tmp_path / "notes.txt"
    path.write_text("сәлем " * 1000, encoding="utf-8")
    error = await _error(f"sqlite:///{path}")

    assert error.message_id == "database-unusable"
    assert path.read_text(encoding="utf-8") == "сәлем " * 1000


async def test_a_server_that_does_not_answer_is_one_clear_line() -> None:
    """An unreachable server is an error that shows the address without its password."""
    error = await _error("postgresql://jarshy:secret@127.0.0.1:1/news")

    assert error.message_id == "database-unusable"
    assert "jarshy@127.0.0.1:1/news" in str(error)
    assert "secret" not in str(error)
    assert "\n" not in str(error)


def test_no_password_is_shown() -> None:
    """Neither the account's password nor one in the query is part of what is shown."""
    url = "postgresql://me:s%40c@host:5432/db?password=p&search_path=x"

    assert shown(url) == "postgresql://me@host:5432/db?search_path=x"
    for address in (
        "postgresql://host/db",
        "postgresql:///db?host=/var/run/postgresql",
        "postgres:///?host=/tmp&dbname=x",
    ):
        assert shown(address) == address  # with all its slashes


def test_the_place_of_a_file_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slashes stay, and a relative address shows which folder it is in."""
    monkeypatch.chdir(tmp_path)

    assert shown("sqlite:////var/lib/jarshy.db") == "sqlite:////var/lib/jarshy.db"
    assert shown("sqlite:///jarshy.db") == f"sqlite:///{tmp_path}/jarshy.db"


@pytest.mark.parametrize("password", ["p@ss", "p/ss", "p#ss", "p?ss", "p[s", "p]s", "100%", "%zz", "two words", "/@#"])
async def test_a_password_that_an_address_cannot_hold_is_refused(password: str) -> None:
    """The line says how to write it and shows nothing of it; percent-encoded it is read as it is."""
    error = await _error(f"postgresql://jarshy:{password}@127.0.0.1:1/news")

    assert error.message_id == "database-password"
    assert password not in str(error)
    assert sqlite_path(f"postgresql://jarshy:{quote(password, safe='')}@127.0.0.1:1/news") is None


@pytest.mark.parametrize("rest", ["host:port/db", "127.0.0.1:99999/db", "host/db?option", "[::1/db"])
async def test_a_malformed_server_address_is_one_clear_line(rest: str) -> None:
    """What the driver cannot read is refused as malformed, without a word of the password."""
    error = await _error(f"postgresql://jarshy:secret@{rest}")

    assert error.message_id == "database-url"
    assert "secret" not in str(error)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("change", "reason"),
    [("/no_such_database", 'database "no_such_database" does not exist'), ("?nosuch=1", "unrecognized configuration")],
)
async def test_what_a_server_does_not_have_is_one_clear_line(change: str, reason: str) -> None:
    """A database or an option that the server does not know is named."""
    await (await postgres_server()).close()
    server = SERVER.partition("?")[0]
    error = await _error(f"{server.rpartition('/')[0]}{change}" if change[0] == "/" else f"{server}{change}")

    assert error.message_id == "database-unusable"
    assert reason in str(error)
    assert "\n" not in str(error)


async def test_a_second_exclusive_opening_fails(tmp_path: Path) -> None:
    """Within one process too, a file is run once; after closing it is free again."""
    url = f"sqlite:///{tmp_path}/jarshy.db"
    first = await open_storage(url, exclusive=True)
    error = await _error(url, exclusive=True)
    beside = await open_storage(url)
    await beside.close()
    await first.close()

    assert error.message_id == "database-locked"
    await (await open_storage(url, exclusive=True)).close()


async def test_a_killed_process_frees_its_file(tmp_path: Path) -> None:
    """Another process is kept out while the first lives, and let in the moment it is killed."""
    url = f"sqlite:///{tmp_path}/jarshy.db"
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _HOLDER, url, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"open\n"

    assert (await _error(url, exclusive=True)).message_id == "database-locked"
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    await (await open_storage(url, exclusive=True)).close()


async def test_a_transaction_waits_for_another_process(tmp_path: Path) -> None:
    """Two openings of one file write in turn, without an error."""
    url = f"sqlite:///{tmp_path}/jarshy.db"
    one, two = await open_storage(url), await open_storage(url)
    async with one.transaction() as unit:
        await unit.chats.put(chat(1))
        waiting = asyncio.create_task(_put(two))
        await asyncio.sleep(0.05)
        assert not waiting.done()
    await waiting
    await one.close()
    await two.close()


async def _put(storage: SqlStorage) -> None:
    async with storage.transaction() as unit:
        await unit.chats.put(chat(2))


async def test_what_a_killed_process_leased_goes_on_at_once(tmp_path: Path) -> None:
    """Who runs a file alone need not wait for leases: their holder is dead, and what was in flight is uncertain."""
    url = f"sqlite:///{tmp_path}/jarshy.db"
    before = await open_storage(url)
    async with before.transaction() as unit:
        await unit.outbox.put([message("a", 1), message("b", 2)], NOW)
        await unit.inbox.store([update(1)])
        claim = await unit.outbox.claim(NOW, owner="dead", lease=DAY, limit=2, rate=1000)
        await unit.outbox.mark_sending([claim.messages[0].id], NOW, lease=DAY)
        await unit.inbox.claim(NOW, owner="dead", lease=DAY, limit=1)
    await before.close()

    after = await open_storage(url, exclusive=True)
    async with after.transaction() as unit:
        assert await unit.outbox.sweep(NOW) == 2
        again = await unit.outbox.claim(NOW + SECOND, owner="new", lease=DAY, limit=2, rate=1000)
        handled = await unit.inbox.claim(NOW, owner="new", lease=DAY, limit=1)
    await after.close()
    assert {row.message.dedupe_key: row.uncertain for row in again.messages} == {"a": True, "b": False}
    assert [row.update_id for row in handled] == [1]


async def test_chats_that_were_gone_are_still_gone_after_an_upgrade(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a database from before, whose ``gone`` stood in the place of what was asked for; the others are untouched."""
    every = schema.migrations()
    before = tuple(itertools.takewhile(lambda one: not one.name.endswith("_gone"), every))
    monkeypatch.setattr(schema, "migrations", lambda: before)
    await migrate(database_url)
    older = await open_storage(database_url)
    async with older.transaction() as unit:
        for number, state in enumerate(("active", "paused", "stopped", "gone"), start=1):
            await unit.connection.fetch_sql(
                "INSERT INTO chat (id, kind, locale, zone, schedule, state, created_at, quiet, digest_when_empty)"
                " VALUES (:id, 'private', 'kk', 'UTC', '08:30', :state, 0, '', 0)",
                {"id": number, "state": state},
            )
    await older.close()
    monkeypatch.setattr(schema, "migrations", lambda: every)
    upgraded = await open_storage(database_url)
    async with upgraded.reading() as unit:
        found = await unit.chats.get_each([1, 2, 3, 4])
    await upgraded.close()

    assert [(one.state.value, one.gone) for one in found] == [
        ("active", False), ("paused", False), ("stopped", False), ("active", True),
    ]  # fmt: skip


async def test_the_files_of_a_database_are_their_owners_alone(tmp_path: Path) -> None:
    """What readers wrote is nobody else's on the machine: the file, its write-ahead log and the lock, whatever the umask."""
    before = os.umask(0)
    try:
        storage = await open_storage(f"sqlite:///{tmp_path / 'jarshy.db'}", exclusive=True)
        modes = _modes(tmp_path)
        await storage.close()
    finally:
        os.umask(before)

    assert modes == dict.fromkeys(_PRIVATE, 0o600)


async def test_files_that_others_could_read_are_tightened_by_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of an older version, with what a kill left, or a copy put back: each is told once, and stays as it is then."""
    url, folder = f"sqlite:///{tmp_path / 'jarshy.db'}", tmp_path
    caplog.set_level(logging.INFO)
    storage = await open_storage(url, exclusive=True)
    for file in folder.iterdir():
        file.chmod(0o664)
    reader = await open_storage(url)
    before = _modes(folder)
    await reader.close()  # what only looks, beside the bot or not, changes nothing
    await storage.close()
    (folder / "jarshy.db-wal").touch(0o644)
    (folder / "other.db").touch(0o644)

    for told in (3, 0):
        caplog.clear()
        storage = await open_storage(url, exclusive=True)
        modes = _modes(folder)
        await storage.close()
        lines = [record.message for record in caplog.records if "by its owner alone" in record.message]
        assert modes == dict.fromkeys(_PRIVATE, 0o600) | {"other.db": 0o644}
        assert len(lines) == told
    assert before == dict.fromkeys(_PRIVATE, 0o664)


async def test_files_that_cannot_be_tightened_are_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Another user's file, which this one may write: the bot runs, and says that others can read it."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    (tmp_path / "jarshy.db").touch(0o644)
    monkeypatch.setattr(Path, "chmod", refuse)
    storage = await open_storage(f"sqlite:///{tmp_path / 'jarshy.db'}", exclusive=True)
    await storage.close()

    (warning,) = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert "jarshy.db can be read by others (mode 0644), which cannot be changed: Operation not permitted" in warning


_PRIVATE = ("jarshy.db", "jarshy.db-wal", "jarshy.db-shm", "jarshy.db.lock")


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
