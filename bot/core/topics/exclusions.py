"""Fewer stories like this one: words that a topic could do without, and the topic without them.

::

    Казахстан, «Футболисты Казахстана ждут матча» -> футболист, матч -> Казахстан -футболист

A word is offered only where its exclusion does keep this story away, and where the topic still looks for something.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot.core import story_words
from bot.core.matching.analysis import Analysis, analyse
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import parse_query, read_stored
from bot.core.matching.query_tree import And, Node, Not, Or, words_of
from bot.core.model import Article, Locale
from bot.core.story_words import Word
from bot.errors import TopicError
from bot.language import english, kazakh, russian
from bot.language.weights import rarity

MAX_OFFERED = 6  # words
_INSIDE_SENTENCE = re.compile(r"(?<=[\w,] )[A-Za-z]+")
_MIN_WORD = 3  # letters
_MIN_ENDING = 2  # letters
_MAX_SAMPLES = 12  # alternatives of a topic that are tried: one that is left is enough
_MIN_RARITY = 0.45  # share of an unseen word's rarity: what stands in every other article says nothing of this story


def words_to_mute(label: str, article: Article, met: Iterable[str]) -> tuple[str, ...]:
    """Return words whose exclusion keeps a topic from bringing this article, the most telling first.

    ``met`` are the article's words that met the topic: they come first where the topic has others to look for.
    """
    language = article.language
    headline = analyse(article.title, "", language)
    samples = [analyse(sample, "", "ru") for sample in islice(_samples(read_stored(label).root), _MAX_SAMPLES)]
    rest = sorted(_telling(article.title, language), key=lambda word: -rarity(word.lemma, language))
    wanted = (*(_shown(word, language) for word in met), *(_of_title(word, article) for word in rest))
    distinct: dict[str, str] = {}
    for word in wanted:
        distinct.setdefault(word.casefold(), word)
    works = (word for word in distinct.values() if _works(label, word, headline, samples))
    return tuple(islice(works, MAX_OFFERED))


def without(label: str, word: str) -> str:
    """Return the topic without a word: ``нефть | газ`` and «газ» give ``(нефть | газ) -газ``.

    It stays as the reader wrote it, unless it is written so that what follows would be read otherwise: of ``"нефть``
    the quote was passed over, and it would close after the word.

    Raises:
        TopicError: the topic would be too long.
    """
    plain = f'"{word}"' if " " in word else word
    query = read_stored(label)
    typed, sound = (
        f"({kept}) -{plain}" if isinstance(query.root, Or) else f"{kept} -{plain}" for kept in (label, query.canonical)
    )
    text = typed if _mean_the_same(typed, sound) else sound
    parse_query(text)
    return text


def with_again(label: str, word: str) -> str | None:
    """Return the topic as it was before ``without``; None where it does not exclude the word at its end."""
    plain = f'"{word}"' if " " in word else word
    if not label.endswith(f" -{plain}"):
        return None
    kept = label.removesuffix(f" -{plain}")
    bare = kept[1:-1] if kept.startswith("(") and kept.endswith(")") else kept
    return bare if _mean_the_same(bare, kept) else kept


def _mean_the_same(typed: str, sound: str) -> bool:
    """Whether a text that may be written amiss means the same topic as one that is not."""
    try:
        return read_stored(typed) == read_stored(sound)
    except TopicError:
        return False


def _works(label: str, word: str, headline: Analysis, samples: Sequence[Analysis]) -> bool:
    """Whether excluding a word keeps this headline away and leaves the topic something to find."""
    try:
        excluded, narrowed = parse_query(word), parse_query(without(label, word))
    except TopicError:
        return False
    if match_one(excluded, headline) is None:
        return False
    return any(match_one(narrowed, sample) is not None for sample in samples)


def _samples(node: Node) -> Iterator[str]:
    """Yield headlines that a topic finds by its own words, one for each alternative."""
    match node:
        case Or(parts):
            for part in parts:
                yield from _samples(part)
        case And(parts):
            yield " ".join(next(_samples(part), "") for part in parts)
        case Not():
            return
        case _:
            yield " ".join(words_of(node)).title()


def _telling(title: str, language: Locale) -> Iterator[Word]:
    least = _MIN_RARITY * _unseen(language)
    for word in story_words.read(title, language):
        if word.kind == "number" or len(word.lemma) < _MIN_WORD or rarity(word.lemma, language) <= least:
            continue
        if language != "ru" or russian.is_noun(word.surface):  # of the other languages no dictionary says
            yield word


def _of_title(word: Word, article: Article) -> str:
    shown = _base(word.surface, article.language)
    is_name = word.kind == "capital" or (word.kind == "initial" and _may_be_name(word, article))
    return shown[:1].upper() + shown[1:] if is_name and not russian.is_ordinary(shown) else shown


def _may_be_name(word: Word, article: Article) -> bool:
    """Whether a word that any word would be capitalised as is a name.

    An English Headline Is Written Like This: there the text must have the word with its capital inside a sentence.
    """
    if article.language != "en":
        return rarity(word.lemma, article.language) == _unseen(article.language)
    inside = {token for token in _INSIDE_SENTENCE.findall(article.text) if token[:1].isupper()}
    return word.surface in {english.singular(token.lower()) for token in inside} | {token.lower() for token in inside}


def _shown(surface: str, language: Locale) -> str:
    """Return a word that met a topic in its plain form; several stay as they stand."""
    if " " in surface:
        return surface
    plain = _base(surface.lower(), language)
    return plain[:1].upper() + plain[1:] if surface[:1].isupper() and not russian.is_ordinary(plain) else plain


def _base(surface: str, language: Locale) -> str:
    if language == "ru":
        return next(iter(russian.bases(surface)), surface)
    if language == "en":
        return english.singular(surface)
    known = story_words.lemma(surface, "kk")
    if rarity(known, "kk") < _unseen("kk"):
        return known
    # Of a word that the news never had as little is cut as can be, and a single letter may well be its own.
    cut = (base for base in kazakh.bases(surface) if len(surface) - len(base) >= _MIN_ENDING)
    return max(cut, key=len, default=surface)


def _unseen(language: Locale) -> float:
    return rarity("", language)
