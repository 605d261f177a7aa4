"""Fixtures that several folders of tests share."""

import pytest
from desk import open_desk
from hypothesis import settings

# A law holds or it does not; how long an example takes says more about the machine.
settings.register_profile("jarshy", deadline=None)
settings.load_profile("jarshy")


@pytest.fixture
async def desk(tmp_path):
    """The handlers and the ticks over a real SQLite file, with a clock that stands where it is put."""
    async with open_desk(tmp_path) as opened:
        yield opened
