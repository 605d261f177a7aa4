"""What administrators are shown: figures of the program and of its sources."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.core.charts import Chart, Panel, Series
from bot.core.model import Feed, Source
from bot.core.pages import Block, paginate
from bot.core.render import shorten
from bot.core.sources import Health, health
from bot.core.texts import Translator

ERROR_LENGTH = 120
_WORST_FIRST = (Health.GONE, Health.RESTING, Health.FAILING, Health.WELL)
_DAILY = {"articles": "stats-articles", "messages": "stats-messages", "chats": "stats-chats"}


@dataclass(frozen=True, slots=True)
class Operation:
    """How much there is of what (``ports.Figures.counts``), and what each day brought; see ``core.trends.Trend``."""

    counts: Mapping[str, int]
    starts: tuple[datetime, ...]
    by_day: Mapping[tuple[int, str], int]


def stats_chart(found: Operation, tr: Translator) -> Chart:
    """Return articles stored, messages sent and chats that came, by day, each on a scale of its own."""
    days = range(len(found.starts) - 1)
    panels = (
        Panel(str(tr(text)), (Series("", tuple(found.by_day.get((day, kind), 0) for day in days)),))
        for kind, text in _DAILY.items()
    )
    return Chart(tuple(tr.day(found.starts[day]) for day in days), tuple(panels), one_scale=False)


def stats_caption(found: Operation, tr: Translator) -> Markup:
    """Return the figures in words."""
    counts = found.counts
    chats = {name: number for name, number in counts.items() if name.startswith("chats ")}
    return tr(
        "stats",
        chats=sum(chats.values()),
        active=counts.get("chats active", 0),
        topics=counts.get("topics", 0),
        subscriptions=counts.get("subscriptions", 0),
        sources=counts.get("sources", 0),
        failing=counts.get("sources failing", 0),
        articles=counts.get("articles", 0),
        stories=counts.get("stories", 0),
        sent=counts.get("messages sent", 0),
        waiting=sum(counts.get(f"messages {state}", 0) for state in ("pending", "leased", "sending", "retry")),
        failed=sum(counts.get(f"messages {state}", 0) for state in ("failed", "expired")),
        updates=counts.get("updates waiting", 0),
    )


def health_pages(states: Sequence[tuple[Source, Feed]], now: datetime, tr: Translator) -> tuple[str, ...]:
    """Return how each source does, the worst first: its name, and where it does not do well, since when and why."""
    by_health = sorted(
        ((health(feed, now), source, feed) for source, feed in states), key=lambda state: _WORST_FIRST.index(state[0])
    )
    numbers = Counter(state for state, _, _ in by_health)
    header = tr(
        "sourcehealth",
        well=numbers[Health.WELL],
        failing=numbers[Health.FAILING],
        resting=numbers[Health.RESTING],
        gone=numbers[Health.GONE],
    )
    blocks = [Block(_source_line(state, source, feed, now, tr)) for state, source, feed in by_health]
    return tuple(page.html for page in paginate(Block(header, head=True), blocks))


def _source_line(state: Health, source: Source, feed: Feed, now: datetime, tr: Translator) -> Markup:
    checked = tr.when(feed.checked_at, now) if feed.checked_at else "–"
    name = Markup("<b>{}</b> · {}").format(source.name[tr.locale], checked)
    if state is Health.WELL:
        return name
    since = tr.when(feed.failing_since, now) if feed.failing_since else "–"
    told = tr(f"health-{state}", since=since, error=shorten(feed.error or "–", ERROR_LENGTH))
    return Markup("\n").join((name, told))
