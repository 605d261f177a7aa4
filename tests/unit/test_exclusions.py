"""Words that a topic could do without."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.matching.analysis import analyse
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import parse_query
from bot.core.model import Article
from bot.core.topics.exclusions import MAX_OFFERED, with_again, without, words_to_mute

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def headline(title, language):
    return Article(1, "a", "https://a.kz/1", title, "", language, NOW, NOW, 1)


@pytest.mark.parametrize(
    ("label", "title", "language", "met", "offered"),
    [
        ("Казахстан", "Футболисты Казахстана ждут решающего матча с Англией", "ru", ("Казахстана",), "футболист"),
        ("Қазақстан", "Футболдан Қазақстан құрамасы Англиямен ойнайды", "kk", ("Қазақстан",), "футбол"),
        ("Tokayev", "Tokayev discusses uranium exports with the French president", "en", ("Tokayev",), "uranium"),
        ("нефть | газ", "Цены на газ в Европе выросли", "ru", ("газ",), "газ"),
    ],
)
def test_a_word_of_the_headline_is_offered(label, title, language, met, offered):
    """In its plain form, in each language; of alternatives also the one that was met."""
    found = words_to_mute(label, headline(title, language), met)

    assert offered in found
    assert len(found) <= MAX_OFFERED


def test_kazakh_words_are_shown_whole():
    """Case endings are cut, a last letter that may be the word's own is not; what every article says is left out."""
    title = "Пезешкианның Қазақстанға сапары Иран үшін биылғы ең маңызды оқиғаның бірі — саясаттанушы"
    found = words_to_mute("Иран", headline(title, "kk"), ("Иран",))

    assert {"саясаттанушы", "сапар"} <= set(found)
    assert "пезешкиан" in {word.casefold() for word in found}
    assert not {"үшін", "ең", "маңызды"} & set(found)


def test_a_capital_of_a_headline_makes_no_name():
    """English headlines capitalise every word; a word keeps its capital where the text has it inside a sentence."""
    title = "Oil Gains Four Percent as Brent Exporters Extend Cuts"
    article = replace(headline(title, "en"), text="Prices of Brent rose. Exporters agreed to extend their limits.")
    found = words_to_mute("oil", article, ("Oil",))

    assert {"gain", "exporter"} <= set(found)
    assert {word for word in found if word[0].isupper()} == {"Brent"}


def test_what_the_topic_looks_for_is_never_offered():
    """Without its only word a topic would find nothing; numbers and the words of every headline say nothing."""
    found = words_to_mute("Иран", headline("Иран 2026 жылы деп хабарлады", "kk"), ("Иран",))
    pair = words_to_mute("курс тенге", headline("Курс тенге к доллару обновил минимум", "ru"), ("Курс", "тенге"))

    assert not {"Иран", "иран", "2026"} & set(found)
    assert set(pair) == {"минимум", "доллар"}


@pytest.mark.parametrize("label", ["Казахстан", "нефть | газ", "title:Англия", '"курс тенге" | Англия', "спорт -бокс"])
def test_each_offered_word_keeps_the_story_away_and_the_topic_alive(label):
    """What is offered works: the story meets the narrowed topic no more, and undoing gives the topic back."""
    title = "Футболисты Казахстана ждут матча с Англией, газ и нефть дешевеют, курс тенге упал"
    article = headline(title, "ru")
    for word in words_to_mute(label, article, ()):
        narrowed = without(label, word)

        assert match_one(parse_query(narrowed), analyse(title, "", "ru")) is None
        assert with_again(narrowed, word) == label


@given(
    st.sampled_from(["Иран", "нефть | газ", "(а | б) в", "title:Иран", '"курс тенге"', "(Иран)", "а -б"]),
    st.sampled_from(["футбол", "Англия", "new york"]),
)
def test_an_exclusion_is_taken_back_whole(label, word):
    """The topic means the same again, however it was written."""
    back = with_again(without(label, word), word)

    assert back is not None
    assert parse_query(back).canonical == parse_query(label).canonical


def test_only_an_exclusion_at_the_end_is_taken_back():
    """A topic that was changed since stays as it is."""
    assert with_again("Иран", "футбол") is None
    assert with_again("Иран -футбол -бокс", "футбол") is None


@pytest.mark.parametrize("label", ['"нефть', "нефть (", "(нефть", "нефть |", 'нефть "', "нефть -", "title: (нефть"])
def test_a_topic_whose_signs_do_not_fit_together_keeps_its_meaning(label):
    """A quote or bracket that was passed over does not swallow the word that is muted: that one would be asked for."""
    narrowed = without(label, "газ")

    assert match_one(parse_query(narrowed), analyse("Нефть дорожает, title", "", "ru")) is not None
    assert match_one(parse_query(narrowed), analyse("Нефть и газ дорожают, title", "", "ru")) is None
