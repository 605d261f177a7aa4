"""Articles, their postings and stories."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.core.model import LOCALES, Article, NewArticle, PlacedArticle, StoredEntry, StoryMatch
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row
from bot.storage.expansion import Hit, expand
from bot.storage.view import read_view


class Articles:
    """``ports.Articles`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def known(self, source_id: str, uids: Collection[str]) -> dict[str, StoredEntry]:
        """Return what is stored of these entries of a source, by uid."""
        by_hash = {_uid_hash(uid): uid for uid in uids}
        rows = await self._connection.fetch("articles.known", {"source_id": source_id, "uids": codec.array(by_hash)})
        return {
            by_hash[row["uid_hash"]]: StoredEntry(row["article_id"], row["content_hash"], row["entry_hash"])
            for row in rows
        }

    async def seen(self, source_id: str, entry_hashes: Mapping[str, str]) -> None:
        """Write down by uid how entries look now of which the same articles were made as before."""
        rows = [
            {"source_id": source_id, "uid_hash": _uid_hash(uid), "entry_hash": entry_hash}
            for uid, entry_hash in entry_hashes.items()
        ]
        await self._connection.executemany("articles.seen", rows)

    async def listed(self, source_id: str, uids: Collection[str], now: datetime) -> None:
        """Note that the source's newest document lists these entries, so that their identities are kept."""
        hashes = codec.array(_uid_hash(uid) for uid in uids)
        params = {"source_id": source_id, "uids": hashes, "now": codec.millis(now)}
        await self._connection.execute("articles.listed", params)

    async def add(self, articles: Sequence[PlacedArticle]) -> None:
        """Store new articles with their posting keys; entries that are stored already are passed over."""
        entries = codec.rows(_entry(placed) for placed in articles)
        rows = await self._connection.fetch("articles.add_entries", {"entries": entries})
        new = {row["article_id"] for row in rows}
        fresh = [placed for placed in articles if placed.id in new]
        await self._connection.executemany("articles.add", [_placed_params(placed) for placed in fresh])
        await self._connection.executemany(
            "articles.add_postings",
            [{"article_id": placed.id, "keys": codec.array(sorted(placed.posting_keys))} for placed in fresh],
        )

    async def change(
        self, article_id: int, article: NewArticle, posting_keys: frozenset[int], *, keys_version: int = 0
    ) -> None:
        """Replace the text of a stored article; only its identity is renewed where retention took the article."""
        await self.finish({article_id: article})
        stored = await self._connection.fetch("articles.posting_keys", {"id": article_id})
        if not stored:
            return
        old = frozenset(codec.unpacked(stored[0]["posting_keys"]))
        params = _text_params(article_id, article, posting_keys, keys_version)
        await self._connection.execute("articles.change", params)
        await self._replace_postings({article_id: (old, posting_keys)})

    async def finish(self, articles: Mapping[int, NewArticle]) -> None:
        """Write the hashes of articles, by id."""
        params = [
            {"article_id": article_id, "content_hash": article.content_hash, "entry_hash": article.entry_hash}
            for article_id, article in articles.items()
        ]
        await self._connection.executemany("articles.change_entry", params)

    async def story_ids(self, article_ids: Collection[int]) -> dict[int, int]:
        """Return the stories of those of the articles that are still stored, by id."""
        rows = await self._connection.fetch("articles.story_ids", {"ids": codec.array(article_ids)})
        return {row["id"]: row["story_id"] for row in rows}

    async def outdated(self, keys_version: int, *, limit: int) -> list[Article]:
        """Return articles whose posting keys another version made, newest first, with their text."""
        params = {"version": keys_version, "limit": limit}
        return [codec.article(row) for row in await self._connection.fetch("articles.outdated", params)]

    async def count_outdated(self, keys_version: int) -> int:
        """Return how many articles have posting keys that another version made."""
        (row,) = await self._connection.fetch("articles.count_outdated", {"version": keys_version})
        return int(row["articles"])

    async def renew_keys(self, keys: Mapping[Article, frozenset[int] | None], keys_version: int) -> set[int]:
        """Replace the posting keys of articles; return the ids of those that were renewed.

        One whose keys are None keeps its own, as if this version had made them. One that is gone, that was renewed by
        another process, or whose text is no longer what was read is passed over.
        """
        texts = {article.id: (article.title, article.text) for article in keys}
        params = {"ids": codec.array(texts), "version": keys_version}
        rows = await self._connection.fetch("articles.outdated_keys", params)
        current = {
            row["id"]: frozenset(codec.unpacked(row["posting_keys"]))
            for row in rows
            if texts[row["id"]] == (row["title"], row["text"])
        }
        renewed = {
            article.id: current[article.id] if found is None else found
            for article, found in keys.items()
            if article.id in current
        }
        await self._connection.executemany(
            "articles.renew",
            [
                {"id": article_id, "posting_keys": codec.packed(found), "version": keys_version}
                for article_id, found in renewed.items()
            ],
        )
        await self._replace_postings({each: (current[each], found) for each, found in renewed.items()})
        return set(renewed)

    async def mark_keys(self, article_ids: Collection[int], keys_version: int) -> None:
        """Write down which version made the posting keys of articles."""
        params = {"ids": codec.array(article_ids), "version": keys_version}
        await self._connection.execute("articles.mark_keys", params)

    async def _replace_postings(self, keys: Mapping[int, tuple[frozenset[int], frozenset[int]]]) -> None:
        """Replace the postings of articles, each by its keys before and from now on."""
        await self._connection.executemany(
            "articles.drop_postings",
            [{"article_id": each, "keys": codec.array(old - new)} for each, (old, new) in keys.items()],
        )
        await self._connection.executemany(
            "articles.add_postings",
            [{"article_id": each, "keys": codec.array(new - old)} for each, (old, new) in keys.items()],
        )

    async def texts(self, article_ids: Collection[int]) -> dict[int, str]:
        """Return the texts of those of the articles that are still stored, by id."""
        rows = await self._connection.fetch("articles.texts", {"ids": codec.array(article_ids)})
        return {row["id"]: row["text"] for row in rows}

    async def by_keys(
        self, chat_id: int, groups: Sequence[frozenset[int]], *, since: datetime, limit: int
    ) -> list[Article]:
        """Return the newest articles stored since then that the chat may see and that have a key of each group."""
        params = {**_key_params(groups), "chat_id": chat_id, "since": codec.millis(since), "limit": limit}
        return [codec.article(row) for row in await self._connection.fetch("articles.by_keys", params)]

    async def to_backfill(
        self,
        chat_id: int,
        groups: Sequence[frozenset[int]],
        *,
        since: datetime,
        newest: int,
        each_language: int,
        own: int,
    ) -> dict[int, str]:
        """Return the newest articles with a key of each group: public ones, and those of the chat's own feeds."""
        added = [row["source_id"] for row in await self._connection.fetch("articles.own_sources", {"chat_id": chat_id})]
        if not (newest or added):
            return {}
        params = {
            **_key_params(groups),
            "since": codec.millis(since),
            "newest": newest,
            "each_language": each_language,
            "own": own,
            "own_sources": codec.array(added),
        }
        rows = await self._connection.fetch("articles.to_backfill", params)
        return {row["id"]: row["content_hash"] for row in rows}

    async def read(self, article_ids: Collection[int]) -> list[tuple[Article, str]]:
        """Return those of the articles that are still stored, each with the hash of its content."""
        rows = await self._connection.fetch("articles.read", {"ids": codec.array(article_ids)}) if article_ids else ()
        return [(codec.article(row), row["content_hash"]) for row in rows]

    async def after(self, article_id: int, *, since: datetime, limit: int) -> list[Article]:
        """Return articles with a greater id stored since then, in the order of ids, with their text."""
        params = {"id": article_id, "since": codec.millis(since), "limit": limit}
        rows = await self._connection.fetch("articles.after", params)
        return [replace(codec.article(row), related_id=row["related_id"]) for row in rows]

    async def latest(
        self, chat_id: int, topic_ids: Collection[int], *, since: datetime, limit: int
    ) -> list[StoryMatch]:
        """Return the newest stories under these topics, of sources that the chat sees, newest article first."""
        params = {"chat_id": chat_id, "topic_ids": codec.array(topic_ids), "since": codec.millis(since), "limit": limit}
        rows = await self._connection.fetch("articles.latest", params)
        stories = await self._stories(chat_id, _ids(rows), tuple(topic_ids))
        return sorted(stories, key=_newest_first)

    async def stories(self, chat_id: int, story_ids: Sequence[int]) -> list[StoryMatch]:
        """Return those of the stories of which the chat sees an article, in the order given."""
        return await self._stories(chat_id, story_ids, ())

    async def related(self, chat_id: int, story_id: int, *, limit: int) -> list[StoryMatch]:
        """Return the other stories of a story's wider group of which the chat sees an article, newest first."""
        params = {"chat_id": chat_id, "story_id": story_id, "limit": limit}
        rows = await self._connection.fetch("articles.related", params)
        return await self._stories(chat_id, _ids(rows), ())

    async def counts(self, chat_id: int, topic_ids: Collection[int], *, since: datetime) -> dict[int, int]:
        """Return how many articles published since then met each topic, of sources that the chat sees."""
        params = {"chat_id": chat_id, "topic_ids": codec.array(topic_ids), "since": codec.millis(since)}
        rows = await self._connection.fetch("articles.counts", params)
        return {row["topic_id"]: row["articles"] for row in rows}

    async def mentions(self, chat_id: int, topic_id: int, starts: Sequence[datetime]) -> dict[tuple[int, str], int]:
        """Return how many articles met a topic on each day, by day and language, of sources that the chat sees."""
        params = {"chat_id": chat_id, "topic_id": topic_id, "days": codec.spans(starts)}
        rows = await self._connection.fetch("articles.mentions", params)
        return {(row["no"], row["language"]): row["articles"] for row in rows}

    async def popular_for(
        self, chat_ids: Collection[int], *, since: datetime, limit: int, among: int
    ) -> dict[int, list[StoryMatch]]:
        """Return for each chat those that it sees of the stories that most public sources tell."""
        view = await read_view(self._connection, chat_ids)
        readers: dict[frozenset[str], list[int]] = {}
        for chat_id in chat_ids:
            readers.setdefault(view.languages.get(chat_id, frozenset(LOCALES)), []).append(chat_id)
        hits: list[Hit] = []
        for languages, chats in readers.items():
            params = {"since": codec.millis(since), "limit": among, "languages": codec.array(sorted(languages))}
            rows = await self._connection.fetch("articles.popular_public", params)
            hits += [Hit(chat_id, 0, row["story_id"], ()) for chat_id in chats for row in rows]
        found = await expand(self._connection, hits, view)
        for chat_id in view.switches:
            if len(found.get(chat_id, ())) < limit:  # it left out most of the sources that tell those
                found[chat_id] = await self.popular(chat_id, since=since, limit=limit)
        return {chat_id: stories[:limit] for chat_id, stories in found.items()}

    async def popular(self, chat_id: int, *, since: datetime, limit: int) -> list[StoryMatch]:
        """Return the stories that most sources tell, of sources that the chat sees."""
        params = {"chat_id": chat_id, "since": codec.millis(since), "limit": limit}
        rows = await self._connection.fetch("articles.popular", params)
        return await self._stories(chat_id, _ids(rows), ())

    async def _stories(self, chat_id: int, story_ids: Sequence[int], topics: tuple[int, ...]) -> list[StoryMatch]:
        view = await read_view(self._connection, [chat_id])
        hits = [Hit(chat_id, 0, story_id, topics) for story_id in story_ids]
        return (await expand(self._connection, hits, view)).get(chat_id, [])


def _key_params(groups: Sequence[frozenset[int]]) -> Params:
    keys = codec.rows({"no": number, "key": key} for number, group in enumerate(groups) for key in group)
    return {"keys": keys, "groups": len(groups)}


def _ids(rows: Sequence[Row]) -> list[int]:
    return [row["story_id"] for row in rows]


def _newest_first(story: StoryMatch) -> tuple[float, int]:
    return -story.articles[0].published_at.timestamp(), -story.story_id


def _uid_hash(uid: str) -> str:
    return hashlib.blake2b(uid.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _entry(placed: PlacedArticle) -> Params:
    return {
        "source_id": placed.article.source_id,
        "uid_hash": _uid_hash(placed.article.uid),
        "article_id": placed.id,
        "content_hash": placed.article.content_hash,
        "entry_hash": placed.article.entry_hash,
        "listed_at": codec.millis(placed.stored_at),
    }


def _text_params(
    article_id: int, article: NewArticle, posting_keys: frozenset[int], keys_version: int
) -> dict[str, object]:
    return {
        "id": article_id,
        "url": codec.storable(article.url),
        "title": codec.storable(article.title),
        "summary": codec.storable(article.summary),
        "text": codec.storable(article.text),
        "language": article.language,
        "image": codec.storable_or_none(article.image),
        "published_at": codec.millis(article.published_at),
        "posting_keys": codec.packed(posting_keys),
        "keys_version": keys_version,
    }


def _placed_params(placed: PlacedArticle) -> Params:
    return {
        **_text_params(placed.id, placed.article, placed.posting_keys, placed.keys_version),
        "source_id": placed.article.source_id,
        "story_id": placed.story_id,
        "related_id": placed.related_id or placed.story_id,
        "stored_at": codec.millis(placed.stored_at),
    }
