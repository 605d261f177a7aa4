"""The topic index: all topics against an article at once."""

from bot.core.matching.index.topic_index import TopicIndex

__all__ = ["TopicIndex"]
