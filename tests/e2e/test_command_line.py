"""The command line as programs outside the repository use it: JSON lines, exit codes, plain errors."""

import asyncio
import json
import os
import sys
from datetime import UTC, datetime

import pytest
from databases import names
from feed_server import Item, rss_document, sources_document
from harness import PROJECT, run_bot

from bot.storage import schema_version


async def pipe(folder, *arguments, lines=()):
    """Run a command with these lines on standard input; return exit code, output lines as objects, errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    text = "".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    output, errors = await asyncio.wait_for(process.communicate(text.encode()), 60)
    return process.returncode, [json.loads(line) for line in output.decode().splitlines()], errors.decode()


@pytest.fixture
def topics(tmp_path):
    path = tmp_path / "topics.txt"
    path.write_text("Иран\n\nфутбол\nИран\nTokayev\n", encoding="utf-8")
    return str(path)


async def test_match_answers_each_article_in_order(topics, tmp_path):
    """Topics come as they stand in the file, duplicates each; a bad line is said in its place, exit code 1."""
    code, lines, _ = await pipe(
        tmp_path, "match", "--topics", topics, "--explain",
        lines=[{"id": "a", "title": "Тоқаевтың сапары", "text": "Иранмен келіссөз", "language": None}, "{broken\n",
               {"id": 2, "title": "", "text": ""}, {"title": "no id"}],
    )  # fmt: skip

    assert code == 1
    assert lines[0] == {
        "id": "a", "language": "kk", "matched": ["Иран", "Иран", "Tokayev"],
        "why": {"Иран": ["Иранмен"], "Tokayev": ["Тоқаевтың"]},
    }  # fmt: skip
    assert lines[1]["line"] == 2
    assert lines[2]["matched"] == []
    assert lines[3]["line"] == 4


async def test_match_streams(topics, tmp_path):
    """An answer comes before the next article is written."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "match", "--topics", topics),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    for number in range(3):
        process.stdin.write(json.dumps({"id": number, "title": "Иран", "text": ""}).encode() + b"\n")
        await process.stdin.drain()
        answer = json.loads(await asyncio.wait_for(process.stdout.readline(), 30))
        assert answer["id"] == number
        assert answer["matched"] == ["Иран", "Иран"]
    process.stdin.close()

    assert await asyncio.wait_for(process.wait(), 10) == 0


async def test_broken_topics_are_warned_of_and_read_as_words(tmp_path):
    """An open quote is a warning; a line with nothing to look for ends the program, with its number."""
    path = tmp_path / "topics.txt"
    path.write_text('"иран\n', encoding="utf-8")
    code, lines, errors = await pipe(
        tmp_path, "match", "--topics", str(path), lines=[{"id": 1, "title": "Иран", "text": ""}]
    )
    assert code == 0
    assert lines[0]["matched"] == ['"иран']
    assert "line 1" in errors

    path.write_text("иран\n-футбол\n", encoding="utf-8")
    code, lines, errors = await pipe(tmp_path, "match", "--topics", str(path))
    assert code == 2
    assert "line 2" in errors
    assert "Traceback" not in errors


async def test_stories_group_in_input_order(tmp_path):
    """Two outlets with one text are one story; another event is another; a bad line is exit code 1."""
    text = "Астанада жаңа көпір ашылды. Көпірдің ұзындығы 800 метр, оны салуға 12 миллиард теңге жұмсалды."
    common = {"published": "2026-03-02T06:00:00Z", "language": "kk"}
    code, lines, _ = await pipe(
        tmp_path, "stories",
        lines=[{"id": "a", "title": "Астанада жаңа көпір ашылды", "text": text, "source": "x", **common},
               {"id": "b", "title": "Футболдан құрама жеңді", "text": "Ойын 2:1 есебімен аяқталды.", "source": "x", **common},
               {"id": "c", "title": "Астанада жаңа көпір ашылды", "text": text, "source": "y", **common, "published": None}],
    )  # fmt: skip

    assert code == 0
    assert [line["id"] for line in lines] == ["a", "b", "c"]
    assert lines[0]["story"] == lines[2]["story"] != lines[1]["story"]


async def test_parse_says_what_a_document_says(tmp_path):
    """Fields of the fixed interface; a file that is no feed is an error in its line, exit code 1."""
    feed = tmp_path / "feed.xml"
    at = datetime(2025, 12, 11, 5, 0, tzinfo=UTC)
    feed.write_text(
        rss_document("https://a.kz", [Item("Тақырып &amp; атау", at, "Мазмұны", "one")], title="Арна"), encoding="utf-8"
    )
    (tmp_path / "no.txt").write_text("жай мәтін")
    code, lines, _ = await pipe(tmp_path, "parse", str(feed), str(tmp_path / "no.txt"), str(tmp_path / "nowhere"))

    assert code == 1
    assert set(lines[0]) == {"source", "title", "language", "entries"}
    (entry,) = lines[0]["entries"]
    assert set(entry) == {"id", "url", "title", "summary", "published"}
    assert entry["published"] == "2025-12-11T05:00:00Z"
    assert entry["url"].startswith("https://a.kz/")
    assert [set(line) for line in lines[1:]] == [{"source", "error"}] * 2


async def test_preview_prints_a_digest_with_addresses(tmp_path):
    """The digest that topics would get, in the language asked for; without news, a sentence."""
    feed = tmp_path / "feed.xml"
    now = datetime.now(UTC)
    feed.write_text(
        rss_document("https://a.kz", [Item("Иранмен келіссөз", now, "", "one"), Item("Футбол", now, "", "two")]),
        encoding="utf-8",
    )
    found = await run_bot("preview", "--topic", "Иран", "--language", "kk", str(feed), environment={}, folder=tmp_path)
    nothing = await run_bot(
        "preview", "--topic", "ғарыш", "--language", "kk", str(feed), environment={}, folder=tmp_path
    )

    assert found.code == nothing.code == 0
    assert "Иранмен келіссөз\nhttps://a.kz/one" in found.output
    assert "Футбол" not in found.output
    assert "жоқ" in nothing.output


