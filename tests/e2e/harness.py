"""The program as a process, with people, feeds and a Telegram around it, all on loopback.

Nothing here sleeps and hopes: every wait is for an event, with a limit, and says what was seen when it runs out.
"""

import asyncio
import contextlib
import os
import signal
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx
from preloaded import PROJECT, PreloadedProcess

from bot.sandbox.server import Sandbox

START_SECONDS = 60.0
REPLY_SECONDS = 20.0
STOP_SECONDS = 15.0
_POLL_SECONDS = 25.0
_STARTING_PAUSE = 0.05


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def processor_seconds(pid: int) -> float:
    """Return how long the processor has worked for a process and all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a process ended, and all that it said."""

    code: int
    output: str
    errors: str


async def run_bot(
    *arguments: str,
    environment: Mapping[str, str],
    folder: Path,
    seconds: float = 60.0,
    file_kilobytes: int | None = None,
) -> Finished:
    """Run ``python -m bot ARGUMENTS`` to its end in ``folder``; fail where it takes longer than ``seconds``.

    No file can grow past ``file_kilobytes``, as on a full disk.
    """
    process = await PreloadedProcess.start(
        *arguments,
        environment=_environment(environment),
        folder=folder,
        capture_output=True,
        file_bytes=file_kilobytes and 1024 * file_kilobytes,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        output, errors = await process.communicate()
        raise AssertionError(f"bot {arguments} did not end in {seconds} s:\n{errors.decode()}") from None
    return Finished(process.returncode or 0, output.decode(), errors.decode())


@contextlib.asynccontextmanager
async def demo_in(folder: Path) -> AsyncIterator[tuple[str, PreloadedProcess]]:
    """Run the command ``demo`` there: its address, and the process, which Ctrl+C has ended afterwards."""
    process = await PreloadedProcess.start(
        *("demo", "--port", "0", "--no-browser"),
        environment=_environment({"TMPDIR": str(folder)}),
        folder=folder,
        capture_output=True,
    )
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        yield next(word for word in line.split() if word.startswith("http://")).rstrip("/"), process
    finally:
        process.send_signal(signal.SIGINT)
        print((await asyncio.wait_for(process.communicate(), 20))[1].decode())


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **settings}


