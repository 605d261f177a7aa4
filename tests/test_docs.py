"""What is undocumented fails: settings, commands, the command line, libraries, the version."""

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from bot import __version__
from bot.command_line import parser
from bot.settings import variables
from handlers import COMMANDS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("variable", variables(), ids=lambda variable: variable.name)
def test_every_setting_stands_in_the_readme(variable):
    """The settings table has the variable with its default."""
    (row,) = [line for line in README.splitlines() if line.startswith(f"| `{variable.name}` |")]
    default = row.split("|")[-2].strip().strip("`")

    assert default == (variable.default or "none")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_chat_command_stands_in_the_readme(name):
    """What a reader can say to the bot is in the table of commands."""
    assert re.search(rf"`/{name}\b", README)


def commands():
    (action,) = [action for action in parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return list(action.choices)


@pytest.mark.parametrize("name", commands())
def test_every_command_of_the_command_line_stands_in_the_readme(name):
    """What an operator can run is in the table of the command line."""
    assert re.search(rf"`{name}\b", README)


def test_every_make_target_of_the_readme_is_there():
    """README names no target that the Makefile lacks."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets


def test_every_library_has_its_reason():
    """Each direct dependency stands in docs/libraries.md."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    libraries = (ROOT / "docs/libraries.md").read_text()

    missing = [name for name in wanted if re.split(r"[\[<>=]", name)[0] not in libraries]
    assert not missing


def test_the_changelog_knows_the_version():
    """The newest entry is this version, or what is not released yet."""
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == __version__
    assert any(heading.startswith(__version__) for heading in headings)


def test_links_between_documents_lead_somewhere():
    """No relative link of README or docs is broken."""
    for document in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


PACKAGES = "bot|handlers|tests|core|language|ports|services|feeds|storage|telegram|web|charts|sandbox|cli"
NAMED_CODE = re.compile(rf"`+((?:bot|handlers|tests|locales|docs)/[\w./-]*\w|(?:{PACKAGES})(?:\.\w+)+)(?:\(\))?`+")
WRITTEN = ["README.md", "CHANGELOG.md", "docs/*.md", "bot/**/*.py", "bot/**/*.md", "handlers/**/*.py"]


def exists(name: str) -> bool:
    """Whether a path, or a dotted name of a module or of something in it, is there."""
    if "/" in name:
        return (ROOT / name).exists()
    parts = name.split(".")
    folder = ROOT if parts[0] in ("bot", "handlers", "tests") else ROOT / "bot"
    while parts and (folder / parts[0]).is_dir():
        folder /= parts.pop(0)
    if not parts:
        return True
    module = folder / f"{parts[0]}.py"
    wanted = parts[1:] if module.exists() else parts
    text = (module if module.exists() else folder / "__init__.py").read_text()
    return not wanted or re.search(rf"\b{wanted[0]}\b", text) is not None


@pytest.mark.parametrize("pattern", WRITTEN)
def test_documents_and_docstrings_name_only_code_that_exists(pattern):
    """A module that moved is found under its new name wherever it is written of."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in ROOT.glob(pattern)
        for name in NAMED_CODE.findall(path.read_text())
        if not exists(name)
    ]

    assert not wrong
