"""Databases as older versions of this program made them, kept as SQL (tests/tools/old_databases.py makes that)."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
from databases import empty_database

from bot.core.model import Source

DATA = Path(__file__).parents[1] / "contract/data"
COMMITS = {4: "ef81323", 8: "223204e", 12: "83c797a"}
"""The version of the schema, and a commit of this repository that has it."""


CATALOGUE = [
    Source("dala", {"kk": "Дала жаршысы", "ru": "Степной вестник", "en": "Steppe Herald"}, "https://dala.kz/rss", "kk"),
    Source("kurier", {"kk": "Курьер", "ru": "Курьер", "en": "Courier"}, "https://kurier.kz/rss", "ru"),
    Source("monitor", {"kk": "Монитор", "ru": "Монитор", "en": "Monitor"}, "https://monitor.kz/rss", "en"),
]
NEWS = {
    "dala": [
        ("Тоқаев Иран президентімен кездесті", "Астанада екі ел басшысы сауданы талқылады."),
        ("Мұнай бағасы төрт пайызға өсті", "Баррель бағасы 68 доллардан асты."),
    ],
    "kurier": [
        ("Токаев встретился с президентом Ирана", "В Астане главы двух стран обсудили торговлю."),
        ("Нефть подорожала на четыре процента", "Баррель стоит дороже 68 долларов."),
    ],
    "monitor": [
        ("Tokayev meets Iran's president", "The two leaders discussed trade in Astana."),
        ("Chess: a draw in round nine", "The match is level."),
    ],
}
TOPICS = {7: ("Иран", "мұнай"), 8: ("нефть -прогноз",), 9: ("Tokayev",), -100: ("Иран",)}
"""What tests/tools/old_databases.py let the older programs store: outlets, their articles, topics by chat."""


@asynccontextmanager
async def old_database(engine: str, version: int, folder: Path) -> AsyncIterator[str]:
    """Give the address of a database of that version, as its program left it; it is gone afterwards.

    It has the chats of ``TOPICS``, the articles of ``NEWS``, which are three stories in three languages, a digest and
    answers that were not sent, an update not handled.
    """
    text = (DATA / f"version-{version:02}.{engine}.sql").read_text(encoding="utf-8")
    async with empty_database(engine, folder) as url:
        if engine == "sqlite":
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
                database.executescript(text)
                database.execute("PRAGMA journal_mode = WAL")
        else:
            server = await asyncpg.connect(url)
            await server.execute(text)
            await server.close()
        yield url
