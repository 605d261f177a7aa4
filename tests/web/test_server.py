"""Health, readiness, metrics and the webhook, over real HTTP where it matters."""

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from bot.errors import SettingsError, StorageError
from bot.ports import Unit
from bot.storage import SqlStorage, open_storage
from bot.web import connections, webhook
from bot.web.server import WebServer, make_app
from bot.web.webhook import BODY_LIMIT, SECRET_HEADER, webhook_route

URL = "https://example.org/telegram/hook"
SECRET = "s3cret"


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


async def well() -> str | None:
    """Find no problem."""
    return None


async def ill() -> str | None:
    """Find a problem."""
    return "Telegram does not answer"


async def broken() -> str | None:
    """Fail to find out."""
    raise RuntimeError("database password in here")


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty SQLite database."""
    opened = await open_storage(f"sqlite:///{tmp_path / 'test.db'}")
    yield opened
    await opened.close()


def client(app: object) -> httpx.AsyncClient:
    """Return a client of an application, without a socket."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://jarshy")


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that was free just now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_serves_and_stops(host: str):
    """The server answers from the moment it has started, and frees its port when it stops."""
    port = free_port(host)
    shown = f"[{host}]" if ":" in host else host
    server = WebServer(make_app({}), host, port)
    for _ in range(2):
        server.listen()
        serving = asyncio.create_task(server.serve())
        async with httpx.AsyncClient(trust_env=False) as real:
            assert (await real.get(f"http://{shown}:{port}/healthz")).status_code == 200
            assert (await real.get(f"http://{shown}:{port}/nothing")).status_code == 404
        server.stop()
        await asyncio.wait_for(serving, 10)


