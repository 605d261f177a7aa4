"""Russian words: every normal form that the dictionary of pymorphy3 gives.

Goes in: a form, normalised. Comes out: for an article's word all its normal forms and itself (``lemmas``), for a
topic's word the likely ones (``bases``). pymorphy3 is the slow way to the dictionary: an article's words are looked up
in its tables here, and only forms that the dictionary lacks are parsed by it. Measured on UD Russian GSD: recall of
nouns .996, of names .992, precision .90.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pymorphy3 import MorphAnalyzer
    from pymorphy3.analyzer import Parse
    from pymorphy3.dawg import WordsDawg
    from pymorphy3.tagset import OpencorporaTag

_MIN_INFLECTED = 4  # letters
_NAME_ENDINGS = ("а", "у", "е", "ом", "ем")
_NAMES = frozenset({"Name", "Surn", "Patr", "Geox", "Orgn", "Trad", "Abbr"})
_NOMINATIVE = frozenset({"nomn", "sing", "masc"})  # of a participle
_HARD = frozenset("бвгджзклмнпрстфхцчшщ")
_NOMINAL = frozenset({"NOUN", "ADJF", "INFN", "VERB"})  # what topics are made of; participles are words of their own
_RUSSIAN, _OTHER_CYRILLIC = re.compile("[а-я]"), re.compile("[\u0451-\u04ff]")
_MAX_FORM = 40  # letters; a longer word is a mistake or an attack, and is its own lemma


@lru_cache(maxsize=20_000)
def lemmas(form: str) -> tuple[str, ...]:
    """Return the form itself and its normal forms. ``form`` is normalised (lower case).

    «ё» is read as «е»: Russian news seldom write it.
    """
    plain = form.replace("ё", "е")
    if len(plain) > _MAX_FORM or not _is_russian(plain):
        return (plain,)
    return tuple(dict.fromkeys((plain, *_normal_forms(plain))))


@lru_cache(maxsize=65_536)
def bases(form: str) -> tuple[str, ...]:
    """Return the likely normal forms of a word that a reader typed; none where it is a normal form itself.

    A surname has one for each sex («Токаеву» -> токаев, токаева): all of them are kept. Words of three letters are
    left as they are: they are Kazakh as often («сот», court, is no «сотня»).
    """
    plain = form.replace("ё", "е")
    if not _MIN_INFLECTED <= len(plain) <= _MAX_FORM or not _is_russian(plain):
        return ()
    parses = _analyzer().parse(plain)
    return tuple(dict.fromkeys((*_likely(plain, parses), *_genitive_plural(plain, parses))))


def _likely(plain: str, parses: list["Parse"]) -> tuple[str, ...]:
    normal = [parse.normal_form.replace("ё", "е") for parse in parses]
    if plain in normal or not _NOMINAL & set(parses[0].tag.grammemes) or "Supr" in parses[0].tag:
        return ()
    return (normal[0], *(word for word, parse in zip(normal, parses, strict=True) if "Surn" in parse.tag))


def _genitive_plural(plain: str, parses: list["Parse"]) -> tuple[str, ...]:
    """Return what a place named by a plural («Боровляны») loses its ending to, where the dictionary knows neither."""
    stem = plain[:-1]
    is_name = plain[-1] in "ыи" and stem[-1] in _HARD and len(stem) >= _MIN_INFLECTED
    return (stem,) if is_name and not any(parse.is_known for parse in parses) and not knows(stem) else ()


@lru_cache(maxsize=50_000)
def is_ordinary(form: str) -> bool:
    """Whether the dictionary knows a word, and by no reading as a name of anybody or anything."""
    if len(form) > _MAX_FORM or not _is_russian(form):
        return False
    parses = _analyzer().parse(form)
    return parses[0].is_known and not any(_NAMES & set(parse.tag.grammemes) for parse in parses)


@lru_cache(maxsize=20_000)
def is_noun(form: str) -> bool:
    """Whether a word is a noun by its likeliest reading, or no Russian word at all."""
    plain = form.replace("ё", "е")
    if len(plain) > _MAX_FORM or not _is_russian(plain):
        return True
    return bool(_analyzer().parse(plain)[0].tag.POS == "NOUN")


def knows(form: str) -> bool:
    """Whether the dictionary has a word in this form."""
    return bool(known((form.replace("ё", "е"),)))


def known(forms: Iterable[str]) -> list[str]:
    """Return those that the dictionary has, in order: of hundreds of slips of one word in a fraction of the time."""
    words, substitutes = _words(), _analyzer().char_substitutes
    return [form for form in forms if form in words or ("е" in form and words.similar_keys(form, substitutes))]


def known_beginning(word: str) -> int:
    """Return with how many letters of ``word`` some word of the dictionary begins; one «е» of them may be a «ё»."""
    for length in range(1, len(word) + 1):
        start = word[:length]
        as_yo = (f"{start[:at]}ё{start[at + 1 :]}" for at, letter in enumerate(start) if letter == "е")
        if not any(_begins_a_word(beginning) for beginning in (start, *as_yo)):
            return length - 1
    return len(word)


def _begins_a_word(beginning: str) -> bool:
    return next(iter(_words().iterkeys(beginning)), None) is not None


def _normal_forms(form: str) -> list[str]:
    """Return the normal forms of all readings.

    Of an adverb («обычно») the reading as a short adjective is left out. A participle is a word of its own besides a
    form of its verb («пострадавшим»: пострадать, пострадавший). A word outside the dictionary may be a masculine name
    in an oblique case, whatever the guesser says («Зейна»).
    """
    readings = [
        (word, _cell(paradigm, number))
        for word, cells in _words().similar_items(form, _analyzer().char_substitutes)
        for paradigm, number in cells
    ]
    if not readings:
        return _guessed(form)
    if any(cell.is_adverb for _, cell in readings) and "ADVB" in _analyzer().parse(form)[0].tag:
        readings = [(word, cell) for word, cell in readings if not cell.is_short_adjective]
    found = [
        f"{prefix}{word[start : len(word) - end]}{suffix}"
        for word, cell in readings
        for start, end, prefix, suffix in cell.respellings
    ]
    return [word.replace("ё", "е") for word in found] if "ё" in "".join(found) else found


def _guessed(form: str) -> list[str]:
    """Return the normal forms of a word outside the dictionary."""
    parses = _analyzer().parse(form)
    if "ADVB" in parses[0].tag:
        parses = [parse for parse in parses if "ADJS" not in parse.tag]
    found = [str(parse.normal_form) for parse in parses]
    found += [word for parse in parses if "PRTF" in parse.tag for word in _nominative(parse)]
    if not any(parse.is_known for parse in parses):
        found += [
            form.removesuffix(ending)
            for ending in _NAME_ENDINGS
            if form.endswith(ending) and len(form) - len(ending) >= _MIN_INFLECTED and form[-len(ending) - 1] in _HARD
        ]
    return [word.replace("ё", "е") for word in found]


class _ParadigmCell(NamedTuple):
    """One cell of a paradigm: what matters of its tag, and how normal forms are made of a word in this form.

    Each of ``respellings`` is how many letters to cut at the beginning and at the end, and what to put there instead.
    """

    is_adverb: bool
    is_short_adjective: bool
    respellings: tuple[tuple[int, int, str, str], ...]


@lru_cache(maxsize=65_536)
def _cell(paradigm: int, number: int) -> _ParadigmCell:
    prefix, tag, suffix = _form(paradigm, number)
    normal_prefix, _, normal_suffix = _form(paradigm, 0)
    respellings = [(len(prefix), len(suffix), normal_prefix, normal_suffix)]
    if "PRTF" in tag and number in (participles := _participle_endings(paradigm)):
        ending, nominative = participles[number]
        respellings.append((0, len(ending), "", nominative))
    return _ParadigmCell("ADVB" in tag, "ADJS" in tag, tuple(respellings))


def _form(paradigm: int, number: int) -> tuple[str, "OpencorporaTag", str]:
    """Return the prefix, tag and suffix of one form, as ``build_paradigm_info`` does of all of them."""
    dictionary = _analyzer().dictionary
    columns = dictionary.paradigms[paradigm]  # suffixes, tags, prefixes
    prefix = dictionary.paradigm_prefixes[columns[len(columns) // 3 * 2 + number]]
    return prefix, dictionary.build_tag_info(paradigm, number), dictionary.suffixes[columns[number]]


def _nominative(participle: "Parse") -> tuple[str, ...]:
    """Return a guessed participle's nominative, singular and masculine, as ``inflect`` does in half a millisecond."""
    word = participle.word
    if "-" not in word:
        _, _, paradigm, number = participle.methods_stack[0]
        if number in (participles := _participle_endings(paradigm)):
            ending, nominative = participles[number]
            return (word.removesuffix(ending) + nominative,)
    inflected = participle.inflect(_NOMINATIVE)
    return () if inflected is None else (inflected.word,)


