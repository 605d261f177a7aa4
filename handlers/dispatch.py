"""From an inbox row to a committed answer.

::

    row -> Update | a reading: the chat, PTB's handlers | a transaction: the answers, inbox "done" | nudge delivery
                    where it is to write: again from the start, all in one transaction
                    for an errand, or articles to read ahead: rolled back, that is done, again from the start

So what only looks something up, which is most of what readers ask, waits for no writer and holds up none; no list has
to say which that is.

A reader's mistake (``ReaderError``) changes nothing and is answered by a sentence. What takes longer than
``HANDLERS_SECONDS`` is answered by an apology; anything else is tried again twice first. What an errand brought is kept
for the next try. Only answers to callbacks go straight out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from telegram import InlineQuery, Update

from bot.core.model import Channel, Chat, ChatKind, InboxUpdate
from bot.core.render import plain_text, shorten
from bot.core.time_limits import HANDLERS_SECONDS, OUTSIDE_SECONDS
from bot.errors import ReaderError, ReadingOnlyError, StorageError
from bot.ports import Clock, Storage, Unit
from bot.services.backfill import ReadAhead, ReadAheadNeededError
from handlers import inline
from handlers.channels import check_steward, spoken_for
from handlers.context import CURRENT, BotApplication, BotContext, Services, Translators, Work
from handlers.decoding import read_update
from handlers.errands import Errand, Errands, Outside, Postponed
from handlers.flood import FloodGate, Verdict
from handlers.rights import COMMANDS

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
MOST_KEPT = 64  # updates whose errands' results are kept for another try; failures are few
QUOTED = 100  # characters of a message that an answer to a mistake repeats

AnswerCallback = Callable[[str, str], Awaitable[object]]
Results = dict[Errand[object], object]


class Dispatcher:
    """Handles inbox rows; what one changes and answers is one transaction."""

    def __init__(
        self,
        application: BotApplication,
        storage: Storage,
        clock: Clock,
        translators: Translators,
        *,
        nudge: Callable[[], None],
        answer_callback: AnswerCallback,
        answer_inline: inline.AnswerInline,
        outside: Outside,
    ) -> None:
        self._application = application
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._nudge = nudge
        self._answer_callback = answer_callback
        self._answer_inline = inline.InlineAnswers(storage, clock, translators, answer_inline)
        self._errands = Errands(outside)
        self._results: dict[int, Results] = {}
        self._gate = FloodGate(application.bot.username, COMMANDS)
        application.add_error_handler(_note_failure)

    async def __call__(self, row: InboxUpdate) -> None:
        """Handle one row and mark it done.

        Raises:
            Exception: whatever the handler raised, while the row has attempts left; nothing was changed.
        """
        update = read_update(row.payload, self._application.bot)
        verdict = self._gate.judge(update, row)
        if verdict is Verdict.SILENCE or update.effective_chat is None:
            if verdict is Verdict.PASS and update.inline_query is not None:
                await self._offer(update.inline_query, row)
            await self._pass_over(row)
            return
        try:
            async with asyncio.timeout(HANDLERS_SECONDS) as limit:
                said = await self._handle(row, update) if verdict is Verdict.PASS else await self._calm(row, update)
        except ReaderError as mistake:
            said = await self._answer(row, update, mistake.message_id, mistake.values)
        except StorageError:  # the database may come back: the update waits for it
            raise
        except Exception:
            if row.attempts + 1 < MAX_ATTEMPTS and not limit.expired():
                raise
            ids = {"update_id": row.update_id, "chat_id": row.chat_id}
            log.exception("update %s failed for good", row.update_id, extra=ids)
            said = await self._answer(row, update, "error-unexpected", {})
        self._nudge()
        if update.callback_query is not None:
            await self._answer_callback(update.callback_query.id, plain_text(said))

    async def _offer(self, query: InlineQuery, row: InboxUpdate) -> None:
        if self._clock.now() - row.received_at < inline.LATE:
            await self._answer_inline(query)

    async def _handle(self, row: InboxUpdate, update: Update) -> str:
        time = asyncio.get_running_loop().time
        until = time() + OUTSIDE_SECONDS
        results, ahead = self._results.pop(row.update_id, {}), ReadAhead(self._storage)
        while True:
            try:
                return await self._attempt(row, update, results, ahead)
            except ReadAheadNeededError as wish:
                await ahead.read(wish)
            except Postponed as wish:
                person = update.effective_user.id if update.effective_user else row.chat_id or 0
                results[wish.errand] = await self._errands.run(wish.errand, person=person, seconds=until - time())
            except Exception:
                self._keep(row, results)
                raise

    def _keep(self, row: InboxUpdate, results: Results) -> None:
        """Keep what errands brought: where the update is tried again, nobody is asked a second time."""
        if results:
            self._results[row.update_id] = results
        if len(self._results) > MOST_KEPT:
            del self._results[next(iter(self._results))]

    async def _attempt(self, row: InboxUpdate, update: Update, results: Results, ahead: ReadAhead) -> str:
        if not ahead:  # once something was read ahead, a topic is to be followed: that writes
            with suppress(ReadingOnlyError):
                async with self._storage.reading() as unit:
                    work = await self._work(unit, row, update, results, ahead)
                async with self._storage.transaction() as unit:
                    await work.finish(unit)
                return work.callback_text
        async with self._storage.transaction() as unit:
            work = await self._work(unit, row, update, results, ahead)
            await work.finish(unit)
        return work.callback_text

    async def _work(self, unit: Unit, row: InboxUpdate, update: Update, results: Results, ahead: ReadAhead) -> Work:
        """Let the handlers do what is asked. Raises whatever they raise."""
        work = await self._open(unit, row, update, ahead)
        work.results = results
        token = CURRENT.set(work)
        try:
            if work.channel is not None:
                check_steward(update, work, work.channel.id)
            await self._application.process_update(update)
        finally:
            CURRENT.reset(token)
        if work.failure is not None:
            raise work.failure
        return work

    async def _answer(self, row: InboxUpdate, update: Update, message_id: str, values: dict[str, object]) -> str:
        async with self._storage.transaction() as unit:
            work = await self._open(unit, row, update, ReadAhead(self._storage))
            text = work.tr(message_id, **{name: _short(value) for name, value in values.items()})
            if update.callback_query is None:
                await work.say(text)
            await work.finish(unit)
            return str(text)

    async def _calm(self, row: InboxUpdate, update: Update) -> str:
        return await self._answer(row, update, "flood", {})

    async def _pass_over(self, row: InboxUpdate) -> None:
        async with self._storage.transaction() as unit:
            await unit.inbox.done(row.update_id, self._clock.now())

    async def _open(self, unit: Unit, row: InboxUpdate, update: Update, ahead: ReadAhead) -> Work:
        where, who, message = update.effective_chat, update.effective_user, update.effective_message
        assert where is not None  # noqa: S101 - rows without a chat were passed over
        services = Services(unit, self._clock, ahead)
        language = who.language_code if who else None
        writable = _shows_writable(update)
        home = await services.chats.enter(where.id, ChatKind(where.type), language, writable=writable)
        channel, chat = await _managed(services, spoken_for(update, home), home)
        thread = message.message_thread_id if message and message.is_topic_message else None
        return Work(
            row.update_id,
            unit,
            self._clock,
            chat,
            thread,
            self._translators,
            services,
            home_id=home.id,
            home_kind=home.kind,
            channel=channel,
        )


def _shows_writable(update: Update) -> bool:
    """Return whether an update shows that the bot can write to its chat.

    Who writes to it can be answered; a button in a group can still be pressed after the bot was removed. What
    ``my_chat_member`` tells is for its handler.
    """
    pressed = update.callback_query
    if pressed is not None:
        return pressed.message is not None and pressed.message.chat.type == ChatKind.PRIVATE
    return update.message is not None


async def _managed(services: Services, channel_id: int | None, home: Chat) -> tuple[Channel | None, Chat]:
    """Return the channel that an update is about, with its settings; else no channel, and those of its own chat."""
    if channel_id is None:
        return None, home
    title = await services.chats.channel_title(home.id, channel_id)
    return Channel(channel_id, title), await services.chats.get(channel_id) or home


def _short(value: object) -> object:
    """Return what a mistake quotes of a message, which may be as long as Telegram lets one be."""
    return shorten(value, QUOTED) if isinstance(value, str) else value


async def _note_failure(update: object, context: BotContext) -> None:  # noqa: ARG001 - PTB's signature
    """Keep what a handler raised, so that the dispatcher can roll back."""
    context.work.failure = context.error
