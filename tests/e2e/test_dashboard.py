"""The dashboard has something to draw: every query of every panel finds data in what a running bot shows."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alert_rules import Prometheus, promtool

from bot.sandbox.news import sources_toml

DASHBOARD = Path(__file__).parents[2] / "docs/grafana.json"
STEP = timedelta(minutes=1)  # what passes for one between two scrapes


def queries() -> dict[str, str]:
    """Return each panel's queries with the dashboard's variables filled in, by a name for the panel."""
    return {
        f"{panel['title']} ({target['refId']})": re.sub(r"\[\$__rate_interval\]", "[5m]", target["expr"]).replace(
            "$instance", ".*"
        )
        for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
        for target in panel["targets"]
    }


async def test_every_panel_has_data_from_a_running_bot(sandbox, join, start_bot, tmp_path):
    """After one reader's first command the dashboard is full: no query is empty, none is malformed."""
    promtool()
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_toml(sandbox.url), encoding="utf-8")
    bot = await start_bot(SOURCES_FILE=str(catalogue))
    reader = await join("en")
    await reader.say("/help")
    prometheus = Prometheus(bot.url, datetime.now(UTC), STEP)
    try:
        async with asyncio.timeout(60):
            while not await prometheus.shows('jarshy_articles_total{what="new"}'):  # noqa: ASYNC110 - only metrics tell
                await asyncio.sleep(0.2)
        for _ in range(3):
            await prometheus.scrape()
    finally:
        await prometheus.close()

    assert prometheus.without_data(tmp_path, queries()) == {}


def test_the_queries_are_there():
    """The dashboard has panels at all: an empty list would prove nothing above."""
    assert len(queries()) > 20
    assert not any("$" in query for query in queries().values())