async def test_taken_port():
    """A port that is taken, or a host that is not ours, is one clear error."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            WebServer(make_app({}), "127.0.0.1", port).listen()
    assert caught.value.message_id == "port-taken"

    with pytest.raises(SettingsError):
        WebServer(make_app({}), "host..name", 8080).listen()


async def test_readiness():
    """Readiness names every problem; a check that breaks is one, without its message."""
    async with client(make_app({"database": well, "telegram": well})) as http:
        ready = await http.get("/readyz")
    async with client(make_app({"database": well, "telegram": ill, "ticks": broken})) as http:
        unready = await http.get("/readyz")
        alive = await http.get("/healthz")

    assert (ready.status_code, ready.json()) == (200, {"ready": True, "problems": {}})
    assert unready.status_code == 503
    assert unready.json()["problems"] == {"telegram": "Telegram does not answer", "ticks": "RuntimeError"}
    assert alive.status_code == 200


async def test_metrics():
    """Metrics are Prometheus text, brought up to date first."""
    refreshed = []

    async def refresh() -> None:
        refreshed.append(1)

    async with client(make_app({}, refresh=refresh)) as http:
        answer = await http.get("/metrics")

    assert refreshed == [1]
    assert "jarshy_sends_total" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")


async def test_webhook_stores_before_it_answers(storage: SqlStorage):
    """An update with the secret is in the inbox when Telegram hears 200; a repeated one is there once."""
    woken: list[int] = []
    app = make_app({}, webhook=webhook_route(URL, SECRET, storage, SystemClock(), lambda: woken.append(1)))
    update = {"update_id": 5, "message": {"chat": {"id": 7}, "text": "жаңалық"}}
    async with client(app) as http:
        for _ in range(2):
            answer = await http.post("/telegram/hook", json=update, headers={SECRET_HEADER: SECRET})
            assert answer.status_code == 200
    async with storage.transaction() as unit:
        claimed = await unit.inbox.claim(datetime.now(UTC), owner="t", lease=timedelta(seconds=9), limit=9)

    assert woken
    assert [(row.update_id, row.chat_id, json.loads(row.payload)) for row in claimed] == [(5, 7, update)]


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "s3cre"}, {SECRET_HEADER: "s3cretx"}])
async def test_webhook_without_secret(storage: SqlStorage, headers: dict[str, str]):
    """Whoever does not know the secret changes nothing."""
    async with client(make_app({}, webhook=webhook_route(URL, SECRET, storage, SystemClock(), lambda: None))) as http:
        answer = await http.post("/telegram/hook", json={"update_id": 5}, headers=headers)

    assert answer.status_code == 403
    async with storage.reading() as unit:
        assert not await unit.inbox.full(1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"5", 400),
        (b"\xff", 400),
        (b'{"message":{}}', 400),
        (b'{"update_id":"5"}', 400),
        (b"[" * 100_000, 400),
        (b" " * (BODY_LIMIT + 1), 413),
    ],
)
async def test_webhook_with_malformed_body(storage: SqlStorage, body: bytes, status: int):
    """A body that is no update is refused, whatever it is."""
    async with client(make_app({}, webhook=webhook_route(URL, SECRET, storage, SystemClock(), lambda: None))) as http:
        answer = await http.post("/telegram/hook", content=body, headers={SECRET_HEADER: SECRET})
        other = await http.get("/telegram/hook", headers={SECRET_HEADER: SECRET})

    assert answer.status_code == status
    assert other.status_code == 405


async def test_webhook_when_too_many_updates_wait(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch):
    """What comes beyond the bound is answered 503 and not stored, and is taken once there is room."""
    monkeypatch.setattr(webhook, "MOST_WAITING", 1)
    statuses = []
    async with client(make_app({}, webhook=webhook_route(URL, SECRET, storage, SystemClock(), lambda: None))) as http:
        for update_id in (5, 6):
            answer = await http.post("/telegram/hook", json={"update_id": update_id}, headers={SECRET_HEADER: SECRET})
            statuses.append(answer.status_code)
        async with storage.transaction() as unit:
            await unit.inbox.done(5, datetime.now(UTC))
        answer = await http.post("/telegram/hook", json={"update_id": 6}, headers={SECRET_HEADER: SECRET})

    assert statuses == [200, 503]
    assert answer.status_code == 200


async def test_webhook_when_the_database_fails(caplog: pytest.LogCaptureFixture):
    """What cannot be stored is answered 503, so that Telegram brings it again. The storage says why, once."""

    class Failing:
        """A storage that takes nothing."""

        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[Unit]:
            """Fail."""
            raise StorageError("database-unusable", url="…", reason="full")
            yield

    caplog.set_level(logging.INFO)
    async with client(make_app({}, webhook=webhook_route(URL, SECRET, Failing(), SystemClock(), lambda: None))) as http:
        answer = await http.post("/telegram/hook", json={"update_id": 5}, headers={SECRET_HEADER: SECRET})

    assert answer.status_code == 503
    assert not [record for record in caplog.records if record.name.startswith("bot")]


async def test_a_caller_that_goes_away_in_the_middle_is_no_error(storage: SqlStorage):
    """A proxy that is cut off before the body is whole leaves no trace: nothing is stored, nothing is raised."""
    app = make_app({}, webhook=webhook_route(URL, SECRET, storage, SystemClock(), lambda: None))
    parts = iter([{"type": "http.request", "body": b'{"update_id"', "more_body": True}, {"type": "http.disconnect"}])
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return next(parts)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    headers = [(SECRET_HEADER.lower().encode(), SECRET.encode())]
    scope = {"type": "http", "method": "POST", "path": "/telegram/hook", "headers": headers, "query_string": b""}
    await app(scope, receive, send)

    assert sent[0]["status"] == 503
    async with storage.reading() as unit:
        assert not await unit.inbox.full(1)


async def test_unfinished_requests_take_nobodys_place(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """1,100 connections that say half a head, or nothing: others are answered meanwhile, and those are closed in time."""
    monkeypatch.setattr(connections, "HEAD_SECONDS", 3.0)
    port = free_port()
    server = WebServer(make_app({"well": well}), "127.0.0.1", port)
    server.listen()
    serving = asyncio.create_task(server.serve())
    held = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=10) as http:
        assert (await http.get("/healthz")).status_code == 200
        for number in range(1_100):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x" if number % 2 else b"")
            held.append((reader, writer))
            if number % 275 == 274:
                assert (await http.get("/healthz")).status_code == 200
                assert (await http.get("/readyz")).status_code == 200
        assert len(server._server.server_state.connections) <= connections.MOST_CONNECTIONS
        async with asyncio.timeout(20):
            for reader, writer in held:  # each is closed by the server: at once or when its time is over
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""
                writer.close()
        assert (await http.get("/healthz")).status_code == 200
    server.stop()
    await serving

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
