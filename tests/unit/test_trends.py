"""Mentions by day and language, in words and as a picture."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.drawing import Charts
from bot.core.charts import day_of, day_starts
from bot.core.model import LOCALES
from bot.core.trends import Trend, trend_caption, trend_chart
from bot.i18n import Catalogues

NOW = datetime(2026, 12, 11, 3, 0, tzinfo=UTC)
TEXTS = Catalogues()


def trend(label="Иран", **mentions):
    """Return a trend of 30 days; mentions are given as ``kk=(day, number)``."""
    starts = day_starts(NOW, "Asia/Almaty", 30)
    return Trend(label, starts, {(day, locale): number for locale, (day, number) in mentions.items()})


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["Asia/Almaty", "Europe/Berlin", "America/Sao_Paulo", "Pacific/Apia"]),
)
def test_days_are_those_of_the_readers_zone(now, zone):
    """Each begins at local midnight, none is left out, and now lies in the last one, across summer time too."""
    starts = day_starts(now, zone, 30)
    dates = [start.astimezone(ZoneInfo(zone)).date() for start in starts]

    assert len(starts) == 31
    assert all(later - earlier == timedelta(days=1) for earlier, later in itertools.pairwise(dates))
    assert day_of(now, starts) == 29
    assert day_of(starts[-1], starts) is None
    assert day_of(starts[0] - timedelta(seconds=1), starts) is None


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("kk", "<b>Иран</b>: соңғы 30 күнде 8 мақала; ең көбі — 10 желтоқсан (5)"),
        ("ru", "<b>Иран</b>: 8 статей за 30 дней; больше всего — 10 декабря (5)"),
        ("en", "<b>Иран</b>: 8 articles in 30 days; most on December 10 (5)"),
    ],
)
def test_the_caption_tells_the_total_and_the_busiest_day(locale, expected):
    """Of days with as many articles the latest is told; a topic without any is told so."""
    tr = TEXTS.translator(locale, "Asia/Almaty")
    told = trend_caption([trend(kk=(28, 5), ru=(3, 3)), trend("a<b")], tr).splitlines()

    assert told[0] == expected
    assert "a&lt;b" in told[1]


@pytest.mark.parametrize("locale", LOCALES)
async def test_a_chart_is_a_picture_as_wide_as_a_phone_shows(locale):
    """PNG, 1,080 pixels; every letter has a glyph (Matplotlib would warn), and signs of its formulas are plain text."""
    tr = TEXTS.translator(locale, "Asia/Almaty")
    chart = trend_chart([trend("Қазақстан $5_x$ әғқңөұүһі", kk=(28, 5)), trend("oil", en=(1, 1))], tr)
    drawn = await asyncio.gather(*(Charts().draw(chart) for _ in range(2)))

    for picture in drawn:
        assert picture[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(picture[16:20], "big") == 1080


def test_the_readers_own_language_stands_lowest():
    """The other two follow, each by its name."""
    chart = trend_chart([trend(kk=(28, 5), ru=(28, 2))], TEXTS.translator("ru", "Asia/Almaty"))

    assert [(one.name, one.values[28]) for one in chart.panels[0].series] == [
        ("на русском", 2),
        ("на казахском", 5),
        ("на английском", 0),
    ]
    assert chart.days[-1] == "11 декабря"
