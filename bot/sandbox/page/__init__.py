"""The chat page: one HTML, one CSS and one JavaScript file, served as they are."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FILES = {
    "/": ("index.html", "text/html"),
    "/chat.css": ("chat.css", "text/css"),
    "/article.css": ("article.css", "text/css"),
    "/chat.js": ("chat.js", "text/javascript"),
}


def page_routes() -> list[Route]:
    """Return the page's paths, and the style sheet of the sample articles."""
    return [Route(path, _serve, methods=["GET"]) for path in _FILES]


async def _serve(request: Request) -> Response:
    name, media_type = _FILES[request.url.path]
    content = files(__name__).joinpath(name).read_text(encoding="utf-8")
    policy = "default-src 'self'; img-src 'self' data: blob:"
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
