"""Retention in small steps, and a chat that wants to be forgotten."""

from storage_samples import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    NOW,
    chat,
    follow,
    message,
    new_article,
    placed,
    publish,
    reply,
    source,
    update,
)

from bot.core.model import (
    Composition,
    DeliveryMode,
    DigestPage,
    Feed,
    SettledState,
    Settlement,
    StoredEntry,
    TopicMatch,
)
from bot.storage import SqlStorage
from bot.storage.erasure import MOST_KEYS

OLD = NOW - 31 * DAY
BEFORE = NOW - 30 * DAY


async def _rows(storage: SqlStorage, table: str) -> int:
    async with storage.reading() as unit:
        return (await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # noqa: S608


async def test_old_articles_go_with_all_that_is_theirs(storage: SqlStorage) -> None:
    """Articles leave with postings and matches, the oldest first, a step at a time; identities stay."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        topic = await follow(unit, 1, "иран")
        for number in (1, 2, 3):
            await publish(unit, number, [topic], keys=[7, -number], stored_at=OLD + number * 60 * DAY / 86400)
        await publish(unit, 4, [topic], keys=[7, -4])
    steps = []
    for _ in range(3):
        async with storage.transaction() as unit:
            steps.append(await unit.retention.articles(BEFORE, limit=2))

    assert steps == [2, 1, 0]
    async with storage.reading() as unit:
        assert [article.id for article in await unit.articles.by_keys(1, [frozenset({7})], since=OLD, limit=9)] == [4]
        assert await unit.articles.known("inform", ["a1", "a4"]) == {
            "a1": StoredEntry(1, "hash-a1"),
            "a4": StoredEntry(4, "hash-a4"),
        }
    assert [await _rows(storage, table) for table in ("posting", "topic_match", "entry")] == [2, 1, 4]


async def test_articles_of_many_keys_are_deleted_one_at_a_time(storage: SqlStorage) -> None:
    """So that no transaction deletes tens of thousands of postings; each step but the last deletes something."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        heavy = [placed(n, keys=range(n * 4_000, (n + 1) * 4_000), stored_at=BEFORE - HOUR) for n in (1, 2, 3)]
        await unit.articles.add([*heavy, placed(4, keys=[1], stored_at=BEFORE - MINUTE)])
    steps = []
    while not steps or steps[-1]:
        async with storage.transaction() as unit:
            steps.append(await unit.retention.articles(BEFORE, limit=50))

    assert steps == [1, 1, 2, 0]
    async with storage.reading() as unit:
        (left,) = await unit.connection.fetch_sql("SELECT count(*) AS n FROM posting")
    assert left["n"] == 0


async def test_an_article_that_met_very_many_topics_loses_its_matches_first(storage: SqlStorage) -> None:
    """A few thousand at a step; it goes with the last of them."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.articles.add([placed(1, keys=[1], stored_at=BEFORE - HOUR)])
        await unit.topics.add_matches([TopicMatch(topic, 1, ()) for topic in range(MOST_KEYS + 7)])
    steps = []
    while not steps or steps[-1]:
        async with storage.transaction() as unit:
            steps.append(await unit.retention.articles(BEFORE, limit=50))

    assert steps == [MOST_KEYS, 1, 0]


async def test_a_feed_of_heavy_articles_is_deleted_in_steps(storage: SqlStorage) -> None:
    """The feed goes with the last of them."""
    async with storage.transaction() as unit:
        await unit.feeds.add(source("mine", public=False), NOW)
        await unit.feeds.let_go("mine", NOW)
        heavy = [placed(n, source_id="mine", keys=range(n * 4_000, (n + 1) * 4_000), stored_at=NOW) for n in (1, 2, 3)]
        await unit.articles.add(heavy)
    steps = []
    while not steps or steps[-1]:
        async with storage.transaction() as unit:
            steps.append(await unit.retention.erased_feeds(NOW, limit=50))

    assert steps == [1, 1, 1, 0]
    async with storage.reading() as unit:
        for table in ("posting", "article", "entry", "source"):
            (left,) = await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - of the schema
            assert left["n"] == 0


async def test_old_appearances_go(storage: SqlStorage) -> None:
    """Appearances of stories first stored before then leave, others stay unseen."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic], stored_at=OLD)
        await publish(unit, 2, [topic])

        assert await unit.retention.stories(BEFORE, limit=9) == 1
        unseen = await unit.subscriptions.unseen([1], modes=[DeliveryMode.DIGEST], up_to=9, now=NOW)
    assert [story.story_id for story in unseen[1]] == [2]


async def test_an_entry_that_a_feed_still_lists_is_never_new_again(storage: SqlStorage) -> None:
    """Identities stay while the source's newest document lists the entry, and 30 days more."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], OLD)
        await unit.articles.add([placed(1, stored_at=OLD), placed(2, stored_at=OLD), placed(3, stored_at=OLD)])
        await unit.articles.listed("inform", ["a1"], NOW)
        await unit.feeds.settle(Feed("inform", NOW, changed_at=OLD))
        await unit.retention.articles(BEFORE, limit=9)
        assert await unit.retention.identities(BEFORE, limit=9) == 0

        await unit.feeds.settle(Feed("inform", NOW, changed_at=NOW))
        assert await unit.retention.identities(BEFORE, limit=1) == 1
        assert await unit.retention.identities(BEFORE, limit=9) == 1
        assert set(await unit.articles.known("inform", ["a1", "a2", "a3"])) == {"a1"}


async def test_identities_of_stored_articles_stay(storage: SqlStorage) -> None:
    """An article that is still there is still known."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], OLD)
        await unit.articles.add([placed(1, stored_at=OLD)])
        await unit.feeds.settle(Feed("inform", NOW, changed_at=NOW))

        assert await unit.retention.identities(BEFORE, limit=9) == 0


async def test_settled_messages_go_and_waiting_ones_stay(storage: SqlStorage) -> None:
    """Outbox rows settled before then leave; what waits is kept however old."""
    async with storage.transaction() as unit:
        await unit.outbox.put([message("old", 1), message("new", 2), message("waiting", 3)], OLD)
        claim = await unit.outbox.claim(OLD, owner="a", lease=LEASE, limit=2, rate=1e6)
        old, new = claim.messages
        await unit.outbox.settle([Settlement(old.id, SettledState.SENT)], OLD)
        await unit.outbox.settle([Settlement(new.id, SettledState.SENT)], NOW)

        assert await unit.retention.messages(NOW - 7 * DAY, limit=9) == 1
        assert await unit.outbox.counts() == {"sent": 1, "pending": 1}
    assert await _rows(storage, "pace") == 1


async def test_finished_updates_go_and_waiting_ones_stay(storage: SqlStorage) -> None:
    """Inbox rows finished before then leave, done or set aside."""
    async with storage.transaction() as unit:
        await unit.inbox.store([update(1), update(2, 2), update(3, 3), update(4, 4)])
        await unit.inbox.done(1, OLD)
        await unit.inbox.fail(2, OLD, error="unreadable", retry_at=None)
        await unit.inbox.done(3, NOW)

        assert await unit.retention.updates(BEFORE, limit=9) == 2
        assert [found.update_id for found in await unit.inbox.claim(NOW, owner="a", lease=LEASE, limit=9)] == [4]


async def test_old_compositions_go(storage: SqlStorage) -> None:
    """Compositions made before then open nothing any more."""
    async with storage.transaction() as unit:
        await unit.compositions.add(
            [Composition(1, 1, (DigestPage("p"),), OLD), Composition(2, 1, (DigestPage("p"),), NOW)]
        )

        assert await unit.retention.compositions(BEFORE, limit=9) == 1
        assert await unit.compositions.get(1, 1) is None
        assert await unit.compositions.get(2, 1) is not None


async def test_a_chat_keeps_its_newest_compositions(storage: SqlStorage) -> None:
    """However many a reader makes in a week; other chats' stay."""
    async with storage.transaction() as unit:
        await unit.compositions.add([Composition(number, 1, (), NOW) for number in (1, 2, 4, 5)])
        await unit.compositions.add([Composition(3, 2, (), NOW)])
        await unit.compositions.trim(1, keep=9)
        await unit.compositions.trim(1, keep=2)
        left = await unit.connection.fetch_sql("SELECT id FROM composition ORDER BY id")

    assert [row["id"] for row in left] == [3, 4, 5]


async def test_old_broadcasts_go(storage: SqlStorage) -> None:
    """Drafts and those that have gone out; one that is on its way stays, however long it takes."""
    async with storage.transaction() as unit:
        numbers = [await unit.broadcasts.add(1, "text", at) for at in (OLD, OLD, OLD, NOW)]
        for number in numbers[1:3]:
            await unit.broadcasts.start(number, 1)
        await unit.broadcasts.finish(numbers[1])

        assert await unit.retention.broadcasts(BEFORE, limit=9) == 2
        left = await unit.connection.fetch_sql("SELECT id FROM broadcast ORDER BY id")
    assert [row["id"] for row in left] == numbers[2:]


async def test_topics_that_nobody_follows_go(storage: SqlStorage) -> None:
    """They leave at once, then what met them, a step at a time; followed ones stay."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        kept, left = await follow(unit, 1, "иран"), await follow(unit, 1, "ирак")
        await publish(unit, 1, [kept, left])
        await unit.subscriptions.remove(1, [left])

        assert await unit.retention.unfollowed(0, limit=9) == (None, [left])
        assert await unit.retention.unfollowed(0, limit=1) == (kept, [])
        assert await unit.retention.unfollowed(kept, limit=1) == (left, [left])
        assert await unit.retention.topics([kept, left], NOW) == 1
        assert await unit.topics.find("ирак") is None
        assert await unit.topics.find("иран") is not None
        assert [await unit.retention.erased_topics(NOW, limit=9) for _ in range(2)] == [1, 0]
    assert [await _rows(storage, table) for table in ("topic_match", "topic_story", "erased_topic")] == [1, 1, 1]


async def test_a_match_that_comes_after_its_topic_was_deleted_goes_too(storage: SqlStorage) -> None:
    """A process that still has the topic in its index may store one: it is looked for during an hour."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        left = await follow(unit, 1, "ирак")
        await unit.subscriptions.remove(1, [left])
        await unit.retention.topics([left], NOW)
        await unit.retention.erased_topics(NOW + HOUR, limit=9)
        await publish(unit, 1, [left])

        assert await unit.retention.erased_topics(NOW + 2 * HOUR, limit=9) == 1
    assert [await _rows(storage, table) for table in ("topic_match", "topic_story", "erased_topic")] == [0, 0, 0]


async def test_all_of_a_feed_that_nobody_has_goes_in_steps(storage: SqlStorage) -> None:
    """From its instant on: articles with postings, matches, appearances and identities, the feed with the last."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        topic = await follow(unit, 1, "иран")
        for name in ("mine", "small", "kept"):
            await unit.feeds.add(source(name, public=False), NOW)
        await unit.feeds.switch(1, "kept", on=False)
        await publish(unit, 1, [topic], keys=[7])
        await publish(unit, 9, [topic], keys=[7], source_id="kept")
        for number in range(2, 7):
            await publish(unit, number, [topic], story=1, keys=[7, number], source_id="mine")
        for name in ("mine", "small", "kept", "inform"):
            await unit.feeds.let_go(name, NOW + DAY)

        assert await unit.retention.erased_feeds(NOW, limit=9) == 0
    steps = []
    for _ in range(3):
        async with storage.transaction() as unit:
            steps.append(await unit.retention.erased_feeds(NOW + DAY, limit=4))

    assert steps == [4, 2, 0]
    tables = ("source", "article", "posting", "entry", "topic_match", "topic_story")
    assert [await _rows(storage, table) for table in tables] == [2, 2, 2, 2, 2, 2]


async def test_a_feed_that_is_added_again_is_kept(storage: SqlStorage) -> None:
    """Before it was deleted as it was; after its address went, with the one that it is added with."""
    own = source("mine", public=False)
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
        for forgets in (False, True):
            await unit.feeds.add(own, NOW)
            await unit.feeds.adopt("mine", NOW)
            await unit.feeds.switch(1, "mine", on=True)
            assert await unit.feeds.get("mine") == own
            assert await unit.retention.erased_feeds(NOW + 2 * DAY, limit=9) == 0
            if forgets:
                await unit.chats.forget(1, NOW)
                assert await unit.feeds.get("mine") is None
                assert not await unit.feeds.settle(Feed("mine", NOW, etag="secret", moved_to="https://secret.test/"))
                await unit.chats.put(chat(1))
            else:
                await unit.feeds.remove(1, "mine")
                await unit.feeds.release("mine")
                await unit.feeds.let_go("mine", NOW)
        await unit.feeds.add(own, NOW)
        await unit.feeds.adopt("mine", NOW)

        assert await unit.feeds.get("mine") == own
        assert await unit.retention.erased_feeds(NOW + 2 * DAY, limit=9) == 0


async def test_what_was_said_to_a_forgotten_chat_goes_once_it_was_sent(storage: SqlStorage) -> None:
    """The answer to ``/forget`` and the pacing; a chat that writes again is not forgotten any more."""
    async with storage.transaction() as unit:
        for number in (1, 2):
            await unit.chats.put(chat(number))
            await unit.chats.forget(number, NOW)
            await unit.outbox.put([reply(f"reply:{number}:0", number)], NOW)
        await unit.chats.put(chat(2))
        assert await unit.retention.forgotten_chats(NOW) == 1
        claim = await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=9, rate=1e6)
        await unit.outbox.settle([Settlement(row.id, SettledState.SENT) for row in claim.messages], NOW)
        assert await unit.retention.forgotten_chats(NOW + MINUTE) == 0
        assert await unit.outbox.counts() == {"sent": 1}
        assert await unit.retention.forgotten_chats(NOW + 2 * HOUR) == 1
    assert [await _rows(storage, table) for table in ("outbox", "pace", "forgotten_chat")] == [1, 1, 0]


async def test_a_forgotten_chat_leaves_nothing(storage: SqlStorage) -> None:
    """All of a chat's rows leave, with its own feed's polling and topics that were its alone; others keep theirs."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform"), source("mine", public=False)], NOW)
        both = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        alone = await follow(unit, 1, "ирак")
        await unit.feeds.switch(1, "mine", on=True)
        await publish(unit, 1, [both, alone])
        await unit.compositions.add([Composition(1, 1, (DigestPage("p"),), NOW)])
        await unit.outbox.put([message("mine", 1), message("theirs", 2)], NOW)
        await unit.inbox.store([update(number, 1, payload='{"name": "Айгүл"}') for number in (1, 3, 4)])
        await unit.inbox.store([update(2, 2)])

        await unit.inbox.fail(3, NOW, error="TypeError", retry_at=None)

        await unit.chats.forget(1, NOW)
        await unit.outbox.put([reply("reply:1:0", 1)], NOW)
        await unit.inbox.done(1, NOW)

    async with storage.transaction() as unit:
        assert await unit.chats.get(1) is None
        assert await unit.subscriptions.of(1) == []
        assert await unit.topics.find("ирак") is None
        assert len(await unit.subscriptions.of(2)) == 1
        assert [known.id for known in await unit.feeds.sources()] == ["inform"]
        assert await unit.inbox.store([update(1, 1)]) == 0
        claim = await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=9, rate=1e6)
        assert [leased.message.dedupe_key for leased in claim.messages] == ["reply:1:0", "theirs"]
        rows = await unit.connection.fetch_sql("SELECT chat_id, payload FROM inbox WHERE update_id IN (1, 3)")
        waiting = await unit.inbox.claim(NOW, owner="a", lease=LEASE, limit=9)
    assert [tuple(row) for row in rows] == [(None, "{}"), (None, "{}")]
    assert [(one.update_id, one.chat_id) for one in waiting] == [(2, 2), (4, 1)]
    assert "Айгүл" in waiting[1].payload
    assert [await _rows(storage, table) for table in ("composition", "chat_source", "subscription")] == [0, 0, 1]


async def test_forgetting_an_unknown_chat_is_nothing(storage: SqlStorage) -> None:
    """Whoever was never known, or was forgotten already, may ask for it."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(2))
        await unit.chats.forget(1, NOW)

        assert await unit.chats.get(2) is not None


async def test_an_edit_after_retention_makes_no_article(storage: SqlStorage) -> None:
    """A deleted article that its feed edits stays deleted, and known by its new hash."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.articles.add([placed(1, keys=[5], stored_at=OLD)])
        await unit.retention.articles(BEFORE, limit=9)
        await unit.articles.change(1, new_article("a1", content_hash="new"), frozenset({6}))

        assert await unit.articles.known("inform", ["a1"]) == {"a1": StoredEntry(1, "new")}
    assert await _rows(storage, "posting") == 0
