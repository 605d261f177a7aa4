"""``/timezone``: the zone by its name, by a city in any of the three languages, or by a location that is shared."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions, zones
from bot.core.model import Button, ChatKind, Keyboard
from bot.core.texts import Translator
from bot.errors import ReaderError
from handlers.back import to_settings
from handlers.context import BotContext
from handlers.schedule import describe

SUGGESTED = (("Asia/Almaty", "Asia/Tashkent"), ("Europe/Moscow", "Europe/Istanbul"), ("Europe/Berlin", "UTC"))


async def set_zone(update: Update, context: BotContext) -> None:
    """Set the zone named after the command; without one, say which it is and offer some."""
    if context.argument:
        await change_zone(update, context, actions.SetZone(context.argument))
        return
    tr, chat = context.tr, context.chat
    buttons: Keyboard = tuple(
        tuple(Button(tr.place(zone), actions.encode(actions.SetZone(zone))) for zone in row) for row in SUGGESTED
    )
    lines = [_said(chat.zone, context, "timezone-set"), tr("timezone-how")]
    if chat.kind is ChatKind.PRIVATE:
        lines[-1] += " " + tr("timezone-location")
    await context.update_panel(update, Markup("\n\n").join(lines), buttons + to_settings(tr))


async def change_zone(update: Update, context: BotContext, action: actions.SetZone) -> None:
    """Set the zone that a text names and say what time it is there."""
    context.work.chat = await context.services.chats.move(context.chat, action.zone)
    said = _said(context.chat.zone, context, "timezone-set")
    await context.update_panel(update, said + "\n" + describe(context.chat, context.tr), to_settings(context.tr))


async def take_location(update: Update, context: BotContext) -> None:
    """Say which zone a shared location lies in; it is set once the reader says so, and the location is not kept."""
    where = update.effective_message.location if update.effective_message else None
    if where is None:
        raise ReaderError("message-not-text")
    here, *others = zones.nearest(where.latitude, where.longitude)
    tr = context.tr
    city = zones.city_name(here, tr.locale) or tr.place(here.zone)
    found = Markup("\n").join((tr("zone-nearest", city=city), _said(here.zone, context, "zone-set-it")))
    rows = (
        actions.button(str(tr("button-set-it")), actions.SetZone(here.zone)),
        *(actions.button(_with_time(other.zone, context), actions.SetZone(other.zone)) for other in others),
        actions.button(str(tr("button-other-zone")), actions.OpenSettings("zone")),
    )
    await context.reply(found, sum(rows, ()))


def _said(zone: str, context: BotContext, text: str) -> Markup:
    return context.tr(text, zone=zone_label(zone, context.tr), time=_clock(zone, context))


def _with_time(zone: str, context: BotContext) -> str:
    return f"{context.tr.place(zone)} · {_clock(zone, context)}"


def _clock(zone: str, context: BotContext) -> str:
    return context.work.translators(context.chat.locale, zone).clock(context.work.clock.now())


def zone_label(zone: str, tr: Translator) -> str:
    """Return a zone by its city in the reader's language and its own name: «Алматы (Asia/Almaty)»."""
    place = tr.place(zone)
    return zone if place == zone else place if place.startswith("UTC") else f"{place} ({zone})"
