"""Laws of matching, on random topics and articles."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query import parse_lenient

WORDS = [
    "Иран",
    "Иранның",
    "Иранмен",
    "Ираном",
    "Iran",
    "Iran's",
    "Қазақстан",
    "Казахстаном",
    "Kazakhstan",
    "Тоқаевтың",
    "Токаеву",
    "Tokayev",
    "мұнай",
    "нефть",
    "нефти",
    "oil",
    "газ",
    "газды",
    "сот",
    "соты",
    "суд",
    "суда",
    "court",
    "courts",
    "АҚШ-тың",
    "США",
    "USA",
    "спорт",
    "футбол",
    "Орталық",
    "Азия",
    "Central",
    "Asia",
    "халық",
    "халқының",
    "школа",
    "школы",
    "students",
    "Того",
    "того",
    "бұл",
    "және",
    "в",
    "the",
    "экономика",
    "саясат",
]

word = st.sampled_from(WORDS)
run = st.lists(word, min_size=1, max_size=3).map(" ".join)
atom = st.one_of(word, run.map(lambda words: f'"{words}"'), word.map(lambda one: f"title:{one}"))
topic = st.recursive(
    atom,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: f"{two[0]} {two[1]}"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} | {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"{two[0]} -({two[1]})"),
    ),
    max_leaves=5,
)
text = st.lists(st.one_of(word, st.sampled_from([".", ",", "\n"])), max_size=25).map(" ".join)
article = st.builds(analyse, text, text, st.sampled_from([None, "kk", "ru", "en"]))


@settings(deadline=None, max_examples=150)
@given(st.lists(topic, min_size=1, max_size=12), st.lists(article, min_size=1, max_size=4))
def test_the_index_agrees_with_the_definition(topics, articles):
    """An index, built at once or topic by topic or compacted, alone or in batches, gives what the definition gives."""
    queries = [parse_lenient(typed)[0] for typed in topics]
    built = TopicIndex(enumerate(queries))
    grown = TopicIndex([(0, queries[0]), (99, queries[-1])])
    for number, query in enumerate(queries):
        grown.add(number, query)
    grown.remove(99)
    compacted = grown.compacted()

    expected = [
        {n: reasons for n, query in enumerate(queries) if (reasons := match_one(query, one)) is not None}
        for one in articles
    ]
    for index in (built, grown, compacted):
        assert len(index) == len(queries)
        assert [dict(index.match(one)) for one in articles] == expected
        assert [dict(matches) for matches in index.match_batch(articles)] == expected


@settings(deadline=None, max_examples=60)
@given(st.lists(topic, min_size=2, max_size=12), st.data(), article)
def test_topics_that_went_are_not_found(topics, data, one):
    """Striking topics off, before and after compacting, leaves what an index of the others has."""
    queries = dict(enumerate(parse_lenient(typed)[0] for typed in topics))
    gone = data.draw(st.sets(st.sampled_from(sorted(queries))))
    index = TopicIndex(queries.items())
    for number in gone:
        index.remove(number)
    left = TopicIndex((number, query) for number, query in queries.items() if number not in gone)

    assert dict(index.match(one)) == dict(left.match(one)) == dict(index.compacted().match(one))
    assert len(index) == len(left) == len(index.compacted())


@settings(deadline=None)
@given(topic, article)
def test_stored_articles_are_found_again_by_posting_keys(typed, one):
    """The filter for stored articles loses no match."""
    query = parse_lenient(typed)[0]
    if match_one(query, one) is not None:
        assert all(keys & one.posting_keys for keys in candidate_keys(query))


@settings(deadline=None)
@given(topic, article)
def test_a_topic_ignores_case_and_normal_form(typed, one):
    """How a topic is typed makes no difference to what it means."""
    typed_otherwise = (typed.upper(), typed.lower(), unicodedata.normalize("NFD", typed))
    expected = match_one(parse_lenient(typed)[0], one)

    assert all(match_one(parse_lenient(other)[0], one) == expected for other in typed_otherwise)


@settings(deadline=None)
@given(st.lists(word, min_size=1, max_size=25).map(" ".join), st.sampled_from(WORDS), st.sampled_from(["NFD", "NFC"]))
def test_an_article_is_the_same_in_any_normal_form(body, typed, form):
    """Decomposed letters in an article are letters still."""
    query = parse_lenient(typed)[0]
    plain, other = (match_one(query, analyse("", text)) for text in (body, unicodedata.normalize(form, body)))

    assert plain == other


@settings(deadline=None)
@given(st.one_of(word, run, run.map(lambda words: f'"{words}"'), st.tuples(word, word).map(" | ".join)))
def test_a_topic_meets_its_own_text(typed):
    """Exclusions and zones aside, a topic meets an article that says what it says."""
    assert match_one(parse_lenient(typed)[0], analyse(typed.replace("|", " ").replace('"', ""), "")) is not None


@settings(deadline=None)
@given(topic, word, article)
def test_excluding_a_word_adds_no_match(typed, excluded, one):
    """A word with a minus can only take matches away."""
    with_exclusion = match_one(parse_lenient(f"({typed}) -{excluded}")[0], one)

    assert with_exclusion is None or match_one(parse_lenient(typed)[0], one) is not None
