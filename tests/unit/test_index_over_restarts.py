"""What is kept over a restart: the index's segment and the keys of forms."""

from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_query
from bot.core.steps import finished
from bot.language import form_cache
from bot.language.form_cache import FormCache, Kind

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


def test_forms_are_the_same_after_dump_and_load():
    """A loaded cache knows the forms that were met, with the same keys."""
    before = analyse(*ARTICLE)
    dumped = form_cache.dump()
    known = form_cache.forms(Kind("kk")).known()
    form_cache.forms.cache_clear()

    assert form_cache.load(dumped)
    assert form_cache.forms(Kind("kk")).known() == known
    assert (analyse(*ARTICLE).keys == before.keys).all()


def test_forms_of_other_data_are_not_loaded(monkeypatch):
    """Keys made from other tables are of no use."""
    dumped = form_cache.dump()
    monkeypatch.setattr(form_cache, "data_version", lambda: "another")

    assert not form_cache.load(dumped)


def test_the_cache_of_forms_is_bounded():
    """However many words are met, the cache stays within its limit, and the keys stay right."""
    cache = FormCache(Kind("en"), most=10)
    first = finished(cache.keys_of(["iran"], 1_000_000))
    finished(cache.keys_of((f"word{number}" for number in range(100)), 1_000_000))

    assert len(cache) <= 10
    assert finished(cache.keys_of(["iran"], 1_000_000)) == first
