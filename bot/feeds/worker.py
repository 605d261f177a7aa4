"""Parsing in processes that can be killed: a hostile document costs its own worker, and nothing else.

::

    job | an idle worker, or a new one | done within its slice of processor time -> idle again
                                       | heavy: goes on apart, behind the others -> answer within 5 s, or killed

Of heavy documents only so many go on at once; one that finds no place is begun anew when there is one. The smallest
document goes first. So however many hang, others wait for a few slices, never for time-outs.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Literal, Self

from bot import metrics
from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.attempt import Attempt
from bot.feeds.frames import FoundLinks, PageText
from bot.feeds.opml import OpmlFeed
from bot.feeds.places import Places
from bot.feeds.process import Nursery, Worker
from bot.feeds.robots_rules import RobotsRules

log = logging.getLogger(__name__)

PARSE_SECONDS = 5.0
"""Wall-clock seconds for one document (facts: hostile ones took feedparser over 11 s)."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Address space of a worker: seven times what a body of the largest size takes with 150 articles in it (73 MB)."""
JOBS = 1000
"""Documents of one worker: what libraries keep for ever (names of encodings, caches) ends with it."""
FAILURES = 20
"""Documents in a row that crash the parser or hang it: one may be hostile, so many are a fault of ours."""


class ParserPool:
    """Worker processes, started when needed.

    At most ``keep`` documents are in their first slice at once, and so many workers are kept; at most ``apart`` heavy
    documents go on beside them. With ``pages`` what reading articles' pages needs is imported ahead.
    """

    def __init__(
        self,
        *,
        seconds: float = PARSE_SECONDS,
        memory: int = MEMORY_BYTES,
        keep: int = 4,
        apart: int = 8,
        pages: bool = False,
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._keep = keep
        self._pages = pages
        self._first = Places(keep)
        self._apart = Places(apart)
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._nursery: Nursery | None = None
        self._starting = asyncio.Lock()
        self._failures = 0

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
        """Start a worker, so that the first document finds one."""
        if not self._workers:
            self._idle.append(await self._fork())

    async def problem(self) -> str | None:
        """Return that no document can be parsed any more, None where some can."""
        if self._failures < FAILURES:
            return None
        return f"the last {self._failures} documents crashed the parser or took too long"

    async def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.kill()
        self._workers.clear()
        self._idle.clear()
        if self._nursery is not None:
            await self._nursery.close()
            self._nursery = None

    async def parse(
        self,
        body: bytes,
        *,
        content_type: str | None = None,
        base_url: str = "",
        zone: str = "Asia/Almaty",
        now: datetime,
        selectors: Mapping[str, str] = MappingProxyType({}),
        most: int | None = None,
    ) -> FeedDocument:
        """Do ``parse_document``, or with ``most`` ``parse_newest``.

        Raises:
            FeedError: theirs, or ``feed-parse-timeout`` or ``feed-parse-crashed``.
        """
        keywords: dict[str, object] = {
            "content_type": content_type, "base_url": base_url, "zone": zone, "now": now, "selectors": dict(selectors),
        }  # fmt: skip
        result = await (
            self._run("parse", body, keywords)
            if most is None
            else self._run("newest", body, {**keywords, "most": most})
        )
        assert isinstance(result, FeedDocument)  # noqa: S101 (the job's own return type)
        return result

    async def extract(self, body: bytes, *, content_type: str | None = None, url: str) -> PageText:
        """Do ``extract_page``, with the same errors as ``parse``."""
        result = await self._run("extract", body, {"content_type": content_type, "url": url})
        assert isinstance(result, PageText)  # noqa: S101 (the job's own return type)
        return result

    async def discover(self, body: bytes, *, content_type: str | None = None, url: str) -> FoundLinks:
        """Do ``find_links``, with the same errors as ``parse``."""
        result = await self._run("discover", body, {"content_type": content_type, "url": url})
        assert isinstance(result, FoundLinks)  # noqa: S101 (the job's own return type)
        return result

    async def robots(self, body: bytes) -> RobotsRules:
        """Do ``read_robots``, with the same errors as ``parse``."""
        result = await self._run("robots", body, {})
        assert isinstance(result, RobotsRules)  # noqa: S101 (the job's own return type)
        return result

    async def read_list(self, body: bytes) -> tuple[OpmlFeed, ...]:
        """Do ``read_opml``, with its errors and those of ``parse``."""
        result = await self._run("opml", body, {})
        assert isinstance(result, tuple)  # noqa: S101 (the job's own return type)
        return result

    async def _run(self, name: str, body: bytes, keywords: dict[str, object]) -> object:
        try:
            result = _result(await self._answer((name, (body,), keywords), len(body)))
        except TimeoutError:
            self._note("timeout")
            raise FeedError("feed-parse-timeout", seconds=self._seconds) from None
        except (EOFError, OSError) as error:
            self._note("crashed")
            raise FeedError("feed-parse-crashed", reason="the worker process ended") from error
        except FeedError as error:
            self._note("crashed" if error.message_id == "feed-parse-crashed" else "refused")
            raise
        self._note("done")
        return result

    def _note(self, result: Literal["done", "refused", "timeout", "crashed"]) -> None:
        metrics.PARSES.labels(result).inc()
        self._failures = self._failures + 1 if result in {"timeout", "crashed"} else 0

    async def _answer(self, job: object, size: int) -> object:
        attempt: Attempt | None = None
        try:
            async with self._first.place(size):
                attempt = await self._begin(job)
                if await attempt.is_light():
                    return await self._finish(attempt)
                if not self._apart.empty:  # one heavy document alone is in nobody's way
                    attempt.worker.step_back()
                if self._apart.full:
                    self._give_up(attempt)
                    attempt = None
            async with self._apart.place(size):
                if attempt is None:
                    attempt = await self._begin(job)
                    attempt.worker.step_back()
                return await self._finish(attempt)
        except BaseException:  # a cancelled job's worker is in the middle of it: its answer must reach nobody else
            if attempt is not None:
                self._give_up(attempt)
            raise

    async def _begin(self, job: object) -> Attempt:
        return Attempt(self._pick() or await self._fork(), job, self._seconds)

    def _pick(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            self._discard(worker)
        return None

    async def _fork(self) -> Worker:
        async with self._starting:
            if self._nursery is not None and not self._nursery.alive:
                log.warning("the parsers' parent process ended; another is started")
                await self._nursery.close()
                self._nursery = None
            if self._nursery is None:
                self._nursery = await Nursery.start(self._memory, pages=self._pages)
            worker = await self._nursery.fork()
        self._workers.add(worker)
        return worker

    async def _finish(self, attempt: Attempt) -> object:
        answer = await attempt.answer()
        if attempt.worker.stepped_back or attempt.worker.jobs >= JOBS or len(self._idle) >= self._keep:
            self._discard(attempt.worker)
        else:
            self._idle.append(attempt.worker)
        return answer

    def _give_up(self, attempt: Attempt) -> None:
        attempt.give_up()
        self._workers.discard(attempt.worker)

    def _discard(self, worker: Worker) -> None:
        worker.kill()
        self._workers.discard(worker)


def _result(answer: object) -> object:
    match answer:
        case (True, result):
            return result
        case (False, str(message_id), dict(values)):
            raise FeedError(message_id, **values)
    raise FeedError("feed-parse-crashed", reason="no answer that can be read")
