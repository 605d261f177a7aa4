"""The topic index: all topics against an article at once, in NumPy. Only ``TopicIndex`` is for use outside.

Read ``tables`` first: it says in what form topics are held. ``builder`` puts them there, ``frozen`` searches them
(phrases by ``phrases``), ``topic_index`` adds topics that came since and saves all for the next start.
"""

from bot.core.matching.index.topic_index import TopicIndex

__all__ = ["TopicIndex"]
