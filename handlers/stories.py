"""One story out of a digest or an alert: its card, why it came, fewer like it, more on it. One message, edited."""

from telegram import Update

from bot.core import actions, story_cards
from bot.core.story_cards import MUTED_DAYS
from bot.errors import ReaderError
from bot.services.digests import outlet_names
from handlers.context import BotContext


async def list_stories(update: Update, context: BotContext, action: actions.ListStories) -> None:
    """Name the stories of a page, each to be opened by its number."""
    entries = await context.services.cards.on_page(context.chat, action.composition_id, action.page)
    keyboard = story_cards.list_keyboard(action.composition_id, action.page, entries, context.tr)
    await context.update_panel(update, story_cards.list_text(entries, context.tr), keyboard)


async def open_story(update: Update, context: BotContext, action: actions.OpenStory) -> None:
    """Show a story's card; its way back leads to the page that it stands on."""
    card = await context.services.cards.card(context.chat, action.story_id)
    page = await context.services.cards.page_of(context.chat, action.composition_id, action.story_id)
    names, now = await outlet_names(context.work.unit), context.work.clock.now()
    keyboard = story_cards.card_keyboard(card, action.composition_id, page, context.tr)
    await context.update_panel(update, story_cards.card_text(card, now, names, context.tr), keyboard)


async def why(update: Update, context: BotContext, action: actions.Why) -> None:
    """Say which words of a story met which topics."""
    card = await context.services.cards.card(context.chat, action.story_id)
    if not card.topics:
        raise ReaderError("button-stale")
    keyboard = story_cards.why_keyboard(action.composition_id, action.story_id, context.tr)
    await context.update_panel(update, story_cards.why_text(card, context.tr), keyboard)


async def related(update: Update, context: BotContext, action: actions.Related) -> None:
    """Show the stories that belong with this one."""
    card = await context.services.cards.card(context.chat, action.story_id)
    others = await context.services.cards.related(context.chat, action.story_id)
    names, now = await outlet_names(context.work.unit), context.work.clock.now()
    text = story_cards.related_text(card.entry, others, now, names, context.tr)
    await context.update_panel(update, text, story_cards.to_card(action.composition_id, action.story_id, context.tr))


async def offer_mutes(update: Update, context: BotContext, action: actions.OfferMutes) -> None:
    """Offer words that the story's topics could do without, and their silence."""
    card = await context.services.cards.mutable(context.chat, action.story_id)
    keyboard = story_cards.mutes_keyboard(card, action.composition_id, context.tr)
    await context.update_panel(update, story_cards.mutes_text(card, context.tr), keyboard)


async def exclude_word(update: Update, context: BotContext, action: actions.ExcludeWord) -> None:
    """Let a topic do without a word; the button below takes it back."""
    topic = await context.services.cards.exclude(context.chat, action.topic_id, action.word)
    keyboard = story_cards.excluded_keyboard(action, topic.topic_id, context.tr)
    await context.update_panel(update, story_cards.excluded_text(topic.label, action.word, context.tr), keyboard)


async def include_word(update: Update, context: BotContext, action: actions.IncludeWord) -> None:
    """Take an exclusion back, and show what is offered again."""
    await context.services.cards.include(context.chat, action.topic_id, action.word)
    await offer_mutes(update, context, actions.OfferMutes(action.composition_id, action.story_id))


async def silence(update: Update, context: BotContext, action: actions.Silence) -> None:
    """Mute a topic of the story's for a while, or end that."""
    if action.days not in (0, *MUTED_DAYS):
        raise ReaderError("button-stale")
    topic = await context.services.cards.silence(context.chat, action.topic_id, action.days)
    if not action.days:
        await offer_mutes(update, context, actions.OfferMutes(action.composition_id, action.story_id))
        return
    keyboard = story_cards.silenced_keyboard(action, context.tr)
    text = story_cards.silenced_text(topic, context.work.clock.now(), context.tr)
    await context.update_panel(update, text, keyboard)
