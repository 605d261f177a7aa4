"""The storage room: ``ports.Storage`` on SQLite and PostgreSQL.

::

    storage.py      SqlStorage, SqlUnit: the port
    <aggregate>.py  one class for each aggregate, shared by both engines, over queries/<aggregate>.sql
    sql, dialect    named SQL, and the few words that differ between the engines
    connection.py   what an aggregate needs of a driver: fetch, execute, executemany
    sqlite, postgres   the two drivers
    schema, layout  migrations/NNNN_name.sql, each one transaction, under a lock; the tables of a version
    copying.py      a whole database into another
    backup.py       a whole database into a file
"""

from bot.storage.backup import backup_database
from bot.storage.copying import Copied, copy_database
from bot.storage.opening import migrate, open_storage, open_when_up
from bot.storage.schema import newest as schema_version
from bot.storage.storage import SqlStorage, SqlUnit

__all__ = [
    "Copied",
    "SqlStorage",
    "SqlUnit",
    "backup_database",
    "copy_database",
    "migrate",
    "open_storage",
    "open_when_up",
    "schema_version",
]
