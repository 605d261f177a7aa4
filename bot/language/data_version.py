"""The version of what words are read by: this package's tables, the Russian dictionary, and the code that makes keys.

What is stored by one version (the saved index, the posting keys of articles) is made anew by a program of another.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import metadata
from importlib.resources import files

KEYS_VERSION = 1
"""The version of the code that makes keys of words. Raise it where that code gives other keys for the same tables.

``tests/unit/test_saved_versions.py`` fails where that was forgotten.
"""
_DICTIONARY = ("pymorphy3", "pymorphy3-dicts-ru")
_FOLDERS = ("", "concepts/tables", "names", "weights")


@cache
def data_version() -> str:
    """Return a text that is another one where any key of any word may be another one."""
    digest = hashlib.blake2b(digest_size=16)
    for name in _DICTIONARY:
        digest.update(f"{name} {metadata.version(name)}\n".encode())
    for name, content in sorted(_tables()):
        digest.update(name.encode())
        digest.update(content)
    return f"{KEYS_VERSION}-{digest.hexdigest()}"


@cache
def keys_version() -> int:
    """Return a number (48 bits) that stands for ``data_version``; stored articles have it beside their posting keys."""
    return int.from_bytes(hashlib.blake2b(data_version().encode(), digest_size=6).digest())


def _tables() -> Iterable[tuple[str, bytes]]:
    """Yield the names and contents of all tables."""
    for folder in _FOLDERS:
        for entry in files("bot.language").joinpath(folder).iterdir():
            if entry.name.endswith((".toml", ".tsv")):
                yield entry.name, entry.read_bytes()
