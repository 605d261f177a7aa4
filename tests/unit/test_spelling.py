"""Topics that look misspelt mean the word that was probably meant, and nothing else is touched."""

import pytest

from bot.core.matching.analysis import analyse
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import parse_query
from bot.language.spelling import corrected


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("казахстн", "казахстан"),
        ("узбекситан", "узбекистан"),
        ("қарағнды", "қарағанды"),
        ("бишкекк", "бишкек"),
        ("президнет", "президент"),
        ("эканомика", "экономика"),
        ("универститет", "университет"),
        ("үкімметі", "үкіметі"),
        ("kazahstan", "kazakhstan"),
        ("argentinna", "argentina"),
        ("goverment", "government"),
    ],
)
def test_one_slip_is_mended(typed, right):
    """A letter too many, too few, exchanged or taken for its like does not hide a well-known word."""
    assert corrected(typed) == right


@pytest.mark.parametrize(
    "word",
    ["казакстан", "жумыс", "экономка", "байлық", "балық", "бекенов", "бекетов", "мерейлім", "drought", "auction", "иран", "ирак", "австрия", "австралия", "turkmenistan", "тариф", "x" * 60, "ковид19"],
)  # fmt: skip
def test_other_words_stay(word):
    """What is a word, may be somebody's name, or is too short to tell keeps its letters."""
    assert corrected(word) == word


@pytest.mark.parametrize(
    ("topic", "text", "language"),
    [
        ("Казахстн", "Қазақстанның астанасы", "kk"),
        ("эканомика Узбекистана", "Экономика Узбекистана растёт", "ru"),
        ('"цетральная азия"', "Страны Центральной Азии", "ru"),
        ("Wednesday", "It opens on Wensday.", "en"),
        ("goverment", "The government resigned.", "en"),
        ("казахстн", "Слово «казахстн» написано с ошибкой", "ru"),
    ],
)
def test_a_misspelt_topic_meets_what_was_meant_and_itself(topic, text, language):
    """In any language of the article, in words and in phrases; and a topic still meets its own letters."""
    assert match_one(parse_query(topic), analyse("", text, language)) is not None
