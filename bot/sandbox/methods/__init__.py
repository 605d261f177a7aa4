"""The methods of the Bot API, by their lower-case names: Telegram takes them in any case.

Each takes the world and the parameters, and returns the ``result``, or raises ApiError. ``getUpdates`` waits and so
stands apart, in ``botapi``.
"""

from collections.abc import Callable

from bot.sandbox.methods import answers, chats, media, messages, profile, receiving
from bot.sandbox.params import Params
from bot.sandbox.world import World

Method = Callable[[World, Params], object]

METHODS: dict[str, Method] = {
    name.lower(): method
    for room in (receiving, messages, media, answers, chats, profile)
    for name, method in room.METHODS.items()
}
