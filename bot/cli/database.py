"""``migrate``, ``backup`` and ``stats``: the database, looked at from outside."""

from pathlib import Path

from bot.cli.lines import say
from bot.errors import SettingsError
from bot.settings import Settings
from bot.storage import backup_database, copy_database, open_storage
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
        _counts(await copy_database(source, target), "moved")
        return 0
    applied = await migrate_database(settings.database_url)
    for name in applied:
        say(f"applied {name}")
    if not applied:
        say("the database is up to date")
    return 0


async def backup(settings: Settings, file: Path) -> int:
    """Write the database, running or not, into a new SQLite file.

    Raises:
        StorageError: it cannot be read, or the file cannot be written.
    """
    _counts(await backup_database(settings.database_url, file), "saved")
    return 0


async def stats(settings: Settings) -> int:
    """Print how much there is of what.

    Raises:
        StorageError: the database cannot be used.
    """
    storage = await open_storage(settings.database_url, migrate=False)
    try:
        async with storage.reading() as unit:
            counts = await unit.figures.counts()
    finally:
        await storage.close()
    width = max(map(len, counts))
    for name, count in counts.items():
        say(f"{name.ljust(width)}  {count:>10}")
    return 0


def _counts(rows: dict[str, int], verb: str) -> None:
    for table, count in rows.items():
        say(f"{verb} {count:>8}  {table}")
