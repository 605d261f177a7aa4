"""The rules by which names are respelled in another script or language, as ``names.toml`` has them.

Goes in: a word. Comes out: the pieces into which the rules divide it, each with its spellings and their costs. A word
is read from its beginning; the first rule of the table that matches there is taken, and reading goes on behind the
match. So the pieces depend on the word alone, and its respellings are all ways to take one spelling of each piece:
``respelling`` chooses the cheapest.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from math import inf
from unicodedata import combining, normalize

_LOOKED_UP_BY = 2  # first letters by which the rules that may match are found
_BARE_LATIN = str.maketrans("łøđðßæœþı", "lodds" + "aeti")


@dataclass(frozen=True, slots=True)
class Rule:
    """What may be respelled, and as what.

    ``pattern`` begins with the letters ``opening``; they are all of it where ``size`` is not 0 but their number.
    ``spellings`` are by how much dearer they are than the cheapest, the dearest first and the cheapest last.
    ``doubt`` is how much dearer the second cheapest one is.
    """

    pattern: re.Pattern[str]
    opening: str
    size: int
    spellings: tuple[tuple[int, tuple[str, ...]], ...]
    doubt: float


Choice = tuple[str, tuple[tuple[int, tuple[str, ...]], ...]]  # what is fixed before it, and a rule's spellings


def choices(word: str, table: str, spread: int) -> tuple[list[Choice], str]:
    """Return where ``word`` may be respelled in several ways at no more than ``spread``; and the rest of it."""
    found: list[Choice] = []
    fixed = ""
    for rule in _rules_along(word, table):
        if rule.doubt > spread:
            fixed += rule.spellings[-1][1][0]
        else:
            found.append((fixed, rule.spellings))
            fixed = ""
    return found, fixed


def _rules_along(word: str, table: str) -> Iterator[Rule]:
    """Yield the rules by which the pieces of ``word`` are respelled, from its beginning to its end."""
    at = 0
    while at < len(word):
        for rule in _beginning(table, word[at : at + _LOOKED_UP_BY]):
            end = at + rule.size if rule.size else _end(rule.pattern, word, at)
            if end > at:
                yield rule
                at = end
                break
        else:
            letter = word[at]
            plain = unmarked(letter) if "\u00c0" <= letter <= "\u024f" else letter
            if plain != letter and len(plain) == 1:
                word = f"{word[:at]}{plain}{word[at + 1 :]}"
            else:
                yield _itself(letter)
                at += 1


@lru_cache(maxsize=1_024)
def _itself(letter: str) -> Rule:
    """Return the rule of a letter that the table does not know: it stays."""
    return Rule(re.compile(re.escape(letter)), letter, len(letter), ((0, (letter,)),), inf)


def _end(pattern: re.Pattern[str], word: str, at: int) -> int:
    found = pattern.match(word, at)
    return found.end() if found else at


def unmarked(latin: str) -> str:
    """Return ``latin`` with bare letters: «ü» is «u», «ł» is «l»."""
    return "".join(letter for letter in normalize("NFD", latin.translate(_BARE_LATIN)) if not combining(letter))


@cache
def tables() -> Mapping[str, object]:
    """Return what ``names.toml`` holds: the tables of rules, and the irregular names."""
    return tomllib.loads(files("bot.language.names").joinpath("names.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=8_192)
def _beginning(table: str, letters: str) -> tuple[Rule, ...]:
    """Return the rules, in order, that can match where a word goes on with two letters, or with its last one."""
    return tuple(rule for rule in rules(table).get(letters[0], ()) if letters.startswith(rule.opening[:_LOOKED_UP_BY]))


@cache
def rules(table: str) -> Mapping[str, Sequence[Rule]]:
    """Return a table's rules, in order, by the letters that they can begin with."""
    lines = tables()[table]
    if not isinstance(lines, list):
        raise TypeError(table)
    by_letter: dict[str, list[Rule]] = {}
    for line in lines:
        pattern, _, spelled = line.partition(": ")
        rule = _rule(pattern, spelled)
        for letter in _first_letters(pattern):
            by_letter.setdefault(letter, []).append(rule)
    return by_letter


def _rule(pattern: str, listed: str) -> Rule:
    """Read one line of a table: «г дж+1 ж+2» for "g"; «_» is nothing."""
    parts = (one.partition("+") for one in listed.split())
    costs = [(spelled.strip("_"), int(cost or 0)) for spelled, _, cost in parts]
    dearer = sorted(cost for _, cost in costs)
    by_cost = [
        (cost - dearer[0], tuple(spelled for spelled, its_cost in costs if its_cost == cost))
        for cost in sorted(set(dearer), reverse=True)
    ]
    opening = _opening(pattern)
    size = len(opening) if pattern == opening and len(opening) <= _LOOKED_UP_BY else 0
    doubt = dearer[1] - dearer[0] if len(dearer) > 1 else inf
    return Rule(re.compile(pattern), opening, size, tuple(by_cost), doubt)


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
