"""The wheel: whole, and enough to run the program where there is no checkout."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import httpx
import pytest
from harness import PROJECT

LANGUAGES = ("kk", "ru", "en")
ROOMS = ("bot", "handlers", "locales")
LEFT_OUT = ("__pycache__", "*.md")  # a note beside a table is for those who edit it


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of what the wheel is made from, with its texts compiled as the Dockerfile compiles them."""
    copy = tmp_path_factory.mktemp("tree")
    for room in ROOMS:
        shutil.copytree(PROJECT / room, copy / room, ignore=shutil.ignore_patterns(*LEFT_OUT, "*.mo"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(PROJECT / name, copy)
    for language in LANGUAGES:
        texts = copy / "locales" / language / "LC_MESSAGES" / "jarshy.po"
        run(sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile", "--domain", "jarshy",
            "--input-file", texts, "--output-file", texts.with_suffix(".mo"))  # fmt: skip
    return copy


@pytest.fixture(scope="module")
def wheel(tree, tmp_path_factory):
    """The wheel of that copy, built with what is installed here: no network, no isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    run(*pip("wheel"), "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", folder, tree)
    (built,) = folder.glob("jarshy-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The program of that wheel in an environment of its own, which borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    run(*pip("--python", folder / "bin/python", "install"), "--no-deps", "--no-index", wheel)
    # A path that stands in a .pth file is searched, but its own .pth files are not read: the checkout stays unseen.
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def pip(*arguments):
    return (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments)


def run(*command, **options):
    finished = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, **options)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def outside(folder):
    """Return how a program starts in a folder, without a way back to the checkout or to the settings of a developer."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {"cwd": folder, "env": {**kept, "TMPDIR": str(folder), "DATABASE_URL": "sqlite:///jarshy.db"}}


def test_the_wheel_holds_every_file_of_the_packages(tree, wheel):
    """Modules, SQL, catalogues, tables, the page, texts with what they compile to: the same files with the same bytes."""
    expected = {
        str(path.relative_to(tree)): path.read_bytes()
        for room in ROOMS
        for path in (tree / room).rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(wheel) as archive:
        found = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}

    assert sorted(found) == sorted(expected)
    assert found == expected
    assert {Path(name).suffix for name in found} >= {
        ".py",
        ".sql",
        ".toml",
        ".tsv",
        ".html",
        ".css",
        ".js",
        ".po",
        ".mo",
    }


def test_the_installed_program_is_that_of_the_wheel(installed, tmp_path):
    """What follows would prove nothing if the checkout were imported."""
    where = run(
        installed / "python", "-c", "import bot, handlers; print(bot.__file__, handlers.__file__)", **outside(tmp_path)
    )

    assert [Path(path).is_relative_to(installed.parent) for path in where.split()] == [True, True]


def test_the_installed_program_reads_its_own_data(installed, tmp_path):
    """The version, the SQL of both schema and queries, the tables of the three languages."""
    (tmp_path / "topics.txt").write_text("Tokayev\n", encoding="utf-8")
    article = '{"id": 1, "title": "Тоқаевтың сапары", "text": ""}\n'

    assert run(installed / "jarshy", "--version", **outside(tmp_path)).startswith("jarshy ")
    assert "applied" in run(installed / "jarshy", "migrate", **outside(tmp_path))
    assert '"Tokayev"' in run(
        installed / "jarshy", "match", "--topics", "topics.txt", input=article, **outside(tmp_path)
    )


async def test_the_installed_demo_shows_its_page(installed, tmp_path):
    """The page with its script and style comes from the wheel, and the program ends cleanly."""
    process = await asyncio.create_subprocess_exec(
        *(installed / "jarshy", "demo", "--port", "0", "--no-browser"),
        stdout=asyncio.subprocess.PIPE,
        **outside(tmp_path),
    )
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        url = next(word for word in line.split() if word.startswith("http://"))
        async with httpx.AsyncClient(trust_env=False) as client:
            page = await client.get(url)
    finally:
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), 20)

    assert page.status_code == httpx.codes.OK
    assert "<html" in page.text
    assert code == 0
