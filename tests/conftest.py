"""Fixtures that several folders of tests share."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from databases import drop_schemas, empty_database, migrated_database
from desk import open_desk
from hypothesis import HealthCheck, settings

from bot import isolation
from bot.storage import SqlStorage, open_storage

# A law holds or it does not; how long an example takes says more about the machine.
settings.register_profile("jarshy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jarshy")


@pytest.fixture
async def desk(tmp_path):
    """The handlers and the ticks over a real SQLite file, with a clock that stands where it is put."""
    async with open_desk(tmp_path) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _nothing_set_aside() -> None:
    """Let each test be the first that sets a thing aside, which is told at once."""
    isolation._told.clear()


@pytest.fixture
def engine() -> str:
    """Name the engine under test, where a folder or a test does not."""
    return "sqlite"


@pytest.fixture
async def database_url(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Give the address of an empty database of the engine under test; for ``storage`` it has the schema already."""
    prepared = migrated_database if "storage" in request.fixturenames else empty_database
    async with prepared(engine, tmp_path) as url:
        yield url


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[SqlStorage]:
    """Give that database, open and brought up to date."""
    opened = await open_storage(database_url)
    yield opened
    await opened.close()


def pytest_sessionfinish(session):
    """Leave no schema behind. Where every need is met, a skipped test is a failure: nothing is passed over in silence."""
    drop_schemas()
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("JARSHY_NO_SKIPS") == "1" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("JARSHY_NO_SKIPS: tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
