"""Which addresses a reader's feed may reach: public ones, and networks that the operator allows.

A name is resolved here and the result is checked; ``transport`` connects to that very address, so no second look-up can
put another in its place. A redirect to another host is a new connection, and checked like the first.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

from bot.errors import FeedError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[list[str]]]
LOOK_UP_SECONDS = 5.0

# Beyond what ``is_global`` knows in every Python version: shared, benchmarking, documentation, metadata, site-local.
_FORBIDDEN: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/128", "::1/128", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
# Translators keep an IPv4 address in the last 32 bits: NAT64 (RFC 6052, RFC 8215), SIIT (RFC 2765).
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::ffff:0:0:0/96"))
_ISATAP = (0x00005EFE, 0x02005EFE)  # what stands before the IPv4 address (RFC 5214), whatever the prefix
_LOW_32 = 0xFFFFFFFF


def system_resolver(threads: int = 32) -> Resolver:
    """Return a resolver that asks the system's, in threads of its own.

    Names that hang hold up neither what else the loop does in threads, nor those of other resolvers.
    """
    look_ups = ThreadPoolExecutor(threads, thread_name_prefix="look-up")

    async def resolve(host: str, port: int) -> list[str]:
        """Return the addresses of a name. Raises OSError where there are none."""
        look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(look_ups, look_up)
        return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))

    return resolve


_LOOK_UP = system_resolver()
_GUARDED_LOOK_UP = system_resolver()


def is_allowed(address: str, networks: Collection[Network] = ()) -> bool:
    """Tell whether an address is public, or in one of the allowed ``networks``.

    An IPv6 address that carries an IPv4 one (mapped, compatible, NAT64, SIIT, 6to4, Teredo, ISATAP) must pass by both.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    forms = (ip, *_embedded(ip))
    if any(form.version == network.version and form in network for form in forms for network in networks):
        return True
    return all(_is_public(form) for form in forms)


def check_url(url: str) -> None:
    """Refuse what is no plain http address. Raises ``FeedError("feed-bad-url")``."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.username is not None or parts.password is not None:
        raise FeedError("feed-bad-url", url=url)


class Guard:
    """Looks names up and lets pass what may be reached."""

    def __init__(self, networks: Collection[Network] | None, *, resolver: Resolver | None = None) -> None:
        """Allow ``networks`` besides public addresses; with None any address goes.

        Without a ``resolver`` it is the system's: names in readers' feeds are looked up in threads of their own.
        """
        self._networks = networks
        self._resolver = resolver or (_LOOK_UP if networks is None else _GUARDED_LOOK_UP)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of ``host`` that may be connected to.

        Raises:
            FeedError: ``feed-unknown-host`` where the name has none, ``feed-blocked-address`` where none is allowed.
        """
        found = await self._look_up(host, port)
        if self._networks is None:
            return found
        allowed = [address for address in found if is_allowed(address, self._networks)]
        if found and not allowed:
            raise FeedError("feed-blocked-address", address=found[0])
        return allowed

    async def _look_up(self, host: str, port: int) -> list[str]:
        if _is_address(host):
            return [host]
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                return await self._resolver(host, port)
        except (OSError, UnicodeError) as error:
            reason = "no answer in time" if isinstance(error, TimeoutError) else str(error)
            raise FeedError("feed-unknown-host", host=host, reason=reason) from error


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_public(ip: Address) -> bool:
    return ip.is_global and not any(ip.version == network.version and ip in network for network in _FORBIDDEN)


def _embedded(ip: Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address carries."""
    if isinstance(ip, IPv4Address):
        return
    if ip.ipv4_mapped:
        yield ip.ipv4_mapped
    if ip.sixtofour:
        yield ip.sixtofour
    if ip.teredo:
        yield from ip.teredo
    compatible = int(ip) >> 32 == 0 and int(ip) > 1
    if compatible or (int(ip) >> 32) & _LOW_32 in _ISATAP or any(ip in network for network in _TRANSLATED):
        with suppress(ValueError):
            yield IPv4Address(int(ip) & _LOW_32)
