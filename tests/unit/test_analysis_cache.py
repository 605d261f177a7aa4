"""Analyses that are kept say what fresh ones say, and do not grow past their bound."""

from hypothesis import given, settings
from test_matching_laws import text, topic

from bot.core.matching.analysis import analyse
from bot.core.matching.analysis_cache import AnalysisCache
from bot.core.matching.index import TopicIndex
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import parse_lenient
from bot.core.steps import finished


@settings(deadline=None, max_examples=150)
@given(topic, text, text)
def test_a_kept_analysis_meets_what_a_fresh_one_meets(typed, title, body):
    """By the definition and by the index, with the same reasons, the first time and when it is asked for again."""
    query = parse_lenient(typed)[0]
    index = TopicIndex([(1, query)])
    kept = AnalysisCache()
    fresh = analyse(title, body, "ru")

    for one in (finished(kept.reading(title, body, "ru")), finished(kept.reading(title, body, "ru"))):
        assert match_one(query, one) == match_one(query, fresh)
        assert dict(index.match(one)) == dict(index.match(fresh))
        assert list(one.tokens) == list(fresh.tokens)
        assert one.tokens[:2] == list(fresh.tokens[:2])
        assert one.posting_keys == fresh.posting_keys
    assert len(kept) == 1


def test_decomposed_words_come_back_composed():
    """A token of a kept analysis reads as the tokeniser gave it: in normal form C."""
    decomposed = "Иранныи\u0306 саи\u0306ты"  # й as и and a breve
    fresh, kept = analyse("", decomposed), finished(AnalysisCache().reading("", decomposed))

    assert [token.text for token in kept.tokens] == [token.text for token in fresh.tokens] == ["Иранный", "сайты"]


def test_an_edited_article_is_another():
    """What differs in title, text or declared language, or in where the title ends, is read by itself."""
    kept = AnalysisCache()
    texts = [("a", "b\nc", "en"), ("a\nb", "c", "en"), ("a", "b\nd", "en"), ("a", "b\nc", None)]

    for title, body, declared in texts:
        found = finished(kept.reading(title, body, declared))
        assert (found.text, found.title_tokens) == (f"{title}\n{body}", analyse(title, body, declared).title_tokens)
    assert len(kept) == len(texts)


def test_what_is_read_in_passing_drives_nothing_out():
    """Asked for without being kept, an article is read like any other; one that is kept already is given."""
    kept = AnalysisCache()
    known = finished(kept.reading("Иран", "мұнай", "kk"))

    assert finished(kept.reading("Иран", "мұнай", "kk", keep=False)) is known
    assert finished(kept.reading("Ирак", "мұнай", "kk", keep=False)).text == "Ирак\nмұнай"
    assert len(kept) == 1


def test_what_was_asked_for_longest_ago_goes_first():
    """The bound is in bytes; one that is larger than all of it is given and not kept."""
    size = AnalysisCache()
    finished(size.reading("Иран", "мұнай", "kk"))
    kept = AnalysisCache(max_bytes=size.nbytes * 2 + 200)
    first, second = finished(kept.reading("Иран", "мұнай", "kk")), finished(kept.reading("Ирак", "мұнай", "kk"))
    assert finished(kept.reading("Иран", "мұнай", "kk")) is first

    finished(kept.reading("Оман", "мұнай", "kk"))

    assert len(kept) == 2
    assert finished(kept.reading("Иран", "мұнай", "kk")) is first
    assert finished(kept.reading("Ирак", "мұнай", "kk")) is not second
    assert finished(kept.reading("", "мұнай бағасы " * 2_000, "kk")).title_tokens == 0
    assert (len(kept), kept.nbytes) == (0, 0)
