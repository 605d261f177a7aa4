"""A password of any characters reaches the server as it is: percent-encoded in the address, or beside it."""

import asyncio
import struct
from urllib.parse import quote

import pytest

from bot.errors import StorageError
from bot.storage.opening import open_engine

SSL_REQUEST = 80877103  # https://www.postgresql.org/docs/current/protocol-message-formats.html
PASSWORDS = ["p@ss/w#rd", "100% «ü» ?[]", "a b:c&d=e", "%40"]


class Server:
    """Speaks PostgreSQL's protocol as far as the password, and then refuses."""

    def __init__(self) -> None:
        self.passwords: list[str] = []

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ask for a password in clear text, keep it, and end the connection."""
        size, code = struct.unpack("!II", await reader.readexactly(8))
        if code == SSL_REQUEST:
            writer.write(b"N")
            size, code = struct.unpack("!II", await reader.readexactly(8))
        await reader.readexactly(size - 8)
        writer.write(b"R" + struct.pack("!II", 8, 3))  # AuthenticationCleartextPassword
        _, size = struct.unpack("!cI", await reader.readexactly(5))
        self.passwords.append((await reader.readexactly(size - 4)).rstrip(b"\0").decode())
        body = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"
        writer.write(b"E" + struct.pack("!I", len(body) + 4) + body)
        await writer.drain()
        writer.close()


async def given(address: str) -> str:
    """Return the password that the program gives to a server at an address like ``postgresql://me:…@{server}/db``."""
    server = Server()
    listening = await asyncio.start_server(server.take, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        with pytest.raises(StorageError, match="password authentication failed") as caught:
            await open_engine(address.replace("{server}", f"127.0.0.1:{port}"))
    assert f"me@127.0.0.1:{port}/db" in str(caught.value)
    return server.passwords[0]


@pytest.mark.parametrize("password", PASSWORDS)
async def test_in_the_address(password):
    """Percent-encoded in DATABASE_URL."""
    encoded = quote(password, safe="")

    assert await given(f"postgresql://me:{encoded}@{{server}}/db") == password


@pytest.mark.parametrize("password", PASSWORDS)
async def test_beside_the_address(password, monkeypatch):
    """As it is in PGPASSWORD, which compose.yaml uses; the address has none."""
    monkeypatch.setenv("PGPASSWORD", password)

    assert await given("postgresql://me@{server}/db") == password
