"""The ports: what the services need of the world, as Protocols.

Every instant is timezone-aware and in UTC. Methods that write take effect when their transaction commits.
``tests/contract`` is the proof that an implementation of ``Storage`` keeps what is promised here, on each engine.
"""

from bot.ports.alerts import Alerts
from bot.ports.broadcasts import Broadcasts
from bot.ports.charts import Charts
from bot.ports.feeds import Feeds
from bot.ports.figures import Figures
from bot.ports.imports import Imports
from bot.ports.instants import Instants
from bot.ports.mail import Inbox, Outbox
from bot.ports.news import Articles, Sequences, Topics
from bot.ports.readers import Chats, Compositions, Stewards, Subscriptions
from bot.ports.retention import Retention
from bot.ports.saved_state import SavedState
from bot.ports.sources import FeedFinder, FeedLists, Files, FoundFeed, ListedFeed, Pages, PageText
from bot.ports.storage import Storage, Unit
from bot.ports.world import Clock, FeedSource, Members, Messenger

__all__ = [
    "Alerts",
    "Articles",
    "Broadcasts",
    "Charts",
    "Chats",
    "Clock",
    "Compositions",
    "FeedFinder",
    "FeedLists",
    "FeedSource",
    "Feeds",
    "Figures",
    "Files",
    "FoundFeed",
    "Imports",
    "Inbox",
    "Instants",
    "ListedFeed",
    "Members",
    "Messenger",
    "Outbox",
    "PageText",
    "Pages",
    "Retention",
    "SavedState",
    "Sequences",
    "Stewards",
    "Storage",
    "Subscriptions",
    "Topics",
    "Unit",
]
