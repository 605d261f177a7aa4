"""``migrate``: bring the database up to date."""

from bot.cli.lines import say
from bot.settings import Settings
from bot.storage import migrate as migrate_database


async def migrate(settings: Settings) -> int:
    """Apply the migrations that are missing, and name them.

    Raises:
        StorageError: the database cannot be used.
    """
    applied = await migrate_database(settings.database_url)
    for name in applied:
        say(f"applied {name}")
    if not applied:
        say("the database is up to date")
    return 0
