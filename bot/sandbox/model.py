"""The nouns of the sandbox: people, chats, messages. They change in place: the world is a simulation."""

from dataclasses import dataclass, field

JsonObject = dict[str, object]

PRESENT = frozenset({"creator", "administrator", "member", "restricted"})
"""Chat member statuses that mean "is in the chat"."""


@dataclass(slots=True)
class User:
    """A person or the bot. ``language_code`` is what Telegram tells the bot about the person's app."""

    id: int
    first_name: str
    language_code: str = ""
    username: str = ""
    is_bot: bool = False
    deactivated: bool = False


@dataclass(slots=True)
class Edit:
    """What a message said before it was edited, and until when (Unix seconds)."""

    until: float
    text: str
    html: str
    keyboard: list[list[JsonObject]] | None


@dataclass(slots=True)
class Message:
    """A message as the chat shows it.

    ``html`` is the text as the sender wrote it, before Telegram's parser; ``media`` holds the Bot API's own fields
    (``photo``, ``document``, ``location`` …) or those of a service message; ``arrived_at`` is in Unix seconds with a
    fraction, ``date`` whole ones as Telegram's.
    """

    id: int
    chat_id: int
    sender: User | None
    arrived_at: float
    text: str = ""
    html: str = ""
    entities: list[JsonObject] = field(default_factory=list)
    media: JsonObject = field(default_factory=dict)
    service: bool = False
    keyboard: list[list[JsonObject]] | None = None
    silent: bool = False
    preview: JsonObject = field(default_factory=dict)
    thread_id: int | None = None
    reply_to: int | None = None
    sender_chat_id: int | None = None
    via_bot: User | None = None
    edited_at: float | None = None
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False

    @property
    def date(self) -> int:
        """Return the whole Unix seconds that Telegram shows."""
        return int(self.arrived_at)

    @property
    def from_bot(self) -> bool:
        """Return whether the bot wrote it."""
        return self.sender is not None and self.sender.is_bot


@dataclass(slots=True)
class Room:
    """A chat of any kind. ``members`` maps user ids to Telegram's statuses; the bot's own is ``bot_status``.

    ``started`` is false for a person who has never written to the bot: then the bot may not write first. ``forbidden``
    is what members who are no administrators may not send: ``text messages``, ``photos``, ``documents``.
    """

    id: int
    type: str
    title: str = ""
    members: dict[int, str] = field(default_factory=dict)
    bot_status: str = "member"
    started: bool = True
    forbidden: frozenset[str] = frozenset()
    is_forum: bool = False
    threads: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    last_message_id: int = 0

    @property
    def private(self) -> bool:
        """Return whether this is a chat of one person with the bot."""
        return self.type == "private"

    def next_message_id(self) -> int:
        """Number the next message; numbers start at 1 in every chat, as they do in supergroups."""
        self.last_message_id += 1
        return self.last_message_id
