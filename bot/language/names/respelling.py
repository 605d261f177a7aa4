"""The spellings that one name may have in Kazakh, Russian and English.

Goes in: a name. Comes out: its other spellings. Weighted rewriting: each rule (``rules``, ``names.toml``) offers
spellings of a piece of the name at a cost, and the cheapest whole spellings are kept. The consonants alone would not
do: they are those of ordinary words too.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import product
from operator import itemgetter

from bot.language.names import east_asian, rules
from bot.language.scripts import fold

MAX_VARIANTS = 64
_SPARE_SPELLINGS = 4  # kept besides those asked for: some turn out to be one name
_MAX_NAME = 30  # letters; longer words are no names
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_KAZAKH = re.compile("[әғқңөұүіһ]")
_KAZAKH_SOUND = re.compile("[әғқңөұүіһы]")
_TINY_NAME = 3  # letters; respelled by the cheapest rules alone
_SHORT_NAME = 5  # letters; shorter names are told apart by every letter («Обь», «об»)
_MAX_READING_COST = 2  # more than that of the likeliest reading of a Latin name in an article
_TWICE = re.compile(r"(.)\1")
_DOUBLE = re.compile(r"([^\W\d_])\1")
_FIRST_LETTER = itemgetter(1)  # of a match; a template would be expanded in Python, each time
_SOFT_VOWEL = re.compile("[ьъ](?=[аеоу])|[ьъи](?=[яю])|(?<=[аеоуы])(?=[яю])")


@lru_cache(maxsize=16_384)
def spoken_variants(name: str) -> Mapping[str, str]:
    """Return spellings of one name in the other scripts and languages, in small letters, each with ``spoken`` of it.

    «Trump» -> «трамп» …; «Тоқаев» -> «токаев», «tokayev», «toqaev» …: at most 64, without the name itself. Parts of a
    hyphenated name are respelled each for itself. None for a text of several lines.
    """
    low = name.casefold().replace("’", "'")
    if "\n" in low:
        return {}
    found = dict.fromkeys(_compound(low) if "-" in low.strip("-") else _simple(low))
    found.pop(low, None)
    scripts = [[word for word in found if word.isascii() is latin] for latin in (False, True)]
    return {word: heard for words in scripts for word, heard in zip(words, _all_spoken(words), strict=True)}


@lru_cache(maxsize=65_536)
def spoken(stem: str) -> str:
    """Return a folded stem without what spellings of one name often differ by: what the key of a name is made of.

    «э» is «е», «й» is «и», a doubled letter is one, a soft sign is nothing or, before a vowel, «и»: «Тьерри» ->
    «тиери», «Андалусия», «Андалусиа» -> «андалусиа». Latin letters lose their marks. Short names stay as they are.
    """
    if not stem.isascii():
        return _spoken_beyond_ascii(stem)
    stem = stem.replace("'", "")
    return stem if len(stem) < _SHORT_NAME else _single(stem)


def _all_spoken(words: Sequence[str]) -> list[str]:
    """Return ``spoken`` of each word, folded: of many together in a fraction of the time."""
    if not words:
        return []
    text = fold("\n".join(words))
    if len(min(words, key=len)) - text.count("'") >= _SHORT_NAME:
        if text.isascii():
            return _single(text.replace("'", "")).split("\n")
        if all(map(_CYRILLIC.search, words)):
            return _long_cyrillic(text.replace("'", "")).split("\n")
    return [spoken(word) for word in text.split("\n")]


def _spoken_beyond_ascii(stem: str) -> str:
    if not _CYRILLIC.search(stem):
        stem = rules.unmarked(stem)
    stem = stem.replace("'", "")
    return stem if len(stem) < _SHORT_NAME else _long_cyrillic(stem)


def _long_cyrillic(stem: str) -> str:
    stem = stem.replace("э", "е").replace("й", "и")
    if "я" in stem or "ю" in stem or "ь" in stem or "ъ" in stem:
        stem = _SOFT_VOWEL.sub("и", stem).replace("ия", "иа").replace("ию", "иу").replace("ь", "").replace("ъ", "")
    return _single(stem)


def _single(stem: str) -> str:
    # To look first is faster: few have a doubled letter.
    return _DOUBLE.sub(_FIRST_LETTER, stem) if _TWICE.search(stem) else stem


@lru_cache(maxsize=65_536)
def cyrillic_readings(name: str, most: int = 12) -> tuple[str, ...]:
    """Return the likeliest Cyrillic spellings of one Latin name, lower-case, the likeliest first.

    For the article's side: reading «Blackwell» into Cyrillic is surer than guessing its spelling from «Блэквелл», so
    that a topic in Cyrillic also meets names whose Latin spelling is not among its variants. Empty for other scripts.
    """
    low = name.casefold().replace("’", "'")
    if _CYRILLIC.search(low) or not 2 < len(low) <= _MAX_NAME:  # noqa: PLR2004 - shorter are initials
        return ()
    known = [word for word in _irregular().get(low, ()) if _CYRILLIC.search(word)]
    spread = min(_spread(low, 0), _MAX_READING_COST)
    return tuple(dict.fromkeys((*known, *east_asian.readings(low), *_respell(low, "latin_to_cyrillic", most, spread))))[
        :most
    ]


def _compound(low: str) -> list[str]:
    """Return a hyphenated name's spellings: each part in one script, the likeliest parts together first."""
    parts = [[part, *_simple(part)] for part in low.split("-") if part]
    found: list[str] = []
    for cyrillic in (True, False):
        in_script = [[word for word in part if bool(_CYRILLIC.search(word)) is cyrillic][:10] for part in parts[:3]]
        choices = sorted(product(*(range(len(part)) for part in in_script)), key=sum)[: MAX_VARIANTS // 2]
        found += ["-".join(part[at] for part, at in zip(in_script, choice, strict=True)) for choice in choices]
    return found


def _simple(low: str) -> list[str]:
    """Return the spellings of one part, the likeliest first; none for what is no name."""
    if not 2 <= len(low) <= _MAX_NAME:  # noqa: PLR2004 - shorter are initials
        return []
    known = list(_irregular().get(low, ()))
    if not _CYRILLIC.search(low):
        spelled = _respell(low, "latin_to_cyrillic", 40, _spread(low, 1))
        cyrillic = [*east_asian.readings(low), *spelled]
        # "Sadvakasov" is «Садвакасов» in Russian, and that is «Сәдуақасов» in Kazakh.
        russian = spelled[:2] if len(low) > _SHORT_NAME else []
        kazakh = [word for first in russian for word in _respell(first, "russian_to_kazakh", 6, _spread(first, 0))]
        latin = [word for first in spelled[:2] for word in _respell(first, "cyrillic_to_latin", 6, _spread(first, 1))]
        return (known + cyrillic + kazakh + latin)[:MAX_VARIANTS]
    other = "kazakh_to_russian" if _KAZAKH.search(low) else "russian_to_kazakh"
    cyrillic = _respell(low, other, 16, _spread(low, 4))
    return (known + cyrillic + _respell(low, "cyrillic_to_latin", 40, _spread(low, 0)))[:MAX_VARIANTS]


def _respell(word: str, table: str, most: int, spread: int) -> list[str]:
    """Return the ``most`` cheapest respellings of ``word``, none dearer than the cheapest by more than ``spread``.

    Of those that sound alike only the first is returned. A beam search over the word's positions, cost by cost: what
    is dearer is spelled only where the cheaper ones are not enough.
    """
    choices, end = rules.choices(word, table, spread)
    beginnings: list[list[list[str]]] = []  # by cost, and by how many choices are made
    room = [most * 3 // 2 + _SPARE_SPELLINGS] * len(choices)
    found: dict[str, str] = {}
    for cost in range(spread + 1):
        spelled = [] if cost else [""]
        at_cost = [spelled]
        beginnings.append(at_cost)
        for made, (fixed, spellings) in enumerate(choices):
            spelled = []
            for more, pieces in spellings:
                if more <= cost:
                    before = beginnings[cost - more][made]
                    if len(pieces) == 1:
                        end_so_far = fixed + pieces[0]
                        spelled += [beginning + end_so_far for beginning in before]
                    else:
                        spelled += [beginning + fixed + piece for beginning in before for piece in pieces]
            del spelled[room[made] :]
            room[made] -= len(spelled)
            at_cost.append(spelled)
        whole = _joined("\n".join([one + end for one in spelled])).split("\n") if spelled else ()
        for heard, joined in zip(_all_spoken(whole), whole, strict=True):
            # Three letters are another word yet sooner («Jair» -> «жер», «Mayotte» -> «маатт» -> «мат»).
            if cost == 0 or len(heard) > _TINY_NAME:
                found.setdefault(heard, joined)
            if len(found) == most:
                return list(found.values())
    return list(found.values())


def _spread(word: str, slack: int) -> int:
    """Return how much dearer than the cheapest a spelling of ``word`` may be.

    A short name's unlikely spellings are other words («Jane» -> «жан»): they may cost less.
    """
    return slack + 2 * len(word) // 5


def _joined(word: str) -> str:
    """Write «йа, йу» with one letter."""
    return word.replace("йа", "я").replace("йу", "ю")


@cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    """Return each irregular name, with and without marks, with the spellings of its row that stand for it."""
    rows = [line.split() for line in str(rules.tables()["irregular"]).splitlines()]
    others: dict[str, dict[str, None]] = {}
    for row in rows:
        cyrillic = [name for name in row if _CYRILLIC.search(name)]
        for name in row:
            found = [other for other in row if other != name and _stands_for(name, other, cyrillic, row)]
            for spelled in dict.fromkeys((name, name if name in cyrillic else rules.unmarked(name))):
                others.setdefault(spelled, {}).update(dict.fromkeys(found))
    return {name: tuple(found) for name, found in others.items()}


def _stands_for(name: str, other: str, cyrillic: Sequence[str], row: Sequence[str]) -> bool:
    """Whether two names of a row are one. «Павел» is not «Пол», though both are "Paul".

    Of two in Cyrillic one must have Kazakh letters, or the row must be of Cyrillic alone.
    """
    if name not in cyrillic or other not in cyrillic or len(cyrillic) == len(row):
        return True
    return bool(_KAZAKH_SOUND.search(name + other))
