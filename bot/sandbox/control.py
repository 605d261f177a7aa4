"""The control API under ``/sandbox``: JSON for the page and for tests, to be the people at the other end.

Every POST takes a JSON object and answers with one; a refusal is ``{"error": text}`` with status 400 or 404.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.commands import COMMANDS, QUESTIONS, Command
from bot.sandbox.order import Order
from bot.sandbox.replies import ApiError
from bot.sandbox.simulation import Simulation

MAX_WAIT = 30.0
"""Seconds that a long poll for events may last."""


class Control:
    """The HTTP side of the commands."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    def routes(self) -> list[Route]:
        """Return the paths under ``/sandbox``."""
        posts = [Route(f"/sandbox/{name}", self._post(command), methods=["POST"]) for name, command in COMMANDS.items()]
        gets = [Route(f"/sandbox/{name}", self._get(command), methods=["GET"]) for name, command in QUESTIONS.items()]
        others = [
            Route("/sandbox/events", self.events, methods=["GET"]),
            Route("/sandbox/file", self.file, methods=["GET"]),
            Route("/sandbox/skip", self.skip, methods=["POST"]),
        ]
        return [*posts, *gets, *others]

    async def events(self, request: Request) -> Response:
        """Return what happened after ``after``, in ``chat_id`` if named, waiting up to ``timeout`` seconds."""
        query = request.query_params
        chat_id = int(query["chat_id"]) if "chat_id" in query else None
        timeout = min(float(query.get("timeout", "0")), MAX_WAIT)
        journal = self.simulation.world.journal
        found = await journal.wait_after(int(query.get("after", "0")), chat_id, timeout)
        return JSONResponse({"events": found, "cursor": journal.cursor, "born": self.simulation.born})

    async def file(self, request: Request) -> Response:
        """Return the bytes of a file by its ``file_id``, without the bot's token."""
        upload = self.simulation.world.files.get(request.query_params.get("file_id", ""))
        if upload is None:
            return JSONResponse({"error": "no such file"}, 404)
        shown = "inline" if upload.media_type in {"image/png", "image/jpeg"} else "attachment"
        return Response(upload.body, media_type=upload.media_type, headers={"Content-Disposition": shown})

    async def skip(self, request: Request) -> Response:
        """Move the bot's clock to the next digest, where the program around the sandbox can."""
        if self.simulation.skip is None or not _is_json(request):
            return JSONResponse({"error": "the clock cannot be moved here"}, 404)
        await self.simulation.skip()
        return JSONResponse({})

    def _post(self, command: Command) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not _is_json(request):
                return JSONResponse({"error": "send application/json"}, 415)
            given = await request.json()
            return _run(command, Order(self.simulation, given if isinstance(given, dict) else {}))

        return endpoint

    def _get(self, command: Command) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return _run(command, Order(self.simulation, dict(request.query_params)))

        return endpoint


def _is_json(request: Request) -> bool:
    """Return whether a POST says that it is JSON: another origin's page cannot, without a leave that nobody gives."""
    return request.headers.get("content-type", "").partition(";")[0] == "application/json"


def _run(command: Command, order: Order) -> Response:
    try:
        return JSONResponse(command(order))
    except ApiError as error:
        return JSONResponse({"error": error.description}, error.code)
