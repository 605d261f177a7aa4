"""Serves the sample outlets: ``/news/<outlet>.xml`` (``.json`` for JSON Feed) and ``/news/<outlet>/<slug>``."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.news.documents import RENDERERS, Entry, page
from bot.sandbox.news.samples import LANGUAGES, Outlet, Sample, outlets, samples


def feed_path(outlet: Outlet) -> str:
    """Return where an outlet's feed is served."""
    return f"/news/{outlet.id}.{'json' if outlet.format == 'json' else 'xml'}"


def sources_toml(base_url: str) -> str:
    """Return the sample outlets as a catalogue of sources (the format of ``SOURCES_FILE``).

    ``base_url`` is the sandbox's address, like ``http://127.0.0.1:8081``.
    """
    root = base_url.rstrip("/")
    return "\n".join(_source(outlet, root) for outlet in outlets().values())


def _source(outlet: Outlet, root: str) -> str:
    names = ", ".join(f"{locale} = {_quoted(outlet.names[locale])}" for locale in LANGUAGES)
    rows = {
        "id": _quoted(outlet.id),
        "name": f"{{ {names} }}",
        "url": _quoted(root + feed_path(outlet)),
        "language": _quoted(outlet.language),
        "category": _quoted(outlet.category),
    }
    return "[[source]]\n" + "".join(f"{key} = {value}\n" for key, value in rows.items())


def _quoted(text: str) -> str:
    """Return a TOML basic string; JSON's escapes are a subset of TOML's."""
    return json.dumps(text, ensure_ascii=False)


class NewsRoom:
    """The outlets and their articles. ``clock`` gives Unix seconds; ages count from its reading when this is made."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._opened = datetime.fromtimestamp(clock(), UTC).replace(second=0, microsecond=0)

    def routes(self) -> list[Route]:
        """Return the paths under ``/news``."""
        feeds = [Route(feed_path(outlet), self._feed(outlet), methods=["GET"]) for outlet in outlets().values()]
        return [*feeds, Route("/news/{outlet}/{slug}", self.article, methods=["GET"])]

    def entries(self, outlet_id: str, root: str) -> list[Entry]:
        """Return what an outlet has published by now, the newest first; ``root`` is the server's address."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        found = [self._entry(sample, root) for sample in samples() if sample.outlet == outlet_id]
        return sorted((one for one in found if one.published <= now), key=lambda one: one.published, reverse=True)

    def _entry(self, sample: Sample, root: str) -> Entry:
        published = self._opened - timedelta(minutes=sample.minutes_ago)
        return Entry(f"{root}/news/{sample.outlet}/{sample.slug}", sample.title, sample.lead, sample.body, published)

    def _feed(self, outlet: Outlet) -> Callable[[Request], Response]:
        render, media_type = RENDERERS[outlet.format]

        def endpoint(request: Request) -> Response:
            root = str(request.base_url).rstrip("/")
            body = render(outlet, f"{root}/news/{outlet.id}", self.entries(outlet.id, root))
            etag = f'"{hashlib.blake2b(body.encode(), digest_size=12).hexdigest()}"'
            if request.headers.get("if-none-match") == etag:
                return Response(status_code=304, headers={"ETag": etag})
            return Response(body, media_type=media_type, headers={"ETag": etag})

        return endpoint

    def article(self, request: Request) -> Response:
        """Serve one article's page."""
        root = str(request.base_url).rstrip("/")
        outlet = outlets().get(request.path_params["outlet"])
        wanted = f"{root}{request.url.path}"
        entry = next((one for one in self.entries(outlet.id, root) if one.url == wanted), None) if outlet else None
        return HTMLResponse(page(outlet, entry)) if outlet and entry else PlainTextResponse("Not found", 404)
