"""Sources and their polling state: the database is the schedule."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from storage_samples import DAY, HOUR, KAZAKH, LEASE, MINUTE, NOW, SECOND, chat, source

from bot.core.model import Feed, Skips, Source
from bot.core.shares import Amount, Brought
from bot.storage import SqlStorage
from bot.storage.codec import instant, millis

FULL = Source(
    id="tengri",
    name={"kk": "Тәңірі", "ru": "Тенгри", "en": "Tengri"},
    url="https://tengri.test/rss?a=1&b=2",
    language="ru",
    category="general",
    alternatives=("https://tengri.test/feed", "https://m.tengri.test/feed"),
    zone="Asia/Qyzylorda",
    selectors={"item": "article > a", "title": "h2"},
)


async def _sync(storage: SqlStorage, *sources: Source) -> None:
    async with storage.transaction() as unit:
        await unit.feeds.sync(sources, NOW)


async def _claim(
    storage: SqlStorage, *, limit: int = 10, own: int = 10, at_host: int = 10, after: int = 0, owner: str = "a"
) -> list[Feed]:
    async with storage.transaction() as unit:
        due = await unit.feeds.claim_due(
            NOW + after * SECOND, owner=owner, lease=LEASE, limit=limit, own=own, at_host=at_host
        )
        return [feed for _, feed in due]


def _at_host(host: str, number: int, **changes: Any) -> list[Source]:
    """Return sources at one host, in the order of their ids."""
    return [source(f"{host}{n}", url=f"https://{host}.test/{n}", **changes) for n in range(number)]


async def _ids(storage: SqlStorage, **how: Any) -> list[str]:
    return [feed.source_id for feed in await _claim(storage, **how)]


async def test_a_source_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Every field of a source survives storage, in the catalogue's order."""
    await _sync(storage, FULL, source("inform", public=False), source("azattyq"))

    async with storage.reading() as unit:
        assert await unit.feeds.sources() == [FULL, source("azattyq"), source("inform", public=False)]


async def test_new_sources_are_due_at_once(storage: SqlStorage) -> None:
    """A source that the catalogue brings new is fetched without waiting."""
    await _sync(storage, source("inform"))

    assert await _claim(storage) == [Feed("inform", NOW)]


async def test_a_second_sync_asks_nobody_again(storage: SqlStorage) -> None:
    """A restart with the same catalogue leaves the polling state alone, also where a name changed."""
    await _sync(storage, source("inform"))
    settled = Feed("inform", NOW + HOUR, etag='W/"1"')
    async with storage.transaction() as unit:
        await unit.feeds.settle(settled)
    await _sync(storage, replace(source("inform"), name={"kk": "Жаңа"}, category="world"))

    assert await _claim(storage) == []
    assert await _claim(storage, after=3600) == [settled]
    async with storage.reading() as unit:
        (stored,) = await unit.feeds.sources()
    assert stored.name == {"kk": "Жаңа"}


async def test_what_a_feed_brings_is_counted_by_the_day(storage: SqlStorage) -> None:
    """Of the day that is asked for alone; what its readers' own feeds brought stands beside it, while these are few."""
    own = [source(name, public=False) for name in ("a", "b", "c")]
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        for one in own:
            await unit.feeds.add(one, NOW)
        for number in range(1, 8):
            await unit.chats.put(chat(number))
        for chat_id, source_id in ((1, "a"), (1, "b"), (2, "a"), (2, "inform")):
            await unit.feeds.switch(chat_id, source_id, on=True)
        await unit.feeds.bring("inform", "2026-03-02", Amount(9, 900))
        await unit.feeds.bring("a", "2026-03-02", Amount(1, 100))
        await unit.feeds.bring("a", "2026-03-02", Amount(2, 200))
        await unit.feeds.bring("b", "2026-03-02", Amount(4, 400))
        await unit.feeds.bring("c", "2026-03-01", Amount(5, 500))
        await unit.feeds.bring("c", "2026-03-02", Amount(6, 600))
    async with storage.reading() as unit:
        assert await unit.feeds.brought(source("inform"), "2026-03-02") == Brought(Amount(9, 900))
        found = await unit.feeds.brought(own[0], "2026-03-02")
        assert (found.feed, set(found.readers)) == (Amount(3, 300), {Amount(7, 700), Amount(3, 300)})
        assert await unit.feeds.brought(own[0], "2026-03-03") == Brought(Amount(), (Amount(), Amount()))
        assert await unit.feeds.brought(own[2], "2026-03-02") == Brought(Amount(6, 600))
    async with storage.transaction() as unit:
        for number in range(1, 8):
            await unit.feeds.switch(number, "a", on=True)
        assert (await unit.feeds.brought(own[0], "2026-03-02")).readers == ()


