"""Channels, looked after from an admin's private chat."""

import pytest

from bot.core import actions
from bot.core.model import Channel

CHANNEL = -1001234567890
TITLE = "Таңғы жаңалық"
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])
SAID = {
    "kk": {"added": "арнасына қосылдым", "managed": "арнасына қатысты", "header": f"«{TITLE}» арнасы", "done": "Аяқтау",
           "own": "өзіңізге қатысты", "topics": "Тақырыптар", "settings": "Баптаулар", "unfollow": "Бас тарту",
           "lost": "басқара алмайсыз", "private": "жеке чатта", "none": "Арна әзірге жоқ"},
    "ru": {"added": "Меня добавили", "managed": "относится к каналу", "header": f"Канал «{TITLE}»", "done": "Закончить",
           "own": "снова относится к вам", "topics": "Темы", "settings": "Настройки", "unfollow": "Отписаться",
           "lost": "управлять не можете", "private": "в личном чате", "none": "Каналов пока нет"},
    "en": {"added": "I was added", "managed": "is about the channel", "header": f"Channel “{TITLE}”", "done": "Finish",
           "own": "about you again", "topics": "Topics", "settings": "Settings", "unfollow": "Stop following",
           "lost": "cannot manage this channel", "private": "in a private chat", "none": "No channels yet"},
}  # fmt: skip


async def added(desk, language="kk", *, status=("left", "administrator")):
    """Let the admin add the bot to the channel (or change its status)."""
    bot = {"id": 1, "is_bot": True, "first_name": "Jarshy"}

    def member(state):
        rights = dict.fromkeys(
            ("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
             "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
             "can_edit_stories", "can_delete_stories"), False,
        )  # fmt: skip
        return {"user": bot, "status": state, **(rights if state == "administrator" else {})}

    change = {
        "chat": {"id": CHANNEL, "type": "channel", "title": TITLE}, "date": 1,
        "from": {"id": 7, "is_bot": False, "first_name": "A", "language_code": language},
        "old_chat_member": member(status[0]), "new_chat_member": member(status[1]),
    }  # fmt: skip
    return await desk.handle({"my_chat_member": change}, CHANNEL)


async def managing(desk, language="kk"):
    """Begin in private, add the bot to the channel, take the channel up; return what was answered then."""
    await desk.say("/help", language=language)
    await added(desk, language)
    (listed,) = await desk.say("/channels", language=language)
    (managed,) = await desk.press(listed, TITLE, language=language)
    return managed


async def topics_of(desk, chat):
    async with desk.storage.reading() as unit:
        return [one.label for one in await unit.subscriptions.of(chat)]


async def chat_of(desk, chat=CHANNEL):
    async with desk.storage.reading() as unit:
        return await unit.chats.get(chat)


@LANGUAGES
async def test_who_adds_the_bot_hears_of_it_in_private_and_the_channel_does_not(desk, language):
    """One message, to the admin, in the admin's language; the channel's readers see nothing."""
    await desk.say("/help", language=language)
    (told,) = await added(desk, language)

    assert told.chat_id == 7
    assert SAID[language]["added"] in told.text
    assert TITLE in told.text


async def test_an_admin_who_never_wrote_is_not_written_to(desk):
    """Telegram would refuse it; the channel is theirs all the same, when they come."""
    assert await added(desk) == []

    assert TITLE in (await desk.say("/channels"))[0].buttons


@LANGUAGES
async def test_topics_hours_and_language_are_the_channels(desk, language):
    """Commands, plain text and buttons in the private chat change the channel, and nothing of the admin's own."""
    said = SAID[language]
    managed = await managing(desk, language)
    mine = await chat_of(desk, 7)
    (followed,) = await desk.say("/subscribe Иран", language=language)
    (hours,) = await desk.say("/schedule 09:15", language=language)
    await desk.say("/subscribe Қазақстан", language=language)
    (listed,) = await desk.press(managed, said["topics"], language=language)
    (card,) = await desk.press(listed, "Қазақстан", language=language)
    await desk.press(card, said["unfollow"], language=language)
    await desk.say("/language en", language=language)

    assert said["managed"] in managed.text
    for answer in (followed, hours, listed, card):
        assert answer.chat_id == 7
        assert answer.text.startswith(said["header"])
    assert await topics_of(desk, CHANNEL) == ["Иран"]
    assert await topics_of(desk, 7) == []
    channel = await chat_of(desk)
    assert ("09:15" in channel.schedule, channel.locale, channel.manages) == (True, "en", None)
    assert (await chat_of(desk, 7)).schedule == mine.schedule


@LANGUAGES
async def test_the_digest_comes_into_the_channel_in_parts_without_buttons(desk, language):
    """At the channel's hour, in its language, three parts at most."""
    await managing(desk, language)
    await desk.say("/subscribe Иран", language=language)
    words = [
        "мұнай",
        "газ",
        "көлік",
        "спорт",
        "өнер",
        "ғылым",
        "сауда",
        "су",
        "жол",
        "қала",
        "ауыл",
        "банк",
        "білім",
        "тау",
        "теңіз",
        "орман",
        "кітап",
        "театр",
    ]
    more = [f"{one}-{n}" for n in range(2) for one in words]
    await desk.news(*(desk.entry(f"{word} {n * 13}", f"Иран {word} {n}", minutes_ago=n) for n, word in enumerate(more)))
    desk.clock.at = (await chat_of(desk)).next_digest_at
    await desk.digests.tick()
    parts = [answer for key, answer in await desk.outbox() if key.startswith("digest:")]

    assert {part.chat_id for part in parts} == {CHANNEL}
    assert 1 < len(parts) <= 3
    assert not any(part.buttons for part in parts)