@lru_cache(maxsize=4_096)
def _participle_endings(paradigm: int) -> dict[int, tuple[str, str]]:
    """Return the endings of a verb's participles by the number of the form, each with that of its nominative.

    Of several nominatives the one with the most similar tag is taken, as pymorphy3 does.
    """
    forms = _analyzer().dictionary.build_paradigm_info(paradigm)
    nominatives = [(tag.grammemes, ending) for _, tag, ending in forms if tag.grammemes >= _NOMINATIVE]
    found = {}
    for number, (_, tag, ending) in enumerate(forms):
        if nominatives and "PRTF" in tag:
            wanted = tag.updated_grammemes(_NOMINATIVE)
            likeness = [len(wanted & others) - 0.1 * len(wanted ^ others) for others, _ in nominatives]
            found[number] = ending, nominatives[likeness.index(max(likeness))][1]
    return found


def _is_russian(word: str) -> bool:
    """Whether the dictionary may know ``word``: it has Russian letters and no other Cyrillic ones."""
    return _RUSSIAN.search(word) is not None and _OTHER_CYRILLIC.search(word) is None


@cache
def _words() -> "WordsDawg":
    return _analyzer().dictionary.words


@cache
def _analyzer() -> "MorphAnalyzer":
    """Load the dictionary (0.1 s, 15 MB, once)."""
    from pymorphy3 import MorphAnalyzer  # noqa: PLC0415 - loading is for the first Russian word

    return MorphAnalyzer()
