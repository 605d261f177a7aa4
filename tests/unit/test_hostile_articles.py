"""Articles and topics that no newsroom writes: no crash, bounded time."""

import random
import time

import pytest

from bot.core.bounds import ARTICLE_POSTINGS, ARTICLE_WORDS, MOST_REASONS, REASON_CHARACTERS
from bot.core.matching.analysis import analyse, analysing
from bot.core.matching.index import TopicIndex
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query import parse_lenient

INDEX = TopicIndex(enumerate(parse_lenient(topic)[0] for topic in ("Иран", '"сыртқы саясат"', "title:спорт -футбол")))
LETTERS = random.Random(1)  # noqa: S311 - made-up words, no secret


def words(count, letters="абвгдежзиклмнәқғ", size=9):
    """Return words that nobody met before."""
    return " ".join("".join(LETTERS.choices(letters, k=size)) for _ in range(count))


ARTICLES = {
    "two megabytes": "Иранның сыртқы саясаты туралы " * 70_000,
    "an endless word": "а" * 2_000_000,
    "an endless chain": "а-" * 500_000,
    "mixed scripts": "Aстанаقازاقstanمн" * 50_000,
    "emoji": "😀👨\u200d👩\u200d👧" * 300_000,
    "invisible marks": "И\u200bр\u200bан\u202e " * 300_000,
    "accents": "а" + "\u0301" * 1_000_000,
    "random words": words(11_000),
    "random names in Latin letters": words(11_000, "abcdefghijklmnopqrstuvwxyz").title(),
    "random capitals": words(11_000).upper(),
    "Arabic letters": words(11_000, "قازاقستانبتجحخ", 8),
    "scripts mixed within words": words(11_000, "aаbбcсқقاq", 10),
    "hyphens between syllables": " ".join(words(1, "абвгдеж-зилнт", 64) for _ in range(900)),
    "suffixes upon suffixes": " ".join("бала" + "ларымыздағыларыңыз" * (n % 4 + 1) for n in range(3_000)),
    "numbers": " ".join(map(str, range(10**8, 10**8 + 11_000))),
    "one-letter words": "а б " * 50_000,
    "lines of a word": "жол\n" * 20_000,
    "brackets and quotes": "«(“[" * 30_000,
    "dollars": "АҚШ доллары US dollars " * 5_000,
    "lone surrogates": "\ud800 Иран \udfff",
}


@pytest.mark.parametrize("name", ARTICLES)
def test_a_hostile_article_is_read_in_bounded_time(name):
    """Whatever an outlet sends, reading it neither fails nor holds the others up."""
    start = time.process_time()
    found = dict(INDEX.match(analyse(ARTICLES[name][:300], ARTICLES[name])))

    assert time.process_time() - start < 30  # some hundred times what it takes
    assert (0 in found) == (name in {"two megabytes", "invisible marks", "lone surrogates"})


@pytest.mark.parametrize("name", ARTICLES)
def test_no_step_of_reading_a_hostile_article_is_long(name):
    """Others are served between two steps, so none of them may take long; names in Latin letters took over a second."""
    analyse("", ARTICLES[name][:200])  # dictionaries are read once, at the first word of a kind
    steps = analysing(ARTICLES[name][:300], ARTICLES[name])
    longest, article = 0.0, None
    while article is None:
        start = time.process_time()
        try:
            next(steps)
        except StopIteration as end:
            article = end.value
        longest = max(longest, time.process_time() - start)

    assert longest < 0.5  # some ten times what the longest takes
    assert len(article.posting_keys) <= ARTICLE_POSTINGS
    assert len(article.tokens) <= ARTICLE_WORDS


def test_what_search_could_not_find_is_not_matched():
    """An article's keys end where its reading ends: beyond them no topic meets it, before them each can be found."""
    text = words(2_500, "abcdefghijklmnopqrstuvwxyz").title()
    found = {
        word: (match_one(parse_lenient(word)[0], analysis) is not None, keys_of(word) <= analysis.posting_keys)
        for analysis in [analyse("", text)]
        for word in (text.split()[0], text.split()[400], text.split()[-1])
    }

    assert list(found.values()) == [(True, True), (True, True), (False, False)]


def keys_of(word):
    """Return one posting key of each set that a topic of the word asks for."""
    return {min(keys & analyse("", word).posting_keys) for keys in candidate_keys(parse_lenient(word)[0])}


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


def test_reasons_are_few_and_short():
    """What met a topic is kept for each topic: an article of endless forms of a word must not be copied for each."""
    forms = " ".join(f"Иран-{number} Иран-" + "а-" * 400 + "б" for number in range(2_000))
    article = analyse("", forms)
    for reasons in (INDEX.match(article)[0], match_one(parse_lenient("Иран")[0], article)):
        assert len(reasons) == MOST_REASONS
        assert max(map(len, reasons)) == REASON_CHARACTERS
