"""What PostgreSQL reads for each query at a realistic size: rows by an index, whatever it knows of the tables.

No plan is looked at: each statement runs as the program runs it, often enough for a plan to be kept, and the server
counts the rows that it read one after the other. So it is with fresh statistics and with none at all, as after a move
or in the first minutes.
"""

import json
from contextlib import suppress
from typing import Any, cast

import pytest
from storage_samples import DAY, NOW, BrokenOffError

from bot.storage import SqlStorage, sql
from bot.storage.codec import millis
from bot.storage.dialect import POSTGRES
from bot.storage.postgres import PostgresConnection

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True),
]

CHATS, TOPICS, ARTICLES, MESSAGES, FEEDS = 5_000, 1_250, 1_500, 7_500, 1_250
RUNS = 7  # PostgreSQL keeps a plan for good with the sixth
MOST_READ = 1_000
"""Rows that one statement may read one after the other: tables that stay small may be read so."""
BY_NATURE = {
    "articles.count_outdated", "articles.outdated", "articles.popular_public", "broadcasts.reach", "chats.next_digest",
    "feeds.disable_absent", "feeds.sources", "feeds.states", "figures.backlog", "figures.by_day", "figures.counts",
    "opening.lapse_imports", "opening.lapse_inbox", "opening.lapse_outbox", "opening.lapse_sources", "outbox.counts",
    "topics.count", "topics.ids",
}  # fmt: skip
"""They count or list whole tables: at a start, by an operator's wish, for a chart."""

