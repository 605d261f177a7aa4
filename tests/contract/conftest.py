"""One fixture, two engines: every test of this folder runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from databases import empty_database

from bot.storage import SqlStorage, open_storage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Name the engine under test."""
    return str(request.param)


@pytest.fixture
async def database_url(engine: str, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of an empty database of the engine under test."""
    async with empty_database(engine, tmp_path) as url:
        yield url


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
