"""Messages on their way out, and updates on their way in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it carries either callback ``data`` (at most 64 bytes) or a ``url``."""

    text: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


class Priority(StrEnum):
    """Which messages go first; their order here is the order of sending."""

    REPLY = "0-reply"
    ALERT = "1-alert"
    DIGEST = "2-digest"
    BROADCAST = "3-broadcast"


class AttachmentKind(StrEnum):
    """How Telegram shows a file: as a picture, or as a document to download."""

    PHOTO = "photo"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; ``name`` is what it is saved as. A photo has at most 10 MB.

    ``instead`` is the Telegram HTML that is sent in place of file and caption where the chat lets the bot send no files
    of this kind.
    """

    kind: AttachmentKind
    name: str
    data: bytes = field(repr=False)
    instead: str


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message for the outbox. ``text`` is Telegram HTML. With ``edits`` it replaces that message of the chat.

    With an ``attachment`` the text is its caption (at most 1,024 UTF-16 units), and the message edits nothing.
    ``preview`` is the address of a picture to show above the text; without it no link has a preview.
    ``dedupe_key`` makes it unique for ever: ``digest:<chat>:<slot>:<part>``, ``alert:<chat>:<story>``,
    ``reply:<update>:<n>``, ``broadcast:<id>:<chat>``.
    """

    dedupe_key: str
    chat_id: int
    text: str
    priority: Priority
    expires_at: datetime
    keyboard: Keyboard = ()
    thread_id: int | None = None
    edits: int | None = None
    silent: bool = False
    attachment: Attachment | None = None
    preview: str | None = None


@dataclass(frozen=True, slots=True)
class InlineResult:
    """A story offered in another chat: what the list shows, and ``text``, the Telegram HTML that is sent if chosen.

    ``id`` has at most 64 bytes and is unique among the results of one answer.
    """

    id: str
    title: str
    description: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message to all active private chats: ``queued`` of them have it in the outbox, those up to ``after_chat``."""

    id: int
    chat_id: int
    text: str
    after_chat: int
    queued: int


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """An outbox row in a sender's hands.

    ``attempts`` counts the sends that were tried before this one; ``refused_at`` is when the chat first refused it for
    lack of rights.
    """

    id: int
    message: OutgoingMessage
    attempts: int
    uncertain: bool = False
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of outbox rows in one sender's hands.

    The first message may be sent ``delay`` seconds after the claim, each further one ``step`` seconds after the one
    before: that is the batch's share of the send budget.
    """

    messages: tuple[LeasedMessage, ...]
    delay: float
    step: float


class SettledState(StrEnum):
    """What becomes of an outbox row after an attempt."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of one attempt. ``retry_at`` is set for ``retry``; ``uncertain`` says that it may have arrived.

    ``is_refused`` says that Telegram refused it, which costs the chat's pace as much as what arrives. ``refused_at`` is
    since when the row waits for rights; ``expires_at`` gives it longer than it had; None of either changes nothing.
    """

    id: int
    state: SettledState
    retry_at: datetime | None = None
    message_id: int | None = None
    error: str | None = None
    uncertain: bool = False
    is_refused: bool = False
    refused_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxUpdate:
    """An update of Telegram's, as it came: ``payload`` is the update's JSON text."""

    update_id: int
    chat_id: int | None
    payload: str
    received_at: datetime
    attempts: int = 0
