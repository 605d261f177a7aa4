"""Topics that look misspelt: the known word that was probably meant.

Goes in: a word of a topic. Comes out: the word itself, or the one that was meant.

A word is misspelt where neither dictionary nor table knows it in any form, and one usual slip away from a word that
readers of news know. First and last letters are seldom wrong, and the last ones are a suffix's business, so both stay.
Kazakh words typed without Kazakh letters are no slip: their folded stems meet already.

How much is corrected depends on what is known of a language. Names are corrected everywhere. Ordinary words are
corrected in Russian, where the dictionary does not know them; in Kazakh only where letters were doubled or exchanged,
for one letter more or less is another word too often («байлық», «балық»); in English only those of
``english.MISSPELT``.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from operator import itemgetter

from bot.language import english, kazakh, russian
from bot.language.concepts import concepts, lookup
from bot.language.concepts.table_reader import alternatives
from bot.language.locale import LOCALES, Locale
from bot.language.weights import commonness

_MIN_NAME = 6  # letters of a name that is corrected; shorter ones are one slip from too many others
_MIN_WORD = 7  # letters
_MIN_PERSON = 9  # letters; shorter surnames are one slip from other people's («Бекенов», «Бектенов»)
_MAX_WORD = 24  # letters
_CYRILLIC_LETTERS = "абвгдежзийклмнопрстуфхцчшщыьэюяәіңғүұқөһ"
# Letters that sound alike: an unstressed vowel, a consonant at the end of a syllable. English vowels are not.
_ALIKE = "ао еиэы иеыі уұүю бп дт зс гк вф жш щшч ая"


@lru_cache(maxsize=65_536)
def corrected(word: str) -> str:
    """Return the known word that a topic's word (normalised) was probably meant to be; the word itself in doubt."""
    right = english.MISSPELT.get(word)
    if right is not None:
        return right
    latin = word.isascii()
    shortest = _MIN_WORD if latin else _MIN_NAME
    if not shortest <= len(word) <= _MAX_WORD or not word.isalpha() or _is_known(word):
        return word
    by_hand = tuple(_typing_slips(word))
    others = (*by_hand, *(() if latin else _hearing_slips(word)), *_without_one_letter(word))
    found = next((slip for slip in others if slip in _names()), None) or _names_without_one_letter().get(word)
    if found is None and not latin and len(word) >= _MIN_WORD:
        familiar = russian.known_beginning(word)  # letters; a slip behind them and the next one mends nothing
        strange = word[: familiar + 1]
        slips = (*others, *_with_one_letter_more(word, familiar))
        near = [slip for slip in slips if familiar == len(word) or not slip.startswith(strange)]
        russian_ones = ((slip, russian.lemmas(slip)) for slip in russian.known(near))
        kazakh_ones = ((slip, kazakh.stems(slip)) for slip in by_hand)
        found = _commonest(russian_ones, "ru") or _commonest(kazakh_ones, "kk")
    return found or word


def _commonest(slips: Iterable[tuple[str, tuple[str, ...]]], locale: Locale) -> str | None:
    """Return the slip of which a base is in the most documents; None where no base is in any."""
    counted = ((max(_words(locale).get(base, 0) for base in bases), slip) for slip, bases in slips)
    return max((found for found in counted if found[0]), key=itemgetter(0), default=(0, None))[1]


def _is_known(word: str) -> bool:
    if russian.knows(word):
        return True
    bases = {word, *kazakh.stems(word), *russian.lemmas(word), *english.lemmas(word)}
    return any(base in _names() or any(base in _words(locale) for locale in LOCALES) or lookup(base) for base in bases)


# --------------------------------- each yields the words from which one slip leads to the given one, the likelier first


def _typing_slips(word: str) -> Iterator[str]:
    """Yield a word without a letter that was doubled, and with two neighbours that were exchanged put right."""
    for at in range(1, len(word)):
        if word[at] == word[at - 1]:
            yield word[:at] + word[at + 1 :]
    for at in range(1, len(word) - 2):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _hearing_slips(word: str) -> Iterator[str]:
    """Yield a word with one letter taken for one that sounds alike."""
    for at in range(1, len(word) - 1):
        for other in _alike().get(word[at], ""):
            yield word[:at] + other + word[at + 1 :]


def _without_one_letter(word: str) -> Iterator[str]:
    """Yield a word without a letter that was put in."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1 :]


def _with_one_letter_more(word: str, last: int) -> Iterator[str]:
    """Yield a Cyrillic word with a letter that was left out, no later than after the first ``last`` ones."""
    for at in range(1, min(len(word), last + 1)):
        before, after = word[:at], word[at:]
        yield from [before + letter + after for letter in _CYRILLIC_LETTERS]


@cache
def _names_without_one_letter() -> Mapping[str, str]:
    """Return known names by how they look where one of the inner letters was left out, the earlier one first."""
    found: dict[str, tuple[int, str]] = {}
    for name in _names():
        for at, less in enumerate(_without_one_letter(name), 1):
            found[less] = min(found.get(less, (len(name), name)), (at, name))
    return {less: name for less, (_, name) in found.items()}


@cache
def _alike() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for group in _ALIKE.split():
        for letter in group:
            found[letter] = found.get(letter, "") + group.replace(letter, "")
    return found


# ------------------------------------------------------------------------------------------------ what is known


@cache
def _names() -> frozenset[str]:
    """Return the single words by which concepts go, as they are typed."""
    return frozenset(
        form.lower()
        for concept in concepts()
        for _, form in concept.words()
        if form.isalpha() and len(form) >= (_MIN_PERSON if concept.kind == "person" else _MIN_NAME)
    )


@cache
def _words(locale: Locale) -> Mapping[str, int]:
    """Return common words of news, each with the number of documents it was counted in; those of our table with 1."""
    return dict.fromkeys((word for row in alternatives() for word in row[locale] if word.isalpha()), 1) | commonness(
        locale
    )
