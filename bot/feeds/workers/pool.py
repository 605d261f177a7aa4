"""Which document is parsed when, and how long it may take.

::

    job | an idle worker, or a new one | done within its slice of processor time -> idle again
                                       | heavy: goes on apart, behind the others -> answer within 5 s, or killed

Of heavy documents only so many go on at once; one that finds no room is begun anew when there is some. The smallest
document goes first. So however many hang, others wait for a few slices, never for time-outs.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType, TracebackType
from typing import Literal, Self, TypeVar

from bot import metrics
from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.workers.child import Job
from bot.feeds.workers.process import Worker, prepare
from bot.feeds.workers.semaphore import PrioritySemaphore

T = TypeVar("T")
PARSE_SECONDS = 5.0
"""Wall-clock seconds for one document (measured: hostile ones took feedparser over 11 s)."""
MEMORY_BYTES = 512 * 1024 * 1024
"""Address space of a worker: seven times what a body of the largest size takes with 150 articles in it (73 MB)."""
SLICE_SECONDS = 0.05
"""Processor seconds after which a document counts as heavy: four times what a usual one takes."""
JOBS_OF_A_WORKER = 1000
"""What libraries keep for ever (names of encodings, caches) ends with the worker after so many documents."""
FAILURES = 20
"""Documents in a row that crash the parser or hang it: one may be hostile, so many are a fault of ours."""
_GRACE_SECONDS = 5.0  # after which a worker that nobody killed ends itself
_LOOK_SECONDS = 0.01  # at least, between two looks at a worker's clock


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
        self._first_slices = PrioritySemaphore(keep)
        self._heavy = PrioritySemaphore(apart)
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._failures = 0
        prepare(pages=pages)

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
            self._idle.append(await self._start_worker())

    async def problem(self) -> str | None:
        """Return that no document can be parsed any more, None where some can."""
        if self._failures < FAILURES:
            return None
        return f"the last {self._failures} documents crashed the parser or took too long"

    async def close(self) -> None:
        """End all workers."""
        workers = tuple(self._workers)
        self._workers.clear()
        self._idle.clear()
        for worker in workers:
            worker.kill()
        for worker in workers:
            await worker.ended()

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
        """Do ``parse_document``.

        Raises:
            FeedError: theirs, or ``feed-parse-timeout`` or ``feed-parse-crashed``.
        """
        return await self.run(
            "parse", FeedDocument, body, content_type=content_type, base_url=base_url, zone=zone, now=now,
            selectors=dict(selectors), most=most,
        )  # fmt: skip

    async def run(self, job: str, kind: type[T], body: bytes, **keywords: object) -> T:
        """Do a job of ``child.JOBS``, whose function gives a ``kind``. Raises as ``parse`` does."""
        try:
            result = _result(await self._answer((job, (body,), keywords), len(body)))
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
        assert isinstance(result, kind)  # noqa: S101 (the function's own return type)
        return result

    def _note(self, result: Literal["done", "refused", "timeout", "crashed"]) -> None:
        metrics.PARSES.labels(result).inc()
        self._failures = self._failures + 1 if result in {"timeout", "crashed"} else 0

    async def _answer(self, job: Job, size: int) -> object:
        """Return the answer of a job. Raises TimeoutError, or EOFError or OSError where the worker ended."""
        worker: Worker | None = None
        try:
            async with self._first_slices.hold(size):
                worker, answer, deadline = await self._begin(job)
                if await _ends_in_its_slice(worker, answer, deadline):
                    result = answer.result()
                    self._give_back(worker)
                    return result
                worker.lower_priority()
                if self._heavy.full:
                    self._end(worker)
                    worker = None
            async with self._heavy.hold(size):
                if worker is None:
                    worker, answer, deadline = await self._begin(job)
                    worker.lower_priority()
                async with asyncio.timeout_at(deadline):
                    return await answer
        finally:
            if worker is not None and worker not in self._idle:
                self._end(worker)

    async def _begin(self, job: Job) -> tuple[Worker, asyncio.Future[object], float]:
        """Give the job to a worker; return both, and the time by the loop's clock at which it has to be done."""
        worker = self._pick() or await self._start_worker()
        return worker, worker.ask(job), asyncio.get_running_loop().time() + self._seconds

    def _pick(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if worker.ready:
                return worker
            self._end(worker)
        return None

    async def _start_worker(self) -> Worker:
        worker = await Worker.start(self._memory, self._seconds + _GRACE_SECONDS)
        self._workers.add(worker)
        return worker

    def _give_back(self, worker: Worker) -> None:
        if worker.jobs < JOBS_OF_A_WORKER and len(self._idle) < self._keep:
            self._idle.append(worker)

    def _end(self, worker: Worker) -> None:
        worker.kill()
        self._workers.discard(worker)


async def _ends_in_its_slice(worker: Worker, answer: asyncio.Future[object], deadline: float) -> bool:
    """Wait until a job is done: True; or until it has had its slice, or its time is up: False.

    The slice is of processor time, so a busy machine makes no document heavy.
    """
    began, left = worker.cpu_seconds(), SLICE_SECONDS
    while left > 0 and (time := deadline - asyncio.get_running_loop().time()) > 0:
        await asyncio.wait({answer}, timeout=min(max(left, _LOOK_SECONDS), time))
        if answer.done():
            return True
        left = SLICE_SECONDS - (worker.cpu_seconds() - began)
    return False


def _result(answer: object) -> object:
    match answer:
        case (True, result):
            return result
        case (False, str(message_id), dict(values)):
            raise FeedError(message_id, **values)
    raise FeedError("feed-parse-crashed", reason="no answer that can be read")
