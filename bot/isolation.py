"""Setting aside one owner's trouble so that everybody else's work goes on.

A loop over things of many owners (topics, feeds, entries, articles, chats, updates, messages) must survive each of
them. What one thing raises is told and counted, and the loop goes on with the next::

    for topic in topics:
        with isolated("topic", topic.id):
            index.add(topic.id, read_stored(topic.canonical))

What the database itself raises (``StorageError``) is no fault of one thing: it passes. Statements that write do not
belong inside, as one that fails may have spoilt the whole transaction.
"""

import logging
from collections import OrderedDict
from types import TracebackType
from typing import Final, Literal, get_args

from bot import metrics
from bot.errors import JarshyError, StorageError
from bot.logs import outline
from bot.outages import Outage

log = logging.getLogger(__name__)

Kind = Literal[
    "topic", "feed", "entry", "article", "story", "chat", "update", "message", "alert", "broadcast", "import"
]

metrics.declare(metrics.SET_ASIDE, *get_args(Kind))

_MOST_REMEMBERED: Final = 1000
_told: OrderedDict[tuple[str, str, str], Outage] = OrderedDict()  # what was set aside of late, the oldest first

_GOES_ON = "set aside, the rest goes on"


class isolated:  # noqa: N801 - it is used as a verb: ``with isolated("topic", 7): ...``
    """Set aside what the body raises, and go on after it. Arguments as of ``set_aside``.

    Raises:
        StorageError: the database cannot be used; that concerns everybody.
    """

    def __init__(self, kind: Kind, identifier: object, *, what: str = _GOES_ON) -> None:
        self._kind: Kind = kind
        self._identifier = identifier
        self._what = what

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Say whether the error ends here. A cancellation does not."""
        if not isinstance(error, Exception) or isinstance(error, StorageError):
            return False
        set_aside(self._kind, self._identifier, error, what=self._what)
        return True


def set_aside(kind: Kind, identifier: object, error: BaseException, *, what: str = _GOES_ON) -> None:
    """Log what names the thing, and count it by kind in ``jarshy_set_aside_total``.

    A thing that is met again and again (a damaged row is read each second) is told as seldom as an outage.

    Args:
        kind: what it is.
        identifier: its id, as the database or Telegram knows it; never a reader's words or a private address.
        error: what went wrong; only its type and place are logged, as its text may quote a reader.
        what: what becomes of the thing, in a few words.
    """
    metrics.SET_ASIDE.labels(kind).inc()
    reason = error.message_id if isinstance(error, JarshyError) else outline(error)
    key = (kind, str(identifier), what)
    if key not in _told:
        _told[key] = Outage(f"{kind} {identifier}: {what}", log=log, fields={f"{kind}_id": identifier})
        if len(_told) > _MOST_REMEMBERED:
            _told.popitem(last=False)
    _told[key].failed(reason)
