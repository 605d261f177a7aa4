"""Updates of any shape become inbox rows of the right chat, or are told to be none."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.updates import essentials, extract_chat_id, inbox_update

NOW = datetime(2026, 1, 5, tzinfo=UTC)
USER = {"id": 7, "is_bot": False, "first_name": "A"}
GROUP = {"id": -1001, "type": "supergroup"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("content", "chat_id"),
    [
        ({"message": {"chat": GROUP, "from": USER}}, -1001),
        ({"channel_post": {"chat": GROUP}}, -1001),
        ({"callback_query": {"from": USER, "message": {"chat": GROUP}}}, -1001),
        ({"callback_query": {"from": USER, "inline_message_id": "x"}}, 7),
        ({"inline_query": {"from": USER, "query": "иран"}}, 7),
        ({"my_chat_member": {"chat": GROUP, "from": USER}}, -1001),
        ({"poll": {"id": "5"}}, None),
        ({}, None),
    ],
)
def test_chat(content: dict[str, object], chat_id: int | None):
    """An update belongs to its chat, else to its sender, else to nobody."""
    assert extract_chat_id({"update_id": 1, **content}) == chat_id


@given(anything)
def test_any_json(raw: object):
    """Nothing that JSON can hold makes reading an update fail; what is a row holds the whole update."""
    row = inbox_update(raw, NOW)

    if row is not None:
        assert json.loads(row.payload) == raw


@given(
    st.dictionaries(st.sampled_from(["message", "callback_query", "x"]), anything, max_size=2), st.integers(0, 2**52)
)
def test_any_content(content: dict[str, object], update_id: int):
    """An update with an id is always a row, and its payload can be encoded."""
    row = inbox_update({"update_id": update_id, **content}, NOW)

    assert row is not None
    assert row.update_id == update_id
    assert row.payload.encode().isascii()


@pytest.mark.parametrize("update_id", [None, "5", True, 1.5, 2**63])
def test_no_id(update_id: object):
    """Without an id that a database can keep there is no row."""
    assert inbox_update({"update_id": update_id}, NOW) is None


@given(anything, st.sampled_from(["message", "callback_query", "inline_query", "my_chat_member"]))
def test_essentials_of_any_content(content: object, kind: str):
    """Whatever an update holds, its essentials can be taken; they hold no kind or field that was not there."""
    reduced = essentials({"update_id": 1, kind: content, "news_of_tomorrow": content})

    assert set(reduced) == {"update_id", kind}


def test_essentials_of_a_message():
    """What handlers read stays, lists too; what they do not read goes, at every depth."""
    entity = {"type": "bot_command", "offset": 0, "length": 5}
    message = {"message_id": 5, "from": USER, "chat": GROUP, "text": "/help", "entities": [entity]}
    more = {"gift": {"id": 1}, "from": USER | {"mood": 1}, "entities": [entity | {"mood": 1}]}

    assert essentials({"update_id": 1, "message": message | more}) == {"update_id": 1, "message": message}
