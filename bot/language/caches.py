"""Caches of what single words are read as, emptied together.

Compiling many topics fills them with words that few later topics have: a gigabyte after a million topics.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

T = TypeVar("T")

_caches: "list[_lru_cache_wrapper[Any]]" = []


def word_cache(most: int) -> "Callable[[Callable[..., T]], _lru_cache_wrapper[T]]":
    """Return a decorator that keeps a function's last results, ``most`` of them, until ``clear_word_caches``."""

    def cached(function: Callable[..., T]) -> "_lru_cache_wrapper[T]":
        wrapper = lru_cache(maxsize=most)(function)
        _caches.append(wrapper)
        return wrapper

    return cached


def clear_word_caches() -> None:
    """Empty all caches made by ``word_cache``."""
    for cache in _caches:
        cache.cache_clear()
