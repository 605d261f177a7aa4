"""The nouns of Jarshy, each frozen, with its stage of life in its name.

Instants are timezone-aware and in UTC. Languages and locales are ``"kk"``, ``"ru"`` or ``"en"``.
"""

from bot.core.model.articles import Article, NewArticle, PlacedArticle, StoredEntry, StoryMatch
from bot.core.model.chats import Channel, Chat, ChatKind, ChatState
from bot.core.model.digests import Composition, Digest, DigestEntry, DigestKind, DigestPage, DigestSection
from bot.core.model.feeds import NO_SKIPS, Feed, FeedDocument, FeedEntry, Skips, Source, SourceChoice
from bot.core.model.imports import ImportJob
from bot.core.model.messages import (
    Attachment,
    AttachmentKind,
    Broadcast,
    Button,
    Claim,
    InboxUpdate,
    InlineResult,
    Keyboard,
    LeasedMessage,
    OutgoingMessage,
    Priority,
    SettledState,
    Settlement,
)
from bot.core.model.topics import DeliveryMode, Subscription, Topic, TopicMatch, TopicStory
from bot.language.locale import LOCALES, Locale

__all__ = [
    "LOCALES",
    "NO_SKIPS",
    "Article",
    "Attachment",
    "AttachmentKind",
    "Broadcast",
    "Button",
    "Channel",
    "Chat",
    "ChatKind",
    "ChatState",
    "Claim",
    "Composition",
    "DeliveryMode",
    "Digest",
    "DigestEntry",
    "DigestKind",
    "DigestPage",
    "DigestSection",
    "Feed",
    "FeedDocument",
    "FeedEntry",
    "ImportJob",
    "InboxUpdate",
    "InlineResult",
    "Keyboard",
    "LeasedMessage",
    "Locale",
    "NewArticle",
    "OutgoingMessage",
    "PlacedArticle",
    "Priority",
    "SettledState",
    "Settlement",
    "Skips",
    "Source",
    "SourceChoice",
    "StoredEntry",
    "StoryMatch",
    "Subscription",
    "Topic",
    "TopicMatch",
    "TopicStory",
]