class BotProcess:
    """The command ``run``: started, stopped, killed, started again, with what it said on standard error.

    ``environment`` holds the settings of the design; ``folder`` is where it runs, so that no ``.env`` is met by chance.
    """

    def __init__(self, environment: Mapping[str, str], folder: Path, *arguments: str) -> None:
        self.environment = dict(environment)
        self.folder = folder
        self.arguments = ("run", *arguments)
        self.errors: deque[str] = deque(maxlen=5000)
        self._groups: list[int] = []
        self._process: PreloadedProcess | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the root of the bot's own health and metrics server."""
        return f"http://127.0.0.1:{self.environment['HTTP_PORT']}"

    @property
    def pid(self) -> int:
        """Return the process id of the running bot."""
        assert self._process is not None, "the bot is not running"
        return self._process.pid

    @property
    def log(self) -> str:
        """Return what the bot wrote to standard error, over all its starts."""
        return "\n".join(self.errors)

    async def start(self, *, ready: bool = True) -> Self:
        """Start the process and, unless told otherwise, wait until ``/readyz`` says yes."""
        assert self._process is None, "the bot is already running"
        self._process = await PreloadedProcess.start(
            *self.arguments, environment=_environment(self.environment), folder=self.folder
        )
        self._groups.append(self._process.pid)
        self._reading = asyncio.create_task(self._read(self._process))
        if ready:
            await self.wait_ready()
        return self

    async def wait_ready(self, seconds: float = START_SECONDS) -> None:
        """Wait until ``/readyz`` answers 200; fail where the process ends before or the time is over."""
        async with asyncio.timeout(seconds), httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            while not await self._is_ready(client):
                if self._process is None or self._process.returncode is not None:
                    code = await self.wait_end()
                    raise AssertionError(f"the bot ended with {code} before it was ready:\n{self.log}")
                await asyncio.sleep(_STARTING_PAUSE)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get("/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Ask the process to end (SIGTERM) and return its exit code; 0 where it was not running."""
        return await self._end(signal.SIGTERM, seconds)

    async def kill(self) -> int:
        """End the process at once (SIGKILL), as a crash would."""
        return await self._end(signal.SIGKILL, STOP_SECONDS)

    async def restart(self, *, kill: bool = False) -> Self:
        """Stop or kill the process and start it again."""
        await (self.kill() if kill else self.stop())
        return await self.start()

    async def wait_end(self, seconds: float = STOP_SECONDS) -> int:
        """Wait until the process has ended by itself; return its exit code."""
        assert self._process is not None, "the bot is not running"
        assert self._reading is not None
        code = await asyncio.wait_for(self._process.wait(), seconds)
        await self._read_rest()
        self._process = None
        return code

    async def sweep(self) -> None:
        """End the bot and everything that it started, whatever state it is in."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        if self._process is not None:
            await self.wait_end()

    async def _read_rest(self) -> None:
        """Read standard error to its end, which comes when the last child that holds it has gone."""
        assert self._reading is not None
        try:
            await asyncio.wait_for(self._reading, STOP_SECONDS)
        except TimeoutError:
            raise AssertionError(f"a child outlived the bot by {STOP_SECONDS} s:\n{self.log}") from None
        self._reading = None

    async def _end(self, how: signal.Signals, seconds: float) -> int:
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(how)
        try:
            return await self.wait_end(seconds)
        except TimeoutError:
            self._process.kill()
            await self.wait_end()
            raise AssertionError(f"the bot did not end in {seconds} s after {how.name}:\n{self.log}") from None

    async def _read(self, process: PreloadedProcess) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.errors.append(line.decode(errors="replace").rstrip())


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a chat shows it, or showed it at some moment."""

    id: int
    text: str
    html: str
    buttons: tuple[str, ...]
    links: tuple[str, ...]
    silent: bool
    arrived_at: float
    raw: dict[str, object] = field(repr=False)

    @classmethod
    def of(cls, raw: dict[str, object]) -> Self:
        """Read the control API's object."""
        entities = raw.get("entities") or raw.get("caption_entities")
        markup = raw.get("reply_markup") or {}
        rows = markup["inline_keyboard"] if isinstance(markup, dict) and markup else []
        return cls(
            id=int(str(raw["message_id"])),
            text=str(raw.get("text") or raw.get("caption") or ""),
            html=str(raw["html"]),
            buttons=tuple(button["text"] for row in rows for button in row),
            links=tuple(one["url"] for one in entities if "url" in one) if isinstance(entities, list) else (),
            silent=bool(raw["silent"]),
            arrived_at=float(str(raw["arrived_at"])),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a chat: ``kind`` is message, edit, delete, answer, inline or action."""

    seq: int
    kind: str
    raw: dict[str, object] = field(repr=False)
    message: Shown | None = None

    @classmethod
    def of(cls, raw: dict[str, object]) -> Self:
        """Read the control API's object."""
        message = raw.get("message")
        shown = Shown.of(message) if isinstance(message, dict) else None
        return cls(int(str(raw["seq"])), str(raw["type"]), raw, shown)

    @property
    def by_bot(self) -> bool:
        """Return whether the bot wrote or changed a message."""
        return self.message is not None and bool(self.message.raw["from_bot"])


class Control:
    """The sandbox's control API."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(base_url=url, trust_env=False, timeout=_POLL_SECONDS + 10)

    async def post(self, command: str, **fields: object) -> dict[str, object]:
        """Give a command of ``/sandbox``; fail where it is refused."""
        answer = await self._client.post(f"/sandbox/{command}", json=fields)
        assert answer.is_success, f"{command} {fields}: {answer.text}"
        loaded: dict[str, object] = answer.json()
        return loaded

    async def get(self, question: str, **fields: str | float) -> object:
        """Ask a question of ``/sandbox``."""
        answer = await self._client.get(f"/sandbox/{question}", params=fields)
        assert answer.is_success, f"{question} {fields}: {answer.text}"
        loaded: object = answer.json()
        return loaded

    async def events(self, after: int, chat_id: int | None, seconds: float) -> tuple[list[Happened], int]:
        """Return the events past ``after`` and the cursor to go on from, waiting up to ``seconds`` for the first."""
        where = {} if chat_id is None else {"chat_id": chat_id}
        answer = await self.get("events", after=after, timeout=min(seconds, _POLL_SECONDS), **where)
        assert isinstance(answer, dict)
        return [Happened.of(raw) for raw in answer["events"]], int(answer["cursor"])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class Reader:
    """A person at a chat: writes, presses, and reads on from where they were."""

    def __init__(self, control: Control, user_id: int, chat_id: int | None = None) -> None:
        self.control = control
        self.user_id = user_id
        self.chat_id = user_id if chat_id is None else chat_id
        self.cursor = 0
        self.seen: list[Happened] = []

    @classmethod
    async def join(cls, control: Control, language_code: str, first_name: str = "Reader") -> Self:
        """Let a new person join Telegram whose app speaks ``language_code``."""
        user = await control.post("users", first_name=first_name, language_code=language_code)
        return cls(control, int(str(user["id"])))

    def at(self, chat_id: int) -> "Reader":
        """Return the same person at another chat."""
        return Reader(self.control, self.user_id, chat_id)

    async def write(self, text: str, **fields: object) -> Shown:
        """Send a text and wait for nothing; return it as it stands in the chat."""
        where = {"chat_id": self.chat_id, "user_id": self.user_id}
        return Shown.of(await self.control.post("say", **where, text=text, **fields))

    async def say(self, text: str, *, seconds: float = REPLY_SECONDS, **fields: object) -> Shown:
        """Send a text and return the bot's next message."""
        await self.catch_up()
        await self.write(text, **fields)
        return await self.next_message(seconds=seconds)

    async def send(self, kind: str, *, seconds: float = REPLY_SECONDS, **fields: object) -> Shown:
        """Send a location, document, photo, sticker …, and return the bot's next message."""
        await self.catch_up()
        await self.control.post("send", chat_id=self.chat_id, user_id=self.user_id, kind=kind, **fields)
        return await self.next_message(seconds=seconds)

    async def tap(self, button: str, message: Shown | None = None, **fields: object) -> str:
        """Press the button of that text, on the newest message that has it, and wait for nothing.

        Return the query's id, for ``answer_to``.
        """
        target = message or await self._with_button(button)
        where = {"chat_id": self.chat_id, "user_id": self.user_id, "message_id": target.id}
        pressed = await self.control.post("press", **where, text=button, **fields)
        return str(pressed["query_id"])

    async def press(self, button: str, message: Shown | None = None, *, seconds: float = REPLY_SECONDS) -> Shown:
        """Press a button and return the message that the bot changed or wrote next."""
        await self.catch_up()
        await self.tap(button, message)
        happened = await self.wait_for(lambda event: event.by_bot, seconds=seconds)
        assert happened.message is not None
        return happened.message

    async def answer_to(self, query_id: str, *, seconds: float = REPLY_SECONDS) -> dict[str, object]:
        """Return the bot's answer to a pressed button: ``text`` and ``show_alert``."""
        known = [event for event in self.seen if event.raw.get("query_id") == query_id]
        if known:
            return known[0].raw
        return (await self.wait_for(lambda event: event.raw.get("query_id") == query_id, seconds=seconds)).raw

    async def next_message(self, *, seconds: float = REPLY_SECONDS) -> Shown:
        """Return the bot's next new message."""
        happened = await self.wait_for(lambda event: event.kind == "message" and event.by_bot, seconds=seconds)
        assert happened.message is not None
        return happened.message

    async def wait_for(self, found: Callable[[Happened], bool], *, seconds: float = REPLY_SECONDS) -> Happened:
        """Return the next event that ``found`` accepts; fail, telling what came instead, after ``seconds``."""
        loop = asyncio.get_running_loop()
        deadline, passed = loop.time() + seconds, len(self.seen)
        while (left := deadline - loop.time()) > 0:
            events, cursor = await self.control.events(self.cursor, self.chat_id, left)
            for event in events:
                self.cursor = event.seq
                self.seen.append(event)
                if found(event):
                    return event
            self.cursor = cursor
        came = "\n".join(str(event) for event in self.seen[passed:]) or "nothing"
        raise AssertionError(f"waited {seconds} s in chat {self.chat_id}; what came:\n{came}")

    async def catch_up(self) -> list[Happened]:
        """Read what has come without waiting; return it."""
        events, self.cursor = await self.control.events(self.cursor, self.chat_id, 0)
        self.seen.extend(events)
        return events

    async def messages(self) -> list[Shown]:
        """Return the chat's messages as they stand now."""
        answer = await self.control.get("messages", chat_id=self.chat_id)
        assert isinstance(answer, list)
        return [Shown.of(raw) for raw in answer]

    async def from_bot(self) -> list[Shown]:
        """Return the bot's messages as they stand now."""
        return [message for message in await self.messages() if message.raw["from_bot"]]

    async def _with_button(self, button: str) -> Shown:
        for message in reversed(await self.from_bot()):
            if button in message.buttons:
                return message
        raise AssertionError(f"no message in chat {self.chat_id} has the button {button!r}")


def settings_for(sandbox: Sandbox, folder: Path, **more: str) -> dict[str, str]:
    """Return the bot's environment: this sandbox, a database in ``folder``, fast polling, and ``more``."""
    return {
        "BOT_TOKEN": sandbox.token,
        "BOT_API_URL": sandbox.url,
        "DATABASE_URL": f"sqlite:///{folder / 'jarshy.db'}",
        "POLL_MIN_SECONDS": "1",
        "POLL_MAX_SECONDS": "2",
        "HOST_PAUSE_SECONDS": "0",
        "HTTP_PORT": str(free_port()),
        **more,
    }
