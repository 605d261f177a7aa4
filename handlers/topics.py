"""Topics: ``/subscribe``, ``/unsubscribe``, ``/topics``."""

from collections.abc import Sequence

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.model import Button, Keyboard, Subscription
from bot.core.query import parse_query
from bot.core.render import Block, page_keyboard, paginate, shorten
from bot.core.texts import Translator
from bot.core.understanding import Refinement, explain, refinements
from bot.errors import ReaderError
from bot.services.digests import keep
from handlers.context import BotContext

BUTTON_LENGTH = 40  # characters of a topic on a button; Telegram cuts longer ones by itself, mid-word
MAX_BUTTONS = 40


async def subscribe(update: Update, context: BotContext) -> None:
    """Follow the topic named after the command."""
    await follow(update, context, context.argument)


async def follow(update: Update, context: BotContext, text: str) -> None:
    """Follow a topic and say so; the button shows what there is on it."""
    outcome = await context.services.subscriptions.subscribe(context.chat.id, text)
    subscription = outcome.subscription
    said = context.tr("subscribed" if outcome.is_new else "subscribed-already", topic=subscription.label)
    await _show_followed(update, context, said, subscription)


async def refine(update: Update, context: BotContext, action: actions.Refine) -> None:
    """Change a topic as the pressed button says."""
    outcome = await context.services.subscriptions.refine(context.chat.id, action.topic_id, action.change)
    if outcome is None:
        raise ReaderError("button-stale")
    said = context.tr("subscribed", topic=outcome.subscription.label)
    await _show_followed(update, context, said, outcome.subscription)


async def _show_followed(update: Update, context: BotContext, said: str, subscription: Subscription) -> None:
    """Show how a topic was understood, and the buttons that change it."""
    understood = context.tr("understood", what=explain(parse_query(subscription.label)))
    await context.update_panel(update, said + "\n" + understood, _after_following(subscription, context.tr))


def _after_following(subscription: Subscription, tr: Translator) -> Keyboard:
    changes = tuple(
        (Button(_on_change(one, tr), actions.encode(actions.Refine(subscription.topic_id, one.change))),)
        for one in refinements(subscription.label)
    )
    latest = Button(str(tr("button-latest")), actions.encode(actions.ShowLatest(subscription.topic_id)))
    undo = Button(str(tr("button-unfollow")), actions.encode(actions.Unfollow(subscription.topic_id)))
    return ((latest, undo), *changes)


def _on_change(refinement: Refinement, tr: Translator) -> str:
    words = shorten(refinement.shown, BUTTON_LENGTH)
    return str(tr(f"button-{refinement.change}", words=words).unescape())


async def unsubscribe(_: Update, context: BotContext) -> None:
    """Stop following the topic named after the command; without one, offer the topics as buttons."""
    mine = await context.services.subscriptions.of(context.chat.id)
    if not mine:
        await context.reply(context.tr("topics-none"))
    elif not context.argument:
        await context.reply(context.tr("unsubscribe-which"), _choices(mine))
    else:
        found = await context.services.subscriptions.find(context.chat.id, context.argument)
        if found is None:
            raise ReaderError("not-subscribed", topic=shorten(context.argument, 100))
        await context.services.subscriptions.unsubscribe(context.chat.id, found.topic_id)
        await context.reply(context.tr("unsubscribed", topic=found.label))


async def unfollow(update: Update, context: BotContext, action: actions.Unfollow) -> None:
    """Stop following the topic of the pressed button."""
    removed = await context.services.subscriptions.unsubscribe(context.chat.id, action.topic_id)
    if removed is None:
        raise ReaderError("button-stale")
    again = actions.Follow(removed.label)
    keyboard: Keyboard = ()
    if actions.fits(removed.label):
        keyboard = ((Button(str(context.tr("button-undo")), actions.encode(again)),),)
    await context.update_panel(update, context.tr("unsubscribed", topic=removed.label), keyboard)


async def show_topics(_: Update, context: BotContext) -> None:
    """List what the chat follows."""
    mine = await context.services.subscriptions.of(context.chat.id)
    if not mine:
        await context.reply(context.tr("topics-none"))
        return
    lines = [Block(Markup("{}. {}").format(place, item.label)) for place, item in enumerate(mine, start=1)]
    pages = paginate(context.tr.count("topics-list", len(mine)), _rows(lines))
    number = await keep(context.work.unit, context.chat.id, pages, context.work.clock.now())
    await context.reply(pages[0], page_keyboard(number, 0, len(pages)))


def _rows(lines: Sequence[Block], height: int = 20) -> list[Block]:
    starts = range(0, len(lines), height)
    return [Block(Markup("\n").join(line.html for line in lines[start : start + height])) for start in starts]


def _choices(mine: Sequence[Subscription]) -> Keyboard:
    return tuple(
        (Button(shorten(item.label, BUTTON_LENGTH), actions.encode(actions.Unfollow(item.topic_id))),)
        for item in mine[:MAX_BUTTONS]
    )
