"""One fixture, two engines: every test of this folder runs on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from bot.storage import SqlStorage, open_storage


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    """Name the engine under test."""
    return str(request.param)


@pytest.fixture
async def other(database_url: str, storage: SqlStorage) -> AsyncIterator[SqlStorage]:
    """Give a second opening of the same database, as another process would have it."""
    assert storage is not None
    opened = await open_storage(database_url)
    yield opened
    await opened.close()
