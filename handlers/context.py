"""What a handler has in its hands: the chat, its translator, the services, and ways to answer.

The change of state, the replies (outbox rows keyed ``reply:<update>:<n>``) and the inbox row's "done" are committed
together by ``handlers.dispatch``. Where a handler only reads, that transaction holds nothing but the replies.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar, cast

from telegram import Bot, Update
from telegram.ext import Application, CallbackContext

from bot.core import actions
from bot.core.clean_text import clean_line
from bot.core.model import (
    Attachment,
    AttachmentKind,
    Channel,
    Chat,
    ChatKind,
    DigestPage,
    Keyboard,
    Locale,
    OutgoingMessage,
    Priority,
)
from bot.core.pages import PAGE_UNITS, units
from bot.core.texts import Translator
from bot.errors import FeedError
from bot.ports import Clock, Unit
from bot.services.backfill import ReadAhead
from bot.services.cards import StoryCards
from bot.services.chats import Chats
from bot.services.digests import Digests
from bot.services.operations import Operations
from bot.services.sources import Sources
from bot.services.subscriptions import Subscriptions
from bot.services.takeouts import Takeouts
from bot.services.trends import Trends
from handlers.errands import Errand, Postponed

CAPTION_UNITS = 1024  # Telegram: a caption after entities, in UTF-16 units
ADMINISTRATORS = "administrators"  # in the application's ``bot_data``
REPLY_LIFE = timedelta(minutes=15)  # an answer that comes later answers nothing

Translators = Callable[[Locale, str], Translator]
Writing = Callable[[Unit], Awaitable[None]]
LateKeyboard = Callable[[Unit], Awaitable[Keyboard]]
"""Makes the buttons of an answer in the transaction that stores it: they name a row that is stored with it."""
T = TypeVar("T")


class Services:
    """The verbs, bound to one unit of work."""

    def __init__(self, unit: Unit, clock: Clock, ahead: ReadAhead) -> None:
        self.chats = Chats(unit, clock)
        self.subscriptions = Subscriptions(unit, clock, ahead)
        self.digests = Digests(unit, clock)
        self.cards = StoryCards(unit, clock, self.subscriptions)
        self.sources = Sources(unit, clock)
        self.trends = Trends(unit, clock)
        self.operations = Operations(unit, clock)
        self.takeouts = Takeouts(unit, clock, self.subscriptions)


@dataclass(slots=True)
class Work:
    """One update being handled.

    ``chat`` is what it is about, ``home_id`` the chat where it came from and where the answers go: they differ where an
    admin looks after ``channel`` from the private chat. ``unit`` may be a reading: what a handler changes it writes at
    once, and is begun again in a transaction; ``written_last`` is what it says, stored when it has ended.
    """

    update_id: int
    unit: Unit
    clock: Clock
    chat: Chat
    thread_id: int | None
    translators: Translators
    services: Services
    home_id: int
    home_kind: ChatKind
    channel: Channel | None = None
    results: Mapping[Errand[object], object] = field(default_factory=dict)
    written_last: list[Writing] = field(default_factory=list)
    replies: int = 0
    callback_text: str = ""
    failure: Exception | None = None

    @property
    def tr(self) -> Translator:
        """The translator of the chat, as its settings are now."""
        return self.translators(self.chat.locale, self.chat.zone)

    def result_of(self, errand: Errand[T]) -> T:
        """Return what an errand brought; where it was not run yet, the handler ends here and begins again after it.

        Raises:
            FeedError: the errand failed.
            Postponed: to the dispatcher.
        """
        if errand not in self.results:
            raise Postponed(errand)
        result = self.results[errand]
        if isinstance(result, FeedError):
            raise result
        return cast("T", result)

    async def say(
        self,
        text: str,
        keyboard: Keyboard | LateKeyboard = (),
        *,
        edits: int | None = None,
        attachment: Attachment | None = None,
        preview: str | None = None,
    ) -> None:
        """Answer, once the handler has ended; with ``edits`` in place of that message, with a file as its caption."""
        key, now = self._next_key(), self.clock.now()

        async def put(unit: Unit) -> None:
            buttons = keyboard if isinstance(keyboard, tuple) else await keyboard(unit)
            shown = str(text)
            if self.channel is not None:
                shown, buttons = self._about_channel(self.channel, shown, buttons, attachment)
            message = OutgoingMessage(
                dedupe_key=key,
                chat_id=self.home_id,
                text=shown,
                priority=Priority.REPLY,
                expires_at=now + REPLY_LIFE,
                keyboard=buttons,
                thread_id=self.thread_id,
                edits=edits,
                attachment=attachment,
                preview=preview,
            )
            await unit.outbox.put([message], now)

        self.written_last.append(put)

    async def finish(self, unit: Unit) -> None:
        """Store the answers and that the update was handled."""
        for write in self.written_last:
            await write(unit)
        await unit.inbox.done(self.update_id, self.clock.now())

    def _next_key(self) -> str:
        self.replies += 1
        return f"reply:{self.update_id}:{self.replies - 1}"

    def _about_channel(
        self, channel: Channel, text: str, keyboard: Keyboard, attachment: Attachment | None
    ) -> tuple[str, Keyboard]:
        """Return an answer under the channel's name, where there is room for it, its buttons about the channel."""
        header = str(self.tr("channel-header", title=channel.title)) + "\n\n"
        room = PAGE_UNITS if attachment is None else CAPTION_UNITS
        named = header + text if units(header) + units(text) <= room else text
        return named, actions.for_channel(keyboard, channel.id)

    async def write_to(self, chat: Chat, text_id: str, **values: object) -> None:
        """Write to another chat, in its own language, when the handler has ended."""
        now = self.clock.now()
        message = OutgoingMessage(
            dedupe_key=self._next_key(),
            chat_id=chat.id,
            text=str(self.translators(chat.locale, chat.zone)(text_id, **values)),
            priority=Priority.REPLY,
            expires_at=now + REPLY_LIFE,
        )

        async def put(unit: Unit) -> None:
            await unit.outbox.put([message], now)

        self.written_last.append(put)


