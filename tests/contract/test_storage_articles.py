"""Articles, postings and who may see what."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from storage_samples import (
    DAY,
    HOUR,
    KAZAKH,
    MINUTE,
    NOW,
    as_stored,
    chat,
    follow,
    new_article,
    placed,
    publish,
    source,
)

from bot.core.model import PlacedArticle, StoredEntry, StoryMatch
from bot.storage import SqlStorage

SOURCES = [source("inform"), source("tengri"), source("zakon"), source("mine", public=False)]


@pytest.fixture(autouse=True)
async def _sources(storage: SqlStorage) -> None:
    async with storage.transaction() as unit:
        await unit.feeds.sync(SOURCES, NOW)


async def _add(storage: SqlStorage, *articles: PlacedArticle) -> None:
    async with storage.transaction() as unit:
        await unit.articles.add(articles)


async def _by_keys(storage: SqlStorage, *groups: Sequence[int], limit: int = 10, chat: int = 1) -> list[int]:
    async with storage.reading() as unit:
        found = await unit.articles.by_keys(chat, [frozenset(group) for group in groups], since=NOW - DAY, limit=limit)
    return [article.id for article in found]


async def _to_backfill(storage: SqlStorage, *groups: Sequence[int], chat: int = 1, **shares: int) -> list[int]:
    wanted = {"newest": 3, "each_language": 1, "own": 2, **shares}
    async with storage.reading() as unit:
        found = await unit.articles.to_backfill(chat, [frozenset(group) for group in groups], since=NOW - DAY, **wanted)
    return list(found)


async def test_an_article_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Every field of an article survives storage, in any script; ids and instants too."""
    article = placed(
        7,
        story=5,
        title=KAZAKH,
        summary="«Сілтеме» & <b>қою</b>\n\nжаңа жол",
        text="مەملەكەت 中 🇰🇿",
        image="https://inform.test/сурет.jpg",
        published_at=NOW - HOUR,
    )
    await _add(storage, article)

    async with storage.reading() as unit:
        assert await unit.articles.after(0, since=NOW, limit=10) == [as_stored(article, text=True)]


async def test_text_that_no_database_keeps_is_mended(storage: SqlStorage) -> None:
    """NUL and half surrogates, which some feeds send, do not stop a transaction."""
    await _add(storage, placed(1, uid="a\0\ud83d", content_hash="h", title="a\0b\ud83dc", text="\0", summary="ә\0"))

    async with storage.reading() as unit:
        (stored,) = await unit.articles.after(0, since=NOW, limit=10)
        known = await unit.articles.known("inform", ["a\0\ud83d"])
    assert (stored.title, stored.text, stored.summary) == ("ab?c", "", "ә")
    assert known == {"a\0\ud83d": StoredEntry(1, "h")}


async def test_known_tells_stored_entries_by_uid(storage: SqlStorage) -> None:
    """``known`` names the entries of that source that are stored, however long their uid."""
    long = "https://inform.test/" + "ұзын/" * 2000
    await _add(storage, placed(1, uid="a"), placed(2, uid=long), placed(3, uid="a", source_id="tengri"))

    async with storage.reading() as unit:
        known = await unit.articles.known("inform", ["a", "b", long])
    assert known == {"a": StoredEntry(1, "hash-a"), long: StoredEntry(2, f"hash-{long}")}


async def test_an_article_can_be_finished_later(storage: SqlStorage) -> None:
    """One without hashes counts as edited; its hashes, and what made its keys, can be written alone."""
    await _add(storage, placed(1, uid="a", content_hash=""), placed(2, uid="b", story=1))
    async with storage.transaction() as unit:
        assert await unit.articles.story_ids([1, 2, 9]) == {1: 1, 2: 1}
        await unit.articles.finish({1: new_article("a", content_hash="whole", entry_hash="as it came")})
        known = await unit.articles.known("inform", ["a"])
        await unit.articles.mark_keys([1], 7)
        outdated = await unit.articles.outdated(7, limit=9)

    assert known == {"a": StoredEntry(1, "whole", "as it came")}
    assert [article.id for article in outdated] == [2]


async def test_an_entry_is_known_by_how_its_document_last_gave_it(storage: SqlStorage) -> None:
    """It is stored with the article, follows an edit, and can be written down alone; empty where nobody knows it."""
    await _add(storage, placed(1, uid="a", entry_hash="as it came"), placed(2, uid="b"))
    async with storage.transaction() as unit:
        await unit.articles.change(1, new_article("a", content_hash="new", entry_hash="edited"), frozenset())
        await unit.articles.seen("inform", {"b": "as it is now", "c": "not stored"})
        known = await unit.articles.known("inform", ["a", "b", "c"])

    assert known == {"a": StoredEntry(1, "new", "edited"), "b": StoredEntry(2, "hash-b", "as it is now")}


