"""The article's side of Kazakh: every stem that a form may have. There is no lexicon.

Goes in: a form as it stands in an article, in small letters. Comes out: its stems, which are the form itself and all
its beginnings whose remainder is a legal *chain* of suffixes: «қазақстанға» -> қазақстанға, қазақстан. The chains and
what may follow what are in ``suffixes``. *Harmony*, whether the vowels are back (а о ұ ы) or front (ә ө ү і е), must
hold inside a chain, and between stem and chain for stems that look native alone (Тоқаев+тың, Нью-Йорк+те).

Measured on UD Kazakh: recall .99, precision .93; stripping the longest suffix again and again reaches .68 to .89.
How a stem differs from the base form (кітаб-ы, кітап) is the business of ``bases``.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from bot.language.kazakh.closed_classes import CLOSED_CLASS, RELATIONAL_STEMS
from bot.language.kazakh.suffixes import BACK_VOWELS, FRONT_VOWELS, VOWELS, Join, Slot, chains

MIN_STEM = 2  # letters
MAX_FORM = 40  # letters; a longer word is a mistake or an attack, and is its own stem
ALL_VOWELS = frozenset(VOWELS + "уию")
_LOAN_LETTERS = frozenset("фцщёэявхчьъю")


@lru_cache(maxsize=20_000)
def stems(form: str) -> tuple[str, ...]:
    """Return the form (normalised) itself and every legal stem of it, longest first."""
    if form in CLOSED_CLASS:
        return CLOSED_CLASS[form]
    if len(form) > MAX_FORM:
        return (form,)
    head, hyphen, tail = form.rpartition("-")
    if hyphen and tail and _suffix_tails().get(tail) is not None:  # «АҚШ-тың»; «1990-жылдар» is no suffix
        return (form, head, *_stripped(form)[1:])
    return _stripped(form)


def _stripped(form: str) -> tuple[str, ...]:
    """Return the form and every beginning of it that a chain may be joined to, longest first."""
    tails = _suffix_tails()
    found = [form]
    for end in range(len(form) - 1, MIN_STEM - 1, -1):
        condition = tails.get(form[end:], _NEVER)
        if condition is _NEVER:
            break  # no chain ends like this, so no longer tail is a chain either
        if condition is not None and _may_join(form[:end], condition):
            found.append(form[:end])
    return tuple(found)


class _Condition(NamedTuple):
    """What the last letter of a stem must be for a chain to follow: of any stem, and of one of back or front vowels.

    ``relational`` is set where the chain may begin with -ғы: the condition for the stems that -ғы may follow at once.
    """

    any: frozenset[str]
    back: frozenset[str]
    front: frozenset[str]
    relational: "_Condition | None" = None


_NEVER = _Condition(frozenset(), frozenset(), frozenset())


def _may_join(stem: str, condition: _Condition) -> bool:
    """Whether a stem may have a chain after it."""
    if condition.relational is not None and stem in RELATIONAL_STEMS:
        condition = condition.relational
    last = stem[-1]
    if last in "ьъ" and len(stem) > MIN_STEM:
        last = stem[-2]
    if last not in condition.any or ALL_VOWELS.isdisjoint(stem):
        return False
    if last in condition.back and last in condition.front:
        return True
    harmony = harmony_of(stem)
    return harmony == 0 or last in (condition.back if harmony > 0 else condition.front) or _looks_foreign(stem)


@cache
def _suffix_tails() -> dict[str, _Condition | None]:
    """Return every ending of every chain: with its condition where it is a chain itself, else with None."""
    table = chains()
    tails: dict[str, _Condition | None] = {chain[at:]: None for chain in table for at in range(len(chain))}
    return tails | {chain: _condition(joins) for chain, joins in table.items()}


def _condition(joins: Sequence[Join]) -> _Condition:
    others = [join for join in joins if join.first is not Slot.RELATIONAL]
    condition = _last_letters(others)
    return condition if len(others) == len(joins) else condition._replace(relational=_last_letters(joins))


def _last_letters(joins: Sequence[Join]) -> _Condition:
    back, front = (
        frozenset().union(*(join.after for join in joins if join.harmony in (0, harmony))) for harmony in (1, -1)
    )
    return _Condition(back | front, back, front)


def harmony_of(stem: str) -> int:
    """Return the harmony of the last syllable: 1 back, -1 front, 0 where its vowel is neither or there is none."""
    for letter in reversed(stem):
        if letter in BACK_VOWELS:
            return 1
        if letter in FRONT_VOWELS:
            return -1
        if letter in ALL_VOWELS:
            return 0
    return 0


def _looks_foreign(stem: str) -> bool:
    """Whether a stem's letters are not those of a native word: it may then take suffixes of either harmony."""
    letters = set(stem)
    if letters & _LOAN_LETTERS or (letters & set(BACK_VOWELS) and letters & set(FRONT_VOWELS)):
        return True
    if "о" in stem[2:]:  # native words have it in the first syllable alone
        return True
    return len(stem) > MIN_STEM and stem[-1] not in ALL_VOWELS and stem[-2] not in ALL_VOWELS