AT = millis(NOW)
_FILL = """
INSERT INTO source (id, position, name, url, language, category, alternatives, zone, selectors, enabled, public,
    next_fetch_at, host) SELECT 's' || n, n, '{}', 'u' || n, 'kk', '', '[]', '', '{}', 1, CASE WHEN n <= 40 THEN
    1 ELSE 0 END, :at + n * 1000, 'h' || n % 500 FROM generate_series(1, :feeds) n;
INSERT INTO topic (id, canonical, generation) SELECT n, 't' || n, n FROM generate_series(1, :topics) n;
INSERT INTO chat (id, kind, locale, zone, schedule, state, created_at, next_digest_at, next_slot_at, quiet,
    digest_when_empty) SELECT n, 'private', 'kk', 'Asia/Almaty', '08:30', 'active', :at, :at + n * 60000, :at +
    n * 60000 - 30000000, '', 0 FROM generate_series(1, :chats) n;
INSERT INTO subscription (chat_id, topic_id, label, started_at_seq, watermark, created_at, mode) SELECT n, 1 +
    (n * k * 7) % :topics, 't', 0, 10000, :at, CASE WHEN n % 50 = 0 THEN 'at_once' ELSE 'digest' END FROM
    generate_series(1, :chats) n, generate_series(1, 3) k ON CONFLICT DO NOTHING;
INSERT INTO chat_source (chat_id, source_id, enabled) SELECT n, 's' || (41 + n % (:feeds - 40)), 1 FROM
    generate_series(1, :chats) n;
INSERT INTO article (id, source_id, story_id, related_id, url, title, summary, language, published_at,
    stored_at, text, posting_keys, keys_version) SELECT n, 's' || (1 + n % 40), n - n % 3, n - n % 9, 'u', 't',
    's', (ARRAY['kk', 'ru', 'en'])[1 + n % 3], :at - n * 400000, :at - n * 400000, repeat('word ', 40), '', 5
    FROM generate_series(1, :articles) n;
INSERT INTO entry (source_id, uid_hash, article_id, content_hash, listed_at) SELECT source_id, 'u' || id, id,
    'c' || id, :at FROM article;
INSERT INTO posting (key, article_id) SELECT (n * 31 + k * k * 17) % 20000, n FROM generate_series(1, :articles)
    n, generate_series(1, 40) k ON CONFLICT DO NOTHING;
INSERT INTO topic_match (topic_id, article_id, reasons) SELECT 1 + (n * 7 + k * 13) % :topics, n, '[]' FROM
    generate_series(1, :articles) n, generate_series(1, 8) k ON CONFLICT DO NOTHING;
INSERT INTO topic_story (topic_id, story_id, source_id, first_seq, stored_at, backfilled, language) SELECT
    m.topic_id, a.story_id, a.source_id, a.id * 3, a.stored_at, 0, 'kk' FROM topic_match m JOIN article a ON
    a.id = m.article_id ON CONFLICT DO NOTHING;
INSERT INTO outbox (dedupe_key, chat_id, priority, state, text, keyboard, silent, created_at, available_at,
    expires_at, settled_at) SELECT 'd' || n, n % :chats, CASE n % 3 WHEN 0 THEN '0-reply' ELSE '2-digest' END,
    CASE n % 200 WHEN 0 THEN 'pending' ELSE 'sent' END, repeat('x', 400), '[]', 0, :at - n * 1000, :at - n *
    1000, :at + 86400000, CASE n % 200 WHEN 0 THEN NULL ELSE :at - n * 1000 END FROM generate_series(1,
    :messages) n;
INSERT INTO inbox (update_id, chat_id, payload, received_at, available_at, state, finished_at) SELECT n, CASE n
    % 500 WHEN 0 THEN n % :chats END, '{}', :at, :at, CASE n % 500 WHEN 0 THEN 'waiting' ELSE 'done' END, CASE n
    % 500 WHEN 0 THEN NULL ELSE :at - n * 1000 END FROM generate_series(1, :messages) n;
INSERT INTO pace (chat_id, next_at) SELECT n, :at FROM generate_series(1, :chats) n;
INSERT INTO composition (id, chat_id, pages, created_at) SELECT n, n, repeat('p', 300), :at - n * 1000 FROM
    generate_series(1, :chats) n;
INSERT INTO alert_pace (chat_id, window_start, sent, due_at) SELECT n, 0, 1, CASE n % 100 WHEN 0 THEN :at END
    FROM generate_series(1, :chats) n;
INSERT INTO removal (chat_id, topic_id, label, watermark, created_at, mode, languages, removed_at) SELECT n, 1 +
    n % :topics, 'l', 0, 0, 'digest', '', :at - n * 1000 FROM generate_series(1, :chats) n;
INSERT INTO offer (chat_id, source_id, name, url, language, offered_at) SELECT n, 's' || n, '{}', '', 'kk', :at
    - n * 1000 FROM generate_series(1, :chats) n;
INSERT INTO forgotten_chat (chat_id, forgotten_at) SELECT n, :at FROM generate_series(30000, 30050) n;
INSERT INTO erased_topic (topic_id, erased_at) SELECT n, :at FROM generate_series(4000, 4100) n
"""
_SIZES = {"at": AT, "feeds": FEEDS, "topics": TOPICS, "chats": CHATS, "articles": ARTICLES, "messages": MESSAGES}

_LISTS = {
    "ids": [1001, 1002, 1003], "chat_ids": list(range(1, 201)), "topic_ids": [5, 6, 7], "article_ids": [1000, 1001],
    "story_ids": list(range(1002, 1602, 3)), "modes": ["digest"], "languages": ["kk"], "own_sources": ["s50"],
    "uids": ["u1000"], "source_ids": ["s50"], "keys": [1, 2],
    "pairs": [{"story_id": story, "topic_id": 5} for story in range(1002, 1152, 3)],
    "days": [{"no": n, "start": AT - n * 86_400_000, "stop": AT - (n - 1) * 86_400_000} for n in range(14)],
}  # fmt: skip
_VALUES: dict[str, object] = {
    "now": AT, "late": AT + 600_000, "until": AT, "limit": 300, "chat_id": 5, "id": 5, "topic_id": 5, "story_id": 1002,
    "article_id": 1002, "source_id": "s50", "up_to": 17_990, "done_seq": 17_900, "after_chat": 0, "after": 0,
    "groups": 2, "since": millis(NOW - DAY), "before": millis(NOW - DAY), "stored_before": AT, "newest": 300,
    "each_language": 100, "own": 100, "public": 1, "at_host": 4, "look": 1000, "generation": TOPICS - 5, "version": 5,
    "grain": 86_400_000, "instant": AT + 10**10, "above": 0, "most": 300, "watermark": 17_000, "keep": 100,
    "lease_until": AT, "name": "seq", "count": 0,
} | {name: json.dumps(value) for name, value in _LISTS.items()}  # fmt: skip


