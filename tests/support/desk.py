"""A reader at the handlers: updates go in as JSON, answers are read from the outbox; the database is a real file."""

import itertools
import json
import zlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx
from databases import migrated_file
from telegram.ext import ApplicationBuilder, ContextTypes

from bot.core.model import FeedDocument, FeedEntry, InboxUpdate, Source
from bot.core.polling import Fetched
from bot.core.render import plain_text
from bot.errors import FeedError
from bot.feeds.feed_lists import OpmlLists
from bot.feeds.workers.pool import ParserPool
from bot.i18n import Catalogues
from bot.services.alerts import Alerts
from bot.services.backfill import ReadAhead
from bot.services.broadcasts import Broadcasting
from bot.services.imports import Importing
from bot.services.ingest import Ingest
from bot.services.scheduled import ScheduledDigests
from bot.storage import open_storage
from bot.storage.codec import keyboard
from bot.telegram.api import make_bot
from handlers import register
from handlers.context import BotContext, Services
from handlers.dispatch import Dispatcher
from handlers.errands import Outside

ME = {"id": 1, "is_bot": True, "first_name": "Jarshy", "username": "jarshy_bot"}
TOKEN = "123456:ABC-def"


@dataclass
class SetClock:
    """A clock that stands where it is put."""

    at: datetime = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

    def now(self):
        return self.at

    def forward(self, **how):
        self.at += timedelta(**how)


@dataclass(frozen=True)
class Answer:
    """One outbox row, as the reader would see it."""

    html: str
    keyboard: tuple
    edits: int | None
    chat_id: int
    priority: str
    file: bytes | None = None
    instead: str | None = None

    @property
    def text(self):
        return plain_text(self.html)

    def button(self, text):
        return next(button for row in self.keyboard for button in row if button.text == text)

    @property
    def fits_telegram(self):
        """Whether Telegram would take it: https://core.telegram.org/bots/api#sendmessage, #inlinekeyboardbutton."""
        units = len(self.text.encode("utf-16-le")) // 2
        data = [button.data or "" for row in self.keyboard for button in row]
        return (
            0 < units <= (4096 if self.file is None else 1024)
            and len(data) <= 100
            and all(len(one.encode()) <= 64 for one in data)
        )

    @property
    def buttons(self):
        return [button.text for row in self.keyboard for button in row]


@dataclass(frozen=True)
class Found:
    """A feed behind an address, as the finder would have found it."""

    url: str
    title: str
    document: FeedDocument


@dataclass
class Web:
    """The world of errands, by hand: feeds by what a reader types, and files by their ids."""

    feeds: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    channels: dict = field(default_factory=dict)
    admins: set | None = None  # everybody
    asked: list = field(default_factory=list)

    async def find(self, address):
        self.asked.append(address)
        found = self.feeds.get(address, FeedError("feed-bad-url", url=address))
        if isinstance(found, FeedError):
            raise found
        return found

    async def draw(self, chart):
        self.asked.append(chart)
        return b"\x89PNG " + repr(chart).encode()

    async def is_admin(self, chat_id, user_id):
        self.asked.append((chat_id, user_id))
        return self.admins is None or user_id in self.admins

    async def channel(self, name):
        self.asked.append(name)
        return self.channels.get(name)

    async def read(self, file_id, *, limit):
        self.asked.append(file_id)
        if len(self.files[file_id]) > limit:
            raise FeedError("feed-too-large", limit=limit)
        return self.files[file_id]


