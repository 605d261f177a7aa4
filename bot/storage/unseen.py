"""Which stories a chat has not been brought: the rule, on rows that were read for a batch of chats.

A story counts at the smallest number over the chat's unmuted topics, in the languages that it wants of them, and the
sources that it sees. It is unseen if that
number lies above its topic's watermark, and if no topic brought it, muted or not.
"""

from collections.abc import Iterable

from bot.storage.connection import Row
from bot.storage.expansion import Hit
from bot.storage.view import View

EVERY_SOURCE = ""  # of an appearance that was stored without its match

Appearances = dict[tuple[int, int], list[tuple[int, int]]]


def unseen_stories(rows: Iterable[Row], view: View) -> list[Hit]:
    """Return the unseen stories by chat, in the order of appearance.

    Args:
        rows: ``(chat, topic, story, source, language, number, brought, muted)``: appearances above the watermarks,
            where ``brought`` is None, and the same stories' appearances up to the watermarks.
        view: what the chats see.
    """
    found: Appearances = {}
    passed: list[Row] = []
    for row in rows:
        chat_id, topic_id, story_id, source_id, language, number, brought, _ = row
        if brought is not None:
            passed.append(row)
        elif _concerns(view, chat_id, topic_id, source_id, language):
            found.setdefault((chat_id, story_id), []).append((number, topic_id))
    _strike_seen(found, passed, view)
    hits = [_hit(chat_id, story_id, appearances) for (chat_id, story_id), appearances in found.items()]
    hits.sort()
    return hits


def _strike_seen(found: Appearances, passed: Iterable[Row], view: View) -> None:
    for chat_id, topic_id, story_id, source_id, language, number, brought, muted in passed:
        appearances = found.get((chat_id, story_id))
        if appearances is None or not _concerns(view, chat_id, topic_id, source_id, language):
            continue
        if brought or (not muted and number <= min(appearances)[0]):
            del found[chat_id, story_id]
        elif not muted:
            appearances.append((number, topic_id))


def _concerns(view: View, chat_id: int, topic_id: int, source_id: str, language: str) -> bool:
    return (source_id == EVERY_SOURCE or view.sees(chat_id, source_id)) and view.wants(chat_id, topic_id, language)


def _hit(chat_id: int, story_id: int, appearances: list[tuple[int, int]]) -> Hit:
    if len(appearances) == 1:
        number, topic_id = appearances[0]
        return Hit(chat_id, number, story_id, (topic_id,))
    appearances.sort()
    return Hit(chat_id, appearances[0][0], story_id, tuple(dict.fromkeys(topic for _, topic in appearances)))
