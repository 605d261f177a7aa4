"""The schema is one, on both engines; hot look-ups go by an index."""

import re
from pathlib import Path

import pytest
from storage_samples import NOW

from bot.storage import SqlStorage, open_storage, schema, sql
from bot.storage.codec import millis
from bot.storage.dialect import POSTGRES, SQLITE

_TYPES = {"integer": "bigint", "blob": "bytea", "double precision": "double precision"}

_POSTGRES_COLUMNS = """
    SELECT table_name AS t, column_name AS c, data_type AS type, is_nullable = 'NO' AS required
    FROM information_schema.columns WHERE table_schema = current_schema()
"""
_SQLITE_COLUMNS = """
    SELECT m.name AS t, i.name AS c, lower(i.type) AS type, i."notnull" OR i.pk AS required
    FROM sqlite_master m, pragma_table_info(m.name) i WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'
"""
_POSTGRES_INDEXES = "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = current_schema()"
_SQLITE_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"


async def _columns(storage: SqlStorage, text: str) -> set[tuple[str, str, str, bool]]:
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(text)
    return {(row["t"], row["c"], _TYPES.get(row["type"], row["type"]), bool(row["required"])) for row in rows}


async def _indexes(storage: SqlStorage, text: str) -> dict[str, tuple[str, ...]]:
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(text)
    shapes = {row["name"]: re.search(r"\(([^)]*)\)", row["sql"]) for row in rows}
    return {name: tuple(shape.group(1).split(", ")) for name, shape in shapes.items() if shape is not None}


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
async def test_both_engines_have_one_schema(storage: SqlStorage, tmp_path: Path) -> None:
    """Tables, columns, types, what must not be null, and named indexes are the same."""
    lite = await open_storage(f"sqlite:///{tmp_path}/jarshy.db")
    lite_columns, columns = await _columns(lite, _SQLITE_COLUMNS), await _columns(storage, _POSTGRES_COLUMNS)
    lite_indexes, indexes = await _indexes(lite, _SQLITE_INDEXES), await _indexes(storage, _POSTGRES_INDEXES)
    await lite.close()

    assert lite_columns == columns
    assert lite_indexes.items() <= indexes.items()
    assert {name for name in indexes if not name.endswith(("_pkey", "_key"))} == set(lite_indexes)


def test_both_dialects_know_every_query() -> None:
    """Every query expands in both dialects, with the same parameters, and none is left with a token."""
    lite, postgres = sql.load(SQLITE), sql.load(POSTGRES)

    assert lite.keys() == postgres.keys()
    for name, text in lite.items():
        assert "{{" not in text + postgres[name], name
        assert set(sql.numbered(text)[1]) == set(sql.numbered(postgres[name])[1]), name


def test_every_query_is_used_and_every_use_is_there() -> None:
    """The names in the code and the names in the SQL files are the same."""
    code = "".join(path.read_text(encoding="utf-8") for path in Path(sql.__file__).parent.glob("*.py"))
    aggregates = {name.partition(".")[0] for name in sql.load(SQLITE)}
    used = {name for name in re.findall(r'"([a-z]+\.[a-z_]+)"', code) if name.partition(".")[0] in aggregates}

    assert used == set(sql.load(SQLITE))


async def _plan(storage: SqlStorage, name: str, **params: object) -> str:
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(f"EXPLAIN QUERY PLAN {sql.load(SQLITE)[name]}", params)
    return "\n".join(row["detail"] for row in rows)


_AT = {"now": millis(NOW), "limit": 10}
_FEEDS = {"now": millis(NOW), "public": 1}
_LEASE = {"owner": "a", "lease_until": 0}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "index", "params"),
    [
        ("feeds.due_since", "source_due", _FEEDS),
        ("feeds.claimable_since", "source_due", _FEEDS | {"at_host": 4}),
        ("feeds.claimable_since", "source_leased", _FEEDS | {"at_host": 4}),
        ("feeds.claim_due", "source_due", _AT | _LEASE | _FEEDS | {"at_host": 4, "look": 1000}),
        ("feeds.claim_due", "source_leased", _AT | _LEASE | _FEEDS | {"at_host": 4, "look": 1000}),
        ("chats.any_due", "chat_due", {"now": 0}),
        ("chats.claim_due", "chat_due", _AT),
        ("outbox.claim_replies", "outbox_waiting", _AT | _LEASE),
        ("outbox.claim_others", "outbox_waiting", _AT | _LEASE),
        ("outbox.free_lapsed", "outbox_leased", {"now": 0}),
        ("outbox.expire", "outbox_expiry", {"now": 0}),
        ("outbox.next_due", "outbox_due", {}),
        ("outbox.drop", "outbox_chat", {"chat_id": 1}),
        ("inbox.claim", "inbox_open", _AT | _LEASE),
        ("chats.forget_outbox", "outbox_chat", {"id": 1}),
        ("chats.forget_ended", "outbox_ended", {"id": 1}),
        ("chats.forget_inbox", "inbox_set_aside", {"id": 1}),
        ("chats.forget_management", "chat_manages", {"id": 1}),
        ("erasure.next_feed", "source_erased", {"now": 0}),
        ("erasure.last_messages", "outbox_ended", {}),
        ("subscriptions.starting_watermark", "topic_story_seq", {"topic_id": 1, "stored_before": 0}),
        ("topics.since", "topic_generation", {"generation": 0}),
    ],
)
async def test_a_hot_look_up_goes_by_its_index(
    storage: SqlStorage, name: str, index: str, params: dict[str, object]
) -> None:
    """What runs on every tick reads an index, never a whole table that grows with the readers."""
    plan = await _plan(storage, name, **params)

    assert index in plan
    assert not re.search(r"SCAN (chat|outbox|inbox|o|q|i|source|article)\b(?! USING)", plan), plan


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_unseen_reads_only_the_chats_and_topics_that_it_asks_for(storage: SqlStorage) -> None:
    """A digest's cost does not grow with the number of other chats, topics or stories."""
    plan = await _plan(storage, "subscriptions.unseen", chat_ids="[1]", modes='["digest"]', up_to=9, now=0)

    assert "topic_story_seq" in plan
    assert not re.search(r"SCAN (s|t|x|y|subscription|topic_story)\b", plan), plan


def test_migrations_are_numbered_without_gap_or_repetition() -> None:
    """A file with a wrong name would be ignored, and of two with one number the second never applied."""
    folder = Path(schema.__file__).parent / "migrations"
    names = sorted(file.name for file in folder.glob("*.sql"))

    assert [migration.version for migration in schema.migrations()] == list(range(1, len(names) + 1))
