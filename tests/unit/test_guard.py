"""``bot.feeds.http.guard``: which addresses a reader's feed may reach."""

import ipaddress
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedError
from bot.feeds.http.guard import Guard, check_url, is_allowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",  # noqa: S104 (refused here)
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "192.0.2.1",
        "203.0.113.5", "224.0.0.1", "255.255.255.255", "240.0.0.1", "168.63.129.16", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::1",
        "2001:0:0:0:0:0:80ff:fffe", "::ffff:0:127.0.0.1", "100:0:0:1::1", "2606:4700::5efe:a00:1",
        "2606:4700::200:5efe:7f00:1",
    ],
)  # fmt: skip
def test_addresses_within_are_refused(address):
    """Private, loopback, link-local, shared, metadata and reserved ranges are refused, also dressed as IPv6."""
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_allowed(address):
    """Public addresses of both kinds are allowed, also mapped and translated ones."""
    assert is_allowed(address)


def test_allowed_networks_open_what_they_name():
    """A network that the operator allows is open, its neighbours are not; a mapped address counts as its IPv4."""
    networks = (ip_network("127.0.0.0/8"), ip_network("fd00::/8"))

    assert is_allowed("127.0.0.1", networks)
    assert is_allowed("::ffff:127.0.0.1", networks)
    assert is_allowed("fd00::1", networks)
    assert not is_allowed("10.0.0.1", networks)
    assert not is_allowed("::1", networks)


@given(st.ip_addresses(v=4))
def test_no_dress_opens_a_closed_address(ip):
    """An IPv4 address in any IPv6 dress is allowed at most where it is allowed bare."""
    number = int(ip)
    dresses = (
        f"::ffff:{ip}",
        str(ipaddress.IPv6Address((0x64FF9B << 96) | number)),
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
        str(ipaddress.IPv6Address((0xFFFF << 48) | number)),
        str(ipaddress.IPv6Address((0x2606_4700 << 96) | (0x5EFE << 32) | number)),
    )

    assert all(is_allowed(str(ip)) or not is_allowed(dress) for dress in dresses)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.kz/", "file:///etc/passwd", "gopher://x.kz", "https://user@x.kz/", "https://u:p@x.kz/",
        "https:///a", "x.kz", "http://[::1", "http://x.kz:99999/", "http://x.kz:0/", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_only_plain_web_addresses(url):
    """Other schemes, credentials, and what is no address are refused before any look-up."""
    with pytest.raises(FeedError) as caught:
        check_url(url)

    assert caught.value.message_id == "feed-bad-url"


async def test_each_look_up_is_checked():
    """A name is looked up once for each connection, and what it gives then is checked: a later answer has no chance."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def resolver(_host: str, _port: int) -> list[str]:
        return next(answers)

    guard = Guard((ip_network("127.0.0.0/8"),), resolver=resolver)
    first = await guard.addresses("rebind.kz", 80)
    with pytest.raises(FeedError) as second:
        await guard.addresses("rebind.kz", 80)

    assert first == ["127.0.0.1"]
    assert second.value.message_id == "feed-blocked-address"
    assert second.value.values == {"address": "10.0.0.1"}


async def test_of_a_names_addresses_only_the_good_ones_count():
    """A name that gives good and bad addresses is reached by the good ones only; an unguarded one by all."""

    async def resolver(_host: str, _port: int) -> list[str]:
        return ["10.0.0.1", "8.8.8.8", "::1"]

    assert await Guard((), resolver=resolver).addresses("mixed.kz", 80) == ["8.8.8.8"]
    assert await Guard(None, resolver=resolver).addresses("mixed.kz", 80) == ["10.0.0.1", "8.8.8.8", "::1"]


async def test_addresses_need_no_look_up():
    """An address in figures is checked as it stands, without asking a resolver."""

    async def resolver(_host: str, _port: int) -> list[str]:
        raise AssertionError

    with pytest.raises(FeedError):
        await Guard((), resolver=resolver).addresses("::1", 80)

    assert await Guard((), resolver=resolver).addresses("8.8.8.8", 80) == ["8.8.8.8"]
