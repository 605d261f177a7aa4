"""The role ``updates``: what readers send is taken by long poll or webhook, stored, and handled."""

import asyncio
import logging
from functools import partial
from typing import Final

from telegram.ext import ApplicationBuilder, ContextTypes

from bot.charts.drawing import Charts
from bot.errors import TelegramError
from bot.program import Program
from bot.telegram.api import ApiBot
from bot.telegram.files import TelegramFiles
from bot.telegram.inbox import Poller
from bot.telegram.members import TelegramMembers
from bot.telegram.menus import menus_of, set_menus
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.runner import InboxRunner
from bot.telegram.webhook import clear_webhook, set_webhook
from bot.telegram.webhook_watch import INTERVAL as WEBHOOK_CHECK
from bot.telegram.webhook_watch import WebhookWatch
from handlers import COMMANDS, register
from handlers.context import BotContext
from handlers.dispatch import Dispatcher
from handlers.errands import Outside

UPDATES_AT_ONCE: Final = 32  # 24 of them may be on errands (handlers.errands), which hold no connection

log = logging.getLogger(__name__)


async def receive(program: Program, bot: ApiBot) -> InboxRunner:
    """Let the program take updates, by webhook or long poll, and handle them; return what handles them."""
    settings = program.settings
    application = (
        ApplicationBuilder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=BotContext, user_data=dict, chat_data=dict, bot_data=dict))
        .build()
    )
    await application.initialize()
    program.stack.push_async_callback(application.shutdown)
    register(application, admins=settings.admin_ids)
    messenger = TelegramMessenger(bot)
    feeds = await program.open_feeds()
    outside = Outside(
        feeds.finder,
        feeds.lists,
        TelegramFiles(bot, settings.api_url),
        Charts(),
        members=TelegramMembers(bot),
    )
    dispatcher = Dispatcher(
        application,
        program.storage,
        program.clock,
        program.texts.translator,
        nudge=program.nudge,
        answer_callback=messenger.answer_callback,
        answer_inline=messenger.answer_inline,
        outside=outside,
    )
    runner = InboxRunner(program.storage, program.clock, dispatcher, owner=program.owner, parallel=UPDATES_AT_ONCE)
    program.supervisor.service("inbox", runner.run, stop=runner.stop, essential=True, heart=runner.heart)
    if settings.webhook_url and settings.webhook_secret:
        await _set_webhook(program, bot, settings.webhook_url, settings.webhook_secret.reveal())
    else:
        program.supervisor.job("no webhook", partial(clear_webhook, bot))
        poller = Poller(bot, program.storage, program.clock, wake=runner.wake)
        program.supervisor.service("polling", partial(_poll, program, poller), essential=True)
    program.supervisor.job("menus", partial(set_menus, bot, menus_of(COMMANDS, program.texts.translator)))
    return runner


async def _set_webhook(program: Program, bot: ApiBot, url: str, secret: str) -> None:
    """Set the webhook, beside the rest where Telegram is asked too much or cannot be reached just now, and watch it."""
    try:
        await set_webhook(bot, url, secret)
    except TelegramError as error:
        if error.message_id == "webhook-refused":
            raise
        log.warning("%s", error)
        program.supervisor.job("webhook", partial(set_webhook, bot, url, secret), needed=True)
    watch = WebhookWatch(bot, url, secret, program.clock)
    program.supervisor.every("webhook check", watch.tick, WEBHOOK_CHECK)
    program.checks["updates"] = watch.problem


async def _poll(program: Program, poller: Poller) -> None:
    """Poll Telegram wherever this process is the one that does: of many processes only one may."""
    while True:
        async with program.storage.polling() as lost:
            program.checks["updates"] = poller.problem
            try:
                async with asyncio.TaskGroup() as group:  # ends, and all in it, with the first error
                    polling = group.create_task(poller.run())
                    await lost.wait()
                    polling.cancel()
            finally:
                del program.checks["updates"]