async def test_a_stored_entry_is_passed_over(storage: SqlStorage) -> None:
    """Two fetches that bring the same entry store it once, with the first one's id, text and keys."""
    await _add(storage, placed(1, uid="a", keys=[10]))
    await _add(storage, placed(2, uid="a", keys=[20], title="again"), placed(3, uid="b", keys=[30]))

    assert await _by_keys(storage, [10, 20, 30]) == [3, 1]


async def test_change_replaces_text_and_postings(storage: SqlStorage) -> None:
    """An edit changes what search finds and how it reads; its story and its date of storing stay."""
    await _add(storage, placed(1, story=9, keys=[10, 11]))
    edited = new_article("a1", title="Түзетілді", content_hash="new", published_at=NOW + HOUR)
    async with storage.transaction() as unit:
        await unit.articles.change(1, edited, frozenset({11, 12}))
        known = await unit.articles.known("inform", ["a1"])
        (stored,) = await unit.articles.after(0, since=NOW, limit=5)

    assert known["a1"] == StoredEntry(1, "new")
    assert stored == replace(as_stored(placed(1, story=9), text=True), title="Түзетілді", published_at=NOW + HOUR)
    assert [await _by_keys(storage, [key]) for key in (10, 11, 12)] == [[], [1], [1]]


async def test_change_of_an_article_that_retention_took_renews_its_identity_only(storage: SqlStorage) -> None:
    """An old entry that is edited does not come back as an article."""
    async with storage.transaction() as unit:
        await unit.articles.change(99, new_article("gone"), frozenset({5}))

    assert await _by_keys(storage, [5]) == []


async def test_by_keys_wants_a_key_of_each_group(storage: SqlStorage) -> None:
    """Groups are joined by *and*, keys within a group by *or*; keys are signed 64-bit numbers."""
    low, high = -(2**63), 2**63 - 1
    await _add(
        storage,
        placed(1, keys=[low, 2], published_at=NOW - MINUTE),
        placed(2, keys=[high, 2]),
        placed(3, keys=[2], published_at=NOW - 2 * MINUTE),
    )

    assert await _by_keys(storage, [low, high]) == [2, 1]
    assert await _by_keys(storage, [2], [low]) == [1]
    assert await _by_keys(storage, [2]) == [2, 1, 3]
    assert await _by_keys(storage, [2], limit=2) == [2, 1]
    assert await _by_keys(storage, [2], [3]) == []
    assert await _by_keys(storage, [2], []) == []


async def test_by_keys_without_groups_finds_everything(storage: SqlStorage) -> None:
    """A query that asks for no key (only exclusions) proposes all articles."""
    await _add(storage, placed(1), placed(2))

    assert await _by_keys(storage) == [2, 1]


async def test_by_keys_and_after_look_back_no_further_than_asked(storage: SqlStorage) -> None:
    """What was stored before ``since`` is left out, however new its date."""
    await _add(storage, placed(1, keys=[1], stored_at=NOW - 2 * DAY), placed(2, keys=[1], published_at=NOW - 9 * DAY))

    assert await _by_keys(storage, [1]) == [2]
    async with storage.reading() as unit:
        assert [article.id for article in await unit.articles.after(0, since=NOW - DAY, limit=5)] == [2]


@pytest.mark.parametrize("groups", [([7],), ()])
async def test_what_a_chat_does_not_see_takes_no_place_among_what_it_finds(
    storage: SqlStorage, groups: tuple[list[int], ...]
) -> None:
    """Newer articles of another's feed, of a source switched off, of a language not read leave the limit whole."""
    async with storage.transaction() as unit:
        await unit.chats.put_each([chat(1, languages=("kk",)), chat(2)])
        await unit.feeds.switch(1, "tengri", on=False)
        await unit.feeds.switch(2, "mine", on=True)
    hidden = ({"source_id": "mine"}, {"source_id": "tengri"}, {"language": "ru"})
    newer = [
        placed(10 * kind + number, keys=[7], published_at=NOW + MINUTE, uid=f"{kind}-{number}", **changes)
        for kind, changes in enumerate(hidden, start=1)
        for number in range(3)
    ]
    await _add(storage, placed(1, keys=[7]), placed(2, keys=[7], published_at=NOW - MINUTE), *newer)

    assert await _by_keys(storage, *groups, limit=2) == [1, 2]
    assert await _by_keys(storage, *groups, limit=9, chat=2) == [32, 31, 30, 22, 21, 20, 12, 11, 10]
    assert await _by_keys(storage, *groups, limit=6, chat=3) == [32, 31, 30, 22, 21, 20]


