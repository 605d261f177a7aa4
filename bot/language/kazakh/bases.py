"""The topic's side of Kazakh: the likely bases of a word that a reader typed, and the shapes of a base in articles.

Goes in: a word as it was typed, or a base form. Comes out: base forms, and *shapes*. A base changes before some
suffixes (кітап: кітаб-ы; халық: халқ-ы), so that what stands before the suffixes in an article, a shape, is not always
the base. The article's side, which strips suffixes and knows nothing of this, is ``stemming``; both meet in ``keys``.
"""

from functools import cache, lru_cache

from bot.language.kazakh.closed_classes import LEXICAL_PLURALS
from bot.language.kazakh.stemming import ALL_VOWELS, MAX_FORM, MIN_STEM, harmony_of, stems
from bot.language.kazakh.suffixes import CONSONANTS, VOICELESS, VOWELS, Slot, chain_slots

_MIN_RELATED = 3  # letters of a noun that -лық is added to
_ABSTRACT = ("лық", "лік", "дық", "дік", "тық", "тік")
_VOWELS = frozenset(VOWELS)
_SURNAME_ENDINGS = ("ев", "ов", "ёв")
_VOICED_PAIR = {"п": "б", "к": "г", "қ": "ғ"}
_DEVOICED_PAIR = {voiced: voiceless for voiceless, voiced in _VOICED_PAIR.items()}
# The letters that begin a cluster at the end of a word: парк, банк, факт; no word ends in «қс» (қазақс-тан).
_CLUSTER_ONSETS = frozenset("рлнмңйуисфкпх")


def allomorphs(base: str) -> frozenset[str]:
    """Return the shapes that ``base`` takes before suffixes, itself included.

    Voicing (кітап: кітаб-ы), elision of a close vowel (халық: халқ-ы), a link vowel after a cluster of a loan
    (факт: факті-сі), loss of the soft sign (король: корол-і), of a double letter (процесс: процес-і) and of a «д» that
    is not heard (съезд: съез-де), the feminine of a Russian surname (Сәтбаев: Сәтбаева).
    """
    shapes = {base}
    if len(base) <= MIN_STEM or base[-1] in _VOWELS:
        return frozenset(shapes)
    last = base[-1]
    if last in _VOICED_PAIR and base[-2] in ALL_VOWELS:
        shapes.add(base[:-1] + _VOICED_PAIR[last])
    if base[-2] in "ыі" and len(base) > MIN_STEM + 1 and last != "ң":
        shapes.add(base[:-2] + last)
        if last in _VOICED_PAIR:
            shapes.add(base[:-2] + _VOICED_PAIR[last])
    if last not in ALL_VOWELS and base[-2] not in ALL_VOWELS:
        shapes |= {base + "і", base + "ы"}
        if last == base[-2]:
            shapes.add(base[:-1])
    if last == "ь" or base.endswith("зд"):
        shapes.add(base[:-1])
    if base.endswith(_SURNAME_ENDINGS):
        shapes.add(base + "а")
    return frozenset(shapes)


# Chains of suffixes that a reader's topic is likely to have, by the least letters of the stem before them: after a
# shorter one the word is more often a base itself («теңге» is not «тең» in the dative, «Алматы» no accusative).
_TOPIC_SUFFIXES = {
    3: "ның нің дың дің тың тің лар лер дар дер тар тер мен бен пен сы сі ы і",
    4: "дан ден тан тен нан нен ға ге қа ке да де та те ын ін ына іне ында інде",
}
_TOPIC_SLOTS = {Slot.PLURAL, Slot.POSSESSIVE_3, Slot.CASE, Slot.LOCATIVE, Slot.RELATIONAL}
_MIN_STEM_OF_LONG_CHAIN = 3


@cache
def _min_stems() -> dict[str, int]:
    """Return the chains that are stripped from topics' words, each with the least letters of the stem before it."""
    found = {chain: least for least, text in _TOPIC_SUFFIXES.items() for chain in text.split()}
    for chain, slots in chain_slots().items():
        if len(slots) > 1 and _TOPIC_SLOTS.issuperset(slots):
            found.setdefault(chain, _MIN_STEM_OF_LONG_CHAIN)
    return found


@lru_cache(maxsize=65_536)
def bases(form: str) -> frozenset[str]:
    """Return the likely bases of a word that a reader typed inflected; empty where it looks like a base.

    «Иранның» -> иран; «президентінің» -> президент, президенті; «халқының» -> халық, among less likely ones.
    """
    if form in LEXICAL_PLURALS:
        return frozenset()
    min_stems = _min_stems()
    likely = (
        stem
        for stem in stems(form)[1:]
        if len(stem) >= min_stems.get(form[len(stem) :], MAX_FORM)
        and (stem[-1] in ALL_VOWELS or stem[-2] in ALL_VOWELS or stem[-2] in _CLUSTER_ONSETS)
    )
    return frozenset(base for stem in likely for base in _bases_of_shape(stem))


def _bases_of_shape(shape: str) -> set[str]:
    """Return a shape, and the bases that it may be one of: кітаб -> кітап, халқ -> халық."""
    found = {shape}
    last = shape[-1]
    if last in _DEVOICED_PAIR:
        found.add(shape[:-1] + _DEVOICED_PAIR[last])
    if last in CONSONANTS and shape[-2] not in ALL_VOWELS:
        vowel = "і" if harmony_of(shape) < 0 else "ы"
        found.add(shape[:-1] + vowel + _DEVOICED_PAIR.get(last, last))
    return found


def relatives(base: str) -> frozenset[str]:
    """Return the noun that -лық makes of ``base``, or that it is made of: алаяқ -> алаяқтық, and back."""
    if len(base) > _MIN_RELATED + len("лық") and base.endswith(_ABSTRACT):
        return frozenset({base[: -len("лық")]})
    if len(base) < _MIN_RELATED:
        return frozenset()
    last = base[-2] if base[-1] in "ьъ" else base[-1]
    onset = "т" if last in VOICELESS else "д" if last in "лмнңзж" else "л"
    return frozenset({base + onset + ("ік" if harmony_of(base) < 0 else "ық")})
