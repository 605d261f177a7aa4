"""Empty databases for tests, on either engine."""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

SERVER = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("JARSHY_REQUIRE_POSTGRES") == "1"


@asynccontextmanager
async def empty_database(engine: str, folder: Path) -> AsyncIterator[str]:
    """Give the address of an empty database of that engine; it is gone afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'jarshy.db'}"
        return
    server = await postgres_server()
    schema = f"jarshy_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE SCHEMA {schema}")
        yield f"{SERVER}{'&' if '?' in SERVER else '?'}search_path={schema}"
        await server.execute(f"DROP SCHEMA {schema} CASCADE")
    finally:
        await server.close()


async def postgres_server() -> asyncpg.Connection:
    """Connect to the server for tests; without one skip, or fail where it is required."""
    try:
        return await asyncpg.connect(SERVER, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = f"no PostgreSQL server answers (JARSHY_TEST_POSTGRES): {type(error).__name__}"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)


def names(folder: Path) -> list[str]:
    """Return the names of all that lies in a folder."""
    return sorted(path.name for path in folder.iterdir())
