"""A stop is heeded from the first moment of the program, with exit code 0 and no traceback."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import PROJECT, settings_for

from bot.sandbox.server import Sandbox

MOMENTS = 20
WITHIN = 2.0  # seconds from the start
AT_ONCE = 4
_CAUGHT = 1 << (signal.SIGTERM - 1)


def environment(sandbox: Sandbox, folder: Path) -> dict[str, str]:
    """Return the settings of a bot of its own, without feeds."""
    folder.mkdir()
    (folder / "none.toml").write_text("")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    more = settings_for(sandbox, folder, SOURCES_FILE=str(folder / "none.toml"))
    return {**kept, "PYTHONPATH": str(PROJECT), **more}


async def started(sandbox: Sandbox, folder: Path, *before: str) -> asyncio.subprocess.Process:
    """Start the program, by another one where it is said."""
    return await asyncio.create_subprocess_exec(
        *(*before, sys.executable, "-m", "bot", "run"),
        cwd=PROJECT,
        env=environment(sandbox, folder),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


def catches(pid: int) -> bool:
    """Return whether a process has a handler of its own for SIGTERM."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) & _CAUGHT)


def children(pid: int) -> list[int]:
    """Return the processes that a process has begun."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()]


async def until(found: Callable[[], object]) -> None:
    """Wait until something is so, by looking closely."""
    async with asyncio.timeout(20):
        while not found():  # noqa: ASYNC110 - the kernel tells nobody
            await asyncio.sleep(0.002)


async def test_a_stop_at_any_moment_of_the_start_is_clean(sandbox: Sandbox, tmp_path: Path):
    """While modules are imported, the database is made, Telegram is greeted, tasks begin: the program just ends."""
    rng = random.Random(20)  # noqa: S311 - moments, no secrets
    places = asyncio.Semaphore(AT_ONCE)
    said: list[str] = []

    async def one(number: int) -> int:
        async with places:
            process = await started(sandbox, tmp_path / str(number))
            await until(lambda: catches(process.pid))  # before, nobody can hear it
            await asyncio.sleep(rng.uniform(0, WITHIN))
            process.send_signal(rng.choice((signal.SIGTERM, signal.SIGINT)))
            _, errors = await asyncio.wait_for(process.communicate(), 30)
            said.append(errors.decode())
            assert process.returncode == 0, errors.decode()
            return process.returncode

    await asyncio.gather(*(one(number) for number in range(MOMENTS)))

    assert not [text for text in said if "Traceback" in text or "  File" in text or "ERROR" in text]


async def test_the_first_process_of_a_container_heeds_a_stop_before_its_imports(sandbox: Sandbox, tmp_path: Path):
    """The kernel keeps from such a process every signal that it has no handler for: it has one from its first line on."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("a process namespace takes root's rights, and unshare")
    outer = await started(sandbox, tmp_path / "bot", unshare, "--pid", "--fork", "--kill-child")
    await until(lambda: children(outer.pid))
    first = children(outer.pid)[0]
    await until(lambda: catches(first))
    with contextlib.suppress(ProcessLookupError):
        os.kill(first, signal.SIGTERM)
    _, errors = await asyncio.wait_for(outer.communicate(), 10)

    assert outer.returncode == 0
    assert errors == b""
