"""A reader's data as a document: written, read back, refused where it is none."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import takeout
from bot.core.model import Chat, ChatKind, ChatState, DeliveryMode, Feed, Source, SourceChoice, Subscription
from bot.errors import ReaderError

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CHAT = Chat(7, ChatKind.PRIVATE, "kk", "Asia/Almaty", "08:30", ChatState.ACTIVE, NOW, languages=("kk",), compact=True)


def choice(source_id, *, public, on):
    source = Source(source_id, {"kk": f"{source_id}!"}, f"https://{source_id}.kz/rss", "kk", public=public)
    return SourceChoice(source, Feed(source_id, NOW), on)


@given(st.lists(st.tuples(st.text(min_size=1, max_size=40), st.sampled_from(list(DeliveryMode))), max_size=20))
def test_what_is_written_is_read_back(topics):
    """Every topic with its delivery, every setting, what was switched off and what was added."""
    mine = [Subscription(7, number, text, 0, NOW, mode) for number, (text, mode) in enumerate(topics)]
    sources = [
        choice("a", public=True, on=True),
        choice("b", public=True, on=False),
        choice("c", public=False, on=True),
    ]
    found = takeout.read(takeout.write(CHAT, mine, sources))

    assert [(topic.text, topic.mode) for topic in found.topics] == topics
    assert found.switches == (("b", False),)
    assert found.feeds == (takeout.TakenFeed("https://c.kz/rss", "c!"),)
    assert found.settings["articles"] == "kk"
    assert found.settings["compact"] is True


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_anything_else_is_refused(data):
    """Bytes, other JSON: a sentence, never a crash."""
    with pytest.raises(ReaderError):
        takeout.read(data)


@pytest.mark.parametrize(
    "document",
    [
        {"jarshy": 2},
        {"jarshy": 1, "topics": "Иран"},
        {"jarshy": 1, "topics": [{"topic": 5}]},
        {"jarshy": 1, "topics": [{"topic": "Иран", "mode": "hourly"}]},
        {"jarshy": 1, "topics": [{"topic": "Иран"}] * 501},
        {"jarshy": 1, "sources": [{"id": "a"}]},
        {"jarshy": 1, "sources": [{"url": 5}]},
        {"jarshy": 1, "settings": []},
    ],
)
def test_malformed_documents_are_refused(document):
    """A later version, wrong types, unknown modes, more than anyone has."""
    with pytest.raises(ReaderError):
        takeout.read(json.dumps(document).encode())


def test_a_document_of_nothing_is_one():
    """Whoever writes one by hand may leave out what stays as it is."""
    assert takeout.read(b'{"jarshy": 1}') == takeout.Takeout()


def test_nesting_beyond_measure_is_refused():
    """A document made to break the reader breaks nothing."""
    with pytest.raises(ReaderError):
        takeout.read(b"[" * 200_000)
