"""The shell commands of docs/operations.md, run as they stand there: only places are exchanged."""

import asyncio
import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from databases import empty_database
from harness import PROJECT

OPERATIONS = (PROJECT / "docs/operations.md").read_text(encoding="utf-8")


def blocks(heading):
    """Return the shell blocks under a heading of docs/operations.md."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", OPERATIONS, re.MULTILINE | re.DOTALL)
    return re.findall(r"```sh\n(.*?)```", section, re.DOTALL)


@pytest.fixture
def machine(tmp_path):
    """Give a folder that stands for the machine: ``jarshy`` and ``systemctl`` are there, the latter writes down its words."""
    for folder in ("bin", "backups", "var/lib/jarshy", "data"):
        (tmp_path / folder).mkdir(parents=True)
    jarshy = f'#!/bin/sh\ncd /\nPYTHONPATH={PROJECT} exec {sys.executable} -m bot "$@"\n'
    systemctl = f'#!/bin/sh\necho "$@" >> {tmp_path}/systemctl.log\n'
    # Of compose only what is run inside a container is done, in a folder that stands for its volume.
    docker = f'#!/bin/sh\necho "$@" >> {tmp_path}/docker.log\nwhile [ "$1" != -c ]; do shift || exit 0; [ $# = 0 ] && exit 0; done\nexec sh "$@"\n'
    for name, text in (("jarshy", jarshy), ("systemctl", systemctl), ("docker", docker)):
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


async def run(machine, script, **places):
    """Run a block on the machine and return what it printed."""
    for there, here in {
        "/var/lib/jarshy": f"{machine}/var/lib/jarshy",
        "/backups": f"{machine}/backups",
        **places,
    }.items():
        script = script.replace(there, here)
    environment = {**os.environ, "PATH": f"{machine}/bin:{os.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        *("bash", "-euc", script),
        cwd=machine,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, output.decode()
    return output.decode()


async def a_database(machine):
    """Make a database with one broadcast, and beside it what a killed program leaves."""
    file = machine / "var/lib/jarshy/jarshy.db"
    await run(machine, "DATABASE_URL=sqlite:////var/lib/jarshy/jarshy.db jarshy migrate")
    _write(file, "kept")
    return file


def _write(file, text):
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO broadcast (chat_id, text, state, created_at) VALUES (1, ?, 'draft', 0)", (text,))
        database.commit()


def _broadcasts(file):
    with closing(sqlite3.connect(file)) as database:
        return [text for (text,) in database.execute("SELECT text FROM broadcast ORDER BY id")]


async def test_backup_and_restore(machine):
    """What was saved is what stands there after the restore, whatever lay beside the database."""
    file = await a_database(machine)
    save, _, restore, restore_in_docker = blocks("Backup and restore")
    said = await run(machine, save)
    (backup,) = (machine / "backups").iterdir()
    _write(file, "after the backup")
    file.with_name("jarshy.db-wal").write_bytes(b"left by a kill")
    await run(machine, re.sub(r"jarshy-\d{4}-\d\d-\d\d\.db", backup.name, restore))

    last = OPERATIONS.partition("    saved a database")[2].partition("\n")[0]
    assert re.sub(r"\d+", "N", said.splitlines()[-1]) == re.sub(r"\d+", "N", "saved a database" + last)
    assert _broadcasts(file) == ["kept"]
    assert (machine / "systemctl.log").read_text().split("\n")[:2] == ["stop jarshy", "start jarshy"]

    inside = machine / "data/jarshy.db"
    inside.write_bytes(b"another")
    inside.with_name("jarshy.db-wal").write_bytes(b"left by a kill")
    await run(
        machine,
        re.sub(r"jarshy-\d{4}-\d\d-\d\d\.db", f"backups/{backup.name}", restore_in_docker),
        **{"/data/": f"{machine}/data/"},
    )
    assert _broadcasts(inside) == ["kept"]
    inside.unlink()


@pytest.mark.postgres
async def test_moving_to_postgresql(machine):
    """The command moves the database, and says how much of what."""
    await a_database(machine)
    (move,) = blocks("Moving to PostgreSQL")
    async with empty_database("postgresql", machine) as url:
        said = await run(machine, move, **{"postgresql://jarshy@db/jarshy": f"'{url}'"})

    assert re.search(r"^moved +1  broadcast$", said, re.MULTILINE)


def test_compose_commands_name_what_is_there():
    """Each ``docker compose`` line names a profile and services of compose.yaml, and paths of the image's volume."""
    compose = (Path(PROJECT) / "compose.yaml").read_text(encoding="utf-8")
    services = dict(re.findall(r"^  (\w+):\n(?:    .*\n)*?    profiles: \[(\w+)\]", compose, re.MULTILINE))
    lines = re.findall(r"docker compose (.*?)(?:  #.*)?$", OPERATIONS.replace("\\\n", ""), re.MULTILINE)
    named = [line for line in lines if "--profile" in line]

    assert len(named) >= 6
    for line in named:
        profile = re.search(r"--profile (\w+)", line)[1]
        assert profile in services.values()
        words = re.search(r"--profile \w+ (?:--\S+ )*(\w+)(.*)", line)
        if words[1] in {"exec", "stop", "start", "run", "cp", "logs", "port"}:
            (service, *_) = [word for word in re.findall(r"[\w]+", words[2]) if word in services]
            assert services[service] == profile, line
        for path in re.findall(r"(?<=[\s:])/\w+", words[2]):
            assert path == "/data", line