@pytest.mark.parametrize("groups", [([7],), ()])
async def test_a_topic_is_filled_from_shares_that_nobody_takes_from_another(
    storage: SqlStorage, groups: tuple[list[int], ...]
) -> None:
    """The newest public ones, some of each language at least, and apart from them those of the chat's own feeds."""
    async with storage.transaction() as unit:
        await unit.chats.put_each([chat(1), chat(2), chat(3)])
        await unit.feeds.switch(1, "mine", on=True)
        await unit.feeds.switch(2, "mine", on=False)
        await unit.feeds.switch(3, "tengri", on=False)
    old = [placed(number, keys=[7], language="ru", published_at=NOW - number * MINUTE) for number in (1, 2)]
    public = [placed(number, keys=[7], published_at=NOW + number * MINUTE) for number in range(11, 15)]
    off = [placed(15, keys=[7], source_id="tengri", published_at=NOW + HOUR)]
    private = [placed(n, keys=[7], source_id="mine", published_at=NOW + n * HOUR) for n in range(21, 25)]
    await _add(storage, *old, *public, *off, *private)

    assert await _to_backfill(storage, *groups) == [24, 23, 15, 14, 13, 1]
    assert await _to_backfill(storage, *groups, chat=2) == [15, 14, 13, 1]
    assert await _to_backfill(storage, *groups, chat=3) == [15, 14, 13, 1]
    assert await _to_backfill(storage, *groups, newest=0, each_language=0) == [24, 23]
    assert await _to_backfill(storage, *groups, newest=0, each_language=0, chat=2) == []
    assert await _to_backfill(storage, [7], [8]) == []


async def test_after_goes_by_ids(storage: SqlStorage) -> None:
    """``after`` returns the next ids in order, as many as asked."""
    await _add(storage, *(placed(number) for number in (4, 2, 3, 1)))

    async with storage.reading() as unit:
        assert [article.id for article in await unit.articles.after(1, since=NOW - DAY, limit=2)] == [2, 3]


async def test_latest_names_stories_topics_and_reasons(storage: SqlStorage) -> None:
    """A story has all its articles, the newest first, the topics that it met and the words that met them."""
    async with storage.transaction() as unit:
        iran = await follow(unit, 1, "иран")
        tokayev = await follow(unit, 1, "тоқаев")
        older = await publish(unit, 1, [iran], reasons=["Иранның"], published_at=NOW - HOUR)
        plain = await publish(unit, 2, [], story=1, source_id="tengri", published_at=NOW - MINUTE)
        both = await publish(
            unit, 3, [iran, tokayev], story=1, source_id="zakon", reasons=["Иран", "Тоқаев"], published_at=NOW
        )
        newest = await publish(unit, 4, [tokayev], published_at=NOW + MINUTE)
        await publish(unit, 5, [])

    async with storage.reading() as unit:
        stories = await unit.articles.latest(1, [iran, tokayev], since=NOW - DAY, limit=10)
    assert stories == [
        StoryMatch(4, (tokayev,), (as_stored(newest),), 0, ("Иран",)),
        StoryMatch(
            1,
            (iran, tokayev),
            (as_stored(both), as_stored(plain), as_stored(older)),
            0,
            ("Иран", "Тоқаев", "Иранның"),
        ),
    ]


async def test_latest_is_cut_and_looks_back_no_further_than_asked(storage: SqlStorage) -> None:
    """The limit counts stories; a story stored before ``since`` is left out."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await publish(unit, 1, [topic], stored_at=NOW - 2 * DAY)
        for number in (2, 3, 4):
            await publish(unit, number, [topic], published_at=NOW + number * MINUTE)

    async with storage.reading() as unit:
        found = await unit.articles.latest(1, [topic], since=NOW - DAY, limit=2)
        assert [story.story_id for story in found] == [4, 3]
        assert await unit.articles.latest(1, [], since=NOW - DAY, limit=2) == []


async def test_popular_counts_the_outlets_that_a_chat_sees(storage: SqlStorage) -> None:
    """The story that most outlets tell comes first; two articles of one outlet count once."""
    async with storage.transaction() as unit:
        await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await publish(unit, 1, [])
        for number, name in enumerate(["inform", "tengri", "tengri"], start=2):
            await publish(unit, number, [], story=2, source_id=name)
        for number, name in enumerate(["inform", "tengri", "zakon"], start=5):
            await publish(unit, number, [], story=5, source_id=name)
        for number in range(8, 12):
            await publish(unit, number, [], story=8, uid=f"same{number}")
        await unit.feeds.switch(2, "zakon", on=False)

    async with storage.reading() as unit:
        mine = await unit.articles.popular(1, since=NOW - DAY, limit=2)
        theirs = await unit.articles.popular(2, since=NOW - DAY, limit=2)
    assert [story.story_id for story in mine] == [5, 2]
    assert [len(story.articles) for story in mine] == [3, 3]
    assert mine[0].topic_ids == ()
    assert {story.story_id for story in theirs} == {5, 2}
    assert [len(story.articles) for story in theirs if story.story_id == 5] == [2]


async def test_a_readers_feed_is_seen_by_those_who_added_it(storage: SqlStorage) -> None:
    """An added feed's articles, and its share of a story, are visible to the chats that switched it on alone."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await unit.feeds.switch(2, "mine", on=True)
        public = await publish(unit, 1, [topic])
        await publish(unit, 2, [topic], story=1, source_id="mine", published_at=NOW - MINUTE)
        await publish(unit, 3, [topic], source_id="mine")

    async with storage.reading() as unit:
        (one,) = await unit.articles.latest(1, [topic], since=NOW - DAY, limit=9)
        two = await unit.articles.latest(2, [topic], since=NOW - DAY, limit=9)
        popular = await unit.articles.popular(1, since=NOW - DAY, limit=9)
    assert one.articles == (as_stored(public),)
    assert [len(story.articles) for story in two] == [1, 2]
    assert [story.articles for story in popular] == [(as_stored(public),)]


