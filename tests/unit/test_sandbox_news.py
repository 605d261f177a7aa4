"""The sample news are whole, in three languages, and dated from the server's start."""

import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta

import feedparser
import httpx
import pytest

from bot.core.model import LOCALES
from bot.sandbox.news import NewsRoom, sources_toml
from bot.sandbox.news.documents import RENDERERS
from bot.sandbox.news.samples import outlets, samples
from bot.sandbox.server import Sandbox

NOW = datetime(2026, 1, 15, 6, 0, tzinfo=UTC)


def _room(now: list[datetime]) -> NewsRoom:
    return NewsRoom(lambda: now[0].timestamp())  # noqa: PLW0108 - the clock moves: now[0] is another later


def test_there_is_news_in_every_language_within_the_last_hour_and_the_last_day() -> None:
    """Whoever starts the demo finds something, in any language."""
    languages = Counter(outlets()[sample.outlet].language for sample in samples())
    fresh = {outlets()[sample.outlet].language for sample in samples() if 0 <= sample.minutes_ago < 60}

    assert min(languages[locale] for locale in LOCALES) >= 10
    assert fresh == set(LOCALES)
    assert all(sample.minutes_ago < 24 * 60 for sample in samples())


def test_every_article_has_its_own_address_and_a_known_outlet() -> None:
    """No two articles of one outlet share a slug."""
    assert len({(sample.outlet, sample.slug) for sample in samples()}) == len(samples())
    assert {sample.outlet for sample in samples()} == set(outlets())


def test_dates_count_from_the_start_and_late_news_appears_when_its_time_comes() -> None:
    """An article with a negative age is listed only once the clock has passed it; the others keep their dates."""
    now = [NOW]
    room = _room(now)
    before = room.entries("dala", "http://127.0.0.1")
    now[0] = NOW + timedelta(hours=2)
    after = room.entries("dala", "http://127.0.0.1")

    assert {entry.url: entry.published for entry in before}.items() <= {e.url: e.published for e in after}.items()
    assert len(after) > len(before)
    assert all(entry.published <= NOW for entry in before)
    assert after == sorted(after, key=lambda entry: entry.published, reverse=True)


@pytest.mark.parametrize("outlet_id", [outlet.id for outlet in outlets().values() if outlet.format != "json"])
def test_rss_and_atom_are_read_whole_by_a_feed_parser(outlet_id: str) -> None:
    """Titles, leads, addresses and dates survive the way through the document."""
    outlet = outlets()[outlet_id]
    entries = _room([NOW]).entries(outlet_id, "http://127.0.0.1")
    parsed = feedparser.parse(RENDERERS[outlet.format][0](outlet, "http://127.0.0.1/", entries))

    assert not parsed.bozo
    assert [(entry.title, entry.link, entry.summary) for entry in parsed.entries] == [
        (entry.title, entry.url, entry.lead) for entry in entries
    ]
    assert [entry.published_parsed[:5] for entry in parsed.entries] == [
        entry.published.timetuple()[:5] for entry in entries
    ]


def test_the_catalogue_names_every_outlet_with_its_feed() -> None:
    """``sources_toml`` is TOML in the format of ``SOURCES_FILE``."""
    rows = tomllib.loads(sources_toml("http://127.0.0.1:8081/"))["source"]

    assert [row["id"] for row in rows] == list(outlets())
    assert all(row.keys() == {"id", "name", "url", "language", "category"} for row in rows)
    assert all(set(row["name"]) == set(LOCALES) for row in rows)


async def test_the_server_serves_every_feed_and_every_article_it_names() -> None:
    """No address in the catalogue or in a feed is dead; an unchanged feed answers 304."""
    async with Sandbox() as sandbox, httpx.AsyncClient(trust_env=False) as client:
        for row in tomllib.loads(sources_toml(sandbox.url))["source"]:
            feed = await client.get(row["url"])
            again = await client.get(row["url"], headers={"If-None-Match": feed.headers["etag"]})
            assert (feed.status_code, again.status_code) == (200, 304)
            for entry in sandbox.news.entries(row["id"], sandbox.url):
                page = await client.get(entry.url)
                assert page.status_code == 200
                assert entry.lead.split()[0] in page.text
