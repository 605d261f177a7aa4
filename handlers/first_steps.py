"""First steps, in one message: language, topics, hour; then the latest stories at once."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.matching.query import read_stored
from bot.core.model import LOCALES, Button, Keyboard
from bot.core.render import pager
from bot.core.topics.ready_made import ReadyTopic, ready
from bot.errors import ReaderError
from handlers import reading
from handlers.context import BotContext
from handlers.language import NAMES
from handlers.marks import marked
from handlers.schedule import describe

ON_PAGE = 10
COLUMNS = 2
HOURS = (("07:30", "08:30", "12:30"), ("19:00", "21:00", "08:30,19:00"))


async def welcome(update: Update, context: BotContext, offer: Keyboard = ()) -> None:
    """Greet the reader in the language that Telegram speaks; another one is a button away. ``offer`` comes first."""
    tr, chat = context.tr, context.chat
    languages = tuple(
        Button(marked(NAMES[one], on=one == chat.locale), actions.encode(actions.FirstStep("language", one)))
        for one in LOCALES
    )
    rows = (
        actions.button(str(tr("button-choose-topics")), actions.FirstStep("topics", "0")),
        actions.button(str(tr("button-latest")), actions.ShowLatest(0)),
    )
    await context.update_panel(update, tr("welcome"), (*offer, languages, *sum(rows, ())))


async def step(update: Update, context: BotContext, action: actions.FirstStep) -> None:
    """Go where the pressed button leads."""
    match action.step:
        case "language":
            await _speak(update, context, action.value)
        case "topics" if action.value.isdecimal():
            await _show_topics(update, context, int(action.value))
        case "hours":
            await _show_hours(update, context)
        case "hour":
            await _finish(update, context, action.value)
        case _:
            raise ReaderError("button-stale")


async def _speak(update: Update, context: BotContext, language: str) -> None:
    locale = next((one for one in LOCALES if one == language), None)
    if locale is None:
        raise ReaderError("button-stale")
    context.work.chat = await context.services.chats.speak(context.chat, locale)
    await welcome(update, context)


async def toggle(update: Update, context: BotContext, action: actions.ToggleReady) -> None:
    """Follow a ready-made topic, or no longer."""
    topic = next((one for one in ready() if one.key == action.key), None)
    if topic is None:
        raise ReaderError("button-stale")
    verbs, chat = context.services.subscriptions, context.chat
    mine = {read_stored(one.label).canonical: one.topic_id for one in await verbs.of(chat.id)}
    followed = [mine[canonical] for canonical in topic.canonicals if canonical in mine]
    for topic_id in followed:
        await verbs.unsubscribe(chat.id, topic_id)
    if not followed:
        await verbs.subscribe(chat.id, topic.names[chat.locale])
    await _show_topics(update, context, action.page)


async def _show_topics(update: Update, context: BotContext, page: int) -> None:
    tr = context.tr
    pages = -(-len(ready()) // ON_PAGE)
    page = min(page, pages - 1)
    shown = ready()[page * ON_PAGE : (page + 1) * ON_PAGE]
    mine = {read_stored(one.label).canonical for one in await context.services.subscriptions.of(context.chat.id)}
    buttons = [_switch(one, page, context, on=bool(one.canonicals & mine)) for one in shown]
    rows = tuple(tuple(buttons[at : at + COLUMNS]) for at in range(0, len(buttons), COLUMNS))
    turning = pager(page, pages, lambda to: actions.FirstStep("topics", str(to)))
    onward = actions.button(str(tr("button-next")), actions.FirstStep("hours", ""))
    await context.update_panel(update, tr("choose-topics"), rows + turning + onward)


def _switch(topic: ReadyTopic, page: int, context: BotContext, *, on: bool) -> Button:
    name = topic.names[context.chat.locale]
    return Button(marked(name[:1].upper() + name[1:], on=on), actions.encode(actions.ToggleReady(page, topic.key)))


async def _show_hours(update: Update, context: BotContext) -> None:
    rows: Keyboard = tuple(
        tuple(Button(text.replace(",", ", "), actions.encode(actions.FirstStep("hour", text))) for text in row)
        for row in HOURS
    )
    await context.update_panel(update, context.tr("choose-hour"), rows)


async def _finish(update: Update, context: BotContext, hour: str) -> None:
    context.work.chat = await context.services.chats.schedule(context.chat, hour)
    said = Markup("\n").join((context.tr("first-steps-done"), describe(context.chat, context.tr)))
    await context.update_panel(update, said)
    await reading.show_latest(update, context, actions.ShowLatest(0))