async def test_a_lease_can_be_lengthened_while_the_feed_is_there(storage: SqlStorage) -> None:
    """One that nobody holds stays free; a feed that was deleted meanwhile is told."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        assert await unit.feeds.hold("inform", NOW + HOUR)
    claimed = await _claim(storage)
    async with storage.transaction() as unit:
        assert await unit.feeds.hold("inform", NOW + HOUR)
    assert ([feed.source_id for feed in claimed], await _claim(storage, after=3599)) == (["inform"], [])
    assert len(await _claim(storage, after=3601)) == 1

    async with storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE source SET url = ''")
        assert not await unit.feeds.hold("inform", NOW + HOUR)
        assert not await unit.feeds.hold("nobody", NOW + HOUR)


async def test_a_new_address_starts_over(storage: SqlStorage) -> None:
    """A source whose address changed is due at once, without the old address's caching headers."""
    await _sync(storage, source("inform"))
    async with storage.transaction() as unit:
        await unit.feeds.settle(Feed("inform", NOW + DAY, etag="1", body_hash="x", url_index=1, gone=True))
    await _sync(storage, source("inform", url="https://new.test/rss"))

    assert await _claim(storage) == [Feed("inform", NOW)]


async def test_absent_public_sources_are_disabled(storage: SqlStorage) -> None:
    """What the catalogue no longer names is neither listed nor fetched; a reader's own feed stays."""
    await _sync(storage, source("inform"), source("old"), source("mine", public=False))
    await _sync(storage, source("inform"))

    async with storage.reading() as unit:
        assert [stored.id for stored in await unit.feeds.sources()] == ["inform", "mine"]
    assert {feed.source_id for feed in await _claim(storage)} == {"inform", "mine"}


async def test_a_source_that_returns_is_enabled_again(storage: SqlStorage) -> None:
    """A source comes back with its polling state."""
    await _sync(storage, source("inform"))
    await _sync(storage)
    await _sync(storage, source("inform"))

    assert await _claim(storage) == [Feed("inform", NOW)]


async def test_a_disabled_source_is_not_fetched(storage: SqlStorage) -> None:
    """``enabled = false`` in the catalogue keeps a source out of both lists."""
    await _sync(storage, source("inform", enabled=False))

    assert await _claim(storage) == []
    async with storage.reading() as unit:
        assert await unit.feeds.sources() == []


