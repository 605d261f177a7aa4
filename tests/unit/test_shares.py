"""What a feed may bring in a day."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.core.shares import CATALOGUE, OWN_FEED, READER, Amount, Brought, day_of, exceeded

HALF = Amount(READER.articles // 2, READER.keys // 2)


@pytest.mark.parametrize(
    ("brought", "public", "expected"),
    [
        (Brought(Amount()), True, None),
        (Brought(Amount(500, 500 * 1_600)), True, None),  # a busy outlet of long articles
        (Brought(Amount(500, 500 * 1_600), (Amount(500, 500 * 1_600),)), False, None),
        (Brought(Amount(100 * 30, 100 * 30 * 400)), True, None),
        (Brought(Amount(OWN_FEED.articles - 1, OWN_FEED.keys - 1)), False, None),
        (Brought(Amount(OWN_FEED.articles, 0)), False, "feed"),
        (Brought(Amount(0, OWN_FEED.keys)), False, "feed"),
        (Brought(OWN_FEED), True, None),
        (Brought(Amount(CATALOGUE.articles, 0)), True, "catalogue"),
        (Brought(Amount(0, CATALOGUE.keys)), True, "catalogue"),
        (Brought(Amount(), (READER,)), False, "reader"),
        (Brought(Amount(), (Amount(READER.articles, 0), Amount(0, READER.keys))), False, "reader"),
        (Brought(Amount(), (READER, HALF)), False, None),  # one of those who have it has room
        (Brought(Amount(), ()), False, None),  # very many have it
    ],
)
def test_a_share_is_used_up_by_articles_or_by_keys(brought, public, expected):
    """A feed's own share comes first; then that of those who have it, as long as these are few."""
    assert exceeded(brought, public=public) == expected


def test_a_day_is_one_of_utc():
    """Wherever the clock's zone is."""
    late = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)

    assert day_of(late) == "2026-03-02"
    assert day_of(late.astimezone(timezone(timedelta(hours=5)))) == "2026-03-02"
    assert day_of(late + timedelta(hours=1)) == "2026-03-03"
