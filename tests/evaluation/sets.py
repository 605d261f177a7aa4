"""The development sets: where each file stands below the folder of data, and its records."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, cast

from bot.errors import SettingsError
from bot.language.locale import LOCALES, Locale
from tests.evaluation.records import Article, FormRow, JudgedQuery, ParallelDocument, StoryPair

_T = TypeVar("_T")
_Object = Mapping[str, Any]

_FORMS: Mapping[Locale, str] = {
    "kk": "morphology/kk_ktb_pairs.tsv",
    "ru": "morphology/ru_gsd_pairs.tsv",
    "en": "morphology/en_ewt_pairs.tsv",
}
_QUERIES = "topics/kk_queries.jsonl"
_JUDGED = "topics/kk_judged.jsonl"
_ARTICLES = "topics/kk_articles.jsonl"
_DOCUMENTS = "parallel/ntrex_dev.jsonl"
_PAIRS = "stories/pairs_dev.jsonl"
_SEED = "seed_*.txt"


class MissingSetError(LookupError):
    """A file of the sets is not there: what is counted on it has no data."""


class Sets:
    """The sets of one folder. Each method reads its file anew.

    Each raises ``MissingSetError`` where its file is not there, and ``SettingsError`` (``file-unreadable``) where a
    file holds something else than it should.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise SettingsError("file-unreadable", path=folder, reason="there is no such folder")
        self._folder = folder

    def forms(self, locale: Locale) -> list[FormRow]:
        """Return the readings of a language's word forms: a table of form, lemma, part of speech, count."""
        return self._read(_FORMS[locale], lambda path: [_form(line) for line in _lines(path)[1:]])

    def articles(self) -> list[Article]:
        """Return the Kazakh articles that queries were judged on."""
        return self._records(_ARTICLES, lambda found: Article(found["url"], found["title"], found["body_excerpt"]))

    def queries(self) -> list[JudgedQuery]:
        """Return the judged Kazakh topic queries."""
        judged = dict(self._records(_JUDGED, lambda found: (found["query"], frozenset(found["urls"]))))
        return self._records(
            _QUERIES,
            lambda found: JudgedQuery(found["query"], frozenset(found["relevant_urls"]), judged[found["query"]]),
        )

    def documents(self) -> list[ParallelDocument]:
        """Return news documents in three languages."""
        return self._records(
            _DOCUMENTS,
            lambda found: ParallelDocument(found["doc"], {locale: tuple(found[locale]) for locale in LOCALES}),
        )

    def pairs(self) -> list[StoryPair]:
        """Return pairs of articles, judged to tell the same story or not."""
        return self._records(
            _PAIRS,
            lambda found: StoryPair(
                _locale(found["lang"]), bool(found["same_story"]), _article(found["a"]), _article(found["b"])
            ),
        )

    def seed(self) -> Article:
        """Return the article that the project starts from; the first line is its headline."""
        path = next(iter(sorted(self._folder.glob(_SEED))), None)
        if path is None:
            raise MissingSetError(_SEED)
        return self._read(path.name, lambda found: [_headed(found)])[0]

    def _records(self, name: str, made: Callable[[_Object], _T]) -> list[_T]:
        return self._read(name, lambda path: [made(found) for found in _objects(path)])

    def _read(self, name: str, read: Callable[[Path], list[_T]]) -> list[_T]:
        path = self._folder / name
        if not path.is_file():
            raise MissingSetError(name)
        try:
            return read(path)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise SettingsError("file-unreadable", path=path, reason=repr(error)) from error


def _lines(path: Path) -> list[str]:
    """Return the lines of a file; only a line feed ends one."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _objects(path: Path) -> Iterator[_Object]:
    return (cast("_Object", json.loads(line)) for line in _lines(path) if line.strip())


def _form(line: str) -> FormRow:
    form, lemma, upos, count = line.split("\t")
    return FormRow(form, lemma, upos, int(count))


def _article(found: _Object) -> Article:
    return Article(found["url"], found["title"], found["text"])


def _headed(path: Path) -> Article:
    title, *text = _lines(path)
    return Article(path.name, title, "\n".join(text))


def _locale(text: str) -> Locale:
    return next(locale for locale in LOCALES if locale == text)
