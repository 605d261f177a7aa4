"""compose.yaml gives the program every setting, bounds what it takes, and shows how each container is."""

import asyncio
import json
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox.serving import Serving
from bot.settings import Settings, variables
from bot.web.server import make_app

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = (ROOT / "docs/jarshy.service").read_text(encoding="utf-8")
TOKEN = "123456:ABC-def"
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container

# A value for each setting that is not its default.
UNUSUAL = {
    "BOT_TOKEN": TOKEN,
    "BOT_API_URL": "http://telegram:8081",
    "DATABASE_URL": "postgresql://me:p%40ss@elsewhere/db",
    "SOURCES_FILE": "my/sources.toml",
    "POLL_MIN_SECONDS": "60",
    "POLL_MAX_SECONDS": "3600",
    "HOST_PAUSE_SECONDS": "0",
    "FEED_ALLOW_NETWORKS": "10.0.0.0/8",
    "FEED_CONTACT": "https://example.org/bot",
    "SEND_RATE": "5",
    "WEBHOOK_URL": "https://example.org/hook",
    "WEBHOOK_SECRET": "s3cret",
    "HTTP_HOST": EVERYWHERE,
    "HTTP_PORT": "9090",
    "ADMIN_IDS": "5,7",
    "KEEP_ARTICLES_DAYS": "10",
    "KEEP_OUTBOX_DAYS": "2",
    "LOG_FORMAT": "text",
    "LOG_LEVEL": "debug",
}


def filled(text, given):
    """Return a value as compose reads it: ``${NAME:-default}``, ``${NAME:+instead}``, ``${NAME:?error}``."""

    def one(match):
        name, how, word = match.groups()
        value = given.get(name, "")
        return {"-": value or word, "+": word if value else "", "?": value}[how]

    return re.sub(r"\$\{(\w+):([-+?])([^}]*)\}", one, text).strip('"')


def section(name):
    """Return a top-level section, or a service, of the compose file."""
    return re.search(rf"^( *){name}:(?: &\w+)?\n((?:\1 +.*\n|\n)*)", COMPOSE, re.MULTILINE)[2]


def environment(given, *sections):
    """Return the container's environment for what ``.env`` gives; later sections win."""
    found = {}
    for name in sections:
        for key, value in re.findall(r"^  (\w+): (.*?)(?: #.*)?$", section(name), re.MULTILINE):
            found[key] = filled(value, given)
    return found


def test_every_setting_reaches_the_program():
    """What .env says is what the program reads; only the place of files and of the server is the container's own."""
    assert set(UNUSUAL) == {variable.name for variable in variables()}
    inside = environment(UNUSUAL, "x-settings")
    found = Settings.from_env(inside, need_token=True)
    wanted = Settings.from_env(UNUSUAL, need_token=True)

    own = {"sources_file", "http_host", "http_port"}
    for name in set(Settings.__dataclass_fields__) - own:
        assert getattr(found, name) == getattr(wanted, name), name
    assert inside["SOURCES_FILE"] == filled(section("x-sources").partition("target: ")[2].split("\n")[0], {})
    assert filled(re.search(r"source: (.*)", section("x-sources"))[1], UNUSUAL) == UNUSUAL["SOURCES_FILE"]
    for service in ("jarshy", "web"):
        (port,) = re.findall(r'ports: \["(.*)"\]', section(service))
        assert filled(port, UNUSUAL) == f"{EVERYWHERE}:9090:8080"


def test_a_token_is_enough():
    """Nothing but BOT_TOKEN in .env gives the defaults of the program, JSON logs, and a port for this machine alone."""
    inside = environment({"BOT_TOKEN": TOKEN}, "x-settings")
    found = Settings.from_env(inside, need_token=True)
    wanted = Settings.from_env(
        {
            "BOT_TOKEN": TOKEN,
            "DATABASE_URL": "sqlite:////data/jarshy.db",
            "LOG_FORMAT": "json",
            "HTTP_HOST": EVERYWHERE,
        },
        need_token=True,
    )

    assert found == wanted
    assert filled(re.search(r'ports: \["(.*)"\]', section("web"))[1], {}) == "127.0.0.1:8080:8080"


@pytest.mark.parametrize("password", ["p@ss/w#rd", "100% «ü» ?[]", "a b:c"])
def test_a_password_of_any_characters_goes_beside_the_address(password):
    """Server and programs get the same password; the address, where it would have to be encoded, has none."""
    inside = environment({"BOT_TOKEN": TOKEN, "POSTGRES_PASSWORD": password}, "x-settings", "x-shared")
    server = re.search(r"POSTGRES_PASSWORD: (.*?)(?: #.*)?$", section("postgres"), re.MULTILINE)[1]

    assert inside["PGPASSWORD"] == filled(server, {"POSTGRES_PASSWORD": password}) == password
    assert inside["DATABASE_URL"] == "postgresql://jarshy@postgres/jarshy"


def test_every_container_is_bounded():
    """Memory, as under systemd, and logs on the disk; each starts again, and each has a health check."""
    memory = re.search(r"MemoryMax=(\w+)", UNIT)[1].lower()
    for part in ("x-jarshy", "postgres"):
        assert f"mem_limit: {memory}" in section(part)
        assert "logging:" in section(part)
        assert "restart: unless-stopped" in section(part)
    assert re.search(r"options: \{max-size: \d+m, max-file: \"\d+\"\}", section("x-jarshy"))
    assert "healthcheck:" in section("postgres")
    for service in ("jarshy", "web", "worker"):
        assert "<<: *jarshy" in section(service)


async def test_the_health_check_asks_where_the_server_listens():
    """The image's check, which all of its containers have, follows HTTP_PORT: 0 while the server answers, else not."""
    _, *check = json.loads(re.search(r"HEALTHCHECK .*\\\n +CMD (\[.*\])", DOCKERFILE)[1])
    server = Serving(make_app({}), "127.0.0.1", 0)
    await server.start()

    async def code():
        asked = await asyncio.create_subprocess_exec(
            *(sys.executable, *check), env={"HTTP_PORT": str(server.port)}, stderr=asyncio.subprocess.DEVNULL
        )
        return await asked.wait()

    assert await code() == 0
    await server.stop()
    assert await code() != 0
    assert re.search(r"HTTP_PORT=(\d+)", DOCKERFILE)[1] == environment({}, "x-settings")["HTTP_PORT"]


def test_every_worker_can_be_asked():
    """Each replica has a port of this machine for /readyz and /metrics, more than the documents start."""
    first, last = map(int, re.search(r'ports: \["127\.0\.0\.1:(\d+)-(\d+):8080"\]', section("worker")).groups())
    replicas = int(re.search(r"replicas: (\d+)", section("worker"))[1])
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    scaled = max(map(int, re.findall(r"--scale worker=(\d+)", operations)))

    assert last - first + 1 > max(scaled, replicas)
    assert f"http://127.0.0.1:{first}/readyz" in operations
    assert f"{first} to {last}" in operations


def test_a_stop_has_time():
    """The engine waits longer before it kills than the program takes to stop."""
    assert timedelta(seconds=int(re.search(r"stop_grace_period: (\d+)s", COMPOSE)[1])) > timedelta(seconds=13)
