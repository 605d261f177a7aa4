"""Work that may take long, cut into steps: whoever runs it decides what happens between two of them.

A step is a few milliseconds at most. The event loop runs one after the other and serves others in between
(``services.stepwise``); a command line runs them all at once.
"""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Steps = Generator[None, None, T]


def finished(steps: Steps[T]) -> T:
    """Run all steps at once and return what they come to."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
