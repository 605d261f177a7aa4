"""Names across scripts: the spellings that one name may have in Kazakh, Russian and English.

Weighted rewriting (the rules are in ``names.toml``): each rule offers spellings at a cost, and the cheapest whole
spellings are kept. No consonant skeletons: they collide with ordinary words.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product
from operator import itemgetter
from unicodedata import combining, normalize

from bot.language import romanised
from bot.language.scripts import fold

MOST_VARIANTS = 64
_SPARE = 4  # spellings kept besides those asked for: some turn out to be one name
_LONGEST = 30  # letters; longer words are no names
_CYRILLIC = re.compile("[Ѐ-ӿ]")
_KAZAKH = re.compile("[әғқңөұүіһ]")
_KAZAKH_SOUND = re.compile("[әғқңөұүіһы]")
_TINY = 3  # letters
_SHORT = 5  # letters; shorter names are told apart by every letter («Обь», «об»)
_DOUBLE = re.compile(r"([^\W\d_])\1")
_SOFT_VOWEL = re.compile("[ьъ](?=[аеоу])|[ьъи](?=[яю])|(?<=[аеоуы])(?=[яю])")
_BARE_LATIN = str.maketrans("łøđðßæœþı", "lodds" + "aeti")


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern and what it may be respelled as, cheapest first. Matches begin with the letters ``opening``."""

    pattern: re.Pattern[str]
    opening: str
    spellings: tuple[tuple[str, int], ...]


@lru_cache(maxsize=16_384)
def variants(name: str) -> frozenset[str]:
    """Return lower-case spellings of one capitalised name in the other scripts and languages, at most 64.

    «Trump» -> {«трамп», …}, «Тоқаев» -> {«токаев», «tokayev», «toqaev», …}. The name itself is not among them.
    Parts of a hyphenated name are respelled each for itself.
    """
    low = name.casefold().replace("’", "'")
    found = _compound(low) if "-" in low.strip("-") else _simple(low)
    return frozenset(dict.fromkeys(found)) - {low}


@lru_cache(maxsize=65_536)
def spoken(stem: str) -> str:
    """Return what a name's key is made of: a folded stem without what spellings of one name often differ by.

    «э» is «е», «й» is «и», a doubled letter is one, a soft sign is nothing or, before a vowel, «и»: «Тьерри» ->
    «тиери», «Андалусия», «Андалусиа» -> «андалусиа». Latin letters lose their marks. Short names stay as they are.
    """
    if not stem.isascii() and not _CYRILLIC.search(stem):
        stem = _unmarked(stem)
    stem = stem.replace("'", "")
    if len(stem) < _SHORT:
        return stem
    if not stem.isascii():
        stem = _SOFT_VOWEL.sub("и", stem.replace("э", "е").replace("й", "и")).replace("ия", "иа").replace("ию", "иу")
        stem = stem.replace("ь", "").replace("ъ", "")
    return _DOUBLE.sub(r"\1", stem)


def _unmarked(latin: str) -> str:
    return "".join(letter for letter in normalize("NFD", latin.translate(_BARE_LATIN)) if not combining(letter))


@lru_cache(maxsize=65_536)
def cyrillic_readings(name: str, most: int = 12) -> tuple[str, ...]:
    """Return the likeliest Cyrillic spellings of one Latin name, lower-case, the likeliest first.

    For the article's side: reading «Blackwell» into Cyrillic is surer than guessing its spelling from «Блэквелл», so
    that a topic in Cyrillic also meets names whose Latin spelling is not among its variants. Empty for other scripts.
    """
    low = name.casefold().replace("’", "'")
    if _CYRILLIC.search(low) or not 2 < len(low) <= _LONGEST:  # noqa: PLR2004 - shorter are initials
        return ()
    known = [word for word in _irregular().get(low, ()) if _CYRILLIC.search(word)]
    return tuple(dict.fromkeys((*known, *romanised.readings(low), *_respell(low, "latin_to_cyrillic", most, slack=0))))[
        :most
    ]


