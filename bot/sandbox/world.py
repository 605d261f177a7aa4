"""All the state of the sandbox: people, chats, messages, files, the bot's profile, updates and what happened."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.journal import Journal
from bot.sandbox.model import Edit, JsonObject, Message, Room, User
from bot.sandbox.params import Upload
from bot.sandbox.profile import Profile
from bot.sandbox.shapes import chat_json, message_json, user_json, view_json
from bot.sandbox.updates import Updates

FIRST_PERSON = 1001
FIRST_GROUP = -4001
FIRST_SUPERGROUP = -1_001_000_000_001
"""Supergroups and channels count down from here; Telegram marks them by the -100 in front."""


@dataclass(slots=True)
class Question:
    """A pressed button or an inline query that waits for the bot's answer."""

    id: str
    user_id: int
    chat_id: int | None
    asked_at: float
    query: str = ""
    answer: JsonObject | None = None


@dataclass(slots=True)
class World:
    """A small Telegram. ``clock`` gives Unix seconds."""

    bot: User
    clock: Callable[[], float] = time.time
    users: dict[int, User] = field(default_factory=dict)
    rooms: dict[int, Room] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    updates: Updates = field(default_factory=Updates)
    journal: Journal = field(default_factory=Journal)
    serial: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.updates.clock = self.clock

    def add_user(
        self, first_name: str, language_code: str = "", username: str = "", user_id: int | None = None
    ) -> User:
        """Let a person join Telegram; they have not met the bot yet."""
        user = User(user_id or max(self.users, default=FIRST_PERSON - 1) + 1, first_name, language_code, username)
        self.users[user.id] = user
        self.rooms[user.id] = Room(user.id, "private", members={user.id: "member"}, started=False)
        self.note_change(user.id)
        return user

    def add_room(self, kind: str, title: str, creator: int, *, is_forum: bool = False, bot_in: bool = True) -> Room:
        """Open a group, supergroup or channel that ``creator`` owns. The bot, if in it, is there from the first."""
        first = FIRST_GROUP if kind == "group" else FIRST_SUPERGROUP
        same = [key for key in self.rooms if (key <= FIRST_SUPERGROUP) == (kind != "group") and key < 0]
        status = ("administrator" if kind == "channel" else "member") if bot_in else "left"
        room = Room(
            min(same, default=first + 1) - 1, kind, title, {creator: "creator"}, bot_status=status, is_forum=is_forum
        )
        self.rooms[room.id] = room
        self.note_change(room.id)
        return room

    def note_change(self, chat_id: int) -> None:
        """Tell whoever watches that a chat is new or that somebody came, went, or blocked the bot."""
        self.journal.add("chats", chat_id, self.clock())

    def post(self, room: Room, sender: User | None, **content: object) -> Message:
        """Put a message into a chat and tell whoever watches; ``content`` are fields of Message."""
        message = Message(room.next_message_id(), room.id, sender, self.clock())
        for name, value in content.items():
            setattr(message, name, value)
        room.messages[message.id] = message
        self.journal.add("message", room.id, message.arrived_at, message=self.view(message))
        return message

    def revise(self, message: Message, **content: object) -> None:
        """Edit a message, keeping what it said."""
        now = self.clock()
        message.edits.append(Edit(now, message.text, message.html, message.keyboard))
        for name, value in content.items():
            setattr(message, name, value)
        message.edited_at = now
        self.journal.add("edit", message.chat_id, now, message=self.view(message))

    def remove(self, message: Message) -> None:
        """Delete a message for everyone."""
        message.deleted = True
        self.journal.add("delete", message.chat_id, self.clock(), message_id=message.id)

    def ask(self, user: User, room: Room | None) -> Question:
        """Open a question that only the bot can answer."""
        question = Question(str(next(self.serial) + 7_000_000_000), user.id, room.id if room else None, self.clock())
        self.questions[question.id] = question
        return question

    def keep_file(self, upload: Upload) -> tuple[str, str]:
        """Keep a file; return its ``file_id`` and ``file_unique_id``."""
        number = next(self.serial)
        file_id = f"BQACAgIAAx{number:06d}"
        self.files[file_id] = upload
        return file_id, f"AgAD{number:06d}"

    def shape(self, message: Message) -> JsonObject:
        """Return the Bot API's object for a message."""
        return message_json(message, self.rooms[message.chat_id], self.users)

    def view(self, message: Message) -> JsonObject:
        """Return the object for the page and tests."""
        return view_json(message, self.rooms[message.chat_id], self.users)

    def chat(self, room: Room) -> JsonObject:
        """Return the Bot API's object for a chat."""
        return chat_json(room, self.users)

    def person(self, user: User) -> JsonObject:
        """Return the Bot API's object for a user."""
        return user_json(user)
