"""The queue of updates for the bot, with Telegram's rules of confirmation."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.journal import Bell
from bot.sandbox.model import JsonObject
from bot.sandbox.replies import ApiError

MAX_BATCH = 100
MAX_TIMEOUT = 50
"""Seconds; longer long polls are cut, as Telegram does."""
_OPT_IN = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_FIRST_ID = 100_000_001


@dataclass(slots=True)
class Webhook:
    """Where updates are posted, if anywhere."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_at: float = 0.0


@dataclass(slots=True)
class Updates:
    """Updates that the bot has not confirmed. An update leaves only when a greater offset, or its webhook, takes it."""

    clock: Callable[[], float] = time.time
    pending: dict[int, JsonObject] = field(default_factory=dict)
    next_id: int = _FIRST_ID
    allowed: frozenset[str] = frozenset()
    webhook: Webhook = field(default_factory=Webhook)
    bell: Bell = field(default_factory=Bell)
    poll: int = 0
    closed: bool = False

    def add(self, kind: str, content: JsonObject) -> int | None:
        """Queue an update of ``kind`` (``message``, ``callback_query`` …); None where the bot does not want it."""
        if (self.allowed and kind not in self.allowed) or (not self.allowed and kind in _OPT_IN):
            return None
        return self.add_raw({kind: content})

    def add_raw(self, content: JsonObject) -> int:
        """Queue any object as an update: it need not be one that anybody can read."""
        update_id = self.next_id
        self.next_id += 1
        self.pending[update_id] = {"update_id": update_id, **content}
        self.bell.ring()
        return update_id

    def repeat(self, update_id: int, content: JsonObject) -> None:
        """Queue an update again under the number that it had, as Telegram may."""
        self.pending[update_id] = {"update_id": update_id, **content}
        self.bell.ring()

    def allow(self, kinds: object) -> None:
        """Remember ``allowed_updates``; as with Telegram, None leaves what was said before, an empty list resets it."""
        if isinstance(kinds, list):
            self.allowed = frozenset(str(kind) for kind in kinds)

    def confirm(self, offset: int) -> None:
        """Forget the updates before ``offset``; a negative one keeps that many of the newest."""
        kept = sorted(self.pending)[offset:] if offset < 0 else [key for key in self.pending if key >= offset]
        self.pending = {key: self.pending[key] for key in sorted(kept)}

    async def take(self, offset: int, limit: int, timeout: float) -> list[JsonObject]:  # noqa: ASYNC109 - getUpdates' own
        """Answer ``getUpdates``; raise ApiError 409 where a webhook is set or another poll took over."""
        if self.webhook.url:
            raise ApiError(
                409,
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            )
        self.poll += 1
        mine = self.poll
        self.bell.ring()
        if offset:
            self.confirm(offset)
        await self.bell.wait_for(
            lambda: bool(self.pending) or self.poll != mine or self.closed, min(timeout, MAX_TIMEOUT)
        )
        if self.poll != mine:
            raise ApiError(
                409, "terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return list(self.pending.values())[: max(1, min(limit, MAX_BATCH))]

    def close(self) -> None:
        """Let every waiting poll answer now."""
        self.closed = True
        self.bell.ring()
