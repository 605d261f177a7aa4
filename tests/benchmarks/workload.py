"""A workload for matching, made up: subscriptions by Zipf's law over topics of a fixed mix, articles in three languages.

Kazakh and English words are built of syllables and inflected by real suffixes, Russian ones come from the dictionary of
pymorphy3, so that an article's words have several keys each. The same seed gives the same workload.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product

from pymorphy3 import MorphAnalyzer

from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import Query

_KAZAKH = (
    "а",
    "қала",
    "тұр",
    "мек",
    "тіл",
    "жол",
    "бас",
    "көр",
    "сат",
    "орт",
    "ұйым",
    "дам",
    "өнер",
    "кәс",
    "ел",
    "шар",
)
_KAZAKH_ENDS = ("", "", "", "ның", "да", "дағы", "лар", "лары", "ына", "мен", "ға", "дан", "ларының", "сы")
_ENGLISH = (
    "ter",
    "mon",
    "al",
    "port",
    "gov",
    "stra",
    "in",
    "vest",
    "lo",
    "ran",
    "cen",
    "bri",
    "tal",
    "ket",
    "dor",
    "wel",
)
_ENGLISH_ENDS = ("", "", "", "s", "ed", "ing", "'s", "er", "ment", "ments", "tion", "tions")
_LANGUAGES = (("kk", _KAZAKH, _KAZAKH_ENDS), ("en", _ENGLISH, _ENGLISH_ENDS))
WORDS_IN_ARTICLE = 620
_INFLECTED = 0.1  # of the topics that readers type


@dataclass(frozen=True)
class Vocabulary:
    """Stems by rank, the commonest first, and what is hung on them."""

    locale: str
    stems: tuple[str, ...]
    ends: tuple[str, ...]


class Workload:
    """Vocabularies, topics and articles from one seed."""

    def __init__(self, seed: int = 1, stems: int = 10_000) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a workload, no secret
        kazakh, english = (self._vocabulary(*language, stems) for language in _LANGUAGES)
        self._vocabularies = [kazakh, self._russian(stems), english]

    def _vocabulary(self, locale: str, syllables: tuple[str, ...], ends: tuple[str, ...], size: int) -> Vocabulary:
        stems: dict[str, None] = {}
        while len(stems) < size:
            stems["".join(self._random.choices(syllables, k=self._random.choice((1, 2, 3, 3, 4))))] = None
            if len(stems) < len(syllables):
                stems.update(dict.fromkeys(syllables))
        return Vocabulary(locale, tuple(stems), ends)

    def _russian(self, size: int) -> Vocabulary:
        """Return forms of the dictionary: what it does not know is guessed at, which no news text asks for as often."""
        dictionary = MorphAnalyzer()
        letters = "абвгдежзиклмнопрстуфхцчшэюя"
        words = (
            parse.word
            for prefix in product(letters, letters, letters)
            for parse in islice(dictionary.iter_known_word_parses("".join(prefix)), 0, 400, 10)
        )
        forms = [word for word in dict.fromkeys(islice(words, size * 12)) if "-" not in word]
        self._random.shuffle(forms)
        return Vocabulary("ru", tuple(forms[: size * 4]), ("",))

    def _rank(self, size: int, flatness: float) -> int:
        """Return a rank by Zipf's law, roughly; the flatter, the less do the first ranks lead."""
        return min(int(size ** (self._random.random() ** flatness)), size - 1)

    def queries(self, count: int) -> list[Query]:
        """Return distinct topics: 29 % words, 23 % phrases, 25 % two words, 13 % with an exclusion, 10 % alternatives."""
        found: dict[str, Query] = {}
        while len(found) < count:
            query = parse_lenient(self._topic())[0]
            found[query.canonical] = query
        return list(found.values())

    def _topic(self) -> str:
        vocabulary = self._random.choices(self._vocabularies, (5, 4, 1))[0]
        # Readers ask for telling words: the commonest ones are in every article and in no topic.
        telling = vocabulary.stems[len(vocabulary.stems) // 20 :]
        one, two, three = (telling[self._rank(len(telling), 0.35)] for _ in range(3))
        end = self._random.choice(vocabulary.ends) if self._random.random() < _INFLECTED else ""
        forms = (one + end, f'"{one} {two}"', f"{one} {two}")
        return self._random.choices((*forms, f"{one} {two} -{three}", f"{one} | {two}"), (29, 23, 25, 13, 10))[0]

    def subscriptions(self, topics: int, count: int) -> list[int]:
        """Return the topic of each of ``count`` subscriptions, by Zipf's law."""
        return [self._rank(topics, 0.6) for _ in range(count)]

    def articles(self, count: int) -> Iterator[tuple[str, str, str]]:
        """Yield articles of 620 words: title, text, language."""
        for _ in range(count):
            vocabulary = self._random.choice(self._vocabularies)
            words = [self._word(vocabulary) for _ in range(WORDS_IN_ARTICLE)]
            sentences = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(8, len(words), 12)]
            yield " ".join(words[:8]).capitalize(), " ".join(sentences), vocabulary.locale

    def _word(self, vocabulary: Vocabulary) -> str:
        stem = vocabulary.stems[self._rank(len(vocabulary.stems), 1.0)]
        word = stem + self._random.choice(vocabulary.ends)
        return word.capitalize() if self._random.random() < 0.05 else word
