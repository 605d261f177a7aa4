"""Reading: ``/latest``, ``/search``, ``/digest``, and turning pages."""

from telegram import Update

from bot.core import actions
from bot.core.model import ChatState, Digest, Keyboard
from bot.core.render import digest_keyboard, digest_pages
from bot.errors import ReaderError
from bot.ports import Unit
from bot.services.digests import keep, outlet_names
from handlers import topics
from handlers.context import BotContext


async def latest(_: Update, context: BotContext) -> None:
    """Show the newest stories, of all topics or of the one named after the command."""
    if context.argument:
        found = await context.services.digests.latest_of(context.chat, context.argument)
        offer = () if found.is_followed else topics.offer(context, found.label or "")
        await _show(context, found.digest, context.tr("latest-empty-topic", topic=found.label), offer)
        return
    await _show_latest(context)


async def search(_: Update, context: BotContext) -> None:
    """Look for the words after the command in all stored articles."""
    if not context.argument:
        await context.reply(context.tr("search-what"))
        return
    found = await context.services.digests.search(context.chat, context.argument)
    offer = () if found.is_followed else topics.offer(context, found.label or "")
    await _show(context, found.digest, context.tr("search-empty", words=found.label), offer)


async def _show_latest(context: BotContext) -> None:
    digest = await context.services.digests.latest(context.chat)
    follows = bool(await context.services.subscriptions.of(context.chat.id))
    await _show(context, digest, context.tr("latest-empty" if follows else "popular-empty"))
    if not follows and digest.sections:
        await context.reply(context.tr("how-to-subscribe"))


async def show_latest(_: Update, context: BotContext, action: actions.ShowLatest) -> None:
    """Show the newest stories of the pressed button's topic, as a new message."""
    if not action.topic_id:
        await _show_latest(context)
        return
    found = await context.services.digests.latest_topic(context.chat, action.topic_id)
    if found is None:
        raise ReaderError("button-stale")
    await _show(context, found.digest, context.tr("latest-empty-topic", topic=found.label))


async def digest(_: Update, context: BotContext) -> None:
    """Show what the next scheduled digest would hold; nothing is consumed."""
    if not await context.services.subscriptions.of(context.chat.id):
        await context.reply(context.tr("topics-none"))
        return
    found = await context.services.digests.preview(context.chat)
    await _show(context, found, context.tr(_empty_digest(context)))


def _empty_digest(context: BotContext) -> str:
    return "digest-empty" if context.chat.state is ChatState.ACTIVE else "digest-empty-paused"


async def _show(context: BotContext, digest: Digest, empty: str, keyboard: Keyboard = ()) -> None:
    pages = digest_pages(digest, await outlet_names(context.work.unit), context.tr)
    if not pages:
        await context.reply(empty, keyboard)
        return
    chat_id, tr, now = context.chat.id, context.tr, context.work.clock.now()

    async def numbered(unit: Unit) -> Keyboard:
        return digest_keyboard(await keep(unit, chat_id, pages, now), 0, pages, tr) + keyboard

    await context.show_page(pages[0], numbered)


async def turn_page(update: Update, context: BotContext, action: actions.TurnPage) -> None:
    """Show another page of the digest in the same message."""
    kept = await context.services.cards.kept(context.chat, action.composition_id)
    if not 0 <= action.page < len(kept.pages):
        raise ReaderError("button-stale")
    keyboard = digest_keyboard(kept.id, action.page, kept.pages, context.tr)
    await context.show_page(kept.pages[action.page], keyboard, instead_of=update)
