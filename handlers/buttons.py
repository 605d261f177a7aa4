"""Pressed buttons: each typed action to its handler."""

from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update

from bot.core import actions
from handlers import (
    admin,
    channels,
    data,
    first_steps,
    forum,
    language,
    panel,
    quiet,
    reading,
    schedule,
    settings,
    sources,
    stories,
    topic_languages,
    topics,
    trends,
    zone,
)
from handlers.context import BotContext
from handlers.rights import check_press

Press = Callable[[Update, BotContext, Any], Awaitable[None]]


async def _follow(update: Update, context: BotContext, action: actions.Follow) -> None:
    await topics.follow(update, context, action.text)


PRESSES: dict[type[actions.Action], Press] = {
    actions.TurnPage: reading.turn_page,
    actions.ShowLatest: reading.show_latest,
    actions.SetLocale: language.change_language,
    actions.SetSchedule: schedule.change_schedule,
    actions.SetZone: zone.change_zone,
    actions.Unfollow: topics.unfollow,
    actions.Follow: _follow,
    actions.Refine: topics.refine,
    actions.Restore: topics.restore,
    actions.ShowTopics: panel.turn_list,
    actions.OpenTopic: panel.open_topic,
    actions.SetMode: panel.change_mode,
    actions.Mute: panel.change_mute,
    actions.OpenLanguages: topic_languages.open_languages,
    actions.ToggleLanguage: topic_languages.toggle_language,
    actions.OpenSettings: settings.open_part,
    actions.Toggle: settings.toggle,
    actions.SetQuiet: quiet.change_quiet,
    actions.Forget: data.forget_for_good,
    actions.FirstStep: first_steps.step,
    actions.ToggleReady: first_steps.toggle,
    actions.Manage: channels.manage,
    actions.BringHere: forum.bring_here,
    actions.ListStories: stories.list_stories,
    actions.OpenStory: stories.open_story,
    actions.Why: stories.why,
    actions.Related: stories.related,
    actions.OfferMutes: stories.offer_mutes,
    actions.ExcludeWord: stories.exclude_word,
    actions.IncludeWord: stories.include_word,
    actions.Silence: stories.silence,
    actions.ShowTrend: trends.show_trend,
    actions.SendBroadcast: admin.send_broadcast,
    actions.ShowSources: sources.turn_sources,
    actions.SwitchSource: sources.switch_source,
    actions.AddSource: sources.add_offered,
    actions.RemoveSource: sources.drop_source,
}


async def press(update: Update, context: BotContext) -> None:
    """Do what the pressed button asks for."""
    query = update.callback_query
    action = actions.decode(actions.split_channel((query.data if query else None) or "")[1])
    await check_press(update, context, action)
    await PRESSES[type(action)](update, context, action)
