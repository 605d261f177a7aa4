"""Laws of topics at the sizes that readers may type: what is accepted once is readable, bounded and found for ever."""

import time

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core.matching.analysis import analyse
from bot.core.matching.clause import All, Either
from bot.core.matching.compiling import compile_query
from bot.core.matching.evaluation import Evaluation
from bot.core.matching.index import TopicIndex
from bot.core.matching.index.conjunctions import conjunctions
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query import MAX_CHARACTERS, MAX_WORDS, parse_query, read_stored
from bot.core.matching.query_tree import Phrase, Title, words_of
from bot.core.topics.exclusions import with_again, without
from bot.core.topics.explanation import MAX_CHARACTERS as MAX_EXPLANATION
from bot.core.topics.explanation import explain
from bot.core.topics.suggestions import Change, refinements
from bot.errors import TopicError
from bot.language.concepts import ready_topics

SIGNS = ['"', "«", "»", "“", "|", "||", "(", ")", "((", "))", " -", "-", "−", "—", "title:", " title:", "TITLE : ", ":"]
SPACES = [" ", "  ", "\n", "\t", "\u00a0", "\u200b"]
WORDS = [
    *(
        "Иран",
        "иранның",
        "Aстана",
        "Қазақстан",
        "казахстн",
        "мұнай",
        "нефть",
        "спорт",
        "экономика",
        "США",
        "АҚШ",
        "Того",
    ),
    *(
        "Iran's",
        "Tokayev",
        "Тоқаевтың",
        "Qazaqstannyń",
        "قازاقستان",
        "Нью-Йорк",
        "U.S.",
        "C++",
        "5G",
        "COVID-19",
        "2026",
    ),
    *("ё", "й", "\u0438\u0306", "क़", "अख़बार", "ﬁ", "ß", "İ", "ǅ", "Σ", "ﷺ", "½", "ⅷ", "中文", "𝐀", "title", "titlе"),
    *("\u0301", "\u0344", "\u00ad", "ʼ", "'", "’", ".", ",", "№", "_", "*", "\ud800", "\x00"),
]
piece = st.one_of(st.sampled_from(SIGNS), st.sampled_from(SPACES), st.sampled_from(WORDS), st.text(max_size=4))
plain = st.lists(st.sampled_from(WORDS + SPACES), min_size=1, max_size=60).map("".join)
nested = st.recursive(
    st.sampled_from(WORDS[:23]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("({0[0]} {0[1]})".format),
        st.tuples(inner, inner).map("({0[0]}|{0[1]})".format),
        st.tuples(inner, inner).map("{0[0]} -({0[1]})".format),
        inner.map("title:({})".format),
        inner.map('"{}"'.format),
    ),
    max_leaves=MAX_WORDS,
)
typed = st.one_of(st.lists(piece, min_size=1, max_size=150).map("".join), plain, nested, st.text(min_size=1)).map(
    lambda text: text[:MAX_CHARACTERS]
)


def accepted(text):
    """Return the query of a text, and pass over what is refused."""
    try:
        return parse_query(text)
    except TopicError:
        assume(False)
        raise


@settings(max_examples=400)
@given(typed)
def test_what_is_accepted_is_stored_as_text_that_reads_back_to_itself(text):
    """Whatever it grows to as canonical text; nothing is lost or read otherwise."""
    query = accepted(text)

    again = read_stored(query.canonical)
    assert again == query
    assert again.root == query.root


@settings(max_examples=200)
@given(typed, st.sampled_from([*WORDS[:23], "мұнай бағасы"]))
def test_a_label_means_the_same_whatever_is_done_to_it(text, word):
    """As it is shown on one line, with a word muted and unmuted, and as each button would change it."""
    query = accepted(text)
    label = " ".join(text.split())
    assert read_stored(label) == query
    assert len(explain(query)) <= MAX_EXPLANATION

    for refinement in refinements(label):
        root = read_stored(refinement.text).root
        match refinement.change:
            case Change.HEADLINE:
                assert root == Title(query.root)
            case Change.PHRASE:
                assert root == Phrase(query.root.words)
    try:
        narrowed = without(label, word)
    except TopicError:  # it would be too long
        return
    excluded = f'-"{word}"' if " " in word else f"-{word}"
    assert read_stored(narrowed) == read_stored(f"({query}) {excluded}")
    assert read_stored(with_again(narrowed, word)) == query


@settings(max_examples=60)
@given(st.lists(typed, min_size=1, max_size=3))
def test_what_is_accepted_compiles_matches_and_survives_a_restart(texts):
    """An article of a topic's own words never breaks it; the index, dumped and loaded, finds the same."""
    queries = {}
    for number, text in enumerate(texts):
        try:
            queries[number] = parse_query(text)
        except TopicError:
            continue
    assume(queries)
    own = " ".join(word for query in queries.values() for word in words_of(query.root))
    articles = [analyse(own, ""), analyse("Иран мен Қазақстан", own.title()), analyse("", "")]
    expected = [
        {number: words for number, query in queries.items() if (words := match_one(query, one)) is not None}
        for one in articles
    ]
    assert all(candidate_keys(query) for query in queries.values())

    built, grown = TopicIndex(queries.items()), TopicIndex()
    for number, query in queries.items():
        grown.add(number, read_stored(query.canonical))
    loaded = TopicIndex.load(built.dump())
    assert built.failed == {}
    assert loaded is not None
    for number in queries.keys() - loaded.ids():  # those that are too intricate for the fast part are compiled anew
        loaded.add(number, queries[number])
    for index in (built, grown, grown.compacted(), loaded):
        assert [dict(index.match(one)) for one in articles] == expected


def test_the_longest_topics_compile_and_match_in_bounded_time():
    """Products of alternatives and ready-made subjects by the dozen: seconds for all of them, not minutes for one."""
    subjects = sorted({concept.name("ru") for concept in ready_topics() if " " not in concept.name("ru")}, key=len)
    worst = [
        "иран " + " ".join(f"-{subject}" for subject in subjects[:40]),
        "".join(f"({one}|{other})" for one, other in zip(subjects[:36:2], subjects[1:36:2], strict=True)),
        "".join(f"(а{n} б{n}|в{n} г{n})" for n in range(16)),
        "а -(" + "".join(f"(б{n} в{n}|г{n} д{n})" for n in range(15)) + ")",
        "|".join(f"-(а{n} б{n}) в{n}" for n in range(19)),
        "й" * MAX_CHARACTERS,
        "-".join(["аб"] * 130),
    ]
    article = analyse(" ".join(subjects), "Иран. " * 200)
    began = time.process_time()
    for text in worst:
        query = parse_query(text)
        alternatives = conjunctions(compile_query(query)) or ()
        assert sum(map(len, alternatives)) <= 8_192
        index = TopicIndex([(1, query)])
        assert dict(index.compacted().match(article)) == dict(index.match(article))

    assert time.process_time() - began < 30  # it takes two; before there was a bound, a minute for the first alone


def test_a_part_that_stands_many_times_is_proven_once():
    """Ready-made subjects share their parts, and so do topics: the work grows with the parts, not with the ways."""
    clause = compile_query(parse_query("иран | спорт"))
    for _ in range(40):
        clause = All((clause, Either((clause, clause))))
    evaluation = Evaluation(analyse("Иран", "Иран туралы"))

    assert evaluation.meets(clause)
    assert evaluation.reasons(compile_query(parse_query("иран | спорт"))) == ("Иран",)
