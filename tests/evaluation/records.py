"""What the development sets hold, as records."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.language.locale import Locale


@dataclass(frozen=True, slots=True)
class FormRow:
    """One reading of a word form in a treebank: lower-case form and lemma, UD part of speech, times seen."""

    form: str
    lemma: str
    upos: str
    count: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article; ``id`` is its address."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A topic as a reader typed it, and articles by id: which are about it, of those that were read to judge it."""

    text: str
    relevant: frozenset[str]
    judged: frozenset[str]


@dataclass(frozen=True, slots=True)
class ParallelDocument:
    """One news document in three languages: its sentences, the headline first."""

    id: str
    sentences: Mapping[Locale, tuple[str, ...]]

    def text(self, locale: Locale) -> str:
        """Return all sentences of one language."""
        return " ".join(self.sentences[locale])


@dataclass(frozen=True, slots=True)
class StoryPair:
    """Two articles in one language, and whether people judged them to tell the same story."""

    language: Locale
    same: bool
    first: Article
    second: Article