@LANGUAGES
async def test_finishing_leads_back_to_oneself(desk, language):
    """By the button, or by /start; the channel stays as it is."""
    said = SAID[language]
    managed = await managing(desk, language)
    (done,) = await desk.press(managed, said["done"], language=language)
    await desk.say("/subscribe Иран", language=language)

    assert said["own"] in done.text
    assert await topics_of(desk, 7) == ["Иран"]
    assert await topics_of(desk, CHANNEL) == []

    (listed,) = await desk.say("/channels", language=language)
    await desk.press(listed, TITLE, language=language)
    await desk.say("/start", language=language)
    await desk.say("/subscribe Қазақстан", language=language)
    assert await topics_of(desk, 7) == ["Иран", "Қазақстан"]


async def test_a_panel_stays_about_its_channel(desk):
    """A button that was shown for the channel acts on the channel later too, one's own on oneself."""
    managed = await managing(desk)
    await desk.say("/subscribe Иран")
    (channels_list,) = await desk.press(managed, "Тақырыптар")
    await desk.press(managed, "Аяқтау")
    await desk.say("/subscribe Иран")
    (card,) = await desk.press(channels_list, "Иран")
    await desk.press(card, "Бас тарту")

    assert await topics_of(desk, CHANNEL) == []
    assert await topics_of(desk, 7) == ["Иран"]


@LANGUAGES
async def test_who_is_no_admin_any_more_changes_nothing(desk, language):
    """Telegram is asked at each step: a command, an old button, taking the channel up again."""
    said = SAID[language]
    managed = await managing(desk, language)
    (before,) = await desk.say("/subscribe Иран", language=language)
    desk.web.admins = set()
    (refused,) = await desk.say("/unsubscribe Иран", language=language)
    pressed = await desk.press(before, said["unfollow"], language=language)
    again = await desk.press(None, "", language=language, data=actions.encode(actions.Manage(CHANNEL)))

    assert managed
    assert said["lost"] in refused.text
    assert pressed == again == []
    assert said["lost"] in desk.callbacks[-1][1]
    assert await topics_of(desk, CHANNEL) == ["Иран"]


async def test_another_admin_takes_the_channel_up_by_its_name(desk):
    """With or without the sign, or by its link; a name that is nobody's gets a sentence."""
    await added(desk)
    desk.web.channels = {"@tangy": Channel(CHANNEL, TITLE)}
    for name in ("@tangy", "tangy", "https://t.me/tangy"):
        (managed,) = await desk.say(f"/channels {name}", chat=8, language="kk")
        assert TITLE in managed.text
    (unknown,) = await desk.say("/channels @nobody", chat=9)
    desk.web.admins = set()
    (refused,) = await desk.say("/channels @tangy", chat=10)

    assert "табылмады" in unknown.text
    assert SAID["kk"]["lost"] in refused.text


@LANGUAGES
async def test_channels_are_for_private_chats(desk, language):
    """In a group one sentence; without any channel, how to come to one."""
    (group,) = await desk.say("/channels", chat=-5, kind="supergroup", language=language)
    (none,) = await desk.say("/channels", language=language)

    assert SAID[language]["private"] in group.text
    assert SAID[language]["none"] in none.text
    assert "/channels @" in none.text


async def test_forgetting_the_channel_forgets_who_looked_after_it(desk):
    """In the channel's name /forget deletes the channel's rows, and the private chat is about itself again."""
    await managing(desk)
    await desk.say("/subscribe Иран")
    (sure,) = await desk.say("/forget")
    (gone,) = await desk.press(sure, sure.buttons[0])
    async with desk.storage.reading() as unit:
        kept = await unit.connection.fetch_sql("SELECT 1 AS one FROM steward")

    assert gone.chat_id == 7
    assert kept == []
    assert await topics_of(desk, CHANNEL) == []
    assert (await chat_of(desk, 7)).manages is None


@LANGUAGES
async def test_forgetting_oneself_says_that_channels_stay(desk, language):
    """They have readers of their own; who looks after none hears nothing of it."""
    await managing(desk, language=language)
    await desk.say("/channels", language=language)
    await desk.say("/start", language=language)
    (sure,) = await desk.say("/forget", language=language)
    (alone,) = await desk.say("/forget", chat=9, language=language)

    assert "/channels" in sure.text
    assert "/channels" not in alone.text


async def test_a_removed_channel_is_left_in_peace(desk):
    """Where the bot was removed, nothing is sent, and the channel's settings wait."""
    await managing(desk)
    await desk.say("/subscribe Иран")
    await added(desk, status=("administrator", "left"))
    await desk.news(desk.entry("Иран президенті келді"))
    desk.clock.forward(days=1)
    await desk.digests.tick()

    assert [key for key, _ in await desk.outbox() if key.startswith("digest:")] == []
    assert await topics_of(desk, CHANNEL) == ["Иран"]
