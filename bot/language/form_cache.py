"""The keys of forms that articles had, kept: morphology takes a hundred times as long as a look-up.

Goes in: the words of an article. Comes out: their keys. There is one cache for each kind of article. Its size is
bounded: the forms that were not met for the longest are dropped, half a cache at a time.
"""

from collections.abc import Generator, Iterable
from functools import cache
from typing import NamedTuple

from bot.language.keys import FormKeys, form_keys
from bot.language.locale import Locale

_MAX_FORMS = 200_000  # of one kind; about 80 MB
_NEW_FORMS_PER_STEP = 8  # between two pauses; a usual form takes 0.1 ms, the worst 5 ms
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

    def __init__(self, kind: ArticleKind, most: int = _MAX_FORMS) -> None:
        self.kind = kind
        self._half = most // 2
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
            if len(self._young) >= self._half:
                self._old, self._young = self._young, {}
            self._young[word] = keys
        return keys


@cache
def form_cache(kind: ArticleKind) -> FormCache:
    """Return the cache of a kind of article."""
    return FormCache(kind)
