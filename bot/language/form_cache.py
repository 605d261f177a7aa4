"""The keys of forms that articles had, kept: morphology takes a hundred times as long as a look-up.

Goes in: the words of an article. Comes out: their keys. There is one cache for each kind of article. Its size is
bounded in bytes: the forms that were not met for the longest are dropped, half a cache at a time.
"""

from collections.abc import Generator, Iterable
from functools import cache
from typing import NamedTuple

from bot.language.keys import FormKeys, form_keys
from bot.language.locale import Locale

_MAX_BYTES = 32 * 1024 * 1024  # for ordinary articles of one language: some 80,000 forms, more than a day's news have
_MAX_BYTES_ODD = 6 * 1024 * 1024  # for articles in one case, or in another script
_FORM_BYTES = 260  # of the objects around a form and its keys
_NEW_FORMS_PER_STEP = 4  # between two pauses; a usual form takes 0.1 ms, the worst 5 ms
_KEY_BYTES = 8
_MAX_KEPT_CHARACTERS = 40  # longer words are seldom met twice


class ArticleKind(NamedTuple):
    """What the keys of a form depend on besides the form; ``keys.form_keys`` says what the fields mean."""

    locale: Locale
    transliterated: bool = False
    one_case: bool = False


class FormCache:
    """Forms of one kind of article, in two halves.

    New and repeated forms go into the young half. When it is full it becomes the old one, and what was old is dropped.
    """

    def __init__(self, kind: ArticleKind, max_bytes: int | None = None) -> None:
        self.kind = kind
        is_odd = kind.transliterated or kind.one_case
        self._half = (max_bytes or (_MAX_BYTES_ODD if is_odd else _MAX_BYTES)) // 2
        self._young_bytes = 0
        self._young: dict[str, FormKeys] = {}
        self._old: dict[str, FormKeys] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def keys_of(self, words: Iterable[str], most_postings: int) -> Generator[None, None, list[FormKeys]]:
        """Return the keys of each word; pauses (``yield``) after every few forms that are new.

        It ends before the word by which the posting keys of all distinct forms would be more than ``most_postings``.
        """
        found: list[FormKeys] = []
        counted: set[bytes] = set()
        room = most_postings * _KEY_BYTES
        new = 0
        for word in words:
            keys = self._young.get(word)
            if keys is None:
                keys = self._look_up(word)
                new += 1
                if new % _NEW_FORMS_PER_STEP == 0:
                    yield
            if keys.postings not in counted:
                room -= len(keys.postings)
                if room < 0:
                    break
                counted.add(keys.postings)
            found.append(keys)
        return found

    def _look_up(self, word: str) -> FormKeys:
        """Return the keys of a word that is not in the young half, and put it there."""
        keys = self._old.get(word) or form_keys(
            word, self.kind.locale, transliterated=self.kind.transliterated, one_case=self.kind.one_case
        )
        if len(word) <= _MAX_KEPT_CHARACTERS:
            size = _bytes_of(word, keys)
            if self._young_bytes + size > self._half:
                self._old, self._young, self._young_bytes = self._young, {}, 0
            self._young_bytes += size
            self._young[word] = keys
        return keys


def _bytes_of(word: str, keys: FormKeys) -> int:
    within = 0 if keys.within_sentence is keys.sentence_start else len(keys.within_sentence)
    return _FORM_BYTES + 2 * len(word) + len(keys.sentence_start) + within + len(keys.postings)


@cache
def form_cache(kind: ArticleKind) -> FormCache:
    """Return the cache of a kind of article."""
    return FormCache(kind)
