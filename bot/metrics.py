"""What the program counts, for Prometheus. A leaf, like ``errors``: every room may count.

``bot.web`` shows these at ``/metrics``; each carries its meaning.

The labelled counters are declared with their labels' values before the first event (``declare``): Prometheus sees an
increase only from a value that it knew, so an alarm would miss the first event of a series that begins with it.
"""

from prometheus_client import Counter, Gauge, Histogram

BUILD = Gauge("jarshy_build_info", "1, with the version of the program.", ["version"])
SCHEMA = Gauge("jarshy_schema_version", "The number of the newest migration in the database; 0 before it was read.")
DATABASE_UP = Gauge("jarshy_database_up", "1 where the database answered when metrics were last asked for, else 0.")
PROBLEM = Gauge("jarshy_problem", "1 where a check of /readyz finds a problem, else 0.", ["check"])
SENDS = Counter("jarshy_sends_total", "Attempts to send, by what became of them.", ["outcome"])
REFUSALS = Counter("jarshy_refusals_total", "Messages that Telegram refused, by what it said.", ["kind"])
UNKNOWN_METHODS = Counter(
    "jarshy_unknown_methods_total", "Calls that the Bot API server does not know: an older one answers so."
)
SEND_SECONDS = Histogram(
    "jarshy_send_seconds",
    "Time from a request to Telegram's answer.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
IN_FLIGHT = Gauge("jarshy_sends_in_flight", "Requests that wait for Telegram's answer.")
OUTBOX = Gauge("jarshy_outbox_rows", "Messages on their way, by state.", ["state"])
OUTBOX_FREED = Counter("jarshy_outbox_freed_total", "Outbox rows whose lease lapsed or that grew too old.")
OUTBOX_OLDEST = Gauge(
    "jarshy_outbox_oldest_seconds", "How long the oldest message that may go now has waited; 0 where none waits."
)
UPDATES = Counter("jarshy_updates_total", "Updates that came from Telegram and were new.")
UPDATES_HANDLED = Counter("jarshy_updates_handled_total", "Updates, by how their handling ended.", ["result"])
UPDATE_SECONDS = Histogram(
    "jarshy_update_seconds",
    "Time that handling one update takes.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 20),
)
WEBHOOK_WAITING = Gauge("jarshy_webhook_pending_updates", "Updates that wait at Telegram for the webhook to take them.")
WEBHOOK_FAILED_AT = Gauge(
    "jarshy_webhook_last_error_timestamp_seconds",
    "When a call of the webhook last failed, as Telegram says, in Unix seconds; 0 for never.",
)
WEBHOOK_REPAIRS = Counter(
    "jarshy_webhook_repairs_total", "Times that a webhook was set again, or deleted, after somebody else changed it."
)
INBOX_WAITING = Gauge("jarshy_inbox_waiting", "Updates that wait to be handled.")
INBOX_OLDEST = Gauge("jarshy_inbox_oldest_seconds", "How long the oldest of them has waited; 0 where none waits.")
DIGESTS = Counter("jarshy_digests_total", "Digests that were composed and put into the outbox.", ["kind"])
DIGEST_DELAY = Histogram(
    "jarshy_digest_delay_seconds",
    "Time from a digest's hour to its composition.",
    buckets=(1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400),
)
FETCHES = Counter("jarshy_fetches_total", "Answers of feeds, by what they were.", ["result"])
FETCHES_IN_FLIGHT = Gauge("jarshy_fetches_in_flight", "Feeds that are being asked, read or stored.")
HOST_WAITS = Gauge("jarshy_host_waits", "Requests that wait for the turn of their host.")
FEED_OVERDUE = Gauge("jarshy_feed_overdue_seconds", "How long the feed that has waited longest has been due.")
ARTICLES = Counter("jarshy_articles_total", "Articles that were stored, new or edited.", ["what"])
OVER_SHARE = Counter(
    "jarshy_over_share_total",
    "Documents of which entries were left out, by whose share of the day was used up.",
    ["whose"],
)
PAGES = Counter("jarshy_pages_total", "Articles' own pages that were asked for.", ["result"])
PARSES = Counter("jarshy_parses_total", "Documents given to parser processes, by what became of them.", ["result"])
SOURCES = Gauge("jarshy_sources", "Sources of the catalogue, by health.", ["health"])
SOURCE_FAILING = Gauge("jarshy_source_failing_seconds", "How long a source of the catalogue has failed.", ["source"])
SOURCE_SUCCESS = Gauge(
    "jarshy_source_success_timestamp_seconds",
    "When a source of the catalogue last gave an answer that could be read, in Unix seconds; 0 for never.",
    ["source"],
)
NEWEST_ARTICLE = Gauge(
    "jarshy_newest_article_timestamp_seconds", "When the newest article was stored, in Unix seconds; 0 for never."
)
OUTDATED_ARTICLES = Gauge(
    "jarshy_outdated_articles", "Stored articles whose search keys another version made and that are to be renewed."
)
LOOP_FAILURES = Counter("jarshy_loop_failures_total", "Rounds of a loop that failed and were tried again.", ["loop"])
TASK_LAG = Gauge("jarshy_task_lag_seconds", "How much later than it should be a long-lived task is.", ["task"])
CLOCK_STEPS = Counter(
    "jarshy_clock_steps_total", "Times that the machine's clock was set, by direction.", ["direction"]
)
BROUGHT_BACK = Counter(
    "jarshy_brought_back_total", "Things whose instants lay further ahead than their rules allow.", ["what"]
)
SET_ASIDE = Counter(
    "jarshy_set_aside_total", "Things of one owner that failed and were set aside while the rest went on.", ["kind"]
)


def declare(counter: Counter, *values: str) -> None:
    """Let a counter of one label show 0 for each of these values until something is counted."""
    for value in values:
        counter.labels(value)


def total(counter: Counter, value: str) -> float:
    """Return what a counter of one label has come to for this value."""
    samples = [sample for metric in counter.collect() for sample in metric.samples if sample.name.endswith("_total")]
    return sum(sample.value for sample in samples if value in sample.labels.values())


declare(UPDATES_HANDLED, "done", "failed", "set_aside")
declare(CLOCK_STEPS, "ahead", "back")
declare(DIGESTS, "scheduled", "weekly")
declare(FETCHES, "fetched", "unchanged", "failed")
declare(ARTICLES, "new", "edited")
declare(OVER_SHARE, "catalogue", "feed", "reader")
declare(PAGES, "read", "failed")
declare(PARSES, "done", "refused", "timeout", "crashed")
declare(LOOP_FAILURES, "delivery", "inbox", "polling")
declare(
    BROUGHT_BACK,
    "slots",
    "sources",
    "updates",
    "finished updates",
    "waiting messages",
    "lasting messages",
    "leased messages",
    "settled messages",
    "paces",
    "budget",
    "alerts",
    "articles",
    "stories",
    "entries",
    "compositions",
    "removals",
    "offers",
    "lost chats",
    "forgotten chats",
    "erased topics",
    "imports",
    "broadcasts",
)