async def test_a_source_that_a_chat_switched_off_is_unseen_there(storage: SqlStorage) -> None:
    """A switch hides a public source from that chat alone, and may be turned back."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        await follow(unit, 2, "иран")
        await publish(unit, 1, [topic])
        await unit.feeds.switch(1, "inform", on=False)

    async with storage.transaction() as unit:
        assert await unit.articles.latest(1, [topic], since=NOW - DAY, limit=9) == []
        assert len(await unit.articles.latest(2, [topic], since=NOW - DAY, limit=9)) == 1
        await unit.feeds.switch(1, "inform", on=True)
        assert len(await unit.articles.latest(1, [topic], since=NOW - DAY, limit=9)) == 1


async def test_mentions_are_counted_by_day_and_language_of_what_the_chat_sees(storage: SqlStorage) -> None:
    """A day begins with its first instant and ends before the next; others' feeds and unwanted languages do not count."""
    starts = [NOW - 2 * DAY, NOW - DAY, NOW]
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран")
        other = await follow(unit, 1, "ирак")
        await publish(unit, 1, [topic], published_at=starts[0])
        await publish(unit, 2, [topic], published_at=starts[1] - MINUTE, language="ru")
        await publish(unit, 3, [topic, other], published_at=starts[1])
        await publish(unit, 4, [topic], published_at=starts[2])
        await publish(unit, 5, [topic], published_at=starts[0] - MINUTE)
        await publish(unit, 6, [topic], published_at=starts[1], source_id="mine")
        await publish(unit, 7, [other], published_at=starts[1])

    async with storage.reading() as unit:
        assert await unit.articles.mentions(1, topic, starts) == {(0, "kk"): 1, (0, "ru"): 1, (1, "kk"): 1}
        assert await unit.articles.mentions(1, 99, starts) == {}


async def test_articles_of_another_version_of_keys_are_found_and_renewed(storage: SqlStorage) -> None:
    """Newest first, whichever version is above; the new keys find the article from then on, the old ones no more."""
    older, newer, current = (
        replace(placed(number, keys=[number]), keys_version=version) for number, version in ((1, 3), (2, 9), (3, 5))
    )
    await _add(storage, older, newer, current)
    async with storage.transaction() as unit:
        assert await unit.articles.count_outdated(5) == 2
        assert [one.id for one in await unit.articles.outdated(5, limit=1)] == [2]
        found = await unit.articles.outdated(5, limit=9)
        assert [one.id for one in found] == [2, 1]
        assert found[0].text == newer.article.text
        assert await unit.articles.renew_keys({found[0]: frozenset([7, 8]), found[1]: None}, 5) == {1, 2}

    assert await _by_keys(storage, [7]) == [2]
    assert await _by_keys(storage, [2]) == []
    assert await _by_keys(storage, [1]) == [1]
    async with storage.reading() as unit:
        assert await unit.articles.outdated(5, limit=9) == []


async def test_what_changed_meanwhile_is_not_renewed(storage: SqlStorage) -> None:
    """Keys that were made of another text, or of an article that is renewed or gone, are not taken."""
    await _add(storage, *(placed(number, keys=[number]) for number in (1, 2)))
    async with storage.reading() as unit:
        second, first = await unit.articles.outdated(5, limit=9)
    async with storage.transaction() as unit:
        assert await unit.articles.renew_keys({first: frozenset([7])}, 5) == {1}
        stale = {first: frozenset([8]), replace(second, text="?"): frozenset([8]), replace(first, id=9): frozenset([8])}
        assert await unit.articles.renew_keys(stale, 5) == set()

    assert await _by_keys(storage, [8]) == []
    assert await _by_keys(storage, [7]) == [1]
