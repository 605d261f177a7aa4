"""Which addresses a reader's feed may reach, checked where it counts: on the address that is connected to.

A name is resolved here, the result is checked, and the connection is made to that very address; so no second look-up
can put another in its place. It holds for every hop, as every hop is a connection of its own.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import httpcore

from bot.errors import FeedError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]
SocketOptions = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]] | None

# Beyond what ``is_global`` knows in every Python version: shared, benchmarking, documentation, metadata, site-local.
_FORBIDDEN: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/128", "::1/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_LOW_32 = 0xFFFFFFFF


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, by the system's resolver. Raises OSError where there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def is_allowed(address: str, networks: Collection[Network] = ()) -> bool:
    """Tell whether an address is public, or in one of the allowed ``networks``.

    An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, 6to4, Teredo) is no better than that one.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    faces = (ip, *_embedded(ip))
    if any(face.version == network.version and face in network for face in faces for network in networks):
        return True
    return all(_is_public(face) for face in faces)


def check_url(url: str) -> None:
    """Refuse what is no plain http address. Raises ``FeedError("feed-bad-url")``."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username is not None or parts.password is not None:
        raise FeedError("feed-bad-url", url=url)


class AddressRefused(httpcore.ConnectError):
    """The only addresses of a name are ones that may not be reached."""


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects as the system does, but to addresses that it looked up and checked itself."""

    def __init__(
        self, networks: Collection[Network] | None, *, resolver: Resolver = resolve, seconds: float = 5.0
    ) -> None:
        """Guard, allowing ``networks`` besides public ones; with None any address goes."""
        self._networks = networks
        self._resolver = resolver
        self._seconds = seconds
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's interface)
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of ``host`` that answers and is allowed."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(
                    address, port, min(timeout or self._seconds, self._seconds), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (httpcore's interface)
        socket_options: SocketOptions = None,  # noqa: ARG002 (httpcore's interface)
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: feeds come by the network."""
        raise AddressRefused(path)

    async def sleep(self, seconds: float) -> None:
        """Sleep, as httpcore asks between its own attempts."""
        await asyncio.sleep(seconds)

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"cannot resolve {host}: {error}") from error
        if self._networks is None:
            return found
        allowed = [address for address in found if is_allowed(address, self._networks)]
        if found and not allowed:
            raise AddressRefused(found[0])
        return allowed


def _is_public(ip: Address) -> bool:
    return ip.is_global and not any(ip.version == network.version and ip in network for network in _FORBIDDEN)


def _embedded(ip: Address) -> Iterator[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo
    if any(ip in network for network in _NAT64) or (int(ip) >> 32 == 0 and int(ip) > 1):
        with suppress(ValueError):
            yield IPv4Address(int(ip) & _LOW_32)
