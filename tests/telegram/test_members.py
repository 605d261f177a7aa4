"""Who is an admin, as Telegram says."""

import pytest

from bot.sandbox.server import Sandbox
from bot.telegram.api import ApiBot
from bot.telegram.members import TelegramMembers


@pytest.mark.parametrize(
    ("status", "expected"),
    [("creator", True), ("administrator", True), ("member", False), ("restricted", False), ("left", False)],
)
async def test_owners_and_administrators_are_admins(sandbox: Sandbox, api: ApiBot, status: str, expected: bool):
    """Nobody else is."""
    group = next(room for room in sandbox.simulation.world.rooms.values() if not room.private)
    user_id = next(iter(sandbox.simulation.world.users))
    group.members[user_id] = status

    assert await TelegramMembers(api).is_admin(group.id, user_id) is expected


async def test_a_stranger_is_no_admin(sandbox: Sandbox, api: ApiBot):
    """Telegram answers «user not found»."""
    group = next(room for room in sandbox.simulation.world.rooms.values() if not room.private)

    assert not await TelegramMembers(api).is_admin(group.id, 987654321)
