"""Articles and topics that no newsroom writes: no crash, bounded time."""

import random
import time

import pytest

from bot.core.matching import TopicIndex, analyse, match_one
from bot.core.query import parse_lenient

INDEX = TopicIndex(enumerate(parse_lenient(topic)[0] for topic in ("Иран", '"сыртқы саясат"', "title:спорт -футбол")))
LETTERS = random.Random(1)  # noqa: S311 - made-up words, no secret
ARTICLES = {
    "two megabytes": "Иранның сыртқы саясаты туралы " * 70_000,
    "an endless word": "а" * 2_000_000,
    "an endless chain": "а-" * 500_000,
    "mixed scripts": "Aстанаقازاقstanمн" * 50_000,
    "emoji": "😀👨\u200d👩\u200d👧" * 300_000,
    "invisible marks": "И\u200bр\u200bан\u202e " * 300_000,
    "accents": "а" + "\u0301" * 1_000_000,
    "random words": " ".join("".join(LETTERS.choices("абвгдежзиклмн", k=9)) for _ in range(2_000)),
    "lone surrogates": "\ud800 Иран \udfff",
}


@pytest.mark.parametrize("name", ARTICLES)
def test_a_hostile_article_is_read_in_bounded_time(name):
    """Whatever an outlet sends, reading it neither fails nor holds the others up."""
    start = time.process_time()
    found = dict(INDEX.match(analyse(ARTICLES[name][:300], ARTICLES[name])))

    assert time.process_time() - start < 30  # some hundred times what it takes
    assert (0 in found) == (name in {"two megabytes", "invisible marks", "lone surrogates"})


@pytest.mark.parametrize(
    "topic",
    [
        " | ".join(f"тақырып{number}" for number in range(64)),
        "(a|b) " * 60,
        "-(a b) " * 40 + "c",
        "(a b|c d) " * 30,
        "((a b | c d) (e f | g h) | (i j | k l) (m n | o p)) -(q r) -(s t)",
        "title:" * 60 + "a",
        "(" * 390 + "a",
    ],
)
def test_an_intricate_topic_is_held_and_found(topic):
    """Brackets, alternatives and exclusions of any number cost bounded time, and mean what they say."""
    query = parse_lenient(topic)[0]
    index = TopicIndex([(1, query)])
    article = analyse("a c тақырып7 a b c d e f", "")

    expected = match_one(query, article) is not None
    assert (1 in index.match(article)) == (1 in index.compacted().match(article)) == expected
