"""Parsing in processes that can be killed: a hostile document costs its own worker, and nothing else.

::

    job | an idle worker, else a new one | answer within 5 s | idle again
                                         | none: killed
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Self

from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.frames import FoundLinks, PageText
from bot.feeds.process import Worker

log = logging.getLogger(__name__)

PARSE_SECONDS = 5.0
"""Wall-clock seconds for one document (facts: hostile ones took feedparser over 11 s)."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Address space of a worker: seven times what a body of the largest size takes with 150 articles in it (73 MB)."""
_LATE_SECONDS = 0.6
_IDLE_SECONDS = 60.0
_STARTS_AT_ONCE = 2


class ParserPool:
    """Worker processes, started when needed.

    ``keep`` of them share the work. One that takes long is written off and another gets ready in its place, up to
    ``most``: documents that hang hold back no other, and a mere rush starts no processes. What is not needed for a
    minute ends.
    """

    def __init__(
        self,
        *,
        seconds: float = PARSE_SECONDS,
        memory: int = MEMORY_BYTES,
        keep: int = 4,
        most: int = 16,
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._keep = keep
        self._most = most
        self._idle: list[Worker] = []
        self._changed = asyncio.Condition()
        self._workers: set[Worker] = set()
        self._late: set[Worker] = set()
        self._starting = 0
        self._failure: FeedError | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Start the pool."""
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Close the pool."""
        await self.close()

    async def start(self) -> None:
        """Start the workers and wait for the first; the others get ready meanwhile."""
        if not self._workers and not self._starting:
            self._grow()
            await self._give_back(await self._take())

    async def close(self) -> None:
        """End all workers."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for worker in tuple(self._workers):
            await self._discard(worker)
        self._idle.clear()

    async def parse(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        base_url: str = "",
        zone: str = "Asia/Almaty",
        now: datetime,
        selectors: Mapping[str, str] = MappingProxyType({}),
    ) -> FeedDocument:
        """Do ``parse_document``. Raises its ``FeedError``, or ``feed-parse-timeout`` or ``feed-parse-crashed``."""
        keywords: dict[str, object] = {
            "content_type": content_type, "base_url": base_url, "zone": zone, "now": now, "selectors": dict(selectors),
        }  # fmt: skip
        result = await self._run("parse", (body,), keywords)
        assert isinstance(result, FeedDocument)  # noqa: S101 (the job's own return type)
        return result

    async def extract(self, body: bytes, *, content_type: str | None = None, url: str) -> PageText:
        """Do ``extract_page``, with the same errors as ``parse``."""
        result = await self._run("extract", (body,), {"content_type": content_type, "url": url})
        assert isinstance(result, PageText)  # noqa: S101 (the job's own return type)
        return result

    async def discover(self, body: bytes, *, content_type: str | None = None, url: str) -> FoundLinks:
        """Do ``find_links``, with the same errors as ``parse``."""
        result = await self._run("discover", (body,), {"content_type": content_type, "url": url})
        assert isinstance(result, FoundLinks)  # noqa: S101 (the job's own return type)
        return result

    async def _run(self, name: str, args: tuple[object, ...], keywords: dict[str, object]) -> object:
        worker = await self._take()
        loop = asyncio.get_running_loop()
        late = loop.call_later(_LATE_SECONDS, self._write_off, worker)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await worker.ask((name, args, keywords))
        except TimeoutError:
            await self._discard(worker)
            raise FeedError("feed-parse-timeout", seconds=self._seconds) from None
        except (EOFError, OSError) as error:
            await self._discard(worker)
            raise FeedError("feed-parse-crashed", reason="the worker process ended") from error
        except BaseException:  # cancelled: the worker is in the middle of the job
            await self._discard(worker)
            raise
        finally:
            self._late.discard(worker)
            late.cancel()
        await self._give_back(worker)
        return _result(answer)

    async def _take(self) -> Worker:
        """Wait for an idle worker; see to it that there will be one. Raises ``FeedError`` where none can be started."""
        async with self._changed:
            while not (worker := self._pick()):
                if self._failure:
                    error, self._failure = self._failure, None
                    raise error
                self._grow()
                await self._changed.wait()
            return worker

    def _pick(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self._workers.discard(worker)
        return None

    def _grow(self) -> None:
        """Start workers up to ``keep`` that are not late, two at a time: starting costs more than most documents."""
        count = len(self._workers) + self._starting
        wanted = min(self._keep + len(self._late), self._most) - count
        for _ in range(min(wanted, _STARTS_AT_ONCE - self._starting)):
            self._starting += 1
            task = asyncio.create_task(self._start_worker())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _start_worker(self) -> None:
        try:
            worker = await Worker.start(self._memory)
            self._workers.add(worker)
            self._idle.append(worker)
            self._failure = None
        except FeedError as error:
            log.warning("no parser: %s", error)
            self._failure = error
        finally:
            self._starting -= 1
        if not self._failure:
            self._grow()
        async with self._changed:
            self._changed.notify_all()

    def _write_off(self, worker: Worker) -> None:
        """Have another worker ready in the place of one that takes long."""
        self._late.add(worker)
        self._grow()

    async def _give_back(self, worker: Worker) -> None:
        if worker.stepped_back():
            await self._discard(worker)
            return
        worker.idle_since = asyncio.get_running_loop().time()
        async with self._changed:
            self._idle.append(worker)
            self._changed.notify()
        if len(self._workers) > self._keep:
            await self._retire(worker.idle_since)

    async def _retire(self, now: float) -> None:
        """End the worker that has been idle longest, where that is long."""
        if self._idle and now - self._idle[0].idle_since > _IDLE_SECONDS:
            await self._discard(self._idle.pop(0))

    async def _discard(self, worker: Worker) -> None:
        self._workers.discard(worker)
        await worker.end()
        async with self._changed:
            self._changed.notify()


def _result(answer: object) -> object:
    match answer:
        case (True, result):
            return result
        case (False, str(message_id), dict(values)):
            raise FeedError(message_id, **values)
    raise FeedError("feed-parse-crashed", reason="no answer that can be read")
