"""How the bot says what it understood, and what a topic may become by a button."""

import pytest

from bot.core.matching.query import parse_query
from bot.core.topics.explanation import explain
from bot.core.topics.suggestions import Change, refinements


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ("Иран", "Иран / Iran"),
        ("Иранның президенті", "Иран / Iran + президенті"),
        ("мұнай | газ", "газ | мұнай"),
        ("футбол -болжам", "футбол / football − болжам"),
        ('"орталық азия"', "Орталық Азия / Центральная Азия / Central Asia"),
        ("title:сайлау", "title: сайлау"),
        ("қымбат (үй | пәтер)", "қымбат + (пәтер | үй)"),
        ("казахстн", "казахстн | Қазақстан / Казахстан / Kazakhstan"),
        ('"цетральная азия"', "«цетральная азия» | Орталық Азия / Центральная Азия / Central Asia"),
    ],
)
def test_a_topic_is_explained_by_names_and_words(topic, shown):
    """Known things by their names in all languages, other words as they were typed."""
    assert explain(parse_query(topic)) == shown


def test_a_word_with_synonyms_may_become_wider():
    """The other words are named on the button, and the topic keeps the reader's own."""
    (wider, headline) = refinements("Мұнай")

    assert wider.change == Change.WIDER
    assert wider.text.startswith("Мұнай | ")
    assert "нефть" in wider.shown
    assert headline.text == "title:Мұнай"


def test_several_words_may_become_a_phrase():
    """Each word is widened by itself."""
    changes = {one.change: one.text for one in refinements("қала жолы")}

    assert changes[Change.PHRASE] == '"қала жолы"'
    assert changes[Change.HEADLINE] == "title:(қала жолы)"


def test_a_misspelt_word_may_be_put_right():
    """The button names the right spelling, and the topic becomes it."""
    changes = {one.change: one.text for one in refinements("эканомика Казахстана")}

    assert changes[Change.SPELLING] == "экономика казахстана"
    assert Change.SPELLING not in {one.change for one in refinements("экономика Казахстана")}


@pytest.mark.parametrize("topic", ["a | b", "-x y", '"a b"', "title:x", "(a | b) c"])
def test_what_was_written_in_syntax_is_left_alone(topic):
    """A reader who wrote syntax knows better."""
    assert refinements(topic) == ()


@pytest.mark.parametrize("topic", ["Иран", "теңге бағамы", "мұнай бағасы", "нефть", "oil price", "салық", "АҚШ сайлау"])
def test_what_a_button_offers_can_be_followed(topic):
    """Every offered text is a topic."""
    for refinement in refinements(topic):
        assert parse_query(refinement.text).canonical
