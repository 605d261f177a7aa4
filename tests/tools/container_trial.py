"""Enter a built root as a container would and try the program there; dockerfile_in_chroot.py starts this.

The process is alone in namespaces of mounts, processes and network. It brings loopback up, makes the root read-only, puts
/proc, /tmp and the volumes in place, becomes the image's user, and then runs the image's Python on the checks below.
"""

import fcntl
import json
import os
import pwd
import socket
import struct
import subprocess
import sys

SIOCSIFFLAGS, IFF_UP = 0x8914, 1  # linux/sockios.h, linux/if.h

CHECKS = """
import asyncio, os, pathlib, subprocess, sys, urllib.request
from bot.sandbox.server import Sandbox

start, health = {start!r}, {health!r}

async def main():
    assert os.getuid() != 0, "the image runs as root"
    for place in ("/venv/x", "/usr/x", "/etc/x"):
        try:
            pathlib.Path(place).touch()
        except OSError:
            continue
        raise AssertionError(place + " can be written")
    print(subprocess.run([*start, "--version"], check=True, capture_output=True, text=True).stdout.strip())
    print(subprocess.run([*start, "migrate"], check=True, capture_output=True, text=True).stdout.strip())

    demo = await asyncio.create_subprocess_exec(*start, "demo", "--port", "0", "--no-browser", stdout=asyncio.subprocess.PIPE)
    line = (await asyncio.wait_for(demo.stdout.readline(), 60)).decode()
    url = next(word for word in line.split() if word.startswith("http://"))
    page = await asyncio.to_thread(lambda: urllib.request.urlopen(url, timeout=10).read().decode())
    assert "<html" in page, page[:200]
    demo.terminate()
    assert await asyncio.wait_for(demo.wait(), 30) == 0
    print("demo: the page answers")

    catalogue = pathlib.Path("/tmp/none.toml")
    catalogue.touch()
    async with Sandbox() as sandbox:
        settings = dict(os.environ, BOT_TOKEN=sandbox.token, BOT_API_URL=sandbox.url, SOURCES_FILE=str(catalogue))
        running = await asyncio.create_subprocess_exec(*start, "run", env=settings)
        for _ in range(60):  # the engine, too, asks again and again while a container starts
            asked = await asyncio.create_subprocess_exec(*health, stderr=asyncio.subprocess.DEVNULL)
            if (code := await asked.wait()) == 0 or running.returncode is not None:
                break
            await asyncio.sleep(0.5)
        assert code == 0 and running.returncode is None, "the health check never said yes"
        running.terminate()
        assert await asyncio.wait_for(running.wait(), 30) == 0
    print("run: the health check says yes, SIGTERM ends it cleanly")

asyncio.run(main())
"""


def loopback_up() -> None:
    """Bring up the loopback of a fresh network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def mounted(*words: str) -> None:
    """Call mount(8)."""
    subprocess.run(["mount", *words], check=True)  # noqa: S607 - where it lies differs


def main(plan: dict) -> None:
    """Make the container and become its program."""
    root = plan["root"]
    loopback_up()
    mounted("--bind", root, root)
    for volume in plan["volumes"]:
        mounted("--bind", root + volume, root + volume)
    mounted("-o", "remount,bind,ro", root)
    mounted("-t", "proc", "proc", f"{root}/proc")
    mounted("--rbind", "/dev", f"{root}/dev")
    mounted("-t", "tmpfs", "-o", "mode=1777", "tmpfs", f"{root}/tmp")  # noqa: S108 - the root's own
    os.chroot(root)
    os.chdir(plan["folder"])
    who = pwd.getpwnam(plan["user"])
    os.setgroups([])
    os.setgid(who.pw_gid)
    os.setuid(who.pw_uid)
    checks = CHECKS.format(start=plan["start"], health=plan["health"])
    environment = {**plan["environment"], "HOME": who.pw_dir}
    os.execvpe("python", ["python", "-c", checks], environment)  # noqa: S606, S607 - the image's PATH decides


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
