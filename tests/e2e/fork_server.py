"""Starts processes of the program without the time that its imports take: it has imported it already, and forks.

A connection to its socket, an abstract one of Linux, is one process. It brings one JSON object, with the descriptors of standard input, output and
error beside it: ``arguments``, ``environment`` (all of it), ``folder``, and ``file_bytes``, the size that no file may
pass, or null. It is answered by two lines: the process id, and at the end the exit code, negative for a signal.

The server ends when its standard input does, which the tests hold open.
"""

import contextlib
import gc
import json
import os
import resource
import selectors
import socket
import sys

# All that the commands import, so that a child finds it imported.
import bot.app
import bot.cli.database
import bot.cli.match
import bot.cli.parse
import bot.cli.preview
import bot.cli.sources
import bot.cli.stories
import bot.demo  # noqa: F401
from bot.__main__ import main

LARGEST_REQUEST = 65_536


def become(request: dict, files: list[int]) -> None:
    """Make this fresh child what ``exec`` would have made of it."""
    os.setsid()
    for target, file in enumerate(files):
        os.dup2(file, target)
        os.close(file)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    if request["file_bytes"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["file_bytes"],) * 2)
    sys.argv = ["bot", *request["arguments"]]


def serve(listener: socket.socket) -> bool:
    """Fork for each connection until standard input ends; return whether this is a child, which is to run the program."""
    running: dict[int, tuple[int, socket.socket]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(sys.stdin, selectors.EVENT_READ)
        selector.register(listener, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is sys.stdin:
                    return False
                if key.fileobj is not listener:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    pid, connection = running.pop(key.fd)
                    tell(connection, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                    connection.close()
                    continue
                connection, _ = listener.accept()
                text, files, _, _ = socket.recv_fds(connection, LARGEST_REQUEST, 3)
                if (pid := os.fork()) == 0:
                    for file, (_, other) in running.items():
                        os.close(file)
                        other.close()
                    connection.close()
                    become(json.loads(text), files)
                    return True
                for file in files:
                    os.close(file)
                tell(connection, pid)
                ended = os.pidfd_open(pid)
                running[ended] = (pid, connection)
                selector.register(ended, selectors.EVENT_READ)


def tell(connection: socket.socket, number: int) -> None:
    """Send a line; a test that was broken off hears nothing."""
    with contextlib.suppress(OSError):
        connection.sendall(f"{number}\n".encode())


if __name__ == "__main__":
    gc.collect()
    gc.freeze()  # else the first collection in each child copies every page
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0" + sys.argv[1])
        listening.listen(64)
        print("ready", flush=True)
        child = serve(listening)
    if child:
        main()
