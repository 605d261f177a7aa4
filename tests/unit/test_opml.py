"""``bot.feeds.opml``: lists of feeds in and out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedError
from bot.feeds.opml import OPML_LIMIT, OpmlFeed, read_opml, write_opml

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
LIST = """<?xml version="1.0"?><opml version="1.0"><head><title>t</title></head><body>
<outline text="Жаңалықтар"><outline type="rss" text="X &amp; Y" xmlUrl="https://x.kz/rss?a=1&amp;b=2" htmlUrl="https://x.kz/"/>
<outline XMLURL="https://y.kz/rss" title="Ү"/></outline><outline text="a folder"/>
<outline type="rss" text="again" xmlUrl="https://y.kz/rss"/><outline text="bad" xmlUrl="javascript:alert(1)"/>
<outline xmlUrl="http://z.kz/feed"/></body></opml>"""


def test_lists_are_read():
    """Feeds come in the list's order, with folder and title, each address once; what is no web address is left out."""
    assert read_opml(LIST.encode()) == (
        OpmlFeed("https://x.kz/rss?a=1&b=2", "X & Y", "Жаңалықтар", "https://x.kz/"),
        OpmlFeed("https://y.kz/rss", "Ү", "Жаңалықтар"),
        OpmlFeed("http://z.kz/feed", "http://z.kz/feed"),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"words",
        b"<rss/>",
        b"<html><body>x</body></html>",
        b"x" * (OPML_LIMIT + 1),
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    ],
)
def test_what_is_no_list_is_refused(body):
    """Other documents, and lists past the limit, are refused in words."""
    with pytest.raises(FeedError) as caught:
        read_opml(body)

    assert caught.value.message_id in {"feed-not-a-feed", "feed-too-large"}


def test_entities_of_a_list_are_not_expanded():
    """A billion laughs in a list gives no text."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + LIST.split("?>")[
        1
    ].replace("X &amp; Y", "&b;")

    assert all(len(feed.title) < 200 for feed in read_opml(bomb.encode()))


texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=30).filter(str.strip)


@given(st.lists(st.tuples(st.integers(0, 50), texts, st.sampled_from(["", "Бизнес", "a & <b>"])), max_size=8))
def test_what_is_written_is_read(rows):
    """A list that is written reads back: addresses, titles and folders, grouped by folder."""
    feeds = {
        f"https://x.kz/{n}?a=1&b=2": OpmlFeed(f"https://x.kz/{n}?a=1&b=2", title, folder) for n, title, folder in rows
    }

    found = read_opml(write_opml(feeds.values(), title="Jarshy & co", at=NOW))

    assert {feed.url: feed.category for feed in found} == {feed.url: feed.category for feed in feeds.values()}
    assert len(found) == len(feeds)
