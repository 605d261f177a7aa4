"""What keeps the program from starting ends it with one clear line and no traceback: exit code 2, or 1 where it may pass."""

import asyncio
import contextlib
import socket
import sqlite3
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from databases import SERVER, empty_database, names
from harness import BotProcess, Control, Reader, free_port, run_bot, settings_for

from bot import app
from bot.command_line import main
from bot.errors import DatabaseAwayError, SettingsError, StorageError, TelegramAwayError, TelegramError
from bot.program import Role
from bot.sandbox.server import Sandbox
from bot.settings import Settings

TOKEN = "123456:ABC-def"


async def refused(folder, *, seconds=60.0, code=2, **settings):
    """Run the bot and return its one line."""
    finished = await run_bot("run", environment={"HTTP_PORT": "0", **settings}, folder=folder, seconds=seconds)
    assert finished.code == code, finished.errors
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
    """Then the program ends, saying where it tried and for how long; with exit code 1, for the unit starts it again."""
    with socket.socket() as nobody:  # bound, and nobody listens: another program cannot take the port meanwhile
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        line = await refused(tmp_path, code=1, BOT_TOKEN=TOKEN, BOT_API_URL=url)

    assert f"cannot reach the Bot API at {url} after 20 s" in line


async def test_a_telegram_that_is_late_is_waited_for(tmp_path):
    """After a reboot the Bot API, or the name server, answers some seconds after the program began: it starts."""
    port = free_port()
    environment = {"BOT_TOKEN": Sandbox().token, "BOT_API_URL": f"http://127.0.0.1:{port}", "HTTP_PORT": "0"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'jarshy.db'}"
    async with started(environment) as (program, stop):
        await asyncio.sleep(1.5)
        assert not program.done()
        async with Sandbox(port=port) as sandbox:
            reader = await Reader.join(Control(sandbox.url), "en")
            assert await reader.say("/help")
            stop.set()
            await program


async def test_a_database_that_is_late_is_waited_for(tmp_path):
    """PostgreSQL comes up after the program, as after a reboot it may: the program starts, without a hand."""
    late, port = free_port(), free_port()
    async with empty_database("postgresql", tmp_path) as url:
        server = urlsplit(url)
        address = urlunsplit(server._replace(netloc=server.netloc.replace(f":{server.port}", f":{late}")))
        environment = {"DATABASE_URL": address, "HTTP_PORT": str(port)}
        async with (
            started(environment, [Role.DIGESTS]) as (program, stop),
            httpx.AsyncClient(trust_env=False) as client,
        ):
            await asyncio.sleep(1.5)
            assert not program.done()
            async with relayed(late, server.hostname, server.port), asyncio.timeout(30):
                while not await is_ready(client, port):  # noqa: ASYNC110 - only the program's answer tells
                    await asyncio.sleep(0.05)
                stop.set()
                await program


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid"])
async def test_a_database_that_stays_away_ends_the_start(host, monkeypatch):
    """It does not answer, or its name cannot be looked up: after a minute that error for which the unit starts it again."""
    monkeypatch.setattr(app, "DATABASE_SECONDS", 0.5)
    environment = {"DATABASE_URL": f"postgresql://{host}:{free_port()}/none", "HTTP_PORT": "0"}
    with pytest.raises(DatabaseAwayError, match="cannot use the database"):
        await app.serve(Settings.from_env(environment, need_token=False), [Role.DIGESTS], stop=asyncio.Event())


async def test_a_stop_is_heeded_while_the_program_waits(tmp_path):
    """SIGTERM ends a program that waits for its database at once, with exit code 0 and no traceback."""
    away = f"postgresql://127.0.0.1:{free_port()}/none"
    bot = BotProcess({"DATABASE_URL": away, "HTTP_PORT": "0"}, tmp_path, "--roles", "digests")
    await bot.start(ready=False)
    try:
        async with asyncio.timeout(30):
            while "waiting for the database" not in bot.log:  # noqa: ASYNC110 - only its log tells
                await asyncio.sleep(0.05)
        assert await bot.stop(seconds=5) == 0
    finally:
        await bot.sweep()

    assert "Traceback" not in bot.log


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DatabaseAwayError("database-unusable", url="u", reason="connection refused"), 1),
        (TelegramAwayError("api-unreachable", url="u", seconds=20, reason="no route"), 1),
        (StorageError("database-newer", found=9, known=8), 2),
        (TelegramError("api-refused", url="u", reason="Unauthorized"), 2),
        (SettingsError("token-missing"), 2),
    ],
)
def test_the_exit_code_says_whether_trying_again_helps(error, code, monkeypatch, capsys):
    """1 for what may pass by itself, 2 for what a person has to mend; one line either way."""

    async def refuse(*_, **__):
        raise error

    monkeypatch.setattr(app, "serve", refuse)
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    with pytest.raises(SystemExit) as ended:
        main(["run"])

    assert ended.value.code == code
    assert capsys.readouterr().err == f"jarshy: {error}\n"


@contextlib.asynccontextmanager
async def started(environment, roles=tuple(Role)):
    """Run the program in this process during the block."""
    stop = asyncio.Event()
    settings = Settings.from_env(environment, need_token="BOT_TOKEN" in environment)
    program = asyncio.create_task(app.serve(settings, roles, stop=stop))
    try:
        yield program, stop
    finally:
        stop.set()
        await asyncio.wait_for(program, 30)


@contextlib.asynccontextmanager
async def relayed(port, host, target):
    """Hand connections to a port on to another, during the block: a server that comes up late."""

    async def pump(reader, writer):
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def take(reader, writer):
        there, back = await asyncio.open_connection(host, target)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async with await asyncio.start_server(take, "127.0.0.1", port):
        yield


async def is_ready(client, port):
    """Return whether ``/readyz`` of the program at that port says yes."""
    with contextlib.suppress(httpx.TransportError):
        return (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == httpx.codes.OK
    return False


async def test_a_refused_token_is_said_at_once(sandbox, tmp_path):
    """A token that the Bot API does not know ends the start without trying on."""
    line = await refused(tmp_path, seconds=15, BOT_TOKEN=TOKEN, BOT_API_URL=sandbox.url)

    assert "refused the token" in line
    assert TOKEN not in line


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////proc/nowhere/jarshy.db",
        "mysql://x",
        urlunsplit(urlsplit(SERVER)._replace(path="/no-such-database")),
        "jarshy.db",
    ],
)
async def test_a_database_that_cannot_be_used_is_named(url, tmp_path):
    """An unwritable file, an unknown engine, a database that the server does not have."""
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
    """The health server's port is taken by another program: one line, and nothing before it."""
    settings = settings_for(
        sandbox, tmp_path, HTTP_PORT=sandbox.url.rpartition(":")[2], SOURCES_FILE=_no_sources(tmp_path)
    )

    finished = await run_bot("run", environment=settings, folder=tmp_path)

    assert finished.code == 2
    assert finished.errors.startswith("jarshy: cannot listen on 127.0.0.1:")
    assert finished.errors.count("\n") == 1
    assert names(tmp_path) == ["none.toml"]


async def test_a_stop_is_clean(start_bot, tmp_path):
    """SIGTERM ends the program with exit code 0, well within ten seconds."""
    running = await start_bot(SOURCES_FILE=_no_sources(tmp_path))

    assert await running.stop(seconds=10) == 0


def _no_sources(folder):
    path = folder / "none.toml"
    path.write_text("")
    return str(path)
