"""The connections below ``WebClient``: kept within bounds, never shared past the guard, and read as servers write."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest
from feed_outlet import RSS, Outlet, respond

from bot.errors import FeedError
from bot.feeds.http.client import WebClient
from bot.feeds.http.transport import repaired_head

CERTIFICATE = Path(__file__).with_name("data") / "localhost.pem"
"""Self-signed, for localhost and жаңалық.қаз."""
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\npage."


class KeepingServer:
    """A server that keeps its connections; ``answers`` by target, bytes as they are sent; ``asked`` by connection."""

    def __init__(self) -> None:
        self.port = 0
        self.answers: dict[str, bytes] = {}
        self.asked: list[list[str]] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client hangs up."""
        targets: list[str] = []
        self.asked.append(targets)
        self.writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                targets.append(head.split()[1].decode())
                writer.write(self.answers.get(targets[-1], PAGE))
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[KeepingServer]:
    """A server on loopback."""
    server = KeepingServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    yield server
    listening.close()
    for writer in server.writers:
        writer.close()


@pytest.fixture
async def secure_outlet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Outlet]:
    """An outlet behind TLS, whose certificate clients trust."""
    outlet = Outlet()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = await asyncio.start_server(outlet.serve, "127.0.0.1", 0, ssl=context)
    outlet.port = server.sockets[0].getsockname()[1]
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr("httpx.create_ssl_context", lambda **_: trusting)
    yield outlet
    server.close()


async def loopback(_host: str, _port: int) -> list[str]:
    """Resolve every name to loopback."""
    return ["127.0.0.1"]


async def test_one_connection_serves_what_a_host_is_asked_in_a_row(server):
    """robots.txt, a redirect, a page and a 304 go over one connection; one that was left idle too long is not used."""
    server.answers["/old"] = b"HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 6\r\n\r\nmoved."
    server.answers["/known"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    async with WebClient(host_pause=0) as client:
        for target in ("robots.txt", "old", "known", "page"):
            await client.get(f"http://127.0.0.1:{server.port}/{target}", guarded=False)

    assert server.asked == [["/robots.txt", "/old", "/new", "/known", "/page"]]


async def test_a_connection_is_never_shared_past_the_guard(server):
    """What an operator's source has connected to is as closed to readers' feeds as ever."""
    url = f"http://127.0.0.1:{server.port}/"
    async with WebClient(host_pause=0) as client:
        await client.get(url, guarded=False)
        with pytest.raises(FeedError) as caught:
            await client.get(url, guarded=True)

    assert caught.value.message_id == "feed-blocked-address"
    assert server.asked == [["/"]]


@pytest.mark.parametrize("left", [b"", b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"])
async def test_a_connection_that_the_server_ended_is_not_used_again(server, left):
    """Neither one that was closed while idle, nor one on which something came unasked."""
    url = f"http://127.0.0.1:{server.port}/"
    async with WebClient(host_pause=0) as client:
        await client.get(url, guarded=False)
        server.writers[0].write(left) if left else server.writers[0].close()
        await asyncio.sleep(0.05)
        again = await client.get(url, guarded=False)

    assert again.body == b"page."
    assert server.asked == [["/"], ["/"]]


async def test_a_request_that_met_a_closing_connection_is_sent_again(server, monkeypatch):
    """Where the server closes a kept connection while the next request is on its way, a new one is made."""
    monkeypatch.setattr("bot.feeds.http.transport.Connection.get_extra_info", lambda *_: None)
    url = f"http://127.0.0.1:{server.port}"
    async with WebClient(host_pause=0) as client:
        await client.get(f"{url}/", guarded=False)
        server.writers[0].close()
        await asyncio.sleep(0.05)
        again = await client.get(f"{url}/", guarded=False)

    assert again.body == b"page."


async def test_tls_and_names_of_hosts(secure_outlet):
    """A certificate is asked for the host's name as DNS has it: in Kazakh letters, with a last dot, behind a redirect."""
    outlet = secure_outlet
    location = f"https://жаңалық.қаз:{outlet.port}/жол?сөз=1".encode().decode("latin-1")
    outlet.routes["/rss"] = respond(302, location=location)
    outlet.routes["/%D0%B6%D0%BE%D0%BB?%D1%81%D3%A9%D0%B7=1"] = respond(body=RSS)
    async with WebClient(host_pause=0, resolver=loopback) as client:
        answer = await client.get(f"https://localhost.:{outlet.port}/rss", guarded=False)
        with pytest.raises(FeedError) as caught:
            await client.get(f"https://other.kz:{outlet.port}/rss", guarded=False)

    assert answer.body == RSS
    assert [request.headers["host"] for request in outlet.requests] == [
        f"localhost:{outlet.port}", f"xn--80aaqw4fuxvb.xn--80ao21a:{outlet.port}",
    ]  # fmt: skip
    assert caught.value.message_id == "feed-unreachable"
    assert "certificate verify failed" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
async def test_raw_bytes_in_location_go_back_as_they_came(outlet, encoding):
    """A path in Location that is neither ASCII nor escaped is asked for by the same bytes, whatever their encoding."""
    target = "/" + "".join(f"%{byte:02X}" for byte in "новости".encode(encoding))
    outlet.routes["/rss"] = respond(301, location="/новости".encode(encoding).decode("latin-1"))
    outlet.routes[target] = respond(body=RSS)
    async with WebClient(host_pause=0) as client:
        answer = await client.get(f"{outlet.url}/rss", guarded=False)

    assert answer.body == RSS
    assert answer.moved_to == f"{outlet.url}{target}" or encoding == "utf-8"


ODD_HEADERS = (
    b"HTTP/1.1 200 OK\r\nContent-Type : text/xml\r\na/b.php: x\r\n(x): y\r\n: nameless\r\nno colon at all\r\n"
    b'X-Folded: a\r\n\tb\r\nETag: "1"\r\nContent-Length: 5\r\n\r\npage.'
)


async def test_odd_header_lines_cost_no_answer(server):
    """A blank before a colon is taken out; lines that are no headers are passed over; a folded one is one line."""
    server.answers["/"] = ODD_HEADERS
    async with WebClient(host_pause=0) as client:
        answer = await client.get(f"http://127.0.0.1:{server.port}/", guarded=False)

    assert answer.body == b"page."
    assert answer.headers == {"content-type": "text/xml", "x-folded": "a b", "etag": '"1"', "content-length": "5"}


@pytest.mark.parametrize("newline", [b"\r\n", b"\n"])
def test_a_sound_head_is_not_changed(newline):
    """Names keep their case and values their bytes."""
    lines = [b"HTTP/1.1 200 OK", b"Server: x", "X-Name: \u04d9".encode(), b"Set-Cookie: a=1; Path=/"]

    assert repaired_head(newline.join([*lines, b"", b""])) == b"\r\n".join([*lines, b"", b""])


async def test_connections_that_are_cut_leave_nothing_behind(outlet):
    """After answers that broke off, hung or were refused no connection is left in the pool."""

    async def silent(*_: object) -> None:
        await asyncio.Event().wait()

    answers: dict[str, Callable[..., object]] = {
        "/long": respond(body=b"x" * 10_000), "/cut": respond(content_length="9"), "/hang": silent,
    }  # fmt: skip
    outlet.routes |= answers
    async with WebClient(host_pause=0, total_seconds=0.3) as client:
        for target in answers:
            with pytest.raises(FeedError):
                await client.get(outlet.url + target, guarded=False, limit=100)
        task = asyncio.create_task(client.get(f"{outlet.url}/hang", guarded=False))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

        assert client._open._transport._pool.connections == []
