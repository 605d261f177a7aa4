"""What is kept over a restart carries a version; it is raised when what is kept would be made otherwise."""

import hashlib
from dataclasses import fields
from pathlib import Path

from bot.core.matching.clause import All, Either, Leaf, Without
from bot.core.matching.compiling import compile_query
from bot.core.matching.index import tables as columns
from bot.core.matching.index.tables import Columns
from bot.core.matching.index.topic_index import TopicIndex
from bot.core.matching.query import parse_query
from bot.language import form_cache
from bot.language.form_cache import Kind
from bot.language.keys import form_keys

COMPILED = (2, "33afb05e0146dc055ba59e04")
FORMS = (1, "5febd07ccb73045c20131ef4")
TOPICS = (
    """
Иран | иран | Иранның | Ираном | Iran | Tehran | АҚШ | США | USA | us | WHO | доллар | теңге бағамы | курс тенге
Тоқаев | Токаевтың жарлығы | Tokayev | Трамп | Президент Тоқаев Иранмен келіссөз жүргізді | приказы Токаева
мұнай бағасы | цена нефти | oil price | "oil price" | "сыртқы саясат" | "Central Asia" | title:Иран | title:"мұнай бағасы"
Украинадағы соғыс | иранские власти | американский футбол | Орталық Азия | Центральная Азия | Нью-Йорк | Алматы метро
казахстн | президнет | Казакстан | Qazaqstan | Qazaqstannyń mektepteri | قازاقستان | Sadvakasov | Жабаев | Джабаев
экономика | спорт | экономика және саясат | технология | денсаулық | школа | students | суд | court | алаяқ | алаяқтық
C++ | 5G | COVID-19 | H&M | U.S. economy | Aстана | ё | 2026 | Boeing-тың | бұл және | в the | Того | turkey | apple
""".replace("\n", " | ")
    .strip(" |")
    .split(" | ")
)
INTRICATE = [
    "иран -спорт", "(а | б) -(г д)", "мұнай | газ -«табиғи газ»", "-сот иран title:(-спорт)", "(нефть | газ) (цена | рынок)",
    "title:(иран | ирак) -title:футбол", "-(-иран) -(сот -суд) жаңалық", "(a b | c d) (e f | g h) -(i | j k)",
    "|".join(f"сөз{n}" for n in range(40)), " ".join(f"({a}1|{a}2 {a}3)" for a in "абвгдежзик"),
]  # fmt: skip


def shape(clause):
    """Return a clause as text that says all that an index keeps of it."""
    match clause:
        case Leaf(literals, number):
            return f"{number}={[(int(one.zone), [word.keys for word in one.words]) for one in literals]}"
        case All(parts):
            return f"all({','.join(map(shape, parts))})"
        case Either(parts):
            return f"any({','.join(map(shape, parts))})"
        case Without(part):
            return f"not({shape(part)})"


def digest(*texts):
    return hashlib.blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def test_the_version_of_the_index_is_raised_with_what_topics_compile_to():
    """A program that compiles topics otherwise must not load the index that an older one kept."""
    queries = [parse_query(topic) for topic in (*TOPICS, *INTRICATE)]
    kept = TopicIndex(enumerate(queries))._segment.columns
    names = ",".join(f"{field.name}:{getattr(kept, field.name).dtype}" for field in fields(Columns))
    rules = [getattr(kept, name).tolist() for name in ("rule_ends", "group_ends", "group_signs", "phrase_ends")]
    found = digest(names, str(rules), *(shape(compile_query(query)) for query in queries))

    assert (columns.VERSION, found) == COMPILED, (
        "What topics compile to, or the columns of the index, changed: raise VERSION in bot/core/matching/index/tables.py (a change"
        f" of the tables alone needs no new number), then write it here: COMPILED = ({columns.VERSION}, {found!r})"
    )


def test_the_version_of_the_forms_is_raised_with_the_keys_of_words():
    """A program that reads words otherwise must not load the keys that an older one kept."""
    lines = (Path(__file__).parent / "data/forms.tsv").read_text(encoding="utf-8").splitlines()
    keys = []
    for line in lines:
        locale, word = line.split("\t")
        for kind in (Kind(locale), Kind(locale, one_case=True), Kind(locale, transliterated=locale == "kk")):
            found = form_keys(word, locale, transliterated=kind.transliterated, one_case=kind.one_case)
            keys.append(f"{word} {[part.hex() for part in found]}")
    found = digest(*keys)

    assert (form_cache.VERSION, found) == FORMS, (
        "The keys of words changed: raise VERSION in bot/language/form_cache.py (a change of the tables alone needs no"
        f" new number), then write it here: FORMS = ({form_cache.VERSION}, {found!r})"
    )


def test_a_comment_voids_nothing_and_a_table_voids_all():
    """The version says what the tables hold and what was declared, not how the code is written."""
    names = [name for name, _ in form_cache._tables()]

    assert {"people.toml", "kk.tsv"} <= set(names)
    assert not [name for name in names if name.endswith(".py")]


def test_what_was_kept_and_is_damaged_is_made_anew():
    """A file that broke off, or of columns that are no more, is no reason not to start."""
    whole = TopicIndex(enumerate(map(parse_query, TOPICS))).dump()
    forms = form_cache.dump()

    for kept in (b"", b"PK", whole[: len(whole) // 2], whole[:-100], forms):
        assert TopicIndex.load(kept) is None
    for kept in (b"", b"PK", forms[: len(forms) // 2], whole):
        assert not form_cache.load(kept)
