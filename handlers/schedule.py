"""When: ``/schedule``."""

from telegram import Update

from bot.core import actions
from bot.core.model import Button, Chat, ChatState
from bot.core.schedule import EVERY_DAY
from bot.core.texts import Translator
from bot.services.chats import schedule_of
from handlers.back import to_settings
from handlers.context import BotContext

SUGGESTED_HOURS = (("07:30", "08:30", "12:30"), ("19:00", "08:30,19:00", "off"))


async def set_schedule(update: Update, context: BotContext) -> None:
    """Set the hours named after the command; without any, say what they are and offer some."""
    if context.argument:
        await change_schedule(update, context, actions.SetSchedule(context.argument))
        return
    buttons = tuple(
        tuple(Button(_on_button(text, context.tr), actions.encode(actions.SetSchedule(text))) for text in row)
        for row in SUGGESTED_HOURS
    )
    said = describe(context.chat, context.tr) + "\n\n" + context.tr("schedule-how")
    await context.update_panel(update, said, buttons + to_settings(context.tr))


def _on_button(text: str, tr: Translator) -> str:
    return str(tr("button-off")) if text == "off" else text.replace(",", ", ")


async def change_schedule(update: Update, context: BotContext, action: actions.SetSchedule) -> None:
    """Set the hours that a text names and say when the next digest comes."""
    context.work.chat = await context.services.chats.schedule(context.chat, action.text)
    await context.update_panel(update, describe(context.chat, context.tr), to_settings(context.tr))


def describe(chat: Chat, tr: Translator) -> str:
    """Return the chat's hours in words, with the instant of the next digest."""
    schedule = schedule_of(chat)
    lines = []
    if schedule.times:
        hours = ", ".join(tr.hour(at) for at in schedule.times)
        days = ", ".join(tr.weekday(day) for day in sorted(schedule.days))
        everyday = schedule.days == EVERY_DAY
        lines.append(tr("schedule-daily", hours=hours) if everyday else tr("schedule-days", hours=hours, days=days))
    if schedule.weekly:
        lines.append(tr("schedule-weekly", day=tr.weekday(schedule.weekly[0]), hour=tr.hour(schedule.weekly[1])))
    if not lines:
        return tr("schedule-off")
    if chat.state is not ChatState.ACTIVE:
        lines.append(tr("schedule-held"))
    elif chat.next_digest_at is not None:
        lines.append(
            tr("schedule-next", day=tr.weekday_and_day(chat.next_digest_at), time=tr.clock(chat.next_digest_at))
        )
    return "\n".join(lines)
