"""Topic syntax: what a reader types and what it means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.matching.query import MAX_CHARACTERS, MAX_WORDS, parse_lenient, parse_query
from bot.errors import TopicError


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("  Иран ", "иран"),
        ("«Иран»", "иран"),
        ('"Иран соғысы"  -Спорт', '"иран соғысы" -спорт'),
        ("b | a | A", "a | b"),
        ("мұнай бағасы | oil price", "oil price | мұнай бағасы"),
        ("a -b c", "a c -b"),
        ("(a|b) c -(d e)", "(a | b) c -(d e)"),
        ('TITLE: Иран title:"орталық азия"', 'title:иран title:"орталық азия"'),
        ("Нью-Йорк", "нью-йорк"),
        ("U.S. economy", "us economy"),
        ('"иран', "иран"),
        ("иран -", "иран"),
    ],
)
def test_topics_have_one_canonical_text(typed, canonical):
    """Case, spaces, quotes and order of alternatives do not make another topic."""
    assert parse_query(typed).canonical == canonical


@pytest.mark.parametrize(
    ("typed", "message_id"),
    [
        ("", "topic-empty"),
        (" \n", "topic-empty"),
        ("!!! ???", "topic-no-words"),
        ("(", "topic-no-words"),
        ("-", "topic-no-words"),
        ('"', "topic-no-words"),
        ("-иран", "topic-only-excluded"),
        ("иран | -спорт", "topic-only-excluded"),
        ("я" * 500, "topic-too-long"),
        (" ".join(f"{n:02}" for n in range(MAX_WORDS + 1)), "topic-too-many-words"),
    ],
)
def test_what_cannot_be_followed_is_refused(typed, message_id):
    """Input without anything to look for is refused with its own reason."""
    with pytest.raises(TopicError) as caught:
        parse_query(typed)

    assert caught.value.message_id == message_id


def test_broken_syntax_is_read_as_plain_words_with_a_warning():
    """An open quote or bracket is no reason to refuse a topic."""
    query, warning = parse_lenient("(иран соғысы")

    assert query.canonical == "иран соғысы"
    assert warning == "a bracket is left open"
    assert parse_lenient("иран")[1] is None


def test_a_file_may_hold_topics_longer_than_a_reader_may_type():
    """The limits are for chats; the lenient reader takes what there is."""
    text = " | ".join(f"тақырып{n}" for n in range(100))

    assert len(text) > MAX_CHARACTERS
    assert parse_lenient(text)[0].canonical.count("|") == 99


@given(st.text(alphabet='аb1 "|-():«»\n', max_size=60) | st.text(max_size=80))
def test_any_text_is_read_or_refused_and_canonical_reads_back(text):
    """No text crashes the reader, and a canonical text means itself."""
    try:
        query = parse_query(text)
    except TopicError:
        return

    again = parse_lenient(query.canonical)
    assert again == (query, None)
    assert again[0].root == query.root
