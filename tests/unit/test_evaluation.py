"""Evaluation: what is counted as right, wrong and missed, on sets small enough to count by hand."""

import json
from pathlib import Path

import pytest

from bot.core.matching.query import parse_query
from bot.errors import SettingsError
from tests.evaluation.__main__ import evaluate
from tests.evaluation.countries import all_countries, countries
from tests.evaluation.figures import Counts
from tests.evaluation.languages import headlines, languages
from tests.evaluation.matcher import Matcher, every_word
from tests.evaluation.measures import PARTS, measure
from tests.evaluation.morphology import morphology
from tests.evaluation.name_lists import Name, name_lists
from tests.evaluation.names import names, ordinary_words
from tests.evaluation.records import Article, FormRow, JudgedQuery, ParallelDocument, StoryPair
from tests.evaluation.seed import DOES_NOT_MEET, MEETS, seed
from tests.evaluation.sets import MissingSetError, Sets
from tests.evaluation.stories import stories
from tests.evaluation.table import Row, cases, rows, table
from tests.evaluation.targets import HEADINGS, TARGETS
from tests.evaluation.topics import topics

DATA = Path(__file__).parents[2] / "../shared/data"

# What matching has shown on the real sets, less a little. A figure below its floor is a regression.
FLOORS = {
    "kk": {"nouns R": 0.996, "names R": 0.992, "P": 0.943},
    "ru": {"nouns R": 0.998, "names R": 0.997, "P": 0.970},
    "en": {"nouns R": 0.996, "names R": 0.980, "P": 0.994},
    "topics": {"P": 0.70, "R": 0.60, "F1": 0.655},
    "countries": {"kk R": 0.975, "kk P": 0.985, "ru R": 0.980, "ru P": 0.980},
    "stories": {
        "ru story P": 0.86,
        "ru story R": 0.50,
        "ru related F1": 0.835,
        "en story F1": 0.90,
        "en related F1": 0.85,
    },
    "names": {
        "kk-ru given names R": 0.98,
        "kk-ru given names P": 0.96,
        "kk-ru surnames R": 0.95,
        "kk-ru surnames P": 0.96,
        "kk-ru toponyms R": 0.93,
        "kk-ru toponyms P": 0.97,
        "kk-en given names R": 0.85,
        "kk-en given names P": 0.93,
        "kk-en surnames R": 0.83,
        "kk-en surnames P": 0.94,
        "kk-en toponyms R": 0.70,
        "kk-en toponyms P": 0.95,
    },
    "languages": {"headlines": 0.999},
    "seed": {"meets": 1.0, "does not meet": 1.0},
}


def values(figures):
    return {name: figure.value for name, figure in figures.items()}


# ------------------------------------------------------------------------------------------------------ counting


def test_counts_become_precision_recall_and_f1():
    """Three right, one wrong, three missed."""
    counts = Counts(3, 1, 3)

    assert (counts.precision, counts.recall, counts.f1) == (0.75, 0.5, 0.6)


def test_nothing_counted_is_nothing_shown():
    """Without answers there is no division by zero, and no praise."""
    counts = Counts(0, 0, 0)

    assert (counts.precision, counts.recall, counts.f1) == (0, 0, 0)


def test_morphology_weighs_forms_by_how_often_they_were_seen():
    """A form that its word does not meet lowers recall by its count; the base form itself counts for precision only."""
    rows = [
        FormRow("қалада", "қала", "NOUN", 3),
        FormRow("қала", "қала", "NOUN", 5),
        FormRow("ерекше", "қала", "NOUN", 1),  # no form of that word: it cannot be met
    ]
    figures = morphology(rows, "kk")

    assert values(figures) == {"nouns R": 0.75, "names R": 0, "P": 1.0}
    assert figures["nouns R"].missed == ("ерекше -> қала",)


def test_morphology_calls_wrong_only_what_no_reading_of_a_form_allows():
    """A topic that is no lemma of the form costs precision, unless the form has it in another of its readings."""
    rows = [FormRow("dogs", "follow", "VERB", 1), FormRow("dog", "dog", "NOUN", 1)]
    figures = morphology(rows, "en")

    assert figures["P"].value == 0.5
    assert figures["P"].wrong == ("dogs -> dog",)
    assert morphology([*rows, FormRow("dogs", "dog", "NOUN", 1)], "en")["P"].wrong == ()


