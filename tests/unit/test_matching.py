"""Matching: which articles meet which topics, and why."""

from pathlib import Path

import pytest

from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query import parse_query

SEED = Path(__file__).parents[2] / "../shared/data/seed_kazinform_kk_2025-12-11.txt"


def _meets(topic, title, text=""):
    return match_one(parse_query(topic), analyse(title, text))


@pytest.mark.parametrize(
    ("topic", "text"),
    [
        ("Иран", "Иранның сыртқы саясаты туралы айтылды"),
        ("иран", "Президент Иранмен ынтымақтастықты қолдады"),
        ("Иран", "Переговоры с Ираном продолжаются в Астане"),
        ("Иран", "Iran's president arrived in Astana today"),
        ("Иранның", "Переговоры с Ираном продолжаются в Астане"),
        ("Қазақстан", "Президент Казахстана принял посла"),
        ("Казахстан", "Қазақстанның сыртқы істер министрі айтты"),
        ("Kazakhstan", "Қазақстанға ресми сапармен келді"),
        ("Казакстан", "Қазақстанға ресми сапармен келді"),
        ("Tokayev", "Тоқаевтың тапсырмасы бойынша үкімет отырысы өтті"),
        ("Tokayev", "Письмо направили Токаеву в среду"),
        ("Тоқаев", "President Tokayev met the delegation"),
        ("Пезешкиан", "Пезешкианның сапары аяқталды деп хабарлады"),
        ("АҚШ", "АҚШ-тың елшісі келді, деп хабарлады министрлік"),
        ("Самұрық", "«Самұрық»-тың басшысы есеп берді деп хабарлады"),
        ("Астана", "Aстанада кездесу өтті, деп хабарлады тілші"),
        ('"сыртқы саясат"', "Иранның сыртқы саясатын түсіндірді"),
        ("title:Иран", "Иранның саясаты"),
    ],
)
def test_topics_meet_inflected_forms_in_three_languages(topic, text):
    """A topic meets the forms of its word, in its own language and, for names, in the others."""
    assert _meets(topic, text)


LATIN = "Qazaqstan Prezıdenti Toqaev Iranǵa resmi saparmen keldi, kelissózder júrgizdi, dep habarlaıdy Aqorda"
ARABIC = "قازاقستان پرەزيدەنتى توقايەۆ يرانعا رەسمي ساپارمەن كەلدى، كەلىسسوزدەر جۇرگىزدى دەپ حابارلايدى"


@pytest.mark.parametrize("topic", ["Қазақстан", "Иран", "Kazakhstan", "келіссөз", "Тоқаев", "Tokayev"])
@pytest.mark.parametrize("text", [LATIN, ARABIC])
def test_kazakh_is_read_in_any_script(topic, text):
    """Kazakh in Latin and in Arabic script meets the topics that Cyrillic does."""
    assert _meets(topic, text)


@pytest.mark.parametrize("topic", ["munai", "مۇناي"])
def test_topics_are_typed_in_any_script(topic):
    """A Kazakh word typed in Latin or Arabic script means the word."""
    assert _meets(topic, "Кеше мұнай бағасы өсті, деп хабарлады тілші")


@pytest.mark.parametrize(
    ("topic", "title", "text"),
    [
        ("Ирак", "Иранның сыртқы саясаты туралы", ""),
        ("Иран", "Ирактың сыртқы саясаты туралы", ""),
        ("Иран", "Президент Ирака прибыл в Астану", ""),
        ("title:Иран", "Сыртқы саясат", "Иранның сапары"),
        ('"саясат сыртқы"', "Иранның сыртқы саясаты", ""),
        ("иран -саясат", "Иранның сыртқы саясаты", ""),
        ("иран спорт", "Иранның сыртқы саясаты", ""),
        ('"саясат иран"', "Сыртқы саясат", "Иранның сапары"),
    ],
)
def test_topics_do_not_meet_other_words(topic, title, text):
    """Neighbouring names, excluded words, other orders and other zones do not meet; no phrase spans title and text."""
    assert _meets(topic, title, text) is None


def test_reasons_are_surface_forms_in_order_of_appearance():
    """A reader sees the article's own words, each once."""
    assert _meets("саясат | иран", "Иранның сыртқы саясаты", "Иранмен саясат және Иранның жолы") == (
        "Иранның",
        "саясаты",
        "Иранмен",
        "саясат",
    )
    assert _meets('"сыртқы саясат"', "Иранның  сыртқы  саясаты") == ("сыртқы  саясаты",)


