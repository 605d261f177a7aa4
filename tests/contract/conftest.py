"""One fixture, two engines: every test of this folder runs on SQLite and on PostgreSQL."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from bot.storage import SqlStorage, open_storage

SERVER = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("JARSHY_REQUIRE_POSTGRES") == "1"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Name the engine under test."""
    return str(request.param)


@pytest.fixture
async def database_url(engine: str, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of an empty database of the engine under test."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'jarshy.db'}"
        return
    server = await _server()
    schema = f"jarshy_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE SCHEMA {schema}")
        yield f"{SERVER}{'&' if '?' in SERVER else '?'}search_path={schema}"
        await server.execute(f"DROP SCHEMA {schema} CASCADE")
    finally:
        await server.close()


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[SqlStorage]:
    """Give an open, empty storage of the engine under test."""
    opened = await open_storage(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def other(database_url: str, storage: SqlStorage) -> AsyncIterator[SqlStorage]:
    """Give a second opening of the same database, as another process would have it."""
    assert storage is not None
    opened = await open_storage(database_url)
    yield opened
    await opened.close()


async def _server() -> asyncpg.Connection:
    try:
        return await asyncpg.connect(SERVER, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = f"no PostgreSQL server answers (JARSHY_TEST_POSTGRES): {type(error).__name__}"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
