"""Kazakh words: every stem that a form may have, by an automaton of suffix chains.

There is no lexicon. A form's stems are all its beginnings whose remainder is a legal chain of suffixes, and the form
itself: «қазақстанға» -> қазақстанға, қазақстан. Harmony holds inside a chain, and between stem and chain only for
stems that look native (Тоқаев+тың, Нью-Йорк+те). Measured on UD Kazakh: recall .99, precision .93, where stripping
greedily reaches .68 to .89.

What a stem suffers before a vowel (кітап, кітаб-ы; халық, халқ-ы) is undone on the query's side: ``allomorphs``.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.language.kazakh.closed_classes import CLOSED_CLASS, LEXICAL_PLURALS, RELATIONAL_STEMS
from bot.language.kazakh.suffixes import (
    BACK_VOWELS,
    CONSONANTS,
    FRONT_VOWELS,
    VOICELESS,
    VOWELS,
    Join,
    Slot,
    chain_slots,
    chains,
)

_MIN_STEM = 2
_MIN_RELATED = 3
_ABSTRACT = ("лық", "лік", "дық", "дік", "тық", "тік")
_MAX_FORM = 40  # letters; a longer word is a mistake or an attack, and is its own stem
_ALL_VOWELS = frozenset(VOWELS + "уию")
_STRICT_VOWELS = frozenset(VOWELS)
_SURNAME_ENDINGS = ("ев", "ов", "ёв")
_LOAN_LETTERS = frozenset("фцщёэявхчьъю")
_VOICED_PAIR = {"п": "б", "к": "г", "қ": "ғ"}
_DEVOICED_PAIR = {voiced: voiceless for voiceless, voiced in _VOICED_PAIR.items()}
# The letters that begin a cluster at the end of a word: парк, банк, факт; no word ends in «қс» (қазақс-тан).
_CLUSTER_ONSETS = frozenset("рлнмңйуисфкпх")


@lru_cache(maxsize=20_000)
def stems(form: str) -> tuple[str, ...]:
    """Return the form itself and every legal stem of it, longest first. ``form`` is normalised (lower case)."""
    if form in CLOSED_CLASS:
        return CLOSED_CLASS[form]
    if len(form) > _MAX_FORM:
        return (form,)
    head, hyphen, tail = form.rpartition("-")
    if hyphen and tail and _is_chain(tail):
        return (form, head, *_cut(form)[1:])
    return _cut(form)


def _cut(form: str) -> tuple[str, ...]:
    ends_of_chains = _ends_of_chains()
    found = [form]
    for end in range(len(form) - 1, _MIN_STEM - 1, -1):
        join = ends_of_chains.get(form[end:], _NOWHERE)
        if join is _NOWHERE:
            break  # no chain ends so: no longer one does
        if join is not None and _fits(form[:end], join):
            found.append(form[:end])
    return tuple(found)


def _is_chain(text: str) -> bool:
    """Whether ``text``, set off by a hyphen, can only be suffixes: «АҚШ-тың», «1990-жылдар» not."""
    return _ends_of_chains().get(text) is not None


class _Stems(NamedTuple):
    """The last letters of the stems that a chain may be joined to: of all of them, and by harmony.

    ``relational`` are those of stems that -ғы may follow at once, where the chain begins with it.
    """

    all: frozenset[str]
    back: frozenset[str]
    front: frozenset[str]
    relational: "_Stems | None" = None


_NOWHERE = _Stems(frozenset(), frozenset(), frozenset())


def _fits(stem: str, join: _Stems) -> bool:
    if join.relational is not None and stem in RELATIONAL_STEMS:
        join = join.relational
    last = stem[-1]
    if last in "ьъ" and len(stem) > _MIN_STEM:
        last = stem[-2]
    if last not in join.all or _ALL_VOWELS.isdisjoint(stem):
        return False
    if last in join.back and last in join.front:
        return True
    harmony = _harmony(stem)
    return harmony == 0 or last in (join.back if harmony > 0 else join.front) or _looks_foreign(stem)


@cache
def _ends_of_chains() -> dict[str, _Stems | None]:
    """Return the stems of each chain, and None for what is only the end of one."""
    table = chains()
    ends: dict[str, _Stems | None] = {chain[at:]: None for chain in table for at in range(len(chain))}
    return ends | {chain: _stems_before(joins) for chain, joins in table.items()}


def _stems_before(joins: Sequence[Join]) -> _Stems:
    others = [join for join in joins if join.first is not Slot.RELATIONAL]
    stems = _letters(others)
    return stems if len(others) == len(joins) else stems._replace(relational=_letters(joins))


def _letters(joins: Sequence[Join]) -> _Stems:
    back, front = (
        frozenset().union(*(join.after for join in joins if join.harmony in (0, harmony))) for harmony in (1, -1)
    )
    return _Stems(back | front, back, front)


def _harmony(stem: str) -> int:
    """Return the harmony of the stem's last syllable: 1 back, -1 front, 0 where its vowel is neither."""
    for letter in reversed(stem):
        if letter in BACK_VOWELS:
            return 1
        if letter in FRONT_VOWELS:
            return -1
        if letter in _ALL_VOWELS:
            return 0
    return 0