async def test_polling_state_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Every field of the polling state survives storage, opaque headers to the letter."""
    await _sync(storage, source("inform"))
    feed = Feed(
        source_id="inform",
        next_fetch_at=NOW + MINUTE,
        etag='W/"ә-\'1"',
        last_modified="Mon, 02 Mar 2026 12:00:00 GMT",
        body_hash="abc",
        url_index=2,
        moved_to="https://inform.test/new",
        moved_seen=3,
        failures=4,
        error="no answer within 20 s",
        checked_at=NOW,
        changed_at=NOW - HOUR,
        failing_since=NOW - DAY,
        rhythm=HOUR,
        skips=Skips(frozenset({0, 23}), frozenset({6})),
        full_at=NOW - 2 * HOUR,
    )
    async with storage.transaction() as unit:
        await unit.feeds.settle(feed)

    assert await _claim(storage, after=60) == [feed]


async def test_the_longest_due_come_first(storage: SqlStorage) -> None:
    """A short claim takes those that waited longest; a future one is not due."""
    await _sync(storage, *(source(name) for name in "abcd"))
    async with storage.transaction() as unit:
        for minutes, name in enumerate("dbca"):
            await unit.feeds.settle(Feed(name, NOW - HOUR + minutes * 30 * MINUTE))

    assert [feed.source_id for feed in await _claim(storage, limit=2)] == ["d", "b"]
    assert [feed.source_id for feed in await _claim(storage)] == ["c"]


async def test_a_gone_feed_is_never_due(storage: SqlStorage) -> None:
    """A feed that answered 410 is asked no more."""
    await _sync(storage, source("inform"))
    async with storage.transaction() as unit:
        await unit.feeds.settle(Feed("inform", NOW, gone=True))

    assert await _claim(storage, after=10**6) == []


async def test_a_lease_keeps_others_away_until_it_lapses(storage: SqlStorage, other: SqlStorage) -> None:
    """A leased feed is claimed by nobody else; after the lease it is due again; settling frees it."""
    await _sync(storage, source("inform"))
    assert len(await _claim(storage)) == 1

    assert await _claim(other, owner="b") == []
    assert await _claim(other, owner="b", after=59) == []
    assert len(await _claim(other, owner="b", after=60)) == 1
    async with storage.transaction() as unit:
        await unit.feeds.settle(Feed("inform", NOW))
    assert len(await _claim(storage, after=61)) == 1


@pytest.mark.parametrize("public", [True, False])
async def test_what_waits_is_told_as_the_claim_sees_it(storage: SqlStorage, public: bool) -> None:
    """Both instants are that of the longest due exactly while a claim would find something."""
    await _sync(storage)
    async with storage.transaction() as unit:
        await unit.feeds.add(source("inform", public=public), NOW)

    async def waiting(at: datetime) -> tuple[datetime | None, ...]:
        async with storage.reading() as unit:
            since = await unit.feeds.due_since(at)
            claimable = [await unit.feeds.claimable_since(at, public=kind, at_host=1) for kind in (public, not public)]
        return since, *claimable

    now = instant(millis(NOW))
    assert await waiting(NOW) == (now, now, None)
    assert await waiting(NOW - SECOND) == (None, None, None)
    await _claim(storage)
    assert await waiting(NOW) == (None, None, None)
    assert await waiting(NOW + LEASE) == (now, now, None)


async def test_a_host_gets_few_places_over_all_processes(storage: SqlStorage, other: SqlStorage) -> None:
    """So many of one host are leased at a time, the longest due; what stands behind them is not held up.

    A host without a free place is no longer waited for: ``claimable_since`` passes over its feeds, ``due_since`` does
    not.
    """
    await _sync(storage, *_at_host("a", 5), *_at_host("b", 1))

    assert await _ids(storage, at_host=2, limit=3) == ["a0", "a1", "b0"]
    assert await _ids(other, at_host=2, owner="b") == []
    async with other.reading() as unit:
        assert await unit.feeds.claimable_since(NOW, public=True, at_host=2) is None
        assert await unit.feeds.claimable_since(NOW, public=True, at_host=3) is not None
        assert await unit.feeds.due_since(NOW) is not None
    async with storage.transaction() as unit:
        await unit.feeds.settle(Feed("a0", NOW + HOUR))
    assert await _ids(other, at_host=2, owner="b") == ["a2"]


async def test_a_feed_counts_for_the_host_at_which_it_is_asked(storage: SqlStorage) -> None:
    """``settle`` says where the feed is asked next; a lease that lapsed holds no place."""
    await _sync(storage, *_at_host("a", 3))
    async with storage.transaction() as unit:
        await unit.feeds.settle(Feed("a0", NOW), host="b.test:443")
        await unit.feeds.settle(Feed("a1", NOW))

    assert await _ids(storage, at_host=1) == ["a0", "a1"]
    assert await _ids(storage, at_host=1) == []
    assert await _ids(storage, at_host=1, after=61) == ["a0", "a1"]


async def test_more_feeds_than_one_look_ranks_do_not_hide_the_next_host(storage: SqlStorage, monkeypatch: Any) -> None:
    """A host with any number of feeds that are longer due is passed over once it has its places."""
    monkeypatch.setattr("bot.storage.feeds._LOOK", 3)
    await _sync(storage, *_at_host("a", 9), *_at_host("b", 1))

    assert await _ids(storage, at_host=1) == ["a0"]
    assert await _ids(storage, at_host=1) == ["b0"]


async def test_readers_feeds_leave_places_to_the_catalogue(storage: SqlStorage) -> None:
    """The catalogue's come first, however long readers' have waited; of those at most ``own`` are claimed."""
    await _sync(storage)
    async with storage.transaction() as unit:
        for feed in _at_host("mine", 4, public=False):
            await unit.feeds.add(feed, NOW - HOUR)
    await _sync(storage, *_at_host("a", 2))

    assert await _ids(storage, limit=4, own=3) == ["mine0", "mine1", "a0", "a1"]
    assert await _ids(storage, own=0) == []
    assert await _ids(storage, own=1) == ["mine2"]


async def test_a_readers_feed_is_added_once(storage: SqlStorage) -> None:
    """An added feed is due at once and listed; adding it again, or a catalogue's, changes nothing."""
    await _sync(storage, source("inform"))
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        await unit.feeds.add(source("mine", public=False, url="https://other.test"), NOW + HOUR)
        await unit.feeds.add(source("inform", public=False), NOW)

    async with storage.reading() as unit:
        assert await unit.feeds.sources() == [source("inform"), source("mine", public=False)]
    assert {feed.source_id for feed in await _claim(storage)} == {"inform", "mine"}


