"""The topic index over a restart, and the bounds of what is kept while running."""

from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_query
from bot.core.steps import finished
from bot.language.form_cache import ArticleKind, FormCache

ARTICLE = ("Иранның спорты", "Президент Тоқаев Иранмен келіссөз жүргізді. Мұнай бағасы өсті.")


def test_an_index_is_the_same_after_dump_and_load():
    """A loaded index has the same topics and finds the same; topics that went are not in it."""
    topics = ("Иран", '"мұнай бағасы"', "иранның -футбол", "Тоқаев келіссөз", "title:Иран | газ")
    index = TopicIndex((number, parse_query(topic)) for number, topic in enumerate(topics))
    index.remove(0)
    loaded = TopicIndex.load(index.dump())

    assert loaded is not None
    assert loaded.ids() == index.ids() == {1, 2, 3, 4}
    assert dict(loaded.match(analyse(*ARTICLE))) == dict(index.match(analyse(*ARTICLE)))


def test_an_index_of_another_version_is_not_loaded(monkeypatch):
    """Whatever topics are compiled from may have changed: then they are compiled anew."""
    dumped = TopicIndex([(1, parse_query("Иран"))]).dump()
    monkeypatch.setattr("bot.core.matching.index.topic_index.index_version", lambda: "another")

    assert TopicIndex.load(dumped) is None


def test_the_cache_of_forms_is_bounded():
    """However many words are met, and however many keys they have, it stays within its bytes; the keys stay right."""
    cache = FormCache(ArticleKind("en"), max_bytes=5_000)
    first = finished(cache.keys_of(["iran"], 1_000_000))
    finished(cache.keys_of((f"word{number}" for number in range(100)), 1_000_000))

    assert len(cache) <= 5_000 // 300  # no form takes less
    assert finished(cache.keys_of(["iran"], 1_000_000)) == first
