"""Names across scripts: does a name typed in one language meet the same name as another language spells it?

Measured by spelling alone, as for a name that stands in no table: a topic's keys against an article of one word.
Both ways are asked, and each ordinary word of the other language, written with a capital, must stay unmet. What
readers get, tables and all, is one more figure for each pair of languages.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from bot.core.matching.analysis import analyse
from bot.language.keys import word_keys
from bot.language.locale import Locale
from bot.language.scripts import fold
from bot.language.tokens import normalize
from tests.evaluation.figures import Counts, Measured, measured, recall_and_precision
from tests.evaluation.matcher import Matcher
from tests.evaluation.name_lists import Name
from tests.evaluation.records import FormRow

PAIRS: tuple[tuple[Locale, Locale], ...] = (("kk", "ru"), ("kk", "en"))
_ORDINARY = frozenset({"ADJ", "ADV", "NOUN", "VERB"})
_Words = Mapping[int, Sequence[str]]


def ordinary_words(rows: Iterable[FormRow]) -> dict[str, frozenset[str]]:
    """Return forms that are seen as ordinary words and never as names, each with its lemmas."""
    lemmas: dict[str, set[str]] = defaultdict(set)
    names: set[str] = set()
    for row in rows:
        if row.upos == "PROPN":
            names |= {row.form, row.lemma}
        elif row.upos in _ORDINARY and row.form.isalpha():
            lemmas[row.form].add(row.lemma)
    return {form: frozenset(found) for form, found in lemmas.items() if names.isdisjoint({form, *found})}


def names(
    lists: Mapping[str, Sequence[Name]], words: Mapping[Locale, Mapping[str, frozenset[str]]]
) -> dict[str, Measured]:
    """Return recall and precision for each pair of languages and kind of name."""
    keyed = {locale: _by_key(found, locale) for locale, found in words.items()}
    figures: dict[str, Measured] = {}
    for pair in PAIRS:
        for kind, listed in lists.items():
            figures |= _figures(f"{'-'.join(pair)} {kind}", listed, pair, words, keyed)
        figures[f"{'-'.join(pair)} with the tables R"] = _with_tables([*chain(*lists.values())], pair)
    return figures


def _with_tables(listed: Sequence[Name], pair: tuple[Locale, Locale]) -> Measured:
    """Return the recall of all names as the bot matches them."""
    missed: list[str] = []
    for typed, read in (pair, pair[::-1]):
        matcher = Matcher({name.spellings[typed] for name in listed})
        missed += [
            _case(name, typed, read)
            for name in listed
            if name.spellings[typed] not in matcher.met("", name.spellings[read], read)
        ]
    asked = len(listed) * len(pair)
    return measured(Counts(asked - len(missed), 0, len(missed)).recall, missed=tuple(missed))


def _case(name: Name, typed: Locale, read: Locale) -> str:
    return f"{name.spellings[typed]} -> {name.spellings[read]}"


def _figures(
    title: str,
    listed: Iterable[Name],
    pair: tuple[Locale, Locale],
    words: Mapping[Locale, Mapping[str, frozenset[str]]],
    keyed: Mapping[Locale, _Words],
) -> dict[str, Measured]:
    right = 0
    missed: list[str] = []
    wrong: list[str] = []
    for name in listed:
        for typed, read in (pair, pair[::-1]):
            keys = frozenset(word_keys(normalize(name.spellings[typed])).keys)
            if keys.isdisjoint(_keys(name.spellings[read], read)):
                missed.append(_case(name, typed, read))
            else:
                right += 1
            wrong += [f"{name.spellings[typed]} -> {word}" for word in _met_words(name, keys, words[read], keyed[read])]
    counts = Counts(right, len(wrong), len(missed))
    return recall_and_precision(counts, title, missed=tuple(missed), wrong=tuple(wrong))


def _met_words(name: Name, keys: frozenset[int], words: Mapping[str, frozenset[str]], keyed: _Words) -> Iterator[str]:
    """Yield the ordinary words met that are not the name itself («Роза», «роза»)."""
    own = {fold(spelling.lower()) for spelling in name.spellings.values()}
    for word in sorted({word for key in keys & keyed.keys() for word in keyed[key]}):
        if own.isdisjoint(map(fold, (word, *words[word]))):
            yield word


def _by_key(words: Iterable[str], locale: Locale) -> _Words:
    found: dict[int, list[str]] = defaultdict(list)
    for word in words:
        for key in _keys(word[:1].upper() + word[1:], locale):
            found[key].append(word)
    return found


def _keys(word: str, locale: Locale) -> frozenset[int]:
    """Return the keys of an article of one word."""
    return frozenset(analyse("", word, locale).keys.tolist())
