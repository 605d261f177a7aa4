"""How often a topic was in the news: articles by day and language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.charts import Chart, Panel, Series, day_of
from bot.core.model import LOCALES, Article
from bot.core.texts import Translator

Mentions = Mapping[tuple[int, str], int]
"""Numbers of articles by day (0 is the first one) and language."""


@dataclass(frozen=True, slots=True)
class Trend:
    """A topic's mentions in the days that begin at ``starts``; the last of these is the end of the last day."""

    label: str
    starts: tuple[datetime, ...]
    mentions: Mentions

    @property
    def total(self) -> int:
        """The number of articles."""
        return sum(self.mentions.values())

    @property
    def by_day(self) -> list[int]:
        """The number of articles of each day."""
        return [sum(self.mentions.get((day, locale), 0) for locale in LOCALES) for day in range(len(self.starts) - 1)]

    @property
    def busiest(self) -> tuple[datetime, int]:
        """The beginning of the day with most articles, the latest of several, and their number."""
        by_day = self.by_day
        day = max(range(len(by_day)), key=lambda number: (by_day[number], number))
        return self.starts[day], by_day[day]


def tally(articles: Iterable[Article], starts: Sequence[datetime]) -> Mentions:
    """Count articles by the day of their publication and their language."""
    mentions: dict[tuple[int, str], int] = {}
    for article in articles:
        day = day_of(article.published_at, starts)
        if day is not None:
            mentions[day, article.language] = mentions.get((day, article.language), 0) + 1
    return mentions


def trend_chart(trends: Sequence[Trend], tr: Translator) -> Chart:
    """Return the chart of one topic or several, in the reader's words; the reader's own language stands lowest."""
    days = tuple(tr.day(start) for start in trends[0].starts[:-1])
    order = sorted(LOCALES, key=lambda locale: locale != tr.locale)
    return Chart(
        days,
        tuple(
            Panel(
                trend.label,
                tuple(
                    Series(
                        str(tr(f"in-{locale}")),
                        tuple(trend.mentions.get((day, locale), 0) for day in range(len(days))),
                    )
                    for locale in order
                ),
            )
            for trend in trends
        ),
    )


def trend_caption(trends: Sequence[Trend], tr: Translator) -> str:
    """Return what the chart says, in words: total and busiest day of each topic."""
    return "\n".join(_line(trend, tr) for trend in trends)


def _line(trend: Trend, tr: Translator) -> str:
    days = len(trend.starts) - 1
    if not trend.total:
        return tr("trends-none", topic=trend.label, days=days)
    day, most = trend.busiest
    total = tr.count("article-count", trend.total)
    return tr("trends-topic", topic=trend.label, total=total, days=days, day=tr.day(day), most=most)
