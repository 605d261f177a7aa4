"""What an inline button asks for: a frozen dataclass for each kind; ``core.actions`` puts them into buttons."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Show another page (0-based) of a kept composition."""

    composition_id: int
    page: int


@dataclass(frozen=True, slots=True)
class SetLocale:
    """Speak this language."""

    locale: str


@dataclass(frozen=True, slots=True)
class SetZone:
    """Live in this IANA zone."""

    zone: str


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """Change the schedule as ``/schedule`` with this text does."""

    text: str


@dataclass(frozen=True, slots=True)
class Unfollow:
    """Stop following a topic."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class ShowLatest:
    """Show the newest stories of a topic that the chat follows; 0 for all its topics."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow a topic by its text, as ``/subscribe`` does."""

    text: str


@dataclass(frozen=True, slots=True)
class Refine:
    """Change a topic that the chat follows, in one of the ways of ``core.topics.suggestions.Change``."""

    topic_id: int
    change: str


@dataclass(frozen=True, slots=True)
class ShowTopics:
    """Show a page (0-based) of the list of topics; ``purpose`` is why: ``topics``, ``mute`` or ``alerts``."""

    page: int
    purpose: str


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """Show the card of a topic."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class SetMode:
    """Bring a topic's stories in this ``DeliveryMode``."""

    topic_id: int
    mode: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Bring nothing of a topic for so many days; 0 ends it."""

    topic_id: int
    days: int


@dataclass(frozen=True, slots=True)
class Restore:
    """Follow a topic again that was removed a moment ago, as it was."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class OpenLanguages:
    """Show in which languages a topic's articles are wanted."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class ToggleLanguage:
    """Want a topic's articles in a language, or no longer."""

    topic_id: int
    locale: str


@dataclass(frozen=True, slots=True)
class ShowTrend:
    """Draw how often a topic that the chat follows was in the news."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class ShowSources:
    """Show a page (0-based) of the panel of sources."""

    page: int


@dataclass(frozen=True, slots=True)
class SwitchSource:
    """Turn a source on (1) or off (0) and show that page of the panel; ``key`` is ``core.sources.button_key``."""

    page: int
    on: int
    key: str


@dataclass(frozen=True, slots=True)
class AddSource:
    """Add a feed that was found, or that was removed a moment ago."""

    source_id: str


@dataclass(frozen=True, slots=True)
class RemoveSource:
    """Remove a feed that the chat added; ``key`` is ``core.sources.button_key``."""

    key: str


@dataclass(frozen=True, slots=True)
class OpenSettings:
    """Show a part of the settings: ``main``, ``language``, ``articles``, ``zone``, ``hours`` or ``quiet``."""

    part: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """Turn a setting over: ``compact``, ``pictures``, ``empty``, ``pause``, or a language of articles."""

    setting: str


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Set the quiet hours as ``/quiet`` with this text does."""

    text: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all that is kept of the chat; the chat is named, so that a forwarded button does nothing elsewhere."""

    chat_id: int


@dataclass(frozen=True, slots=True)
class SendBroadcast:
    """Send the message to all that was shown before."""

    broadcast_id: int


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Go on with the first steps: ``language`` (a locale), ``topics`` (a page), ``hours``, ``hour`` (a schedule)."""

    step: str
    value: str


@dataclass(frozen=True, slots=True)
class ToggleReady:
    """Follow the ready-made topic of that key, or no longer; it stands on that page of the list."""

    page: int
    key: str


@dataclass(frozen=True, slots=True)
class BringHere:
    """Bring news into this topic of the forum; 0 is the general one."""

    thread_id: int


@dataclass(frozen=True, slots=True)
class Manage:
    """Let what is written in this private chat be about a channel from now on; 0 for the chat itself again."""

    channel_id: int
