"""Setting aside one owner's trouble so that everybody else's work goes on.

A loop over things of many owners (topics, feeds, entries, articles, chats, updates, messages) must survive each of
them. The loop catches what one thing raises, calls ``set_aside`` and goes on with the next::

    for topic in topics:
        try:
            index.add(topic.id, read_stored(topic.canonical))
        except Exception as error:
            set_aside("topic", topic.id, error)

What the database itself raises (``StorageError``) is no fault of one thing: let it pass.
"""

import logging
from typing import Literal, get_args

from bot import metrics
from bot.errors import JarshyError
from bot.logs import outline

log = logging.getLogger(__name__)

Kind = Literal["topic", "feed", "entry", "article", "story", "chat", "update", "message", "alert", "broadcast"]

metrics.declare(metrics.SET_ASIDE, *get_args(Kind))


def set_aside(
    kind: Kind, identifier: object, error: BaseException, *, what: str = "set aside, the rest goes on"
) -> None:
    """Log one line that names the thing, and count it by kind in ``jarshy_set_aside_total``.

    Args:
        kind: what it is.
        identifier: its id, as the database or Telegram knows it; never a reader's words or a private address.
        error: what went wrong; only its type and place are logged, as its text may quote a reader.
        what: what becomes of the thing, in a few words.
    """
    metrics.SET_ASIDE.labels(kind).inc()
    reason = error.message_id if isinstance(error, JarshyError) else outline(error)
    log.error("%s %s: %s: %s", kind, identifier, what, reason)
