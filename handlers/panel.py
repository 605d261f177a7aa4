"""``/topics``, ``/alerts``, ``/mute``: the list of topics, and the card of each, answered by editing one message."""

from urllib.parse import urlencode

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.matching.query import read_stored
from bot.core.model import Button, DeliveryMode, Keyboard, Subscription
from bot.core.render import pager, shorten
from bot.core.topics.explanation import explain
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.language import NAMES
from handlers.marks import marked
from handlers.start import write_deep_link
from handlers.topic_languages import way_in
from handlers.topics import BUTTON_LENGTH, followed, named_topic, read_mode

TOPICS_ON_PAGE = 8
HEADERS = {"mute": "mute-which", "alerts": "alerts-which"}
MODES = {
    DeliveryMode.AT_ONCE: ("mode-now", "mark-now", "button-now"),
    DeliveryMode.DIGEST: ("mode-digest", "", "button-digest"),
    DeliveryMode.WEEKLY: ("mode-weekly", "mark-weekly", "button-weekly"),
}
DAY, WEEK = 1, 7


async def show_topics(update: Update, context: BotContext) -> None:
    """List what the chat follows."""
    await turn_list(update, context, actions.ShowTopics(0, "topics"))


async def alerts(update: Update, context: BotContext) -> None:
    """Bring the stories of the topic named after the command at once, and follow it where it is new."""
    if not context.argument:
        await turn_list(update, context, actions.ShowTopics(0, "alerts"))
        return
    verbs = context.services.subscriptions
    subscription = (await verbs.subscribe(context.chat.id, context.argument)).subscription
    await _show_card(update, context, await verbs.deliver(subscription, DeliveryMode.AT_ONCE))


async def mute(update: Update, context: BotContext) -> None:
    """Mute the topic named after the command for a day; its card has the button for a week."""
    if not context.argument:
        await turn_list(update, context, actions.ShowTopics(0, "mute"))
        return
    subscription = await named_topic(context)
    await _show_card(update, context, await context.services.subscriptions.mute(subscription, DAY))


async def turn_list(update: Update, context: BotContext, action: actions.ShowTopics) -> None:
    """Show a page of the list; a page that is gone shows the last one."""
    mine = await context.services.subscriptions.of(context.chat.id)
    if not mine:
        await context.update_panel(update, context.tr("topics-none"))
        return
    pages = -(-len(mine) // TOPICS_ON_PAGE)
    page = min(max(action.page, 0), pages - 1)
    start = page * TOPICS_ON_PAGE
    shown = mine[start : start + TOPICS_ON_PAGE]
    purpose = HEADERS.get(action.purpose)
    header = context.tr(purpose) if purpose else context.tr.count("topics-list", len(mine))
    lines = [_line(place, item, context) for place, item in enumerate(shown, start=start + 1)]
    choices = tuple((_opens(item),) for item in shown)
    turning = pager(page, pages, lambda to: actions.ShowTopics(to, action.purpose))
    await context.update_panel(update, header + "\n\n" + Markup("\n").join(lines), choices + turning)


def _line(place: int, item: Subscription, context: BotContext) -> Markup:
    marks = [MODES[item.mode][1], "mark-muted" if _is_muted(item, context) else ""]
    words = [str(context.tr(mark)) for mark in marks if mark]
    return Markup("{}. {}").format(place, " · ".join((shorten(item.label, 100), *words)))


def _opens(item: Subscription) -> Button:
    return Button(shorten(item.label, BUTTON_LENGTH), actions.encode(actions.OpenTopic(item.topic_id)))


async def open_topic(update: Update, context: BotContext, action: actions.OpenTopic) -> None:
    """Show a topic's card."""
    await _show_card(update, context, await followed(context, action.topic_id))


async def change_mode(update: Update, context: BotContext, action: actions.SetMode) -> None:
    """Bring a topic's stories as the pressed button says."""
    subscription = await followed(context, action.topic_id)
    await _show_card(
        update, context, await context.services.subscriptions.deliver(subscription, read_mode(action.mode))
    )


async def change_mute(update: Update, context: BotContext, action: actions.Mute) -> None:
    """Mute a topic, or end it."""
    if action.days not in (0, DAY, WEEK):
        raise ReaderError("button-stale")
    subscription = await followed(context, action.topic_id)
    await _show_card(update, context, await context.services.subscriptions.mute(subscription, action.days))


async def _show_card(update: Update, context: BotContext, item: Subscription) -> None:
    """Say what a topic looks for, how much came of it this week and how it is brought."""
    counts = await context.services.subscriptions.of_this_week(context.chat.id, [item.topic_id])
    tr = context.tr
    lines = [
        Markup("<b>{}</b>").format(item.label),
        tr("understood", what=explain(read_stored(item.label))),
        tr.count("articles-week", counts.get(item.topic_id, 0)),
        tr(MODES[item.mode][0]),
    ]
    muted = _is_muted(item, context)
    if muted and item.muted_until:
        lines.append(tr("topic-muted", until=tr.when(item.muted_until, context.work.clock.now())))
    if item.languages:
        lines.append(tr("setting-articles", names=", ".join(NAMES[one] for one in item.languages)))
    await context.update_panel(update, Markup("\n").join(lines), _card_buttons(item, context, muted=muted))


def _is_muted(item: Subscription, context: BotContext) -> bool:
    return item.muted_until is not None and item.muted_until > context.work.clock.now()


def _card_buttons(item: Subscription, context: BotContext, *, muted: bool) -> Keyboard:
    tr = context.tr

    def button(text: str, action: actions.Action) -> Button:
        return Button(str(tr(text)), actions.encode(action))

    topic = item.topic_id
    modes = tuple(
        Button(marked(str(tr(text)), on=mode is item.mode), actions.encode(actions.SetMode(topic, mode)))
        for mode, (_, _, text) in MODES.items()
    )
    mutes = (
        (button("button-unmute", actions.Mute(topic, 0)),)
        if muted
        else (
            button("button-mute-day", actions.Mute(topic, DAY)),
            button("button-mute-week", actions.Mute(topic, WEEK)),
        )
    )
    return (
        modes,
        mutes,
        *way_in(item, context.chat, tr),
        (
            button("button-latest", actions.ShowLatest(topic)),
            button("button-unfollow", actions.Unfollow(topic)),
        ),
        (*_share(item, context), button("button-back", actions.ShowTopics(0, "topics"))),
    )


def _share(item: Subscription, context: BotContext) -> tuple[Button, ...]:
    """Return the button that sends a topic's deep link to a friend; none where the topic is too long for a link."""
    parameter = write_deep_link(item.label)
    if parameter is None:
        return ()
    link = f"https://t.me/{context.bot.username}?start={parameter}"
    address = "https://t.me/share/url?" + urlencode({"url": link, "text": item.label})
    return (Button(str(context.tr("button-share")), url=address),)