_TYPES = {"int4": int, "int8": int, "float8": float, "text": str, "json": str, "bytea": bytes}
_GROUPS = json.dumps([{"no": n % 2, "key": key} for n, key in enumerate(range(30))])
_OF = {name: {"keys": _GROUPS} for name in ("articles.by_keys", "articles.to_backfill")}


@pytest.fixture
async def town(storage: SqlStorage) -> SqlStorage:
    """Give a database of many chats, of which the planner knows nothing, and never will by itself."""
    async with storage.transaction() as unit:
        tables = await unit.connection.fetch_sql(
            "SELECT tablename AS t FROM pg_tables WHERE schemaname = current_schema()"
        )
        for row in tables:
            await unit.connection.fetch_sql(f"ALTER TABLE {row['t']} SET (autovacuum_enabled = false)")
    async with storage.transaction() as unit:
        for text in _FILL.split(";\n"):
            await unit.connection.fetch_sql(_typed(text), _SIZES)
    return storage


def _typed(text: str) -> str:
    for name in _SIZES:
        text = text.replace(f":{name}", f"CAST(:{name} AS BIGINT)")
    return text


async def _read(connection: PostgresConnection) -> dict[str, int]:
    rows = await connection.fetch_sql("SELECT relname AS t, seq_tup_read AS n FROM pg_stat_xact_user_tables")
    return {row["t"]: row["n"] for row in rows}


async def _params(connection: PostgresConnection, text: str) -> dict[str, Any]:
    """Return a value for each parameter; one that no list has is a one, or an empty list."""
    numbered, names = sql.numbered(text)
    types = [_TYPES[one.name] for one in (await connection._raw.prepare(numbered)).get_parameters()]
    plain: dict[type, object] = {int: 1, float: 1.0, str: "[]", bytes: b""}
    given = {name: _VALUES.get(name) for name in names}
    return {
        name: given[name] if isinstance(given[name], kind) else plain[kind]
        for name, kind in zip(names, types, strict=True)
    }


async def _over_reading(storage: SqlStorage) -> dict[str, dict[str, int]]:
    """Return the statements that read many rows one after the other, with the rows of each table."""
    found: dict[str, dict[str, int]] = {}
    for name, text in sql.load(POSTGRES).items():
        if name in BY_NATURE or text.startswith("INSERT"):
            continue
        with suppress(BrokenOffError):  # nothing that it writes is to stay
            async with storage.transaction() as unit:
                connection = cast("PostgresConnection", unit.connection)
                params = await _params(connection, text) | _OF.get(name, {})
                before = await _read(connection)
                for _ in range(RUNS):
                    await connection.fetch(name, params)
                after = await _read(connection)
                raise BrokenOffError
        many = {t: n - before.get(t, 0) for t, n in after.items() if n - before.get(t, 0) > RUNS * MOST_READ}
        if many:
            found[name] = many
    return found


async def test_each_query_goes_by_an_index_with_and_without_statistics(town: SqlStorage) -> None:
    """Nothing that readers, deliveries or ticks ask for reads a table that grows with them."""
    without = await _over_reading(town)
    async with town.transaction() as unit:
        await unit.connection.fetch_sql("ANALYZE")
    fresh = await _over_reading(town)

    assert (without, fresh) == ({}, {})


async def test_the_planner_is_its_own_master_again_after_a_query_that_holds_it(storage: SqlStorage) -> None:
    """Its switches are for that statement alone, not for what else the transaction asks, nor for the next one."""
    shown = "SELECT name, setting FROM pg_settings WHERE name LIKE 'enable_%' OR name LIKE '%_collapse_limit'"

    async def settings(connection: Any) -> dict[str, str]:
        return {row["name"]: row["setting"] for row in await connection.fetch_sql(shown)}

    async with storage.reading() as unit:
        before = await settings(unit.connection)
        await unit.connection.fetch("expansion.reasons", {"pairs": "[]"})
        after = await settings(unit.connection)

    assert after == before
    assert {value for name, value in before.items() if name.startswith("enable_") and "partitionwise" not in name} == {
        "on"
    }
