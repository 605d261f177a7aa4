"""One sandbox's whole state, put back to the start by ``reset``."""

import time
from collections.abc import Awaitable, Callable

from bot.sandbox.calls import CallLog
from bot.sandbox.faults import Faults
from bot.sandbox.limits import Limits
from bot.sandbox.model import User
from bot.sandbox.world import World

BOT_NAME = "Jarshy"
BOT_USERNAME = "jarshy_bot"


class Simulation:
    """The world with the bot of ``token`` in it, the log of its calls, faults and limits. ``clock``: Unix seconds.

    ``skip``, where the program around it sets one, moves that program's clock to the next digest: the page then has a
    button for it. ``born`` tells one life from the next, so that the page knows that its cursor is void.
    """

    def __init__(self, token: str, clock: Callable[[], float] = time.time) -> None:
        self.token = token
        self.clock = clock
        self.skip: Callable[[], Awaitable[object]] | None = None
        self.reset()

    def reset(self) -> None:
        """Begin anew with three readers, a group and a channel. Polls that wait are answered."""
        if hasattr(self, "world"):
            self.close()
        bot = User(int(self.token.partition(":")[0]), BOT_NAME, username=BOT_USERNAME, is_bot=True)
        self.world = World(bot, self.clock)
        self.born = time.time_ns()
        self.calls = CallLog()
        self.faults = Faults()
        self.limits = Limits()
        _populate(self.world)

    def open(self) -> None:
        """Let polls wait again after ``close``: Telegram is back, with all that it knew."""
        self.world.updates.closed = False
        self.world.journal.closed = False

    def close(self) -> None:
        """Answer whoever waits for updates or events."""
        self.world.updates.close()
        self.world.journal.close()


def _populate(world: World) -> None:
    kazakh = world.add_user("Айгүл", "kk", "aigul")
    russian = world.add_user("Ирина", "ru", "irina")
    english = world.add_user("James", "en", "james")
    group = world.add_room("group", "Жаршы достары", kazakh.id)
    group.members |= {russian.id: "administrator", english.id: "member"}
    world.add_room("channel", "Таңғы жаңалық", russian.id)
