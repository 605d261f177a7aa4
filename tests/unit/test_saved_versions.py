"""What is saved over a restart carries a version; it is raised when what is saved would be made otherwise."""

import hashlib
from dataclasses import fields
from pathlib import Path

from bot.core.matching.clause import All, Either, Leaf, Without
from bot.core.matching.compiling import compile_query
from bot.core.matching.index import tables
from bot.core.matching.index.tables import IndexTables
from bot.core.matching.index.topic_index import TopicIndex
from bot.core.matching.query import parse_query
from bot.language import data_version
from bot.language.form_cache import ArticleKind
from bot.language.keys import form_keys

COMPILED = (3, "a835cf4ab700d6564a9159c4")
KEYS = (1, "5febd07ccb73045c20131ef4")
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
            return f"{number}={[(int(one.scope), [word.keys for word in one.words]) for one in literals]}"
        case All(parts):
            return f"all({','.join(map(shape, parts))})"
        case Either(parts):
            return f"any({','.join(map(shape, parts))})"
        case Without(part):
            return f"not({shape(part)})"


def digest(*texts):
    return hashlib.blake2b("\n".join(texts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def test_the_version_of_the_index_is_raised_with_what_topics_compile_to():
    """A program that compiles topics otherwise must not load the index that an older one saved."""
    queries = [parse_query(topic) for topic in (*TOPICS, *INTRICATE)]
    built = TopicIndex(enumerate(queries))._frozen.tables
    names = ",".join(f"{field.name}:{getattr(built, field.name).dtype}" for field in fields(IndexTables))
    rules = [getattr(built, name).tolist() for name in ("rule_ends", "group_ends", "group_needed", "phrase_ends")]
    found = digest(names, str(rules), *(shape(compile_query(query)) for query in queries))

    assert (tables.VERSION, found) == COMPILED, (
        "What topics compile to, or the tables of the index, changed: raise VERSION in bot/core/matching/index/tables.py (a change"
        f" of the tables alone needs no new number), then write it here: COMPILED = ({tables.VERSION}, {found!r})"
    )


def test_the_version_of_the_keys_is_raised_with_the_keys_of_words():
    """A program that reads words otherwise must not search the posting keys that an older one stored."""
    lines = (Path(__file__).parent / "data/forms.tsv").read_text(encoding="utf-8").splitlines()
    keys = []
    for line in lines:
        locale, word = line.split("\t")
        for kind in (
            ArticleKind(locale),
            ArticleKind(locale, one_case=True),
            ArticleKind(locale, transliterated=locale == "kk"),
        ):
            found = form_keys(word, locale, transliterated=kind.transliterated, one_case=kind.one_case)
            keys.append(f"{word} {[part.hex() for part in found]}")
    found = digest(*keys)

    assert (data_version.KEYS_VERSION, found) == KEYS, (
        "The keys of words changed: raise KEYS_VERSION in bot/language/data_version.py (a change of the tables alone needs no"
        f" new number), then write it here: KEYS = ({data_version.KEYS_VERSION}, {found!r})"
    )


def test_a_comment_voids_nothing_and_a_table_voids_all():
    """The version says what the tables hold and what was declared, not how the code is written."""
    names = [name for name, _ in data_version._tables()]

    assert {"people.toml", "kk.tsv", "names.toml", "light_words.toml"} <= set(names)
    assert not [name for name in names if name.endswith(".py")]


def test_what_was_saved_and_is_damaged_is_made_anew():
    """A file that broke off, or of tables that are no more, is no reason not to start."""
    whole = TopicIndex(enumerate(map(parse_query, TOPICS))).dump()

    for saved in (b"", b"PK", whole[: len(whole) // 2], whole[:-100]):
        assert TopicIndex.load(saved) is None
