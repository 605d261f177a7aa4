"""Web addresses: without tracking, and as identities."""

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit, urlunsplit

_TRACKING_NAMES = frozenset(
    [
        "yclid",
        "gclid",
        "fbclid",
        "ysclid",
        "dclid",
        "gbraid",
        "wbraid",
        "msclkid",
        "twclid",
        "ttclid",
        "igshid",
        "igsh",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "_openstat",
        "openstat",
        "maca",
        "ns_mchannel",
        "ns_source",
        "ns_campaign",
        "ns_linkname",
        "ns_fee",
        "ocid",
        "cmpid",
        "wt_mc",
        "_ga",
        "_gl",
        "rb_clickid",
        "frommail",
        "at_medium",
        "at_campaign",
        "at_custom1",
        "at_custom2",
        "at_custom3",
        "at_custom4",
        "at_format",
        "at_link_id",
        "at_link_type",
        "at_link_origin",
        "at_bbc_team",
        "at_ptr_name",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "spm",
    ],
)
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_", "vero_", "_hs")
# Values that only say that a feed led here.
_FEED_VALUES = frozenset({"rss", "feed", "rssfeed", "rss_feed"})
_REFERRERS = frozenset({"from", "ref", "source", "src", "referrer", "traffic_source"})
_DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical_url(url: str) -> str:
    """Return ``url`` without tracking parameters, fragment, credentials and default port, its host in lower case.

    What is no http address comes back as it is. The parameters that stay keep their order and their spelling.
    """
    return _rebuilt(url, _query)


def feed_address(url: str) -> str:
    """Return a feed's address as it is asked for.

    Without fragment, credentials and default port, its host in lower case. Its parameters stay, all of them: what
    looks like tracking may be what makes the feed. What is no http address comes back as it is.
    """
    return _rebuilt(url, lambda query: query)


def _rebuilt(url: str, query: Callable[[str], str]) -> str:
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return url.strip()
    netloc = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme.lower()]:
        netloc = f"{netloc}:{port}"
    return urlunsplit((parts.scheme.lower(), netloc, _path(parts), query(parts.query), ""))


def identity(url: str) -> str:
    """Return what stays of an address when scheme, ``www.`` and a closing slash are set aside.

    ``http://www.x.kz/a/`` and ``https://x.kz/a`` are one article; so is the same address percent-encoded or not.
    What is no web address comes back as it is.
    """
    if not is_web_address(url):
        return url
    parts = urlsplit(canonical_url(url))
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._").rstrip("/")
    return f"{parts.netloc.removeprefix('www.')}{path}{f'?{parts.query}' if parts.query else ''}"


def is_web_address(url: str) -> bool:
    """Tell an absolute http or https address that can be taken apart."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def host_of(url: str) -> str:
    """Return the host that an address is asked of, as ``name:port``; without a port it is that of the scheme.

    What cannot be taken apart has the empty host.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return ""
    return f"{(parts.hostname or '').rstrip('.')}:{port}"


def names_a_site(url: str) -> bool:
    """Tell an address that names a whole site, so no article: nothing stands after its host."""
    parts = urlsplit(url)
    return parts.path.strip("/") == "" and not parts.query


def _path(parts: SplitResult) -> str:
    return re.sub(r"\s", "%20", parts.path) or "/"


def _query(query: str) -> str:
    return "&".join(part for part in query.split("&") if part and not _is_tracking(part))


def _is_tracking(part: str) -> bool:
    name, value = next(iter(parse_qsl(part, keep_blank_values=True)), ("", ""))
    name = name.lower()
    if name in _REFERRERS:
        return value.lower() in _FEED_VALUES
    return name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES)
