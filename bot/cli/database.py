"""``migrate``, ``backup`` and ``stats``: the database, looked at from outside."""

from pathlib import Path

from bot.cli.lines import say
from bot.errors import SettingsError
from bot.settings import Settings
from bot.storage import Copied, backup_database, copy_database, open_storage, schema_version
from bot.storage import migrate as migrate_database


async def migrate(settings: Settings, source: str | None, target: str | None) -> int:
    """Apply the migrations that are missing and name them; with two addresses, move everything from one to the other.

    Raises:
        StorageError: a database cannot be used.
        SettingsError: only one of the two addresses was given.
    """
    if source or target:
        if not (source and target):
            raise SettingsError("setting-malformed", name="migrate", reason="--from and --to belong together")
        _tell(await copy_database(source, target), "moved")
        return 0
    applied = await migrate_database(settings.database_url)
    for name in applied:
        say(f"applied {name}")
    if not applied:
        say("the database is up to date")
    return 0


async def backup(settings: Settings, file: Path) -> int:
    """Write the database, running or not and of whatever version, into a new SQLite file.

    Raises:
        StorageError: it cannot be read, or the file cannot be written.
    """
    _tell(await backup_database(settings.database_url, file), "saved")
    return 0


async def stats(settings: Settings) -> int:
    """Print how much there is of what.

    Raises:
        StorageError: the database cannot be used.
    """
    storage = await open_storage(settings.database_url, read_only=True)
    try:
        async with storage.reading() as unit:
            counts = await unit.figures.counts()
    finally:
        await storage.close()
    width = max(map(len, counts))
    for name, count in counts.items():
        say(f"{name.ljust(width)}  {count:>10}")
    return 0


def _tell(copied: Copied, verb: str) -> None:
    for table, count in copied.rows.items():
        say(f"{verb} {count:>8}  {table}")
    say(f"{verb} a database of schema version {copied.version}; this program's is {schema_version()}")