def _compound(low: str) -> list[str]:
    """Return a hyphenated name's spellings: each part in one script, the likeliest parts together first."""
    parts = [[part, *_simple(part)] for part in low.split("-") if part]
    found: list[str] = []
    for cyrillic in (True, False):
        in_script = [[word for word in part if bool(_CYRILLIC.search(word)) is cyrillic][:10] for part in parts[:3]]
        choices = sorted(product(*(range(len(part)) for part in in_script)), key=sum)[: MOST_VARIANTS // 2]
        found += ["-".join(part[at] for part, at in zip(in_script, choice, strict=True)) for choice in choices]
    return found


def _simple(low: str) -> list[str]:
    """Return the spellings of one part, the likeliest first; none for what is no name."""
    if not 2 <= len(low) <= _LONGEST:  # noqa: PLR2004 - shorter are initials
        return []
    known = list(_irregular().get(low, ()))
    if not _CYRILLIC.search(low):
        spelled = _respell(low, "latin_to_cyrillic", 40)
        cyrillic = [*romanised.readings(low), *spelled]
        latin = [word for first in spelled[:2] for word in _respell(first, "cyrillic_to_latin", 6)]
        return (known + cyrillic + latin)[:MOST_VARIANTS]
    other = "kazakh_to_russian" if _KAZAKH.search(low) else "russian_to_kazakh"
    cyrillic = _respell(low, other, 16, slack=4)
    return (known + cyrillic + _respell(low, "cyrillic_to_latin", 40, slack=0))[:MOST_VARIANTS]


def _respell(word: str, table: str, most: int, slack: int = 1) -> list[str]:
    """Return the ``most`` cheapest respellings of ``word``: a beam search over its positions."""
    # A short name's unlikely spellings are other words («Jane» -> «жан»): they may cost less.
    spread = slack + 2 * len(word) // 5
    beam, at = [("", 0)], 0  # spellings of what is before ``at``, the cheapest first
    while at < len(word):
        spellings, size = _at(word, at, table)
        at += size
        if len(spellings) == 1:
            ((spelling, more),) = spellings
            beam = [(done + spelling, cost + more) for done, cost in beam]
        else:
            beam = _cheapest(_longer(beam, spellings), most * 3 // 2 + _SPARE, spread)
    tidy: dict[str, str] = {}
    for spelled, cost in beam:
        joined = _joined(spelled)
        heard = spoken(fold(joined))
        # Three letters are another word yet sooner («Jair» -> «жер», «Mayotte» -> «маатт» -> «мат»).
        if cost == beam[0][1] or len(heard) > _TINY:
            tidy.setdefault(heard, joined)
        if len(tidy) == most:
            break
    return list(tidy.values())


def _longer(beam: Sequence[tuple[str, int]], spellings: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Return every spelling so far with each of ``spellings`` after it, at its least cost."""
    reached: dict[str, int] = {}
    for done, cost in beam:
        for spelling, more in spellings:
            longer = done + spelling
            known = reached.get(longer)
            if known is None or cost + more < known:
                reached[longer] = cost + more
    return reached


def _at(word: str, at: int, table: str) -> tuple[tuple[tuple[str, int], ...], int]:
    for rule in _beginning(table, word[at : at + 2]):
        found = rule.pattern.match(word, at)
        if found and found.end() > at:
            return rule.spellings, found.end() - at
    plain = _unmarked(word[at]) if "\u00c0" <= word[at] <= "\u024f" else word[at]
    if plain != word[at] and len(plain) == 1:
        return _at(f"{word[:at]}{plain}{word[at + 1 :]}", at, table)
    return ((word[at], 0),), 1


def _cheapest(reached: Mapping[str, int], most: int, spread: int) -> list[tuple[str, int]]:
    """Return the ``most`` cheapest spellings, none dearer than the cheapest by more than ``spread``."""
    found = sorted(reached.items(), key=itemgetter(1))[:most]
    dearest = found[0][1] + spread
    return found if found[-1][1] <= dearest else [one for one in found if one[1] <= dearest]


def _joined(word: str) -> str:
    """Write «йа, йу» with one letter."""
    return word.replace("йа", "я").replace("йу", "ю")


@cache
def _tables() -> Mapping[str, object]:
    return tomllib.loads(files("bot.language").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _beginning(table: str, letters: str) -> tuple[Rule, ...]:
    """Return the rules, in order, that can match where a word goes on with two letters, or with its last one."""
    return tuple(rule for rule in _rules(table).get(letters[0], ()) if letters.startswith(rule.opening[:2]))


@cache
def _rules(table: str) -> Mapping[str, Sequence[Rule]]:
    """Return a table's rules, in order, by the letters that they can begin with."""
    lines = _tables()[table]
    if not isinstance(lines, list):
        raise TypeError(table)
    by_letter: dict[str, list[Rule]] = {}
    for line in lines:
        pattern, _, spelled = line.partition(": ")
        rule = Rule(re.compile(pattern), _opening(pattern), tuple(_spelling(text) for text in spelled.split()))
        for letter in _first_letters(pattern):
            by_letter.setdefault(letter, []).append(rule)
    return by_letter


def _spelling(text: str) -> tuple[str, int]:
    spelled, _, cost = text.partition("+")
    return spelled.strip("_"), int(cost or 0)


def _opening(pattern: str) -> str:
    """Return the letters that all matches begin with, as far as the pattern says so in plain letters."""
    bare = _bare(pattern)
    letters = re.match(r"[^\W\d_]*(?![?*|])", bare)
    return "" if letters is None or "|" in bare.partition("(")[0] else letters.group()


def _first_letters(pattern: str) -> str:
    """Return the letters that a match can begin with; a look-behind and an anchor come before them."""
    bare = _bare(pattern)
    if "|" in bare.partition("(")[0]:
        return "".join(choice[0] for choice in bare.split("|"))
    return bare[1 : bare.index("]")] if bare.startswith("[") else bare[0]


def _bare(pattern: str) -> str:
    return re.sub(r"\(\?<[=!][^)]*\)|\^", "", pattern)


@cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    """Return each irregular name with the other spellings of its row that stand for it."""
    rows = [row.split() for row in str(_tables()["irregular"]).replace("\n", " ").split(";")]
    others: dict[str, dict[str, None]] = {}
    for row in rows:
        cyrillic = [name for name in row if _CYRILLIC.search(name)]
        for name in row:
            found = [other for other in row if other != name and _stands_for(name, other, cyrillic, row)]
            others.setdefault(name, {}).update(dict.fromkeys(found))
    return {name: tuple(found) for name, found in others.items()}


def _stands_for(name: str, other: str, cyrillic: Sequence[str], row: Sequence[str]) -> bool:
    """Whether two names of a row are one. «Павел» is not «Пол», though both are "Paul".

    Of two in Cyrillic one must have Kazakh letters, or the row must be of Cyrillic alone.
    """
    if name not in cyrillic or other not in cyrillic or len(cyrillic) == len(row):
        return True
    return bool(_KAZAKH_SOUND.search(name + other))
