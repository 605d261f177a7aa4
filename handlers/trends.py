"""How often a topic was in the news: ``/trends``."""

from collections.abc import Sequence

from telegram import Update

from bot.core import actions
from bot.core.render import shorten
from bot.core.trends import trend_caption, trend_chart
from bot.errors import FeedError, ReaderError
from handlers.context import BotContext
from handlers.errands import DrawChart
from handlers.topics import BUTTON_LENGTH

OFFERED = 8  # topics, as buttons


async def trends(_: Update, context: BotContext) -> None:
    """Draw the mentions of the topics named after the command; without any, ask which, with the chat's as buttons."""
    labels = [" ".join(part.split()) for part in context.argument.split(",") if part.strip()]
    if labels:
        await _draw(context, labels)
        return
    mine = await context.services.subscriptions.of(context.chat.id)
    rows = [actions.button(shorten(each.label, BUTTON_LENGTH), actions.ShowTrend(each.topic_id)) for each in mine]
    await context.reply(context.tr("trends-which"), sum(rows[:OFFERED], ()))


async def show_trend(_: Update, context: BotContext, action: actions.ShowTrend) -> None:
    """Draw the mentions of a topic that the chat follows."""
    topic = await context.services.subscriptions.get(context.chat.id, action.topic_id)
    if topic is None:
        raise ReaderError("button-stale")
    await _draw(context, [topic.label])


async def _draw(context: BotContext, labels: Sequence[str]) -> None:
    found = await context.services.trends.of(context.chat, labels)
    caption = trend_caption(found, context.tr)
    if not any(trend.total for trend in found):
        await context.reply(caption)
        return
    await send_chart(context, DrawChart("trends", trend_chart(found, context.tr)), caption)


async def send_chart(context: BotContext, chart: DrawChart, caption: str) -> None:
    """Answer with a picture; where the machine is too busy to draw it in time, with the figures in words alone."""
    try:
        picture = context.result_of(chart)
    except FeedError:
        await context.reply(caption)
    else:
        await context.send_photo(f"{chart.name}.png", picture, caption)
