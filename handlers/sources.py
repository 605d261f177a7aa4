"""Sources: ``/sources``, ``/addsource``, ``/removesource``, and lists of feeds (OPML) that come as documents."""

from datetime import datetime

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.model import Button, Keyboard, Source, SourceChoice
from bot.core.render import shorten
from bot.core.sources import Health, button_key, health
from bot.core.texts import Translator
from bot.errors import FeedError, ReaderError
from bot.services.sources import Offered, reader_error
from handlers.context import BotContext
from handlers.documents import read_document
from handlers.errands import FindFeeds, ReadList

PAGE = 8  # sources on a page of the panel: they fit a phone's screen
NAME_LENGTH = 32
MAX_BUTTONS = 40
MARKS = {Health.RESTING: "source-mark-resting", Health.GONE: "source-mark-gone"}


async def show_sources(_: Update, context: BotContext) -> None:
    """Show the catalogue and the chat's own feeds."""
    await context.reply(*await _panel(context, 0))


async def turn_sources(update: Update, context: BotContext, action: actions.ShowSources) -> None:
    """Show another page of the panel."""
    await context.update_panel(update, *await _panel(context, action.page))


async def switch_source(update: Update, context: BotContext, action: actions.SwitchSource) -> None:
    """Turn the source of the pressed button on or off."""
    if await context.services.sources.switch(context.chat.id, action.key, on=bool(action.on)) is None:
        raise ReaderError("button-stale")
    await context.update_panel(update, *await _panel(context, action.page))


async def _panel(context: BotContext, page: int) -> tuple[str, Keyboard]:
    choices, tr, now = await context.services.sources.of(context.chat.id), context.tr, context.work.clock.now()
    pages = max(1, -(-len(choices) // PAGE))
    page = min(max(page, 0), pages - 1)
    shown = choices[page * PAGE : (page + 1) * PAGE]
    parts = [tr("sources-panel", all=len(choices), on=sum(choice.on for choice in choices))]
    if any(health(choice.feed, now) is Health.RESTING for choice in shown):
        parts.append(tr("sources-resting", mark=tr("source-mark-resting")))
    parts.append(tr("sources-how"))
    rows = tuple((_switch(choice, page, tr, now),) for choice in shown)
    return Markup("\n\n").join(parts), rows + _turning(page, pages)


def _switch(choice: SourceChoice, page: int, tr: Translator, now: datetime) -> Button:
    mark = MARKS.get(health(choice.feed, now))
    label = f"{'✓' if choice.on else '○'} {_name(choice.source, tr)}" + (f" · {tr(mark)}" if mark else "")
    return Button(label, actions.encode(actions.SwitchSource(page, int(not choice.on), button_key(choice.source.id))))


def _turning(page: int, pages: int) -> Keyboard:
    if pages == 1:
        return ()
    targets = (("‹", (page - 1) % pages), (f"{page + 1}/{pages}", page), ("›", (page + 1) % pages))
    return (tuple(Button(text, actions.encode(actions.ShowSources(to))) for text, to in targets),)


async def add_source(_: Update, context: BotContext) -> None:
    """Show what there is behind an address, with a button that adds it."""
    if not context.argument:
        await context.reply(context.tr("addsource-how"))
        return
    try:
        found = context.result_of(FindFeeds(context.argument))
    except FeedError as error:
        raise reader_error(error) from error
    if not found:
        raise ReaderError("source-none")
    offered = await context.services.sources.offer(context.chat, found)
    blocks = [context.tr("sources-found"), *(_preview(one, context.tr) for one in offered)]
    rows = tuple(row for one in offered for row in _to_add(one, context.tr))
    await context.reply(Markup("\n\n").join(blocks), rows)


def _preview(offered: Offered, tr: Translator) -> Markup:
    source = offered.source
    title = Markup('<b><a href="{}">{}</a></b>').format(source.url, _name(source, tr, 100))
    facts = Markup(" · ").join((tr(f"in-{source.language}"), tr.count("source-entries", offered.entries)))
    lines = [title, facts, *(Markup("• {}").format(shorten(headline, 150)) for headline in offered.headlines)]
    if offered.choice:
        lines.append(tr("source-have" if offered.choice.on else "source-is-off"))
    return Markup("\n").join(lines)


def _to_add(offered: Offered, tr: Translator) -> Keyboard:
    label = str(tr("button-add-source", name=_name(offered.source, tr)).unescape())
    if offered.choice is None:
        return ((Button(label, actions.encode(actions.AddSource(offered.source.id))),),)
    if offered.choice.on:
        return ()
    return ((Button(label, actions.encode(actions.SwitchSource(0, 1, button_key(offered.source.id)))),),)


async def add_offered(update: Update, context: BotContext, action: actions.AddSource) -> None:
    """Add the feed of the pressed button."""
    source = await context.services.sources.add(context.chat.id, action.source_id)
    if source is None:
        raise ReaderError("button-stale")
    said = context.tr("source-added", name=_name(source, context.tr, 100))
    await context.update_panel(update, said, (_removal(source, str(context.tr("button-undo"))),))


async def remove_source(update: Update, context: BotContext) -> None:
    """Remove the feed named after the command; without one, offer the chat's own as buttons."""
    mine = await context.services.sources.own(context.chat.id)
    if not mine:
        await context.reply(context.tr("sources-own-none"))
    elif not context.argument:
        choices = tuple(_removal(source, _name(source, context.tr)) for source in mine[:MAX_BUTTONS])
        await context.reply(context.tr("removesource-which"), choices)
    else:
        found = await context.services.sources.find_own(context.chat.id, context.argument)
        if found is None:
            raise ReaderError("source-not-own", text=shorten(context.argument, 100))
        await drop_source(update, context, actions.RemoveSource(button_key(found.id)))


async def drop_source(update: Update, context: BotContext, action: actions.RemoveSource) -> None:
    """Remove the feed of the pressed button."""
    source = await context.services.sources.remove(context.chat.id, action.key)
    if source is None:
        raise ReaderError("button-stale")
    undo = Button(str(context.tr("button-undo")), actions.encode(actions.AddSource(source.id)))
    said = context.tr("source-removed", name=_name(source, context.tr, 100))
    await context.update_panel(update, said, ((undo,),))


def _removal(source: Source, label: str) -> tuple[Button, ...]:
    return (Button(label, actions.encode(actions.RemoveSource(button_key(source.id)))),)


async def take_document(update: Update, context: BotContext) -> None:
    """Add the feeds of a list that came as a document."""
    listed = read_document(update, context, ReadList)
    if listed is None:
        return
    done = await context.services.sources.add_listed(context.chat, listed)
    said = [context.tr.count("list-added", done.added)]
    if done.known:
        said.append(context.tr.count("list-known", done.known))
    await context.reply(Markup(" ").join([*said, context.tr("list-see")]))


def _name(source: Source, tr: Translator, length: int = NAME_LENGTH) -> str:
    return shorten(source.name.get(tr.locale) or source.id, length)
