"""Chats and their settings: language, zone, hours, and whether digests go out at all."""

from dataclasses import replace

from bot.core import quiet
from bot.core import schedule as schedules
from bot.core.model import LOCALES, Channel, Chat, ChatKind, ChatState, Locale
from bot.core.schedule import Schedule
from bot.core.zones import find_zone
from bot.errors import LimitError
from bot.ports import Clock, Unit
from bot.services import rights

DEFAULT_ZONE = "Asia/Almaty"
DEFAULT_LOCALE: Locale = "ru"


class Chats:
    """The settings of chats, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    async def enter(self, chat_id: int, kind: ChatKind, language_code: str | None, *, writable: bool) -> Chat:
        """Return the chat that an update came from.

        A person's is stored with the defaults when they first write. A group or channel is not: its settings begin with
        the first thing that an admin of it asks for (``keep``), and until then whoever asks is answered in their own
        language. ``writable`` says that the update shows that the bot can write there: a chat that was gone is back.
        """
        chat = await self._unit.chats.get(chat_id)
        if chat is None:
            chat = self._new(chat_id, kind, language_code)
            return await self._reschedule(chat) if writable and kind is ChatKind.PRIVATE else chat
        return await self.come_back(chat) if writable else chat

    async def guest(self, chat_id: int, kind: ChatKind, language_code: str | None) -> Chat:
        """Return the chat; of one that is not known, what it would be. Nothing is stored."""
        return await self._unit.chats.get(chat_id) or self._new(chat_id, kind, language_code)

    async def keep(self, chat: Chat) -> Chat:
        """Store a chat with the defaults where it is not known yet, so that something can be changed in it."""
        return await self._unit.chats.get(chat.id) or await self._reschedule(chat)

    async def come_back(self, chat: Chat) -> Chat:
        """Note that a chat can be written to again; what its people asked for stands, from the next slot on."""
        if not chat.gone:
            return chat
        back = await self._reschedule(replace(chat, gone=False))
        for choice in await self._unit.feeds.choices(chat.id):
            if choice.on and not choice.source.public:  # it may have been given up meanwhile
                await self._unit.feeds.adopt(choice.source.id, self._clock.now())
        return back

    async def speak(self, chat: Chat, locale: Locale) -> Chat:
        """Set the language of the interface."""
        return await self._keep(replace(chat, locale=locale))

    async def move(self, chat: Chat, zone: str) -> Chat:
        """Set the time zone that was typed, as ``core.zones`` reads it; the hours stay, their instants move.

        Raises:
            ZoneError: there is no such zone, or no single one.
        """
        return await self._reschedule(replace(chat, zone=find_zone(zone, self._clock.now())))

    async def schedule(self, chat: Chat, text: str) -> Chat:
        """Change the hours as ``/schedule`` says.

        Raises:
            ScheduleError: the text cannot be read.
        """
        return await self._reschedule(replace(chat, schedule=str(schedules.change(schedule_of(chat), text))))

    async def hush(self, chat: Chat, text: str) -> Chat:
        """Set the quiet hours; what was held by the old ones is looked at again.

        Raises:
            ScheduleError: the text cannot be read.
        """
        await self._unit.alerts.release(chat.id, self._clock.now())
        return await self._keep(replace(chat, quiet=str(quiet.parse(text) or "")))

    async def read(self, chat: Chat, language: Locale) -> Chat:
        """Want articles of a language, or no longer; one language at least stays.

        Raises:
            LimitError: it is the only one.
        """
        wanted = set(chat.languages or LOCALES) ^ {language}
        if not wanted:
            raise LimitError("articles-one-language")
        return await self._keep(
            replace(
                chat, languages=() if len(wanted) == len(LOCALES) else tuple(one for one in LOCALES if one in wanted)
            )
        )

    async def shape(
        self, chat: Chat, *, compact: bool | None = None, pictures: bool | None = None, when_empty: bool | None = None
    ) -> Chat:
        """Set how digests look, and whether an empty one is said."""
        return await self._keep(
            replace(
                chat,
                compact=chat.compact if compact is None else compact,
                pictures=chat.pictures if pictures is None else pictures,
                digest_when_empty=chat.digest_when_empty if when_empty is None else when_empty,
            )
        )

    async def settle(self, chat: Chat, thread_id: int | None) -> Chat:
        """Bring digests and alerts into a topic of the forum from now on, None for its general one.

        Those that wait because the bot may not write into the old one come too.
        """
        await self._unit.outbox.redirect_refused(chat.id, thread_id)
        await self.try_again(chat)
        return await self._keep(replace(chat, thread_id=thread_id))

    async def get(self, chat_id: int) -> Chat | None:
        """Return a chat, None where it is not known."""
        return await self._unit.chats.get(chat_id)

    async def channels_of(self, user_id: int) -> list[Channel]:
        """Return the channels that a person looks after."""
        return await self._unit.stewards.of(user_id)

    async def channel_title(self, user_id: int, channel_id: int) -> str:
        """Return the title of a person's channel, empty where it is not known."""
        return await self._unit.stewards.title(user_id, channel_id) or ""

    async def entrust(self, user_id: int, channel: Channel) -> None:
        """Note that a person looks after a channel."""
        await self._unit.stewards.put(user_id, channel)

    async def set_up_by(self, user_id: int, chat: Chat, title: str) -> None:
        """Note who added the bot to a group or changed its settings last: told where the bot may not write there."""
        await self._unit.stewards.put_group(user_id, chat.id, title)

    async def try_again(self, chat: Chat) -> None:
        """Try at once what waits because the bot might not write there: it may again."""
        await rights.try_again(self._unit, [chat.id], self._clock.now())

    async def manage(self, chat: Chat, channel_id: int | None) -> Chat:
        """Let what is written in a private chat be about a channel from now on, None for the chat itself again."""
        return await self._keep(replace(chat, manages=channel_id))

    async def pause(self, chat: Chat) -> Chat:
        """Hold digests back until ``resume``."""
        return await self._keep(replace(chat, state=ChatState.PAUSED))

    async def stop(self, chat: Chat) -> Chat:
        """Send nothing unasked any more; settings and topics stay."""
        return await self._keep(replace(chat, state=ChatState.STOPPED))

    async def resume(self, chat: Chat) -> Chat:
        """Send digests again, from the next slot on."""
        return await self._reschedule(replace(chat, state=ChatState.ACTIVE))

    async def leave(self, chat_id: int) -> None:
        """Note that Telegram said that a chat is gone; see ``mark_gone``."""
        await self._unit.stewards.drop_group(chat_id)
        await mark_gone(self._unit, chat_id)

    async def migrate(self, old_id: int, new_id: int) -> None:
        """Follow a group that became a supergroup."""
        await self._unit.chats.migrate(old_id, new_id)

    def _new(self, chat_id: int, kind: ChatKind, language_code: str | None) -> Chat:
        return Chat(
            id=chat_id,
            kind=kind,
            locale=guess_locale(language_code),
            zone=DEFAULT_ZONE,
            schedule=str(schedules.DEFAULT),
            state=ChatState.ACTIVE,
            created_at=self._clock.now(),
        )

    async def _reschedule(self, chat: Chat) -> Chat:
        return await self._keep(with_next_slots(chat, self._clock))

    async def _keep(self, chat: Chat) -> Chat:
        await self._unit.chats.put(chat)
        return chat


async def mark_gone(unit: Unit, chat_id: int) -> None:
    """Note that Telegram refuses messages to a chat: what waits for it is dropped, what its people asked for stays."""
    await unit.outbox.drop(chat_id)
    await unit.chats.mark_gone(chat_id)


def with_next_slots(chat: Chat, clock: Clock) -> Chat:
    """Return the chat with its next slots after now."""
    schedule, now = schedule_of(chat), clock.now()
    return replace(
        chat,
        next_digest_at=schedules.next_slot(schedule, chat.zone, now),
        next_weekly_at=schedules.next_weekly(schedule, chat.zone, now),
    )


def schedule_of(chat: Chat) -> Schedule:
    """Return the chat's schedule."""
    return schedules.parse(chat.schedule)


def guess_locale(language_code: str | None) -> Locale:
    """Return the interface language for Telegram's ``language_code``, Russian where it is none of the three."""
    code = (language_code or "").partition("-")[0].lower()
    return next((locale for locale in LOCALES if locale == code), DEFAULT_LOCALE)