async def test_the_database_is_migrated_counted_saved_and_moved(tmp_path):
    """``migrate`` twice, ``stats``, ``backup`` into a new file only, ``migrate --from --to``."""
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}

    async def bot(*arguments):
        return await run_bot(*arguments, environment=environment, folder=tmp_path)

    assert "applied" in (await bot("migrate")).output
    assert "up to date" in (await bot("migrate")).output
    assert "articles" in (await bot("stats")).output
    saved = await bot("backup", str(tmp_path / "b.db"))
    assert saved.code == 0
    assert f"a database of schema version {schema_version()}; this program's is {schema_version()}" in saved.output
    again = await bot("backup", str(tmp_path / "b.db"))
    assert again.code == 2
    assert "Traceback" not in again.errors
    moved = await bot("migrate", "--from", environment["DATABASE_URL"], "--to", f"sqlite:///{tmp_path / 'c.db'}")
    assert moved.code == 0
    assert "moved" in moved.output
    assert (await bot("migrate", "--from", "sqlite:///x")).code == 2


async def test_what_only_reads_refuses_what_is_not_there(tmp_path):
    """A mistyped place is named in full, in one line, and no file is made of it."""
    typo = {"DATABASE_URL": "sqlite:///jarshi.db"}
    for arguments in (
        ["stats"],
        ["backup", "b.db"],
        ["migrate", "--from", typo["DATABASE_URL"], "--to", "sqlite:///c.db"],
    ):
        finished = await run_bot(*arguments, environment=typo, folder=tmp_path)
        assert finished.code == 2
        assert finished.errors == f"jarshy: there is no database at sqlite:///{tmp_path}/jarshi.db\n"
        assert not names(tmp_path)


async def test_a_backup_that_cannot_be_written_names_its_place(tmp_path):
    """A folder that is not there, and a disk that is full (here: a limit of the file's size), leave nothing behind."""
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}"}
    await run_bot("migrate", environment=environment, folder=tmp_path)
    absent = await run_bot("backup", "nowhere/b.db", environment=environment, folder=tmp_path)
    full = await run_bot("backup", "b.db", environment=environment, folder=tmp_path, file_kilobytes=64)

    assert absent.code == full.code == 2
    assert absent.errors == f"jarshy: cannot write the backup {tmp_path}/nowhere/b.db: No such file or directory\n"
    assert full.errors.startswith(f"jarshy: cannot write the backup {tmp_path}/b.db: ")
    assert full.errors.count("\n") == 1
    assert names(tmp_path) == ["a.db"]


async def test_commands_without_a_database_make_none(tmp_path):
    """``preview``, ``match``, ``stories``, ``parse`` and ``sources check`` leave the folder as it is."""
    (tmp_path / "topics.txt").write_text("Иран\n", encoding="utf-8")
    (tmp_path / "none.toml").touch()
    feed = rss_document("https://a.kz", [Item("Иранмен келіссөз", datetime.now(UTC), "", "one")])
    (tmp_path / "feed.xml").write_text(feed, encoding="utf-8")
    before = names(tmp_path)
    for arguments in (
        ["preview", "--topic", "Иран", "feed.xml"],
        ["match", "--topics", "topics.txt"],
        ["stories"],
        ["parse", "feed.xml"],
        ["sources", "check", "--file", "none.toml"],
    ):
        finished = await run_bot(*arguments, environment={}, folder=tmp_path)
        assert "Traceback" not in finished.errors

    assert names(tmp_path) == before


async def test_sources_check_says_how_each_source_answers(feeds, tmp_path):
    """A table with status, format, items, newest date; exit code 1 where one fails."""
    well = feeds.put_rss("/well.xml", [Item("Иранмен келіссөз", datetime.now(UTC), "", "one")])
    path = tmp_path / "sources.toml"
    path.write_text(sources_document(("well", well, "kk")), encoding="utf-8")
    environment = {"HOST_PAUSE_SECONDS": "0"}
    good = await run_bot("sources", "check", "--file", str(path), environment=environment, folder=tmp_path)
    path.write_text(sources_document(("well", well, "kk"), ("bad", f"{feeds.url}/no.xml", "ru")), encoding="utf-8")
    bad = await run_bot("sources", "check", "--file", str(path), environment=environment, folder=tmp_path)

    assert good.code == 0
    assert "well    ok      rss" in good.output
    assert bad.code == 1
    assert "404" in bad.output


async def test_sources_check_of_nothing_is_no_success(tmp_path):
    """A catalogue without an enabled source checks nothing: exit code 1, and one line that says so."""
    path = tmp_path / "sources.toml"
    disabled = "[[source]]\nid = 'x'\nname = 'X'\nurl = 'https://x.kz/'\nlanguage = 'kk'\nenabled = false\n"
    for document in ("", disabled):
        path.write_text(document)
        finished = await run_bot("sources", "check", "--file", str(path), environment={}, folder=tmp_path)
        assert (finished.code, finished.output) == (1, "")
        assert finished.errors == "the catalogue has no enabled source\n"


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
async def test_a_port_that_is_none_is_named(port, tmp_path):
    """``demo --port``: one line, exit code 2, no traceback."""
    finished = await run_bot("demo", "--no-browser", "--port", port, environment={}, folder=tmp_path)

    assert finished.code == 2
    assert finished.errors.startswith("jarshy: --port is malformed: ")
    assert finished.errors.count("\n") == 1
