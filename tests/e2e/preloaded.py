"""The program as processes that start at once: fork_server.py has imported it already. One server for all tests of a process."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Self

PROJECT = Path(__file__).parents[2]


@cache
def _server() -> tuple[str, subprocess.Popen[bytes]]:
    """Start the server; return its address and, so that its standard input stays open, its process."""
    address = f"jarshy-{uuid.uuid4().hex}"
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("fork_server.py")), address],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return f"\0{address}", server


class PreloadedProcess:
    """A process of the program, in a session of its own; used as ``asyncio.subprocess.Process`` is."""

    def __init__(self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        self._answers, self._connection = connection
        self.pid = 0
        self.returncode: int | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None

    @classmethod
    async def start(
        cls,
        *arguments: str,
        environment: Mapping[str, str],
        folder: Path,
        capture_output: bool = False,
        file_bytes: int | None = None,
    ) -> Self:
        """Start ``python -m bot ARGUMENTS`` with that environment and no other; standard error is always captured."""
        address, _ = await asyncio.to_thread(_server)
        output, output_end = os.pipe() if capture_output else (-1, os.open(os.devnull, os.O_WRONLY))
        errors, errors_end = os.pipe()
        files = [os.open(os.devnull, os.O_RDONLY), output_end, errors_end]
        request = {
            "arguments": arguments,
            "environment": {**environment},
            "folder": str(folder),
            "file_bytes": file_bytes,
        }
        server = socket.socket(socket.AF_UNIX)
        server.connect(address)
        socket.send_fds(server, [json.dumps(request).encode()], files)
        for file in files:
            os.close(file)
        process = cls(await asyncio.open_unix_connection(sock=server))
        process.pid = int(await process._answers.readline())
        process.stderr = await _reader(errors)
        if capture_output:
            process.stdout = await _reader(output)
        process._end = asyncio.create_task(process._watch())
        return process

    async def _watch(self) -> None:
        self.returncode = int(await self._answers.readline())
        self._connection.close()
        await self._connection.wait_closed()

    async def wait(self) -> int:
        """Wait for the end and return the exit code, negative for a signal."""
        await asyncio.shield(self._end)
        assert self.returncode is not None
        return self.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        """Wait for the end and return what was written to standard output and error."""
        output, errors, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return output, errors

    def send_signal(self, number: signal.Signals) -> None:
        """Send it; where the process has ended nothing is done."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)


async def _reader(file: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb", buffering=0)
    )
    return reader