CURRENT: ContextVar[Work] = ContextVar("current work")


class BotContext(CallbackContext[Bot, dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """PTB's context, with the work at hand."""

    @property
    def work(self) -> Work:
        """The update being handled in this task."""
        return CURRENT.get()

    @property
    def chat(self) -> Chat:
        """The chat and its settings."""
        return self.work.chat

    @property
    def tr(self) -> Translator:
        """The chat's translator."""
        return self.work.tr

    @property
    def services(self) -> Services:
        """The verbs."""
        return self.work.services

    @property
    def administrators(self) -> Collection[int]:
        """The user ids of the bot's administrators."""
        return cast("Collection[int]", self.bot_data.get(ADMINISTRATORS, ()))

    @property
    def argument(self) -> str:
        """What stands behind the command, as it was typed, without what cannot be seen: it is shown back."""
        return clean_line(" ".join(self.args or ()))

    def result_of(self, errand: Errand[T]) -> T:
        """Return what an errand brought; see ``Work.result_of``."""
        return self.work.result_of(errand)

    async def reply(self, text: str, keyboard: Keyboard = ()) -> None:
        """Answer with a new message."""
        await self.work.say(text, keyboard)

    async def send_photo(self, name: str, data: bytes, caption: str) -> None:
        """Answer with a picture; where the chat takes none, with its caption and a word on that."""
        instead = str(caption) + "\n\n" + str(self.tr("photo-refused"))
        await self.work.say(caption, attachment=Attachment(AttachmentKind.PHOTO, name, data, instead))

    async def send_document(self, name: str, data: bytes, caption: str) -> None:
        """Answer with a document; where the chat takes none, with a word on that."""
        instead = str(self.tr("document-refused", name=name))
        await self.work.say(caption, attachment=Attachment(AttachmentKind.DOCUMENT, name, data, instead))

    async def show_page(
        self, page: DigestPage, keyboard: Keyboard | LateKeyboard, *, instead_of: Update | None = None
    ) -> None:
        """Answer with a page of a digest, with its picture where the chat wants pictures; or change a message to it."""
        query = instead_of.callback_query if instead_of else None
        edits = query.message.message_id if query and query.message else None
        await self.work.say(page.html, keyboard, edits=edits, preview=page.image if self.chat.pictures else None)

    async def update_panel(self, update: Update, text: str, keyboard: Keyboard = ()) -> None:
        """Answer a pressed button by changing its message; a command, by a new message."""
        query = update.callback_query
        edits = query.message.message_id if query and query.message else None
        await self.work.say(text, keyboard, edits=edits)


BotApplication = Application[Any, BotContext, dict[Any, Any], dict[Any, Any], dict[Any, Any], None]
