"""What the program counts, for Prometheus. A leaf, like ``errors``: every room may count.

``bot.web`` shows these at ``/metrics``; each carries its meaning.
"""

from prometheus_client import Counter, Gauge, Histogram

SENDS = Counter("jarshy_sends_total", "Attempts to send, by what became of them.", ["outcome"])
SEND_SECONDS = Histogram(
    "jarshy_send_seconds",
    "Time from a request to Telegram's answer.",
    buckets=(0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20),
)
IN_FLIGHT = Gauge("jarshy_sends_in_flight", "Requests that wait for Telegram's answer.")
OUTBOX = Gauge("jarshy_outbox_rows", "Messages on their way, by state.", ["state"])
OUTBOX_FREED = Counter("jarshy_outbox_freed_total", "Outbox rows whose lease lapsed or that grew too old.")
UPDATES = Counter("jarshy_updates_total", "Updates that came from Telegram and were new.")
UPDATES_HANDLED = Counter("jarshy_updates_handled_total", "Updates, by how their handling ended.", ["result"])
UPDATE_SECONDS = Histogram(
    "jarshy_update_seconds",
    "Time that handling one update takes.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 20),
)
FETCHES = Counter("jarshy_fetches_total", "Answers of feeds, by what they were.", ["result"])
FETCHES_IN_FLIGHT = Gauge("jarshy_fetches_in_flight", "Feeds that are being asked, read or stored.")
HOST_WAITS = Gauge("jarshy_host_waits", "Requests that wait for the turn of their host.")
FEED_OVERDUE = Gauge("jarshy_feed_overdue_seconds", "How long the feed that has waited longest has been due.")
ARTICLES = Counter("jarshy_articles_total", "Articles that were stored, new or edited.", ["what"])
PAGES = Counter("jarshy_pages_total", "Articles' own pages that were asked for.", ["result"])
SOURCES = Gauge("jarshy_sources", "Sources of the catalogue, by health.", ["health"])
SOURCE_FAILING = Gauge("jarshy_source_failing_seconds", "How long a source of the catalogue has failed.", ["source"])
LOOP_FAILURES = Counter("jarshy_loop_failures_total", "Rounds of a loop that failed and were tried again.", ["loop"])
SET_ASIDE = Counter(
    "jarshy_set_aside_total", "Things of one owner that failed and were set aside while the rest went on.", ["kind"]
)
