"""Following and leaving topics: ``/subscribe``, ``/unsubscribe``."""

from collections.abc import Sequence

from telegram import Update

from bot.core import actions
from bot.core.matching.query import parse_query, read_stored
from bot.core.model import Button, DeliveryMode, Keyboard, Subscription
from bot.core.render import shorten
from bot.core.texts import Translator
from bot.core.topics.explanation import explain
from bot.core.topics.suggestions import Refinement, refinements
from bot.errors import ReaderError, TopicError
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


def offer(context: BotContext, text: str) -> Keyboard:
    """Return the button that follows a text; none where it is no topic, or too long for a button."""
    try:
        parse_query(text)
    except TopicError:
        return ()
    return actions.button(str(context.tr("button-follow", topic=text).unescape()), actions.Follow(text))


async def refine(update: Update, context: BotContext, action: actions.Refine) -> None:
    """Change a topic as the pressed button says."""
    outcome = await context.services.subscriptions.refine(context.chat.id, action.topic_id, action.change)
    if outcome is None:
        raise ReaderError("button-stale")
    said = context.tr("subscribed", topic=outcome.subscription.label)
    await _show_followed(update, context, said, outcome.subscription)


async def _show_followed(update: Update, context: BotContext, said: str, subscription: Subscription) -> None:
    """Show how a topic was understood, and the buttons that change it."""
    understood = context.tr("understood", what=explain(read_stored(subscription.label)))
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
        found = await named_topic(context)
        await context.services.subscriptions.unsubscribe(context.chat.id, found.topic_id)
        await context.reply(context.tr("unsubscribed", topic=found.label), _undo(found, context.tr))


async def unfollow(update: Update, context: BotContext, action: actions.Unfollow) -> None:
    """Stop following the topic of the pressed button."""
    removed = await context.services.subscriptions.unsubscribe(context.chat.id, action.topic_id)
    if removed is None:
        raise ReaderError("button-stale")
    await context.update_panel(update, context.tr("unsubscribed", topic=removed.label), _undo(removed, context.tr))


def _undo(removed: Subscription, tr: Translator) -> Keyboard:
    return actions.button(str(tr("button-undo")), actions.Restore(removed.topic_id))


async def restore(update: Update, context: BotContext, action: actions.Restore) -> None:
    """Follow a topic again that was removed a moment ago, as it was."""
    subscription = await context.services.subscriptions.restore(context.chat.id, action.topic_id)
    if subscription is None:
        raise ReaderError("button-stale")
    await _show_followed(update, context, context.tr("subscribed", topic=subscription.label), subscription)


def read_mode(text: str) -> DeliveryMode:
    """Return the mode that a button names.

    Raises:
        ReaderError: ``button-stale``.
    """
    try:
        return DeliveryMode(text)
    except ValueError:
        raise ReaderError("button-stale") from None


async def named_topic(context: BotContext) -> Subscription:
    """Return the topic named after the command, which the chat follows.

    Raises:
        ReaderError: ``not-subscribed``.
        TopicError: the text names no topic.
    """
    found = await context.services.subscriptions.find(context.chat.id, context.argument)
    if found is None:
        raise ReaderError("not-subscribed", topic=shorten(context.argument, 100))
    return found


def _choices(mine: Sequence[Subscription]) -> Keyboard:
    return tuple(
        (Button(shorten(item.label, BUTTON_LENGTH), actions.encode(actions.Unfollow(item.topic_id))),)
        for item in mine[:MAX_BUTTONS]
    )


async def followed(context: BotContext, topic_id: int) -> Subscription:
    """Return a topic that the chat follows. Raises ReaderError (``button-stale``) where it does not any more."""
    subscription = await context.services.subscriptions.get(context.chat.id, topic_id)
    if subscription is None:
        raise ReaderError("button-stale")
    return subscription