async def test_switches_are_kept_by_chat(storage: SqlStorage) -> None:
    """A chat's switches are its own, the last one counts."""
    await _sync(storage, source("inform"), source("tengri"))
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
        await unit.chats.put(chat(2))
        await unit.feeds.switch(1, "inform", on=False)
        await unit.feeds.switch(1, "tengri", on=False)
        await unit.feeds.switch(1, "tengri", on=True)

        assert await unit.feeds.switches(1) == {"inform": False, "tengri": True}
        assert await unit.feeds.switches(2) == {}


async def test_choices_are_the_chats_own_feeds_and_the_catalogue(storage: SqlStorage) -> None:
    """A chat chooses among what it added and what is public; another's feed is no choice, a disabled one neither."""
    await _sync(storage, source("inform"), source("tengri"), source("old", enabled=False))
    async with storage.transaction() as unit:
        for number in (1, 2):
            await unit.chats.put(chat(number))
            await unit.feeds.add(source(f"own{number}", public=False), NOW)
            await unit.feeds.switch(number, f"own{number}", on=True)
        await unit.feeds.switch(1, "tengri", on=False)
        choices = await unit.feeds.choices(1)

    assert [(choice.source.id, choice.on) for choice in choices] == [
        ("own1", True),
        ("inform", True),
        ("tengri", False),
    ]
    assert choices[0].feed == Feed("own1", NOW)


async def test_an_added_feed_is_asked_while_a_chat_has_it_on(storage: SqlStorage) -> None:
    """The last chat that lets it go ends the polling; the next that adds it begins it anew, failures forgotten."""
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        for number in (1, 2):
            await unit.chats.put(chat(number))
            await unit.feeds.switch(number, "mine", on=True)
        await unit.feeds.settle(Feed("mine", NOW + DAY, failures=3, error="x", failing_since=NOW, gone=True))
        await unit.feeds.remove(1, "mine")
        await unit.feeds.release("mine")
        assert await unit.feeds.listeners("mine") == {2: ""}
        assert await unit.feeds.get("mine") == source("mine", public=False)

        await unit.feeds.switch(2, "mine", on=False)
        await unit.feeds.release("mine")
        assert await unit.feeds.get("mine") == source("mine", public=False, enabled=False)

        await unit.feeds.adopt("mine", NOW + HOUR)
    assert await _claim(storage, after=3600) == [Feed("mine", NOW + HOUR)]


async def test_adopting_leaves_a_feed_in_use_and_the_catalogue_alone(storage: SqlStorage) -> None:
    """Nobody is asked out of turn because one more chat reads it; a disabled public source is the operator's."""
    await _sync(storage, source("inform", enabled=False))
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        await unit.feeds.settle(Feed("mine", NOW + DAY, failures=1, failing_since=NOW))
        await unit.feeds.adopt("mine", NOW)
        await unit.feeds.adopt("inform", NOW)

    assert await _claim(storage) == []
    assert await _claim(storage, after=86400) == [Feed("mine", NOW + DAY, failures=1, failing_since=NOW)]


