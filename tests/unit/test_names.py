"""Names across scripts: known pairs meet, in both directions, and few other words do."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.names import MAX_VARIANTS, cyrillic_readings, spoken, spoken_variants
from bot.language.names.rules import rules
from bot.language.scripts import fold

_NAMES = Path(__file__).parent / "data" / "names.tsv"


def _rows(kind: str) -> list[dict[str, str]]:
    with _NAMES.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if row["kind"] == kind]


def _meets(one: str, other: str) -> bool:
    return _key(other) in {_key(one), *map(_key, spoken_variants(one))}


def _key(name: str) -> str:
    return spoken(fold(name.lower()))


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Trump", "трамп"),
        ("Tokayev", "токаев"),
        ("Тоқаев", "tokayev"),
        ("Тоқаев", "toqaev"),
        ("Тоқаев", "tokaev"),
        ("Токаев", "tokayev"),
        ("Charlotte", "шарлотта"),
        ("Шарлотта", "charlotte"),
        ("Пезешкиан", "pezeshkian"),
        ("Pezeshkian", "пезешкиан"),
        ("Zelensky", "зеленский"),
        ("Зеленский", "zelensky"),
        ("Айгүл", "айгуль"),
        ("Жәнібек", "zhanibek"),
        ("Қасым-Жомарт", "касым-жомарт"),
        ("Қасым-Жомарт", "kassym-jomart"),
        ("Мұхтар", "mukhtar"),
        ("Момышұлы", "momyshuly"),
        ("Ivanova", "иванова"),
        ("Sadvakasov", "сәдуақасов"),
        ("Sadvakasov", "садвакасов"),
        ("Сәдуақасов", "садвакасов"),
        ("Жабаев", "джабаев"),
        ("Ыбыраев", "ибраев"),
        ("Кусаинов", "құсайынов"),
        ("Әбілқасым", "абулкасим"),
        ("Абулкасим", "әбілқасым"),
        ("Сейфолла", "сейфулла"),
        ("Жамиля", "жәмила"),
        ("Рақымжан", "рахимжан"),
        ("Жүніс", "жунус"),
        ("Жусупали", "жүсіпәлі"),
        ("Бауыржан", "бауржан"),
        ("Бауржан", "бауыржан"),
        ("Гуляим", "гүлләйім"),
        ("Мағауия", "магавья"),
        ("Тұрсынбек", "турсунбек"),
        ("Стамбул", "ыстамбұл"),
        ("Урумчи", "үрімжі"),
        ("Newcastle", "ньюкасл"),
        ("Milosevic", "милошевич"),
    ],
)
def test_names_meet_across_scripts(name: str, spelling: str) -> None:
    """The usual spellings in the other languages are among a name's variants."""
    assert _meets(name, spelling)


@pytest.mark.parametrize(
    ("kind", "one", "other", "least"),
    [
        ("given", "kk", "ru", 0.985),
        ("given", "ru", "kk", 0.985),
        ("given", "en", "kk", 0.95),
        ("surname", "kk", "ru", 0.97),
        ("surname", "ru", "kk", 0.97),
        ("surname", "en", "kk", 0.93),
        ("toponym", "kk", "ru", 0.95),
        ("toponym", "ru", "kk", 0.95),
        ("toponym", "en", "kk", 0.85),
    ],
)
def test_recall_over_collected_names(kind: str, one: str, other: str, least: float) -> None:
    """Of the collected names, at least this share meets its counterpart."""
    rows = _rows(kind)

    assert sum(_meets(row[one], row[other]) for row in rows) / len(rows) >= least


@pytest.mark.parametrize(("kind", "least"), [("given", 0.98), ("surname", 0.97), ("toponym", 0.87)])
def test_readings_of_latin_names_add_to_recall(kind: str, least: float) -> None:
    """A Kazakh topic meets a name in English by its own variants or by the readings of the name."""
    rows = _rows(kind)
    met = [_meets(row["kk"], row["en"]) or _key(row["kk"]) in map(_key, cyrillic_readings(row["en"])) for row in rows]

    assert sum(met) / len(rows) >= least


def test_feminine_surnames_stay_feminine() -> None:
    """«Иванова» is not spelled as «Иванов» is: inflection is not a matter of scripts."""
    assert "ivanov" not in spoken_variants("Иванова")
    assert "ivanova" in spoken_variants("Иванова")


@pytest.mark.parametrize(
    ("name", "word"),
    [("Тоқаев", "тауке"), ("Trump", "труба"), ("Iran", "ирак"), ("Iran", "израиль"), ("Ираклий", "iran")],
)
def test_other_words_do_not_meet(name: str, word: str) -> None:
    """Likeness of consonants alone is not enough."""
    assert not _meets(name, word)


@given(st.text(max_size=60))
def test_any_text_gives_bounded_lower_case_variants(text: str) -> None:
    """Whatever is typed, there are at most 64 variants, in lower case, without the name itself."""
    found = spoken_variants(text)

    assert len(found) <= MAX_VARIANTS
    assert all(variant == variant.lower() for variant in found)
    assert text.casefold() not in found


@pytest.mark.parametrize("text", ["а\nб-в", "new\n-york", "\n"])
def test_a_text_of_several_lines_is_no_name(text: str) -> None:
    """Names are worked on line by line: what has lines itself has no variants."""
    assert not spoken_variants(text)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=20))
def test_case_does_not_matter(name: str) -> None:
    """A name has the same variants however it is capitalised."""
    assert spoken_variants(name) == spoken_variants(name.upper()) == spoken_variants(name.title())


@pytest.mark.parametrize("table", ["latin_to_cyrillic", "cyrillic_to_latin", "kazakh_to_russian", "russian_to_kazakh"])
def test_no_rule_stands_behind_a_more_general_one(table: str) -> None:
    """The first rule that matches is taken, so a rule behind its own beginning would never be reached."""
    shadowed = [
        (general.pattern.pattern, rule.pattern.pattern)
        for ordered in rules(table).values()
        for at, rule in enumerate(ordered)
        for general in ordered[:at]
        if general.pattern.pattern.isalpha() and rule.pattern.pattern.lstrip("^").startswith(general.pattern.pattern)
    ]

    assert shadowed == []


def test_latin_names_are_read_into_cyrillic() -> None:
    """The article's side: few readings, the usual one among them, and none for Cyrillic."""
    assert "блэквелл" in cyrillic_readings("Blackwell")
    assert "трамп" in cyrillic_readings("Trump")
    assert len(cyrillic_readings("Cunningham")) <= 12
    assert cyrillic_readings("Трамп") == ()