def test_morphology_leaves_out_clippings_and_words_without_a_vowel():
    """«млн» is no form of «миллион», and «обл» is cut short."""
    rows = [
        FormRow("млн", "миллион", "NOUN", 9),
        FormRow("обл", "область", "NOUN", 9),
        FormRow("дома", "дом", "NOUN", 1),
    ]

    assert values(morphology(rows, "ru")) == {"nouns R": 1.0, "names R": 0, "P": 1.0}


def test_topics_count_unjudged_articles_in_part():
    """One right, one judged wrong, one that nobody judged: precision 1 of 2.25."""
    articles = [
        Article("a", "Балықшылар көлге шықты", ""),
        Article("b", "Балықшылар туралы фильм", ""),
        Article("c", "Балықшылар ауылы", ""),
        Article("d", "Астанада қар жауды", ""),
    ]
    query = JudgedQuery("балықшылар", frozenset({"a", "d"}), frozenset({"a", "b", "d"}))
    figures = topics([query], articles)

    assert values(figures)["P"] == round(1 / 2.25, 3)
    assert values(figures)["R"] == 0.5
    assert figures["R"].missed == ("балықшылар: Астанада қар жауды",)
    assert figures["P"].wrong == ("балықшылар: Балықшылар туралы фильм",)


def test_every_word_asks_for_the_words_one_by_one():
    """A topic of several words becomes a topic of all of them; one word, and other syntax, stays."""
    assert str(every_word(parse_query("ауыл клуб")).root) == "ауыл клуб"
    assert every_word(parse_query("ауыл")) == parse_query("ауыл")
    assert every_word(parse_query("ауыл | клуб")) == parse_query("ауыл | клуб")


def test_a_matcher_answers_with_the_topics_as_they_were_typed():
    """Two topics that are read alike are both named."""
    assert Matcher(["Иран", "иран", "Ирак"]).met("", "Тегеран, Иранның астанасы", "kk") == {"Иран", "иран"}


def document(kk, ru, en):
    return ParallelDocument("doc", {"kk": ("Жаңалық", kk), "ru": ("Новость", ru), "en": ("News", en)})


def test_countries_are_right_where_the_english_side_names_them():
    """Norway is named and found on one side only; Peru is wrong where only the translation has it."""
    figures = countries([document("Норвегияда боран соқты.", "В Перу прошла буря.", "A storm hit Norway.")])

    assert values(figures) == {"kk R": 1.0, "kk P": 1.0, "ru R": 0, "ru P": 0}
    assert figures["ru R"].missed == ("doc: Norway",)
    assert figures["ru P"].wrong == ("doc: Peru",)


def test_a_people_excuses_its_country():
    """Where English has only the people, the country's name in a translation is neither right nor wrong."""
    figures = countries([document("Польшадан келген топ Норвегияда.", "", "A Polish team came to Norway.")])

    assert values(figures)["kk P"] == 1.0


def test_a_country_stands_as_a_whole_word():
    """Niger does not stand in "Nigeria", nor "US" after a dot."""
    by_name = {country.name: country for country in all_countries()}

    assert not by_name["Niger"].is_named("Nigeria won")
    assert by_name["United States"].is_named("the U.S. won")
    assert not by_name["United States"].is_named("of the A.US list")


def test_story_pairs_are_counted_by_language():
    """The same text is one story; two different ones that were judged the same are missed."""
    one = Article("https://a.example/1", "Пожар на складе потушен", "Пожар на складе в порту потушили к утру.")
    same = Article("https://b.example/2", one.title, one.text)
    other = Article("https://c.example/3", "Музей купил картину", "Картину передали музею вчера вечером.")
    figures = stories([StoryPair("ru", True, one, same), StoryPair("ru", True, one, other)])

    assert values(figures)["ru story P"] == 1.0
    assert values(figures)["ru story R"] == 0.5
    assert figures["ru story R"].missed == ("Пожар на складе потушен / Музей купил картину",)
    assert values(figures)["en story R"] == 0


def name(kk, ru, en):
    return Name({"kk": kk, "ru": ru, "en": en})


