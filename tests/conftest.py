"""Fixtures that several folders of tests share."""

import os

import pytest
from desk import open_desk
from hypothesis import HealthCheck, settings

# A law holds or it does not; how long an example takes says more about the machine.
settings.register_profile("jarshy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jarshy")


@pytest.fixture
async def desk(tmp_path):
    """The handlers and the ticks over a real SQLite file, with a clock that stands where it is put."""
    async with open_desk(tmp_path) as opened:
        yield opened


def pytest_sessionfinish(session):
    """Where every need is met, a skipped test is a failure: nothing is passed over in silence."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("JARSHY_NO_SKIPS") == "1" and reporter and reporter.stats.get("skipped"):
        reporter.write_line("JARSHY_NO_SKIPS: tests were skipped", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
