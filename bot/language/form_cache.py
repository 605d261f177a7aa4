"""The keys of forms that were met, kept: morphology costs a hundred times what a look-up does.

Bounded: the forms that were not met for the longest are dropped, half a cache at a time. ``dump`` and ``load`` carry
the caches over a restart.
"""

import hashlib
import io
from collections.abc import Generator, Iterable, Mapping
from functools import cache
from importlib import metadata
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from bot.language.keys import FormKeys, form_keys
from bot.language.locale import LOCALES, Locale

VERSION = 1
"""Of what keys are made of forms by, and of the file of ``dump``: raised where either changes.

``tests/unit/test_kept_versions.py`` fails where that was forgotten.
"""
_DICTIONARY = ("pymorphy3", "pymorphy3-dicts-ru")
_MOST_FORMS = 200_000  # of one kind; about 80 MB
_STEP = 8  # forms that were never met: a usual one takes 0.1 ms, the worst 5 ms
_BYTES = 8  # of a packed key
_MAX_KEPT = 40  # characters; longer words are seldom met twice


class Kind(NamedTuple):
    """What the keys of a form depend on besides the form: how its article is written."""

    locale: Locale
    transliterated: bool = False
    one_case: bool = False


class FormCache:
    """Forms of one kind. Two halves: when the young one is full it becomes the old one, and what was old is dropped."""

    def __init__(self, kind: Kind, most: int = _MOST_FORMS) -> None:
        self.kind = kind
        self._half = most // 2
        self._young: dict[str, FormKeys] = {}
        self._old: dict[str, FormKeys] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def keys_of(self, words: Iterable[str], most_postings: int) -> Generator[None, None, list[FormKeys]]:
        """Return the keys of each word, in steps of a few new forms.

        It ends before the word whose posting keys, with those of all other forms before it, would be too many.
        """
        found: list[FormKeys] = []
        forms_met: set[bytes] = set()
        room = most_postings * _BYTES
        new = 0
        for word in words:
            keys = self._young.get(word)
            if keys is None:
                keys = self._met(word)
                new += 1
                if new % _STEP == 0:
                    yield
            if keys.postings not in forms_met:
                room -= len(keys.postings)
                if room < 0:
                    break
                forms_met.add(keys.postings)
            found.append(keys)
        return found

    def known(self) -> dict[str, FormKeys]:
        """Return a copy of what is kept, the oldest first."""
        return {**self._old, **self._young}

    def take(self, known: Mapping[str, FormKeys]) -> None:
        """Keep what another process knew, as far as there is room."""
        for word, keys in known.items():
            self._keep(word, keys)

    def _met(self, word: str) -> FormKeys:
        keys = self._old.get(word) or form_keys(
            word, self.kind.locale, transliterated=self.kind.transliterated, one_case=self.kind.one_case
        )
        if len(word) <= _MAX_KEPT:
            self._keep(word, keys)
        return keys

    def _keep(self, word: str, keys: FormKeys) -> None:
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
        self._young[word] = keys


@cache
def forms(kind: Kind) -> FormCache:
    """Return the cache of a kind."""
    return FormCache(kind)


def dump() -> bytes:
    """Return what the caches of ordinary articles know, to be loaded by a later process."""
    found: dict[str, np.ndarray[tuple[int], np.dtype[np.uint8]]] = {"version": _bytes(data_version().encode())}
    for locale in LOCALES:
        known = forms(Kind(locale)).known()
        found[f"{locale}-words"] = _bytes("\n".join(known).encode("utf-8", "surrogatepass"))
        found[f"{locale}-sizes"] = _bytes(
            np.array([[len(part) for part in keys] for keys in known.values()], np.int32).tobytes()
        )
        found[f"{locale}-keys"] = _bytes(b"".join(part for keys in known.values() for part in keys))
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **found)
    return file.getvalue()


def load(dumped: bytes) -> bool:
    """Take what ``dump`` gave. False where it is of another version of the data, or damaged: then nothing is taken."""
    read: dict[Locale, dict[str, FormKeys]] = {}
    try:
        with np.load(io.BytesIO(dumped), allow_pickle=False) as found:
            if found["version"].tobytes() != data_version().encode():
                return False
            for locale in LOCALES:
                words = found[f"{locale}-words"].tobytes().decode("utf-8", "surrogatepass").split("\n")
                sizes = np.frombuffer(found[f"{locale}-sizes"].tobytes(), np.int32).reshape(-1, 3)
                keys = found[f"{locale}-keys"].tobytes()
                read[locale] = dict(zip(words, _cut(keys, sizes), strict=False))
    except Exception:  # noqa: BLE001 - however it is damaged, it can be made anew
        return False
    for locale, known in read.items():
        forms(Kind(locale)).take(known)
    return True


def _cut(keys: bytes, sizes: np.ndarray[tuple[int, int], np.dtype[np.int32]]) -> Iterable[FormKeys]:
    at = 0
    for opening, inner, postings in sizes.tolist():
        parts = keys[at : at + opening], keys[at + opening : at + opening + inner]
        at += opening + inner + postings
        # Where a form has no keys of its own within a sentence, both are one object: that is what tells it.
        yield FormKeys(parts[0], parts[0] if parts[0] == parts[1] else parts[1], keys[at - postings : at])


def _bytes(data: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(data, np.uint8)


@cache
def data_version() -> str:
    """Return what keys of forms are made by: ``VERSION``, the tables of this package and the Russian dictionary."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _DICTIONARY:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    for entry in sorted(_tables(), key=lambda file: file[0]):
        digest.update(entry[0].encode())
        digest.update(entry[1])
    return f"{VERSION}-{digest.hexdigest()}"


def _tables() -> Iterable[tuple[str, bytes]]:
    for package in ("bot.language", "bot.language.concepts", "bot.language.names", "bot.language.weights"):
        for folder in (files(package), files(package).joinpath("tables")):
            if folder.is_dir():
                found = (entry for entry in folder.iterdir() if entry.name.endswith((".toml", ".tsv")))
                yield from ((entry.name, entry.read_bytes()) for entry in found)
