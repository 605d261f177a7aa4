"""Caches that outlive a process, on each engine."""


async def test_saved_state_is_given_back_and_replaced(storage):
    """Bytes come back as they were; the newer takes the older's place."""
    async with storage.transaction() as unit:
        assert await unit.saved_state.get("topics") is None
        await unit.saved_state.put("topics", b"\x00\xff" * 1000)
        await unit.saved_state.put("forms", b"")
        await unit.saved_state.put("topics", b"new")
    async with storage.reading() as unit:
        assert await unit.saved_state.get("topics") == b"new"
        assert await unit.saved_state.get("forms") == b""
