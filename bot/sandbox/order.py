"""One order of the control API: its JSON, and what the numbers in it mean."""

from bot.sandbox.model import JsonObject, Message, Room, User
from bot.sandbox.replies import bad_request
from bot.sandbox.simulation import Simulation
from bot.sandbox.world import World


class Order:
    """A control command's JSON with what its numbers mean; each lookup raises ApiError 400 where it finds nothing."""

    def __init__(self, simulation: Simulation, given: JsonObject) -> None:
        self.simulation = simulation
        self.world: World = simulation.world
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        """Return a field as text."""
        value = self.given.get(name)
        return default if value is None else str(value)

    def number(self, name: str) -> int | None:
        """Return a field as a whole number, None where it is absent."""
        value = self.given.get(name)
        return None if value is None else int(str(value))

    @property
    def room(self) -> Room:
        """Return the chat of ``chat_id``, or the person's private one."""
        chat_id = self.number("chat_id") or self.number("user_id")
        room = self.world.rooms.get(chat_id or 0)
        if room is None:
            raise bad_request(f"no chat {chat_id}")
        return room

    @property
    def user(self) -> User:
        """Return the person of ``user_id``, or the one whose private chat it is."""
        user_id = self.number("user_id") or self.number("chat_id")
        user = self.world.users.get(user_id or 0)
        if user is None:
            raise bad_request(f"no user {user_id}")
        return user

    @property
    def message(self) -> Message:
        """Return the message of ``message_id``."""
        message = self.room.messages.get(self.number("message_id") or 0)
        if message is None:
            raise bad_request(f"no message {self.given.get('message_id')} in chat {self.room.id}")
        return message
