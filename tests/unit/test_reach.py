"""An outage of the network is told from the trouble of single outlets, and from readers' feeds that were never there."""

import pytest

from bot.core.model import Source
from bot.errors import FeedError
from bot.services.reach import OUTLETS, Reach

UNKNOWN = FeedError("feed-unknown-host", host="a.kz", reason="no answer in time")


def outlet(number: int, *, public: bool = True) -> Source:
    """Return one of several sources."""
    return Source(f"outlet-{number}", {}, f"https://{number}.kz/rss", "kk", public=public)


def test_outlets_that_cannot_be_reached_one_after_the_other_are_an_outage(caplog: pytest.LogCaptureFixture):
    """It is told with the fifth of them, once, and that it is over with the first feed that answers."""
    reach = Reach()
    for number in [*range(OUTLETS - 1), *range(OUTLETS - 1)]:
        reach.note(outlet(number), UNKNOWN)
    assert not caplog.messages
    for number in range(100):
        reach.note(outlet(number), UNKNOWN)
    assert len(caplog.messages) == 1
    assert "5 outlets one after the other cannot be reached, last outlet-4: there is no host a.kz" in caplog.text
    reach.note(outlet(1, public=False), None)

    assert "outage of the network: over after 0 s, 96 failures" in caplog.messages[-1]


@pytest.mark.parametrize(
    ("public", "error"),
    [
        (False, UNKNOWN),
        (True, FeedError("feed-status", status=503)),
        (True, FeedError("feed-robots", url="u")),
        (True, None),
    ],
)
def test_nothing_else_is(public: bool, error: FeedError | None, caplog: pytest.LogCaptureFixture):
    """Readers' feeds may never have been there; an answer of any status is one."""
    reach = Reach()
    for number in range(100):
        reach.note(outlet(number, public=public), error)

    assert not caplog.messages