def _looks_foreign(stem: str) -> bool:
    """Whether a stem's letters are not those of a native word: it may then take suffixes of either harmony."""
    letters = set(stem)
    if letters & _LOAN_LETTERS or (letters & set(BACK_VOWELS) and letters & set(FRONT_VOWELS)):
        return True
    if "о" in stem[2:]:  # native words have it in the first syllable alone
        return True
    return len(stem) > _MIN_STEM and stem[-1] not in _ALL_VOWELS and stem[-2] not in _ALL_VOWELS


def allomorphs(base: str) -> frozenset[str]:
    """Return the shapes that ``base`` takes before suffixes, itself included.

    Voicing (кітап: кітаб-ы), elision of a close vowel (халық: халқ-ы), a link vowel after a cluster of a loan
    (факт: факті-сі), loss of the soft sign (король: корол-і), of a double letter (процесс: процес-і) and of a «д» that
    is not heard (съезд: съез-де), the feminine of a Russian surname (Сәтбаев: Сәтбаева).
    """
    shapes = {base}
    if len(base) <= _MIN_STEM or base[-1] in _STRICT_VOWELS:
        return frozenset(shapes)
    last = base[-1]
    if last in _VOICED_PAIR and base[-2] in _ALL_VOWELS:
        shapes.add(base[:-1] + _VOICED_PAIR[last])
    if base[-2] in "ыі" and len(base) > _MIN_STEM + 1 and last != "ң":
        shapes.add(base[:-2] + last)
        if last in _VOICED_PAIR:
            shapes.add(base[:-2] + _VOICED_PAIR[last])
    if last not in _ALL_VOWELS and base[-2] not in _ALL_VOWELS:
        shapes |= {base + "і", base + "ы"}
        if last == base[-2]:
            shapes.add(base[:-1])
    if last == "ь" or base.endswith("зд"):
        shapes.add(base[:-1])
    if base.endswith(_SURNAME_ENDINGS):
        shapes.add(base + "а")
    return frozenset(shapes)


# Chains that a reader's topic is likely to carry, by the least length of the stem that makes the reading safe: short
# ones end too many bases («теңге» is not «тең» in the dative, «Алматы» no accusative).
_TOPIC_SUFFIXES = {
    3: "ның нің дың дің тың тің лар лер дар дер тар тер мен бен пен сы сі ы і",
    4: "дан ден тан тен нан нен ға ге қа ке да де та те ын ін ына іне ында інде",
}


@cache
def _topic_chains() -> dict[str, int]:
    """Return the chains that are undone in topics, each with the least length of the stem before it."""
    found = {chain: least for least, text in _TOPIC_SUFFIXES.items() for chain in text.split()}
    topical = {Slot.PLURAL, Slot.POSSESSIVE_3, Slot.CASE, Slot.LOCATIVE, Slot.RELATIONAL}
    for chain, slots in chain_slots().items():
        if len(slots) > 1 and topical.issuperset(slots):
            found.setdefault(chain, 3)
    return found


@lru_cache(maxsize=65_536)
def bases(form: str) -> frozenset[str]:
    """Return the likely bases of a word that a reader typed inflected; empty where it looks like a base.

    «Иранның» -> иран; «президентінің» -> президент, президенті; «халқының» -> халық, among less likely ones.
    """
    if form in LEXICAL_PLURALS:
        return frozenset()
    least = _topic_chains()
    cut = (
        stem
        for stem in stems(form)[1:]
        if len(stem) >= least.get(form[len(stem) :], _MAX_FORM)
        and (stem[-1] in _ALL_VOWELS or stem[-2] in _ALL_VOWELS or stem[-2] in _CLUSTER_ONSETS)
    )
    return frozenset(shape for stem in cut for shape in (stem, *restored(stem)))


def relatives(base: str) -> frozenset[str]:
    """Return the nouns that -лық makes of ``base`` or that it is made of: алаяқ -> алаяқтық, and back."""
    if len(base) > _MIN_RELATED + len("лық") and base.endswith(_ABSTRACT):
        return frozenset({base[: -len("лық")]})
    if len(base) < _MIN_RELATED:
        return frozenset()
    last = base[-2] if base[-1] in "ьъ" else base[-1]
    onset = "т" if last in VOICELESS else "д" if last in "лмнңзж" else "л"
    return frozenset({base + onset + ("ік" if _harmony(base) < 0 else "ық")})


def restored(stem: str) -> frozenset[str]:
    """Return the dictionary shapes that a stem before a vowel may come from: кітаб -> кітап, халқ -> халық."""
    shapes = {stem}
    last = stem[-1]
    if last in _DEVOICED_PAIR:
        shapes.add(stem[:-1] + _DEVOICED_PAIR[last])
    if last in CONSONANTS and stem[-2] not in _ALL_VOWELS:
        vowel = "і" if _harmony(stem) < 0 else "ы"
        shapes.add(stem[:-1] + vowel + _DEVOICED_PAIR.get(last, last))
    return frozenset(shapes)
