"""What keeps the program from starting ends it with one clear line, exit code 2 and no traceback."""

import sqlite3

import pytest
from harness import BotProcess, free_port, run_bot, settings_for

TOKEN = "123456:ABC-def"


async def refused(folder, *, seconds=60.0, **settings):
    """Run the bot and return its one line."""
    finished = await run_bot("run", environment={"HTTP_PORT": "0", **settings}, folder=folder, seconds=seconds)
    assert finished.code == 2, finished.errors
    assert "Traceback" not in finished.errors
    lines = [line for line in finished.errors.splitlines() if line.startswith("jarshy: ")]
    assert len(lines) == 1, finished.errors
    assert finished.errors.splitlines()[-1] == lines[0]
    return lines[0]


async def test_a_missing_token_says_how_to_get_one(tmp_path):
    """No BOT_TOKEN: the line names BotFather."""
    assert "BotFather" in await refused(tmp_path)


@pytest.mark.parametrize("token", ["abc", "123456", "123456:", ":ABC", "123456:A BC", "123456:ABC/def"])
async def test_a_malformed_token_is_named_but_not_shown(token, tmp_path):
    """The line says what a token looks like and keeps the secret."""
    line = await refused(tmp_path, BOT_TOKEN=token)

    assert "malformed" in line
    assert f" {token} " not in line


async def test_an_unreachable_api_is_tried_for_twenty_seconds(tmp_path):
    """Then the program ends, saying where it tried and for how long."""
    url = f"http://127.0.0.1:{free_port()}"

    assert f"cannot reach the Bot API at {url} after 20 s" in await refused(tmp_path, BOT_TOKEN=TOKEN, BOT_API_URL=url)


async def test_a_refused_token_is_said_at_once(sandbox, tmp_path):
    """A token that the Bot API does not know ends the start without trying on."""
    line = await refused(tmp_path, seconds=15, BOT_TOKEN=TOKEN, BOT_API_URL=sandbox.url)

    assert "refused the token" in line
    assert TOKEN not in line


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/nowhere/jarshy.db", "mysql://x", "postgresql://127.0.0.1:9/none", "jarshy.db"]
)
async def test_a_database_that_cannot_be_used_is_named(url, tmp_path):
    """An unwritable file, an unknown engine, a server that is not there."""
    line = await refused(tmp_path, BOT_TOKEN=TOKEN, DATABASE_URL=url)

    assert "database" in line or "DATABASE_URL" in line


async def test_a_file_that_is_no_database_is_named(tmp_path):
    """A text file in the database's place is left as it is."""
    path = tmp_path / "text.db"
    path.write_text("қазақша мәтін " * 100)

    assert "cannot use the database" in await refused(tmp_path, BOT_TOKEN=TOKEN, DATABASE_URL=f"sqlite:///{path}")
    assert path.read_text().startswith("қазақша")


async def test_a_newer_database_is_left_alone(tmp_path):
    """A database of a later version is not touched by an earlier program."""
    path = tmp_path / "newer.db"
    finished = await run_bot("migrate", environment={"DATABASE_URL": f"sqlite:///{path}"}, folder=tmp_path)
    assert finished.code == 0
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO schema_version VALUES (999, 'future', 0)")
    database.close()

    assert "newer version" in await refused(tmp_path, BOT_TOKEN=TOKEN, DATABASE_URL=f"sqlite:///{path}")


@pytest.mark.parametrize(
    "document",
    ["[[source]]\nid = 'x'\nfoo = 1\n", "not toml at all [", "[[source]]\nid = 'x'\n", "[[source]]\nid='x'\nname='X'\nurl='ftp://x'\nlanguage='kk'\n"],
)  # fmt: skip
async def test_a_broken_catalogue_is_named(document, tmp_path):
    """Unknown keys, broken syntax, missing or impossible fields: the file and the reason."""
    path = tmp_path / "sources.toml"
    path.write_text(document)

    assert str(path) in await refused(tmp_path, BOT_TOKEN=TOKEN, SOURCES_FILE=str(path))


async def test_a_catalogue_that_is_not_there_is_named(tmp_path):
    """A mistyped path is said, not passed over."""
    assert "/nowhere.toml" in await refused(tmp_path, BOT_TOKEN=TOKEN, SOURCES_FILE=str(tmp_path / "nowhere.toml"))


async def test_a_second_program_on_one_file_is_refused(sandbox, start_bot, tmp_path):
    """Two processes on one SQLite file: the second ends, the first goes on."""
    first = await start_bot(SOURCES_FILE=_no_sources(tmp_path))
    settings = settings_for(sandbox, tmp_path, HTTP_PORT="0")
    line = await refused(tmp_path, **settings)
    await first.wait_ready()

    assert "another process already runs" in line


async def test_a_killed_program_leaves_the_file_free(start_bot, tmp_path):
    """The lock dies with its process, however it ended."""
    first: BotProcess = await start_bot(SOURCES_FILE=_no_sources(tmp_path))
    await first.restart(kill=True)

    assert "another process" not in first.log


async def test_a_taken_port_is_named(sandbox, tmp_path):
    """The health server's port is taken by another program."""
    settings = settings_for(
        sandbox, tmp_path, HTTP_PORT=sandbox.url.rpartition(":")[2], SOURCES_FILE=_no_sources(tmp_path)
    )

    assert "cannot listen on 127.0.0.1:" in await refused(tmp_path, **settings)


async def test_a_stop_is_clean(start_bot, tmp_path):
    """SIGTERM ends the program with exit code 0, well within ten seconds."""
    running = await start_bot(SOURCES_FILE=_no_sources(tmp_path))

    assert await running.stop(seconds=10) == 0


def _no_sources(folder):
    path = folder / "none.toml"
    path.write_text("")
    return str(path)
