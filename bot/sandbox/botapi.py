"""The Bot API over HTTP: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

import asyncio
import re
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.sandbox.faults import Rule
from bot.sandbox.methods import METHODS
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Params, read_params
from bot.sandbox.replies import ApiError, too_many_requests
from bot.sandbox.simulation import Simulation

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class BotApi:
    """Answers the bot's calls, logs them, and lets them suffer faults and limits."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation

    def routes(self) -> list[Route]:
        """Return the paths that a bot uses."""
        return [
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self.file, methods=["GET"]),
        ]

    async def call(self, request: Request) -> Response:
        """Answer one call, unless a fault has it otherwise."""
        method = request.path_params["method"]
        try:
            self._check_token(request.path_params["token"])
            params = read_params(request.headers.get("content-type", ""), request.url.query, await request.body())
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        logged = self.simulation.calls.open(method, _loggable(params), self.simulation.clock())
        rule = self.simulation.faults.pick(method, _chat_id(params))
        if rule is not None and rule.action == "slow":
            await asyncio.sleep(rule.seconds)
        if rule is None or rule.action == "slow":
            return await self._answered(method, params, logged)
        answer = await self._answered(method, params, logged) if rule.handled else None
        return await _suffer(rule, request, answer, logged)

    async def file(self, request: Request) -> Response:
        """Serve a file by the path that ``getFile`` gave."""
        upload = self.simulation.world.files.get(request.path_params["path"].rpartition("/")[2])
        if request.path_params["token"] != self.simulation.token or upload is None:
            return JSONResponse(ApiError(404).body(), 404)
        return Response(upload.body, media_type=upload.media_type)

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise ApiError(404)
        if token != self.simulation.token:
            raise ApiError(401)

    async def _answered(self, method: str, params: Params, logged: JsonObject) -> Response:
        try:
            body: JsonObject = {"ok": True, "result": await self._result(method, params)}
            status = 200
        except ApiError as error:
            body, status = error.body(), error.code
            logged["description"] = error.description
        logged["status"] = status
        return JSONResponse(body, status)

    async def _result(self, method: str, params: Params) -> object:
        pause = self.simulation.limits.wait(method, _chat_id(params), time.monotonic())
        if pause:
            raise too_many_requests(pause)
        if method.lower() == "getupdates":
            updates = self.simulation.world.updates
            updates.allow(params.json("allowed_updates"))
            return await updates.take(
                params.integer("offset") or 0, params.integer("limit") or 100, float(params.integer("timeout") or 0)
            )
        handler = METHODS.get(method.lower())
        if handler is None:
            raise ApiError(404, "method not found")
        return handler(self.simulation.world, params)


def _chat_id(params: Params) -> int | None:
    text = params.text("chat_id").strip('"')
    return int(text) if text.lstrip("-").isdecimal() else None


def _loggable(params: Params) -> JsonObject:
    """Return the parameters without the bytes of files."""
    return params.values | {name: upload.name for name, upload in params.files.items()}


async def _suffer(rule: Rule, request: Request, answer: Response | None, logged: JsonObject) -> Response:
    """Do what the rule says in place of answering; ``answer`` is what the call would have got."""
    logged["status"] = rule.code if rule.action == "status" else 0
    logged["description"] = rule.description or rule.action
    if rule.seconds:
        await asyncio.sleep(rule.seconds)
    if rule.action == "status":
        error = ApiError(rule.code, rule.description, **rule.parameters)
        return JSONResponse(error.body(), rule.code)
    if rule.action == "garbage":
        return PlainTextResponse("<html>502</html>", 200)
    request.state.transport.abort()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return answer or Response()
