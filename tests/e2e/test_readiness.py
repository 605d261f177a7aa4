"""What ``/readyz`` of a process watches is what docs/operations.md says for its roles, by name."""

import asyncio
import contextlib
import re
from pathlib import Path

import httpx
import pytest
from harness import free_port, settings_for

from bot import app
from bot.program import Role
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.settings import Settings

OPERATIONS = (Path(__file__).parents[2] / "docs/operations.md").read_text(encoding="utf-8")
LATE = "with a webhook that Telegram would not take at the start"


def documented(role: Role, *conditions: str) -> set[str]:
    """Return the names that the table has for a process with that role alone, under these conditions."""
    table = OPERATIONS.partition("| In `/readyz` | Role |")[2].partition("\n\n")[0]
    names: set[str] = set()
    for row in table.splitlines()[2:]:
        what, who, _ = (cell.strip() for cell in row.strip("|").split(" | "))
        whose, _, condition = who.partition(", ")
        if whose in {"all", f"`{role}`"} and condition in {"", *conditions}:
            names |= set(re.findall(r"`([^`]+)`", what))
    return names


@pytest.mark.parametrize(
    ("role", "webhook", "conditions"),
    [
        *((role, None, ()) for role in Role if role is not Role.UPDATES),
        (Role.UPDATES, None, ("without a webhook",)),
        (Role.UPDATES, "taken", ("with a webhook",)),
        (Role.UPDATES, "late", ("with a webhook", LATE)),
    ],
)
async def test_each_role_watches_what_is_documented(
    role: Role, webhook: str | None, conditions: tuple[str, ...], sandbox: Sandbox, tmp_path: Path
):
    """No more and no less, as ``jarshy_problem`` names it; a metric of a check that has gone is gone too."""
    (tmp_path / "none.toml").write_text("")
    port = str(free_port())
    how = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_SECRET": "sesam"} if webhook else {}
    if webhook == "late":
        sandbox.simulation.faults.add(Rule("status", "setWebhook", code=500))
    environment = settings_for(sandbox, tmp_path, HTTP_PORT=port, SOURCES_FILE=str(tmp_path / "none.toml"), **how)
    stop, settings = asyncio.Event(), Settings.from_env(environment, need_token=True)
    program = asyncio.create_task(app.serve(settings, [role], stop=stop))
    wanted, found = documented(role, *conditions), set[str]()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(20):
                    while found != wanted:
                        with contextlib.suppress(httpx.TransportError):
                            text = (await client.get("/metrics")).text
                            found = set(re.findall(r'^jarshy_problem\{check="([^"]+)"\}', text, re.MULTILINE))
                        await asyncio.sleep(0.05)
    finally:
        stop.set()
        await asyncio.wait_for(program, 30)

    assert found == wanted
