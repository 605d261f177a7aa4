"""The storage room: ``ports.Storage`` on SQLite and PostgreSQL.

::

    storage.py      SqlStorage, SqlUnit: the port
    <aggregate>.py  one class for each aggregate, shared by both engines, over queries/<aggregate>.sql
    sql, dialect    named SQL, and the few words that differ between the engines
    connection.py   what an aggregate needs of a driver: fetch, execute, executemany
    sqlite, postgres   the two drivers
    copying.py      a whole database into another, or into a backup
    schema.py       migrations/NNNN_name.sql, each one transaction, under a lock
"""

from bot.storage.copying import backup_database, copy_database
from bot.storage.opening import migrate, open_storage
from bot.storage.storage import SqlStorage, SqlUnit

__all__ = ["SqlStorage", "SqlUnit", "backup_database", "copy_database", "migrate", "open_storage"]