def test_names_are_asked_both_ways_and_wrong_ones_are_ordinary_words():
    """A pair that spelling joins, and one that it cannot; a name's own word is never wrong."""
    lists = {"toponyms": (name("Тараз", "Тараз", "Taraz"), name("Еуроодақ", "Евросоюз", "EU"))}
    words = {"kk": {"тараз": frozenset({"тараз"})}, "ru": {}, "en": {}}
    figures = names(lists, words)

    assert values(figures)["kk-ru toponyms R"] == 0.5
    assert figures["kk-ru toponyms R"].missed == ("Еуроодақ -> Евросоюз", "Евросоюз -> Еуроодақ")
    assert values(figures)["kk-ru toponyms P"] == 1.0
    assert values(figures)["kk-en with the tables R"] == 1.0


def test_an_ordinary_word_that_a_name_meets_is_wrong():
    """A word of the other language that the typed name is spelt like costs precision, unless it is the name itself."""
    words = {"kk": {"тимур": frozenset({"тимур"})}, "ru": {}, "en": {}}
    other, itself = name("Мысыр", "Египет", "Timur"), name("Тимур", "Тимур", "Timur")

    assert names({"toponyms": (other,)}, words)["kk-en toponyms P"].wrong == ("Timur -> тимур",)
    assert names({"toponyms": (itself,)}, words)["kk-en toponyms P"].wrong == ()


def test_ordinary_words_are_never_seen_as_names():
    """What a treebank calls a name in one place is left out in all."""
    rows = [
        FormRow("роза", "роза", "PROPN", 1),
        FormRow("роза", "роза", "NOUN", 1),
        FormRow("дома", "дом", "NOUN", 1),
        FormRow("и", "и", "CCONJ", 1),
    ]

    assert ordinary_words(rows) == {"дома": frozenset({"дом"})}


def test_name_lists_are_single_words_and_distinct():
    """Each list has names, none twice, each a capitalised word in each language."""
    for listed in name_lists().values():
        assert len(listed) == len(set(map(str, listed))) > 100
        assert all(
            spelling[0].isupper() and " " not in spelling for name in listed for spelling in name.spellings.values()
        )


def test_headlines_are_distinct_and_bounded():
    """The same headline counts once; a language has at most 400."""
    articles = [Article(str(at), f"Тақырып {at % 500}", "") for at in range(900)]
    found = headlines(articles, [document("", "", "")], [])

    assert len(found["kk"]) == len(set(found["kk"])) == 400
    assert found["ru"] == ["Новость"]


def test_a_headline_in_another_language_is_wrong():
    """The case says what was found and what it should have been."""
    figure = languages({"en": ["Үкімет жаңа заң жобасын қарады"], "kk": ["Үкімет жаңа заң жобасын қарады"]})[
        "headlines"
    ]

    assert figure.value == 0.5
    assert figure.wrong == ("Үкімет жаңа заң жобасын қарады: kk for en",)


def test_an_article_that_meets_nothing_fails_the_seed_list():
    """All that it should meet is missed; what it should not meet is rightly unmet."""
    figures = seed(Article("x", "Қар жауды", ""))

    assert values(figures) == {"meets": 0, "does not meet": 1.0}
    assert figures["meets"].missed == MEETS
    assert set(MEETS).isdisjoint(DOES_NOT_MEET)


# ------------------------------------------------------------------------------------------- the sets, the table


def test_rows_say_ok_short_or_no_data():
    """A figure is compared with its target as it is shown; one without a target or without data is not judged."""
    assert Row("x", 0.9, 0.9).verdict == "ok"
    assert Row("x", 0.899, 0.9).verdict == "short"
    assert Row("x", None, 0.9).cells() == ("x", "no data", "0.900", "")
    assert Row("x", 0.9, None).cells() == ("x", "0.900", "-", "")


def test_the_table_has_one_line_a_figure_and_says_how_many_reach():
    """Head, rows, and the sum."""
    lines = table([Row("one", 1.0, 0.5), Row("another", 0.1, 0.5), Row("third", None, 0.5)])

    assert [line.split()[0] for line in lines[:4]] == ["figure", "one", "another", "third"]
    assert lines[-1] == "1 of 2 figures that have a target reach it."


def test_each_part_has_its_heading_and_targets():
    """What is measured and what is asked name the same parts."""
    assert list(PARTS) == list(TARGETS) == list(HEADINGS) == list(FLOORS)