def test_index_names_the_topics_that_come_and_go():
    """Topics are found while they are in the index, by their ids."""
    index = TopicIndex()
    index.add(1, parse_query("Иран"))
    index.add(2, parse_query("спорт"))
    index.add(3, parse_query("иран -спорт"))
    article = analyse("Иранның спорты", "")

    assert index.match(article) == {1: ("Иранның",), 2: ("спорты",)}

    index.remove(1)
    index.remove(99)

    assert index.match(article) == {2: ("спорты",)}
    assert len(index) == 2


def test_candidate_keys_are_among_the_posting_keys_of_what_meets():
    """The filter for stored articles loses no match."""
    article = analyse("Қазақстан мен Иран келіссөзі", "Президент Тоқаев Иранның басшысын қабылдады")
    for topic in ("Иран", "Tokayev Iran", '"Иранның басшысы"', "спорт | Казахстан", "казакстан -спорт"):
        query = parse_query(topic)

        assert match_one(query, article)
        assert all(keys & article.posting_keys for keys in candidate_keys(query))


def test_keys_are_stable_across_processes_and_versions():
    """Posting keys are stored: the key of a stem may never change by itself."""
    assert analyse("иран", "", "ru").posting_keys == frozenset({-5290944392454042545})


@pytest.mark.skipif(not SEED.exists(), reason="the shared data are not beside the project")
@pytest.mark.parametrize("topic", ["Иран", "Iran", "Казахстан", "Тоқаев", "Tokayev", "Пезешкиан", "Pezeshkian"])
def test_the_seed_article_meets_its_topics(topic):
    """The article that the project started from is found by its countries and people, in any script."""
    title, _, text = SEED.read_text(encoding="utf-8").partition("\n")

    assert match_one(parse_query(topic), analyse(title, text, "kk"))


@pytest.mark.skipif(not SEED.exists(), reason="the shared data are not beside the project")
@pytest.mark.parametrize("topic", ["Ирак", "Израиль", "Ираклий", "спорт"])
def test_the_seed_article_does_not_meet_others(topic):
    """Neither neighbours in spelling nor other subjects are found in it."""
    title, _, text = SEED.read_text(encoding="utf-8").partition("\n")

    assert match_one(parse_query(topic), analyse(title, text, "kk")) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [("Завод обошёлся в пять миллионов долларов США.", "ru"), ("Зауыт бес миллион АҚШ долларына салынды.", "kk"), ("The plant cost five million U.S. dollars.", "en")],
)  # fmt: skip
def test_a_price_in_dollars_is_no_news_of_the_country(text, language):
    """«Доллар США» is money: it meets the currency, not the country."""
    analysis = analyse("", text, language)

    assert match_one(parse_query("США"), analysis) is None
    assert match_one(parse_query("АҚШ доллары"), analysis) is not None


@pytest.mark.parametrize(
    ("topic", "text", "language"),
    [
        ("Иран", "Иранские власти закрыли границу.", "ru"),
        ("Ұлыбритания", "По данным британской разведки, флот ушёл.", "ru"),
        ("Иран", "Kazakh and Iranian officials met.", "en"),
        ("USA", "Фильм снял американский режиссёр.", "ru"),
        ("АҚШ", "Фильмді америкалық режиссёр түсірді.", "kk"),
    ],
)
def test_an_adjective_before_what_a_state_acts_by_is_the_state(topic, text, language):
    """«Иранские власти» are news of Iran, and «американский» is how two of the languages say what English says by "US"."""
    assert match_one(parse_query(topic), analyse("", text, language)) is not None


@pytest.mark.parametrize(
    ("topic", "text", "language"),
    [
        ("Иран", "В музее показали иранский ковёр.", "ru"),
        ("Ұлыбритания", "Бабушка завела британскую кошку.", "ru"),
        ("США", "В Алматы открыли школу американского футбола.", "ru"),
        ("АҚШ", "Алматыда америкалық футбол мектебі ашылды.", "kk"),
    ],
)
def test_an_adjective_elsewhere_is_not_the_country(topic, text, language):
    """Things that are called after a country are no news of it."""
    assert match_one(parse_query(topic), analyse("", text, language)) is None


@pytest.mark.parametrize(
    ("topic", "text", "language"),
    [
        ("Нұрсұлтан Әбішұлы", "Нурсултан Абишевич выступил", "ru"),
        ("Абишевич", "Нұрсұлтан Әбішұлы сөйледі", "kk"),
        ("Қасымқызы", "Роза Касымовна выступила", "ru"),
        ("нацбанк", "Ұлттық Банктің базалық мөлшерлемесі", "kk"),
        ("Aстана", "Астанада өтті", "kk"),
    ],
)
def test_names_meet_as_readers_type_them(topic, text, language):
    """Patronymics of either kind, a short name in small letters, and a word with a Latin letter in it."""
    assert match_one(parse_query(topic), analyse("", text, language)) is not None
