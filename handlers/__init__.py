"""What readers say to the bot, one small file for each family of commands.

A handler parses, calls a service, renders and replies. It sees no SQL and holds no text for the reader.
"""

from collections.abc import Collection, Iterable

from telegram.ext import CallbackQueryHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from handlers import (
    admin,
    buttons,
    channels,
    data,
    fallback,
    language,
    lifecycle,
    membership,
    panel,
    quiet,
    reading,
    schedule,
    settings,
    sources,
    start,
    topics,
    trends,
    zone,
)
from handlers.context import ADMINISTRATORS, BotApplication
from handlers.forum import asked_here
from handlers.rights import Handler, guard_command, guard_entry

COMMANDS = {
    "start": start.start,
    "help": start.show_help,
    "subscribe": topics.subscribe,
    "unsubscribe": topics.unsubscribe,
    "topics": panel.show_topics,
    "alerts": panel.alerts,
    "mute": panel.mute,
    "latest": reading.latest,
    "search": reading.search,
    "digest": reading.digest,
    "trends": trends.trends,
    "sources": sources.show_sources,
    "addsource": sources.add_source,
    "removesource": sources.remove_source,
    "schedule": schedule.set_schedule,
    "timezone": zone.set_zone,
    "language": language.set_language,
    "quiet": quiet.set_quiet,
    "settings": settings.show_settings,
    "channels": channels.channels,
    "pause": lifecycle.pause,
    "resume": lifecycle.resume,
    "stop": lifecycle.stop,
    "export": data.export,
    "import": data.how_to_import,
    "forget": data.forget,
    "privacy": data.privacy,
}

ADMIN_COMMANDS = {
    "stats": admin.stats,
    "broadcast": admin.broadcast,
    "sourcehealth": admin.source_health,
}
"""Not in the menu: they answer the bot's administrators in their private chats, nobody else."""


def register(application: BotApplication, *, admins: Collection[int] = ()) -> None:
    """Connect every command, button and event with its handler. ``admins``: the user ids of administrators."""
    application.bot_data[ADMINISTRATORS] = frozenset(admins)
    for name, filtered, handler in _first():
        application.add_handler(MessageHandler(filtered, guard_entry(name, handler)))
    own = filters.ChatType.PRIVATE & filters.User(list(admins))
    for name, command in ADMIN_COMMANDS.items() if admins else ():
        application.add_handler(CommandHandler(name, guard_command(name, command), own))
    for name, command in COMMANDS.items():
        application.add_handler(CommandHandler(name, guard_command(name, asked_here(name, command))))
    application.add_handler(CallbackQueryHandler(guard_entry("button", buttons.press)))
    membership_of_the_bot = ChatMemberHandler.MY_CHAT_MEMBER
    application.add_handler(ChatMemberHandler(guard_entry("membership", membership.change), membership_of_the_bot))
    for name, filtered, handler in _last():
        application.add_handler(MessageHandler(filtered, guard_entry(name, handler)))


def _first() -> Iterable[tuple[str, filters.BaseFilter, Handler]]:
    """Return what is looked for before commands: what no person has just written as a request, whatever it says."""
    yield "edited message", filters.UpdateType.EDITED, fallback.ignore
    yield "channel post", filters.UpdateType.CHANNEL_POSTS, fallback.ignore
    yield "automatic forward", filters.IS_AUTOMATIC_FORWARD, fallback.ignore
    yield "sent by inline mode", filters.VIA_BOT, fallback.ignore


def _last() -> Iterable[tuple[str, filters.BaseFilter, Handler]]:
    """Return what is looked for after commands, the first that fits."""
    private = filters.ChatType.PRIVATE
    yield "migration", filters.StatusUpdate.MIGRATE, membership.migrate
    reopened = filters.StatusUpdate.FORUM_TOPIC_REOPENED | filters.StatusUpdate.GENERAL_FORUM_TOPIC_UNHIDDEN
    yield "topic reopened", reopened, membership.reopen
    yield "service message", filters.StatusUpdate.ALL, fallback.ignore
    yield "unknown command", filters.COMMAND, fallback.unknown_command
    yield "plain text", private & filters.TEXT, fallback.plain_text
    yield "location", private & filters.LOCATION, zone.take_location
    yield "settings file", private & filters.Document.FileExtension("json"), data.take_document
    yield "list of feeds", private & filters.Document.ALL, sources.take_document
    yield "other content", private, fallback.not_text
