"""What the buttons of a story ask for. ``composition_id`` is the digest that it stands in, 0 for an alert."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListStories:
    """Name the stories of a page (0-based) of a kept digest, each to be opened by its number."""

    composition_id: int
    page: int


@dataclass(frozen=True, slots=True)
class OpenStory:
    """Show a story's card: who tells it, and what can be done about it."""

    composition_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Why:
    """Say which words of a story met which of the chat's topics."""

    composition_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class Related:
    """Show the stories that belong with this one."""

    composition_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class OfferMutes:
    """Offer the ways to get fewer stories like this one."""

    composition_id: int
    story_id: int


@dataclass(frozen=True, slots=True)
class ExcludeWord:
    """Let a topic of the story's do without a word."""

    composition_id: int
    story_id: int
    topic_id: int
    word: str


@dataclass(frozen=True, slots=True)
class IncludeWord:
    """Take an exclusion back that was made a moment ago."""

    composition_id: int
    story_id: int
    topic_id: int
    word: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Bring nothing of a topic of the story's for so many days; 0 ends it."""

    composition_id: int
    story_id: int
    topic_id: int
    days: int