def write(folder, name, lines):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


@pytest.fixture
def data(tmp_path):
    """A folder with two of the sets."""
    write(
        tmp_path,
        "morphology/ru_gsd_pairs.tsv",
        ["form\tlemma\tupos\tcount", "домов\tдом\tNOUN\t2", "стола\tбалкон\tNOUN\t1"],
    )
    article = {"url": "u", "title": "Балықшылар көлге шықты", "body_excerpt": ""}
    write(tmp_path, "topics/kk_articles.jsonl", [json.dumps(article)])
    write(tmp_path, "topics/kk_judged.jsonl", [json.dumps({"query": "балықшы", "urls": ["u"]})])
    write(tmp_path, "topics/kk_queries.jsonl", [json.dumps({"query": "балықшы", "relevant_urls": ["u"]})])
    return tmp_path


def test_evaluate_prints_the_table_of_what_is_there(data, capsys):
    """Figures where there are files, "no data" elsewhere, and exit code 0 even where matching falls short."""
    assert evaluate(data) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "Russian morphology: nouns R" in lines[4]
    assert lines[4].split()[-3:] == ["0.667", "1.000", "short"]
    assert "no data" in next(line for line in lines if line.startswith("Kazakh morphology: P"))
    assert "1.000" in next(line for line in lines if line.startswith("Kazakh topic queries: F1"))
    assert sum("no data" in line for line in lines) == sum(
        len(TARGETS[part]) for part in ("kk", "en", "countries", "stories", "names", "languages", "seed")
    )


def test_verbose_shows_the_cases(data, capsys):
    """Only the parts asked for; each figure's missed cases below its name."""
    assert evaluate(data, ["ru"], verbose=True) == 0

    output = capsys.readouterr().out
    assert "Kazakh" not in output
    assert "Russian morphology: nouns R: 1 missed\n  стола -> балкон\n" in output


def test_nothing_to_show_is_not_shown():
    """A figure without failed cases has no heading among the cases."""
    assert list(cases("seed", seed(Article("x", "", "")))) != []
    assert [line for line in cases("seed", seed(Article("x", "", ""))) if "does not meet" in line] == []


@pytest.mark.parametrize("only", [["kz"], ["kk", "morphology"]])
def test_an_unknown_part_is_named(data, only):
    """A part that does not exist ends in one line that lists those that do."""
    with pytest.raises(SettingsError, match=only[-1]):
        evaluate(data, only)


def test_a_folder_that_is_not_there_is_an_operators_error(tmp_path):
    """Not "no data" throughout: the path was mistyped."""
    with pytest.raises(SettingsError, match="no such folder"):
        evaluate(tmp_path / "nowhere")


def test_nothing_measured_is_no_success(tmp_path, data, capsys):
    """An empty folder, or parts whose sets are not there, end with exit code 1 and one line: a mistyped path passes no CI."""
    empty = tmp_path / "empty"
    empty.mkdir()

    assert evaluate(empty) == evaluate(data, ["stories"]) == 1
    assert capsys.readouterr().out == ""


def test_a_broken_set_is_named(data):
    """A file that holds something else is an error with its path, not a figure."""
    write(data, "morphology/ru_gsd_pairs.tsv", ["form\tlemma", "домов\tдом"])

    with pytest.raises(SettingsError, match="ru_gsd_pairs"):
        measure("ru", Sets(data))


def test_a_missing_file_is_not_an_error(data):
    """It says which."""
    with pytest.raises(MissingSetError, match="pairs_dev"):
        Sets(data).pairs()
    assert measure("stories", Sets(data)) is None
    assert {row.measured for row in rows("stories", None)} == {None}


@pytest.mark.figures
@pytest.mark.parametrize("part", FLOORS)
def test_matching_has_not_become_worse(part):
    """On the real sets, each figure stays above its floor and each target has its figure."""
    if not DATA.is_dir():
        pytest.skip("the development sets are not beside the project")
    figures = measure(part, Sets(DATA))
    if figures is None:
        pytest.skip(f"the development sets have no files for {part}")

    assert set(figures) == set(TARGETS[part])
    assert {name: figures[name].value for name, floor in FLOORS[part].items() if figures[name].value < floor} == {}
