"""What readers say to the bot, one small file for each family of commands.

A handler parses, calls a service, renders and replies. It sees no SQL and holds no text for the reader.
"""

from collections.abc import Collection

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
from handlers.context import BotApplication
from handlers.forum import asked_here
from handlers.rights import for_admins

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
    if admins:
        own = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE & filters.User(list(admins))
        for name, handler in ADMIN_COMMANDS.items():
            application.add_handler(CommandHandler(name, handler, own))
    for name, handler in COMMANDS.items():
        application.add_handler(CommandHandler(name, for_admins(name, asked_here(name, handler))))
    application.add_handler(CallbackQueryHandler(buttons.press))
    application.add_handler(MessageHandler(filters.VIA_BOT, fallback.ignore))
    application.add_handler(ChatMemberHandler(membership.change, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, membership.migrate))
    application.add_handler(MessageHandler(filters.StatusUpdate.ALL, fallback.ignore))
    private = filters.ChatType.PRIVATE & filters.UpdateType.MESSAGE
    application.add_handler(MessageHandler(filters.COMMAND & filters.UpdateType.MESSAGE, fallback.unknown_command))
    application.add_handler(MessageHandler(private & filters.TEXT, fallback.plain_text))
    application.add_handler(MessageHandler(private & filters.LOCATION, zone.take_location))
    application.add_handler(MessageHandler(private & filters.Document.FileExtension("json"), data.take_document))
    application.add_handler(MessageHandler(private & filters.Document.ALL, sources.take_document))
    application.add_handler(MessageHandler(private, fallback.not_text))
