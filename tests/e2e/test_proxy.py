"""Two replicas behind the proxies of the documents: restarts and kills that neither Telegram nor a reader notices."""

import asyncio
import re
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from fleet import crowd, received
from harness import BotProcess, free_port, settings_for

from bot.sandbox import readers
from bot.sandbox.server import Sandbox

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600)]

DOCS = Path(__file__).parents[2] / "docs"
SECRET = "sesam"
BACKENDS = ("127.0.0.1:8081", "127.0.0.1:8082")  # as the examples have them


@pytest.fixture
def engine() -> str:
    """Two replicas need the engine that is made for them."""
    return "postgresql"


def nginx(folder: Path, port: int, backends: list[str]) -> tuple[list[str], Path]:
    """Return the command that runs nginx by docs/nginx.conf on that port without TLS, and its log of answers."""
    example = (DOCS / "nginx.conf").read_text(encoding="utf-8")
    for before, now in zip(BACKENDS, backends, strict=True):
        example = example.replace(before, now)
    example = re.sub(r"\n *ssl_\w+ [^;]+;", "", example).replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    log = folder / "answers.log"
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off;\nworker_processes 1;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\nlog_format status '$status';\naccess_log {log} status;\n"
        + "".join(
            f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"{example}\n}}\n"
    )
    return ["nginx", "-e", f"{folder}/error.log", "-c", str(config)], log


def caddy(folder: Path, port: int, backends: list[str]) -> tuple[list[str], Path]:
    """Return the command that runs Caddy by docs/Caddyfile on that port without TLS, and its log of answers."""
    example = (DOCS / "Caddyfile").read_text(encoding="utf-8")
    for before, now in zip(BACKENDS, backends, strict=True):
        example = example.replace(before, now)
    log = folder / "answers.log"
    served = f"http://127.0.0.1:{port} {{\n\tlog {{\n\t\toutput file {log}\n\t}}"
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n}\n" + example.replace("news.example.org {", served))
    return ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"], log


def answers(log: Path) -> Counter[str]:
    """Return how often the proxy gave each status."""
    text = log.read_text()
    return Counter(re.findall(r'"status":\s*(\d{3})', text) or re.findall(r"^(\d{3})$", text, re.MULTILINE))


class Site:
    """Two replicas, a proxy before them, and Telegram that posts to the proxy."""

    def __init__(self, sandbox: Sandbox, replicas: list[BotProcess], log: Path) -> None:
        self.sandbox = sandbox
        self.replicas = replicas
        self.log = log
        self.chats = crowd(sandbox, 10)
        self.said: Counter[int] = Counter()

    async def write(self) -> None:
        """Let readers write five commands a second, until cancelled."""
        world = self.sandbox.simulation.world
        while True:
            for chat in self.chats:
                text = f"/subscribe тақырып{self.said[chat]}"
                readers.say(world, world.rooms[chat], world.users[chat], text)
                self.said[chat] += 1
                await asyncio.sleep(0.2)

    async def answered(self) -> None:
        """Wait until every command has an answer, at least."""
        async with asyncio.timeout(60):
            while any(len(received(self.sandbox, chat)) < self.said[chat] for chat in self.chats):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


@asynccontextmanager
async def site(make, sandbox: Sandbox, url: str, folder: Path) -> AsyncIterator[Site]:
    """Run two replicas behind a proxy."""
    if shutil.which(make.__name__) is None:
        pytest.skip(f"{make.__name__} is not installed")
    proxy_port = free_port()
    hook = {"WEBHOOK_URL": f"http://127.0.0.1:{proxy_port}/hook", "WEBHOOK_SECRET": SECRET, "DATABASE_URL": url}
    ports = [str(free_port()), str(free_port())]
    replicas = [
        BotProcess(
            settings_for(sandbox, folder, SEND_RATE="200", HTTP_PORT=port, **hook),
            folder,
            "--roles",
            "updates,digests,delivery",
        )
        for port in ports
    ]
    command, log = make(folder, proxy_port, [f"127.0.0.1:{port}" for port in ports])
    log.touch()
    proxy = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env={"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": str(folder)}, stderr=asyncio.subprocess.DEVNULL
    )  # fmt: skip
    try:
        await replicas[0].start()
        await replicas[1].start()
        yield Site(sandbox, replicas, log)
    finally:
        for replica in replicas:
            await replica.sweep()
            print("\n".join(list(replica.errors)[-60:]))
        proxy.terminate()
        await proxy.wait()


async def replaced(one: Site, restarts: int, kills: int) -> None:
    """Restart and kill replicas in turn while readers write; fail where something is lost, wrong or seen by Telegram."""
    writing = asyncio.create_task(one.write())
    for number in range(restarts):
        await one.replicas[number % 2].restart()
    for number in range(kills):
        await one.replicas[number % 2].restart(kill=True)
    writing.cancel()
    await one.answered()

    statuses = answers(one.log)
    print(
        f"{restarts} restarts, {kills} kills: {sum(one.said.values())} updates, answers of the proxy {dict(statuses)}"
    )
    assert set(statuses) == {"200"}
    repeated = 0
    for chat in one.chats:
        topics = [text.partition("«")[2].partition("»")[0] for text in received(one.sandbox, chat)]
        assert list(dict.fromkeys(topics)) == [f"тақырып{number}" for number in range(one.said[chat])]
        repeated += len(topics) - one.said[chat]
    assert repeated <= 8 * kills  # what was in flight at a kill


@pytest.mark.parametrize("make", [nginx, caddy])
async def test_a_restart_and_a_kill_are_not_noticed(make, sandbox: Sandbox, database_url: str, tmp_path: Path):
    """Behind either proxy: each command is answered, in order, and Telegram gets nothing but 200."""
    async with site(make, sandbox, database_url, tmp_path) as one:
        await replaced(one, restarts=2, kills=1)


@pytest.mark.torture
async def test_eight_restarts_and_four_kills(sandbox: Sandbox, database_url: str, tmp_path: Path):
    """A day of an operator who upgrades again and again, behind nginx, at five updates a second."""
    async with site(nginx, sandbox, database_url, tmp_path) as one:
        await replaced(one, restarts=8, kills=4)