class Desk:
    """The handlers with everything behind them, and hands to feed them."""

    def __init__(self, application, storage, clock, texts, parser):
        self.application = application
        self.storage = storage
        self.clock = clock
        self.texts = texts
        self.callbacks = []
        self.inline = []
        self.nudges = 0
        self._updates = itertools.count(1)
        self._messages = itertools.count(100)
        self.digests = ScheduledDigests(storage, clock, texts.translator, self._nudge)
        self.broadcasting = Broadcasting(storage, clock, self._nudge, step=2)
        self.alerts = Alerts(storage, clock, texts.translator, self._nudge)
        self.importing = Importing(storage, clock, texts.translator, self._nudge)
        self.ingest = Ingest(storage, None, clock, "test")
        self.web = Web()
        self.dispatcher = Dispatcher(
            application,
            storage,
            clock,
            texts.translator,
            nudge=self._nudge,
            answer_callback=self._answer_callback,
            answer_inline=self._answer_inline,
            outside=Outside(self.web, OpmlLists(parser), self.web, self.web, members=self.web),
        )

    def _nudge(self):
        self.nudges += 1

    async def _answer_callback(self, query_id, text):
        self.callbacks.append((query_id, text))

    async def _answer_inline(self, query_id, results, *, offer):
        self.inline.append((query_id, results, offer))
        return True

    async def say(self, text, *, language="kk", chat=7, kind="private", attempts=0, **more):
        """Handle a text message and return what was answered."""
        message = {"text": text, **more}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return await self.send(message, language=language, chat=chat, kind=kind, attempts=attempts)

    async def send(self, message, *, language="kk", chat=7, kind="private", attempts=0):
        """Handle any message and return what was answered."""
        about = {"id": chat, "type": kind, **({"first_name": "A"} if kind == "private" else {"title": "G"})}
        sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": language}
        number = next(self._messages)
        full = {"message_id": number, "date": number, "chat": about, "from": sender, **message}  # one a second
        return await self.handle({"message": full}, chat, attempts=attempts)

    async def press(self, answer, text, *, language="kk", chat=7, data=None):
        """Press the button of that text and return what was answered."""
        about = {"id": chat, "type": "private", "first_name": "A"}
        sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": language}
        query = {
            "id": "q1", "from": sender, "chat_instance": "1", "data": data or answer.button(text).data,
            "message": {"message_id": 55, "date": 1, "chat": about, "from": ME, "text": "x"},
        }  # fmt: skip
        return await self.handle({"callback_query": query}, chat)

    async def handle(self, update, chat=7, *, attempts=0):
        """Store an update, handle it, and return the outbox rows that it made."""
        number = next(self._updates)
        row = InboxUpdate(number, chat, json.dumps({"update_id": number, **update}), self.clock.now(), attempts)
        async with self.storage.transaction() as unit:
            await unit.inbox.store([row])
        await self.dispatcher(row)
        return [answer for key, answer in await self.outbox() if key.startswith(f"reply:{number}:")]

    def services(self, unit):
        """Return the verbs, bound to a unit of work."""
        return Services(unit, self.clock, ReadAhead(self.storage))

    async def change(self, work):
        """Run ``work(unit, services)`` in a transaction, the stored articles read ahead for the topics it follows."""
        ahead = ReadAhead(self.storage)
        return await ahead.transact(lambda unit: work(unit, Services(unit, self.clock, ahead)))

    async def outbox(self):
        """Return every row of the outbox by its key."""
        async with self.storage.transaction() as unit:
            rows = await unit.connection.fetch_sql("SELECT * FROM outbox ORDER BY id")
        found = [
            (
                row["dedupe_key"],
                Answer(
                    row["text"],
                    keyboard(row["keyboard"]),
                    row["edits"],
                    row["chat_id"],
                    row["priority"],
                    row["file_data"],
                    row["file_instead"],
                ),
            )
            for row in rows
        ]
        for key, answer in found:
            assert answer.fits_telegram, f"{key} would be refused: {answer.text[:200]}"
        return found

    async def news(self, *entries, source=None):
        """Bring a feed's entries through ingest."""
        source = source or Source(
            "kazinform", {"kk": "Қазинформ", "ru": "Казинформ", "en": "Kazinform"}, "https://a.kz/", "kk"
        )
        await self.bring(source, *entries, sync=True)

    async def bring(self, source, *entries, sync=False):
        """Bring a source's entries through ingest; ``sync`` makes it the whole catalogue first."""
        async with self.storage.transaction() as unit:
            if sync:
                await unit.feeds.sync([source], self.clock.now())
            due = await unit.feeds.claim_due(
                self.clock.now(), owner="test", lease=timedelta(minutes=1), limit=100, own=100, at_host=100
            )
        feed = {found.id: feed for found, feed in due}[source.id]
        document = FeedDocument(source.name.get(source.language, "Feed"), source.language, tuple(entries))
        await self.ingest.store(source, Fetched(replace(feed, next_fetch_at=self.clock.now()), document))

    def entry(self, title, summary="", *, minutes_ago=10, id=None):  # noqa: A002 - the model's name
        url = f"https://a.kz/{zlib.crc32(title.encode())}"
        return FeedEntry(id or url, url, title, summary, "", self.clock.now() - timedelta(minutes=minutes_ago))


@asynccontextmanager
async def open_desk(folder, *, admins=(), url=None):
    """Open the handlers over a SQLite file in ``folder``, or over the database at ``url``.

    The network is answered by hand, only ``getMe`` is asked.
    """
    if url is None:
        file = folder / "jarshy.db"
        if not file.exists():
            file.write_bytes(migrated_file())
        url = f"sqlite:///{file}"
    storage = await open_storage(url)
    bot = make_bot(TOKEN, "http://127.0.0.1:9", transport=httpx.MockTransport(_only_get_me))
    context = ContextTypes(context=BotContext, user_data=dict, chat_data=dict, bot_data=dict)
    application = ApplicationBuilder().bot(bot).updater(None).job_queue(None).context_types(context).build()
    await application.initialize()
    register(application, admins=admins)
    parser = ParserPool(keep=1)  # starts a process when a list is read
    try:
        yield Desk(application, storage, SetClock(), Catalogues(), parser)
    finally:
        await parser.close()
        await application.shutdown()
        await bot.disconnect()
        await storage.close()


def _only_get_me(request):
    assert request.url.path.endswith("/getMe")
    return httpx.Response(200, json={"ok": True, "result": ME})
