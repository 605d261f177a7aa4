"""Reads the sample outlets and articles from the TOML files beside this module."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LANGUAGES = ("kk", "ru", "en")


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet of the samples. ``format`` is ``rss``, ``atom`` or ``json``; ``names`` are by locale."""

    id: str
    names: dict[str, str]
    language: str
    category: str
    format: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample article. ``minutes_ago`` counts back from the server's start; below 0 it appears only later."""

    outlet: str
    slug: str
    minutes_ago: int
    title: str
    lead: str
    body: str = ""


@cache
def outlets() -> dict[str, Outlet]:
    """Return the outlets by id, in the order of the file."""
    rows = tomllib.loads(_read("outlets.toml"))["outlet"]
    return {row["id"]: Outlet(row["id"], row["name"], row["language"], row["category"], row["format"]) for row in rows}


@cache
def samples() -> tuple[Sample, ...]:
    """Return all articles, language by language."""
    return tuple(
        Sample(**article) for language in LANGUAGES for article in tomllib.loads(_read(f"{language}.toml"))["article"]
    )


def _read(name: str) -> str:
    return files(__package__ or __name__).joinpath(name).read_text(encoding="utf-8")
