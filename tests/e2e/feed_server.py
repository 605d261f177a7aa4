"""A server of feeds on loopback: tests put documents there and see who asked for them, and how."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.serving import Serving


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed document."""

    title: str
    published: datetime
    summary: str = ""
    slug: str = ""


@dataclass(slots=True)
class Document:
    """What a path answers. With ``conditional`` it carries an ETag and answers 304 to whoever has it."""

    body: bytes
    media_type: str = "application/rss+xml; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    conditional: bool = True

    @property
    def etag(self) -> str:
        """Return the document's own ETag."""
        return f'"{hashlib.blake2b(self.body, digest_size=8).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: its path, headers in lower case, and the status that it got."""

    path: str
    headers: dict[str, str]
    status: int


class FeedServer:
    """Documents by path, and the requests for them."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.asked: list[Asked] = []
        routes = [Route("/{path:path}", self._answer, methods=["GET", "HEAD"])]
        self._serving = Serving(Starlette(routes=routes), "127.0.0.1", 0)

    @property
    def url(self) -> str:
        """Return the server's root."""
        return self._serving.url

    def put(self, path: str, body: str | bytes, **how: object) -> str:
        """Let ``path`` answer with ``body``; ``how`` are fields of Document. Return the address."""
        self.documents[path] = Document(body.encode() if isinstance(body, str) else body, **how)  # type: ignore[arg-type]
        return f"{self.url}{path}"

    def put_rss(self, path: str, items: list[Item], *, title: str = "Feed", language: str = "kk") -> str:
        """Let ``path`` answer with RSS 2.0 of ``items``; each entry's address lies on this server."""
        return self.put(path, rss_document(self.url, items, title=title, language=language))

    def count(self, path: str) -> int:
        """Return how often a path was asked for."""
        return sum(asked.path == path for asked in self.asked)

    async def __aenter__(self) -> Self:
        await self._serving.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._serving.stop()

    def _answer(self, request: Request) -> Response:
        document = self.documents.get(request.url.path)
        answer = Response("no such document", 404) if document is None else _respond(document, request)
        self.asked.append(Asked(request.url.path, dict(request.headers), answer.status_code))
        return answer


def _respond(document: Document, request: Request) -> Response:
    tagged = {"ETag": document.etag} if document.conditional else {}
    if document.conditional and request.headers.get("if-none-match") == document.etag:
        return Response(status_code=304, headers=tagged)
    headers = {**tagged, **document.headers, "Content-Type": document.media_type}
    return Response(document.body, document.status, headers)


def rss_document(home: str, items: list[Item], *, title: str = "Feed", language: str = "kk") -> str:
    """Return RSS 2.0 of ``items``, whose guids are their addresses under ``home``."""
    entries = "".join(
        f"<item><title>{escape(item.title)}</title><link>{home}/{item.slug or number}</link>"
        f"<guid>{home}/{item.slug or number}</guid><description>{escape(item.summary)}</description>"
        f"<pubDate>{format_datetime(item.published)}</pubDate></item>"
        for number, item in enumerate(items, 1)
    )
    head = (
        f"<title>{escape(title)}</title><link>{home}/</link><description></description><language>{language}</language>"
    )
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{entries}</channel></rss>'


def sources_document(*sources: tuple[str, str, str]) -> str:
    """Return a catalogue (the format of ``SOURCES_FILE``) of (id, address, language); an outlet's name is its id."""
    return "\n".join(
        f"[[source]]\nid = {json.dumps(name)}\nname = {json.dumps(name)}\nurl = {json.dumps(url)}\n"
        f"language = {json.dumps(language)}\n"
        for name, url, language in sources
    )
