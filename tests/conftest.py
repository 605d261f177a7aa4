"""Fixtures that several folders of tests share."""

import pytest
from desk import open_desk


@pytest.fixture
async def desk(tmp_path):
    """The handlers and the ticks over a real SQLite file, with a clock that stands where it is put."""
    async with open_desk(tmp_path) as opened:
        yield opened
