"""The nominal suffixes of Kazakh, as data, and the chains that they form.

A Kazakh noun is a stem and a chain of suffixes: мектеп-тер-іміз-дегі-лер-ге. Each suffix is written here as its
archiphonemic form: ``A`` is а or е, ``I`` is ы or і, by vowel harmony with the syllable before; ``G`` is ғ or г, and
``K`` is қ or к, likewise. The first sound assimilates to the last letter before it, so each suffix lists its onsets
with the letters that they may follow.

Terms and order of the slots follow the school grammar: plural (көптік), possessive (тәуелдік), case (септік),
predicative (жіктік); -ғы, -дағы (relational), -нікі (possessive pronominal), -дай (similative), -ша (equative).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# The letters before a join, by what they demand of the suffix.
VOWELS = "аәоөұүыіеяёэю"
GLIDES = "уи"  # vowels of loans, consonants of native words (су-дың): they take both kinds of suffix
VOICELESS = "птксшщчцфхһкқбвгд"  # б, в, г, д end loans and sound voiceless there: клуб-тың, Мадрид-тен
NASALS = "мнң"
SIBILANTS = "зж"
LIQUIDS = "лрй"
VOICED = VOWELS + GLIDES + NASALS + SIBILANTS + LIQUIDS
CONSONANTS = VOICELESS + NASALS + SIBILANTS + LIQUIDS + GLIDES + "ғ"  # «ғ» ends a stem only before a vowel: жағ-ы

BACK_VOWELS = "аоұы"
FRONT_VOWELS = "әөүіе"


class Slot(StrEnum):
    """What a suffix makes of the word. ``FOLLOWERS`` says which may follow which."""

    PLURAL = "plural"
    POSSESSIVE = "possessive of the first or second person"
    POSSESSIVE_3 = "possessive of the third person"
    CASE = "case"
    LOCATIVE = "locative case"
    RELATIONAL = "relational -ғы"
    PRONOMINAL = "possessive pronominal -нікі"
    FINAL = "similative, equative or predicative: nothing follows"


@dataclass(frozen=True, slots=True)
class Suffix:
    """One suffix: its onsets, each with the letters that it may follow, and the rest in archiphonemes."""

    slot: Slot
    onsets: tuple[tuple[str, str], ...]
    rest: str
    invariant: bool = False  # does not harmonise: -мен, -нікі


_DENTAL = (("д", VOICED), ("т", VOICELESS))  # -да, -дай
_GENITIVE = (("н", VOWELS + GLIDES + NASALS), ("д", SIBILANTS + LIQUIDS + GLIDES), ("т", VOICELESS))
_ABLATIVE = (("д", VOWELS + GLIDES + SIBILANTS + LIQUIDS), ("н", NASALS), ("т", VOICELESS))
_ACCUSATIVE = (("н", VOWELS + GLIDES), ("д", GLIDES + NASALS + SIBILANTS + LIQUIDS), ("т", VOICELESS))
_INSTRUMENTAL = (("м", VOWELS + GLIDES + LIQUIDS + NASALS), ("б", SIBILANTS), ("п", VOICELESS))
_PERSON_1 = (("м", VOWELS + GLIDES + LIQUIDS), ("б", SIBILANTS + NASALS), ("п", VOICELESS))
_ANY = VOWELS + CONSONANTS
_LINKED = (("", VOWELS), ("I", CONSONANTS))  # a link vowel after a consonant: әке-м, үй-ім

_PLURAL = (("л", VOWELS + GLIDES + "йр"), ("д", "л" + NASALS + SIBILANTS), ("т", VOICELESS))
PLURAL = (Suffix(Slot.PLURAL, _PLURAL, "Aр"),)
POSSESSIVE_3 = (Suffix(Slot.POSSESSIVE_3, (("с", VOWELS + GLIDES), ("", CONSONANTS)), "I"),)
POSSESSIVE = tuple(Suffix(Slot.POSSESSIVE, _LINKED, rest) for rest in ("м", "ң", "ңIз", "мIз"))
CASES = (
    Suffix(Slot.CASE, _GENITIVE, "Iң"),
    Suffix(Slot.CASE, (("G", VOICED), ("K", VOICELESS)), "A"),
    Suffix(Slot.CASE, _ACCUSATIVE, "I"),
    Suffix(Slot.LOCATIVE, _DENTAL, "A"),
    Suffix(Slot.CASE, _ABLATIVE, "Aн"),
    Suffix(Slot.CASE, _INSTRUMENTAL, "ен", invariant=True),
    Suffix(Slot.CASE, _INSTRUMENTAL, "енен", invariant=True),
)
CASES_AFTER_POSSESSIVE = (*CASES, Suffix(Slot.CASE, (("", "мң"),), "A"))  # балам-а
CASES_AFTER_POSSESSIVE_3 = (
    Suffix(Slot.CASE, (("н", "ыі"),), "Iң"),
    Suffix(Slot.CASE, (("н", "ыі"),), "A"),
    Suffix(Slot.CASE, (("н", "ыі"),), ""),
    Suffix(Slot.LOCATIVE, (("нд", "ыі"),), "A"),
    Suffix(Slot.CASE, (("н", "ыі"),), "Aн"),
    Suffix(Slot.CASE, (("м", "ыі"),), "ен", invariant=True),
    Suffix(Slot.CASE, (("м", "ыі"),), "енен", invariant=True),
)
RELATIONAL = (Suffix(Slot.RELATIONAL, (("G", "ае"),), "I"),)  # after the locative: үй-де-гі
# On the stem: биыл-ғы, қыс-қы. Only words of time and place take it (``closed_classes.RELATIONAL_STEMS``).
TEMPORAL = (Suffix(Slot.RELATIONAL, (("G", VOICED), ("K", VOICELESS)), "I"),)
PRONOMINAL = (Suffix(Slot.PRONOMINAL, _GENITIVE, "ікі", invariant=True),)
PROPRIETIVE = (Suffix(Slot.FINAL, (("л", VOWELS + GLIDES + "йр"),), "I"),)  # бала-лы; -ды, -ты are the accusative's too
SIMILATIVE = (Suffix(Slot.FINAL, _DENTAL, "Aй"),)
# -ша on a bare stem makes words of their own (ерекше, ақша, орысша), so it only follows other suffixes.
EQUATIVE = (Suffix(Slot.FINAL, (("ш", _ANY),), "A"),)
PREDICATIVE = (
    Suffix(Slot.FINAL, _PERSON_1, "Iн"),
    Suffix(Slot.FINAL, _PERSON_1, "Iз"),
    Suffix(Slot.FINAL, (("с", _ANY),), "Iң"),
    Suffix(Slot.FINAL, (("с", _ANY),), "Iз"),
)

_FINALS = SIMILATIVE + PREDICATIVE + PROPRIETIVE
# Which suffixes may follow a slot; None is the stem.
FOLLOWERS: dict[Slot | None, tuple[Suffix, ...]] = {
    None: PLURAL + POSSESSIVE_3 + POSSESSIVE + CASES + TEMPORAL + PRONOMINAL + _FINALS,
    Slot.PLURAL: POSSESSIVE_3 + POSSESSIVE + CASES + PRONOMINAL + _FINALS + EQUATIVE,
    Slot.POSSESSIVE: CASES_AFTER_POSSESSIVE + PRONOMINAL + SIMILATIVE + EQUATIVE,
    Slot.POSSESSIVE_3: CASES_AFTER_POSSESSIVE_3 + PRONOMINAL + SIMILATIVE + EQUATIVE,
    Slot.LOCATIVE: RELATIONAL + PREDICATIVE,
    Slot.RELATIONAL: PLURAL + CASES + PREDICATIVE,
    Slot.PRONOMINAL: (),
    Slot.CASE: (),
    Slot.FINAL: (),
}


@dataclass(frozen=True, slots=True)
class Join:
    """How a chain may be joined to a stem: after which letters, with which harmony, and what its first suffix is."""

    after: frozenset[str]
    harmony: int  # 1 back, -1 front, 0 neither
    first: Slot


def chains() -> dict[str, tuple[Join, ...]]:
    """Return every legal chain as it is written, with the ways to join it to a stem (about 9,000 chains)."""
    found: dict[str, set[Join]] = {}
    for suffix in FOLLOWERS[None]:
        for onset, after in suffix.onsets:
            for harmony in (1, -1):
                text = _spell(onset + suffix.rest, harmony)
                join = Join(frozenset(after), 0 if suffix.invariant else _harmony(text), suffix.slot)
                for chain, _ in _grow(text, harmony, (suffix.slot,)):
                    found.setdefault(chain, set()).add(join)
    return {chain: tuple(joins) for chain, joins in found.items()}


def chain_slots() -> dict[str, tuple[Slot, ...]]:
    """Return the slots that each legal chain fills, by its shortest reading."""
    found: dict[str, tuple[Slot, ...]] = {}
    for suffix in FOLLOWERS[None]:
        for onset, _ in suffix.onsets:
            for harmony in (1, -1):
                for chain, slots in _grow(_spell(onset + suffix.rest, harmony), harmony, (suffix.slot,)):
                    if chain not in found or len(slots) < len(found[chain]):
                        found[chain] = slots
    return found


def _grow(text: str, harmony: int, slots: tuple[Slot, ...]) -> Iterator[tuple[str, tuple[Slot, ...]]]:
    """Yield ``text`` and every chain that continues it, each with the slots that it fills."""
    yield text, slots
    for suffix in FOLLOWERS[slots[-1]]:
        if suffix.slot is Slot.RELATIONAL and Slot.RELATIONAL in slots:
            continue  # -дағы-дағы does not occur
        for onset, after in suffix.onsets:
            if text[-1] in after:
                yield from _grow(text + _spell(onset + suffix.rest, harmony), harmony, (*slots, suffix.slot))


def _spell(archiphonemes: str, harmony: int) -> str:
    back = harmony > 0
    table = {"A": "а" if back else "е", "I": "ы" if back else "і", "G": "ғ" if back else "г", "K": "қ" if back else "к"}
    return "".join(table.get(letter, letter) for letter in archiphonemes)


def _harmony(text: str) -> int:
    """Return the harmony that a suffix shows: 1 back, -1 front, 0 where no vowel tells it (-м, -н)."""
    for letter in text:
        if letter in BACK_VOWELS + "ғқ":
            return 1
        if letter in FRONT_VOWELS + "гк":
            return -1
    return 0
