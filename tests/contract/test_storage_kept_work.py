"""Caches that outlive a process, on each engine."""


async def test_kept_work_is_given_back_and_replaced(storage):
    """Bytes come back as they were; the newer takes the older's place."""
    async with storage.transaction() as unit:
        assert await unit.kept_work.get("topics") is None
        await unit.kept_work.put("topics", b"\x00\xff" * 1000)
        await unit.kept_work.put("forms", b"")
        await unit.kept_work.put("topics", b"new")
    async with storage.reading() as unit:
        assert await unit.kept_work.get("topics") == b"new"
        assert await unit.kept_work.get("forms") == b""