async def test_the_states_are_the_catalogues(storage: SqlStorage) -> None:
    """Operators see how their own sources do, not what readers added."""
    await _sync(storage, source("inform"), source("tengri"), source("old", enabled=False))
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        await unit.feeds.settle(Feed("tengri", NOW + DAY, failures=1, error="x", failing_since=NOW))
        states = await unit.feeds.states()

    assert states == [
        (source("inform"), Feed("inform", NOW)),
        (source("tengri"), Feed("tengri", NOW + DAY, failures=1, error="x", failing_since=NOW)),
    ]


async def test_offers_are_kept_for_a_day(storage: SqlStorage) -> None:
    """A found feed can be named by its id until tomorrow, in its own chat; it is no source, and nobody polls it."""
    found = source("own-1", public=False)
    async with storage.transaction() as unit:
        await unit.feeds.offer(1, [found], NOW)
        await unit.feeds.offer(2, [source("own-2", public=False)], NOW + DAY)
        assert await unit.feeds.offered(1, "own-1", NOW) == (found, None)
        assert await unit.feeds.get("own-1") is None
        assert await unit.feeds.offered(2, "own-1", NOW) is None
        assert await unit.feeds.offered(1, "own-1", NOW + MINUTE) is None
        assert await unit.retention.offers(NOW + MINUTE, limit=9) == 1
        assert await unit.feeds.offered(1, "own-1", NOW) is None
        assert await unit.feeds.offered(2, "own-2", NOW) is not None


async def test_what_a_chat_calls_a_feed_is_its_own(storage: SqlStorage) -> None:
    """The name stays until the chat gives another, and no other chat sees it; an offer of a removed feed keeps it."""
    mine = source("mine", public=False)
    async with storage.transaction() as unit:
        await unit.feeds.add(mine, NOW)
        for number in (1, 2):
            await unit.chats.put(chat(number))
            await unit.feeds.switch(number, "mine", on=True, name=KAZAKH if number == 1 else "")
        await unit.feeds.switch(1, "mine", on=False)
        await unit.feeds.offer(1, [mine], NOW, own_name="")
        (named,), (plain,) = [await unit.feeds.choices(number) for number in (1, 2)]

        assert (named.own_name, named.source, named.on) == (KAZAKH, mine, False)
        assert (plain.own_name, plain.source) == ("", mine)
        assert await unit.feeds.listeners("mine") == {2: ""}
        assert await unit.feeds.offered(1, "mine", NOW) == (mine, "")


async def test_a_feed_is_called_what_its_document_says(storage: SqlStorage) -> None:
    """A reader's feed gets name and language of its document; the catalogue's sources keep the operator's."""
    await _sync(storage, source("inform"))
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        for name in ("mine", "inform"):
            await unit.feeds.describe(replace(source(name), name={"kk": KAZAKH}, language="ru"))

        assert await unit.feeds.get("mine") == source("mine", public=False, name={"kk": KAZAKH}, language="ru")
        assert await unit.feeds.get("inform") == source("inform")


async def test_a_feed_is_found_at_its_very_address(storage: SqlStorage) -> None:
    """Of readers' feeds, one that is asked before one that is not; variants and the catalogue's are others."""
    await _sync(storage, source("inform"))
    url = "https://blog.test/feed"
    async with storage.transaction() as unit:
        for name in ("a", "b"):
            await unit.feeds.add(source(name, public=False, url=url), NOW)
        await unit.feeds.release("a")

        assert await unit.feeds.at_address(url) == source("b", public=False, url=url)
        assert await unit.feeds.at_address(f"{url}/") is None
        assert await unit.feeds.at_address("https://inform.test/rss") is None


async def test_a_failing_feed_that_has_just_answered_is_asked_at_once(storage: SqlStorage) -> None:
    """``adopt`` leaves a feed that fails to its pauses, but for one whose address has just answered."""
    failing = Feed("mine", NOW + DAY, failures=3, error="x", failing_since=NOW)
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        await unit.feeds.settle(failing)
        await unit.feeds.adopt("mine", NOW)
        assert await unit.feeds.due_since(NOW) is None
        await unit.feeds.adopt("mine", NOW, answered=True)
        assert await unit.feeds.due_since(NOW) is not None
