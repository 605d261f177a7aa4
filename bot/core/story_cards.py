"""One story and what can be done about it: its card, why it came, how to get fewer like it, what belongs with it.

All of it is shown in the message that the story stands in, and leads back there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from markupsafe import Markup

from bot.core import actions
from bot.core.model import Article, Button, Digest, DigestEntry, DigestKind, Keyboard, StoryMatch, Subscription
from bot.core.render import Names, outlet_name, shorten, story_block
from bot.core.texts import Translator

MOST_VERSIONS = 12  # outlets that are named with their links
MOST_TOPICS = 10  # of those that a story met: a message has 4,096 characters and a keyboard 100 buttons
LABEL_LENGTH = 100
WHY_LENGTH = 200  # of the words that met a topic; a long article has more, and they say no more
NUMBERS_IN_ROW = 5
TITLE_LENGTH = 120
SHARED_LENGTH = 160
BUTTON_LENGTH = 24
WORDS_OF_EACH = 3  # offered for a topic where a story met several, each in a row of its own
MUTED_DAYS = (1, 7)


@dataclass(frozen=True, slots=True)
class Met:
    """A topic of the chat's that a story met, by which words; ``words`` is what it could do without."""

    topic_id: int
    label: str
    reasons: tuple[str, ...]
    words: tuple[str, ...] = ()
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class StoryCard:
    """A story as a chat sees it: the article that stands for it, one of each other outlet, the topics that it met."""

    entry: DigestEntry
    versions: tuple[Article, ...]
    topics: tuple[Met, ...]


def versions_of(story: StoryMatch, entry: DigestEntry) -> tuple[Article, ...]:
    """Return one article of each other outlet, in the language of the card where the outlet has it, the earliest."""
    language, seen = entry.article.language, {entry.article.source_id: entry.article}
    for article in sorted(story.articles, key=lambda one: (one.language != language, one.published_at, one.id)):
        seen.setdefault(article.source_id, article)
    return tuple(seen.values())[1:]


def list_text(entries: Sequence[DigestEntry], tr: Translator) -> Markup:
    """Return the titles of a page's stories with the numbers by which they are opened."""
    lines = [
        Markup('{}. <a href="{}">{}</a>').format(number, entry.article.url, shorten(entry.article.title, TITLE_LENGTH))
        for number, entry in enumerate(entries, start=1)
    ]
    return Markup("\n").join([tr("stories-which"), Markup(), *lines])


def list_keyboard(composition_id: int, page: int, entries: Sequence[DigestEntry], tr: Translator) -> Keyboard:
    """Return a number for each story, and the way back to the page."""
    numbers = [
        Button(str(number), actions.encode(actions.OpenStory(composition_id, entry.story_id)))
        for number, entry in enumerate(entries, start=1)
    ]
    rows = [tuple(numbers[at : at + NUMBERS_IN_ROW]) for at in range(0, len(numbers), NUMBERS_IN_ROW)]
    return (*rows, *actions.button(str(tr("button-back-digest")), actions.TurnPage(composition_id, page)))


def card_text(card: StoryCard, at: datetime, names: Names, tr: Translator) -> Markup:
    """Return the story in full: its summary, who else tells it, the topics that it met."""
    parts = [_block(card.entry, at, names, tr)]
    if card.versions:
        told = [
            Markup('<a href="{}">{}</a>').format(one.url, outlet_name(one.source_id, names, tr.locale))
            for one in card.versions[:MOST_VERSIONS]
        ]
        if more := len(card.versions) - MOST_VERSIONS:
            told += [Markup("+{}").format(more)] if more > 0 else []
        parts.append(tr("story-versions", outlets=Markup(" · ").join(told)))
    if card.topics:
        named = [shorten(met.label, LABEL_LENGTH) for met in card.topics[:MOST_TOPICS]]
        parts.append(tr("story-topics", topics=", ".join((*named, *_others(card)))))
    return Markup("\n\n").join(parts)


def card_keyboard(card: StoryCard, composition_id: int, page: int, tr: Translator) -> Keyboard:
    """Return what can be done about a story. Why and fewer are asked of a topic that it met, where there is one."""
    story = card.entry.story_id
    related = actions.button(str(tr("button-related")), actions.Related(composition_id, story))
    share = ((Button(str(tr("button-share")), url=share_address(card.entry.article)),),)
    if not card.topics:
        return (*related, *share, *_to_digest(composition_id, page, tr))
    why = actions.button(str(tr("button-why")), actions.Why(composition_id, story))
    mutes = actions.button(str(tr("button-mutes")), actions.OfferMutes(composition_id, story))
    return (_joined(why, related), _joined(mutes, share), *_to_digest(composition_id, page, tr))


def alert_keyboard(story_id: int, tr: Translator) -> Keyboard:
    """Return the buttons under an alert: it is a card by itself, and nothing was asked of storage for it."""
    why = actions.button(str(tr("button-why")), actions.Why(0, story_id))
    related = actions.button(str(tr("button-related")), actions.Related(0, story_id))
    return (_joined(why, related), *actions.button(str(tr("button-mutes")), actions.OfferMutes(0, story_id)))


def share_address(article: Article) -> str:
    """Return Telegram's address that opens the list of chats to send an article to."""
    return "https://t.me/share/url?" + urlencode({"url": article.url, "text": shorten(article.title, SHARED_LENGTH)})


def why_text(card: StoryCard, tr: Translator) -> Markup:
    """Return which words met which topic."""
    lines = [
        tr("why-topic", topic=shorten(met.label, LABEL_LENGTH), words=shorten(", ".join(met.reasons), WHY_LENGTH))
        for met in card.topics[:MOST_TOPICS]
    ]
    return Markup("\n").join([_title(card.entry.article), Markup(), tr("why"), *lines, *_others(card)])


def _others(card: StoryCard) -> tuple[str, ...]:
    """Return how many topics are not named."""
    others = len(card.topics) - MOST_TOPICS
    return (f"+{others}",) if others > 0 else ()


def why_keyboard(composition_id: int, story_id: int, tr: Translator) -> Keyboard:
    """Return the way to fewer stories like it, and back to the story."""
    mutes = actions.button(str(tr("button-mutes")), actions.OfferMutes(composition_id, story_id))
    return (*mutes, *to_card(composition_id, story_id, tr))


def mutes_text(card: StoryCard, tr: Translator) -> Markup:
    """Return what the buttons below do."""
    offered = any(met.words for met in card.topics)
    return Markup("\n\n").join([_title(card.entry.article), tr("mutes-words" if offered else "mutes-topic")])


def mutes_keyboard(card: StoryCard, composition_id: int, tr: Translator) -> Keyboard:
    """Return the words that each topic could do without, and its silence for a while.

    Two words stand in a row, unless a topic's name stands before each: a phone would cut both off.
    """
    story, rows = card.entry.story_id, []
    most, in_row = (None, 2) if len(card.topics) == 1 else (WORDS_OF_EACH, 1)
    for met in card.topics[:MOST_TOPICS]:
        words = [
            button[0]
            for word in met.words[:most]
            for button in actions.button(
                _on_word(word, met, card, tr), actions.ExcludeWord(composition_id, story, met.topic_id, word)
            )
        ]
        rows += [tuple(words[at : at + in_row]) for at in range(0, len(words), in_row)]
        rows.append(_silences(met, composition_id, story, tr))
    return (*rows, *to_card(composition_id, story, tr))


def excluded_text(label: str, word: str, tr: Translator) -> Markup:
    """Return that a topic does without a word now, and how it reads."""
    return tr("word-excluded", word=word, topic=label)


def excluded_keyboard(action: actions.ExcludeWord, topic_id: int, tr: Translator) -> Keyboard:
    """Return the way to take it back, and back to the story."""
    undo = actions.IncludeWord(action.composition_id, action.story_id, topic_id, action.word)
    return (
        *actions.button(str(tr("button-undo")), undo),
        *to_card(action.composition_id, action.story_id, tr),
    )


def silenced_text(topic: Subscription, now: datetime, tr: Translator) -> Markup:
    """Return until when a topic is muted."""
    until = tr.when(topic.muted_until, now) if topic.muted_until else ""
    return Markup("\n").join([Markup("<b>{}</b>").format(topic.label), tr("topic-muted", until=until)])


def silenced_keyboard(action: actions.Silence, tr: Translator) -> Keyboard:
    """Return the way to take it back, and back to the story."""
    undo = actions.Silence(action.composition_id, action.story_id, action.topic_id, 0)
    return (*actions.button(str(tr("button-undo")), undo), *to_card(action.composition_id, action.story_id, tr))


def related_text(
    entry: DigestEntry, others: Sequence[DigestEntry], at: datetime, names: Names, tr: Translator
) -> Markup:
    """Return the stories that belong with one."""
    blocks = [_block(other, at, names, tr) for other in others]
    return Markup("\n\n").join([Markup("\n").join([tr("related"), _title(entry.article)]), *blocks])


def to_card(composition_id: int, story_id: int, tr: Translator) -> Keyboard:
    """Return the way back to a story's card."""
    return actions.button(str(tr("button-back")), actions.OpenStory(composition_id, story_id))


def _to_digest(composition_id: int, page: int, tr: Translator) -> Keyboard:
    if not composition_id:
        return ()
    return actions.button(str(tr("button-back-digest")), actions.TurnPage(composition_id, page))


def _silences(met: Met, composition_id: int, story_id: int, tr: Translator) -> tuple[Button, ...]:
    texts: Mapping[int, str] = {1: "button-silence-day", 7: "button-silence-week", 0: "button-silence-end"}
    topic = shorten(met.label, BUTTON_LENGTH)
    return tuple(
        Button(
            str(tr(texts[days], topic=topic).unescape()),
            actions.encode(actions.Silence(composition_id, story_id, met.topic_id, days)),
        )
        for days in ((0,) if met.is_muted else MUTED_DAYS)
    )


def _on_word(word: str, met: Met, card: StoryCard, tr: Translator) -> str:
    if len(card.topics) == 1:
        return str(tr("button-exclude", word=word).unescape())
    return str(tr("button-exclude-from", word=word, topic=shorten(met.label, BUTTON_LENGTH)).unescape())


def _joined(*rows: Keyboard) -> tuple[Button, ...]:
    return tuple(button for row in rows for line in row for button in line)


def _title(article: Article) -> Markup:
    return Markup('<b><a href="{}">{}</a></b>').format(article.url, shorten(article.title, TITLE_LENGTH))


def _block(entry: DigestEntry, at: datetime, names: Names, tr: Translator) -> Markup:
    return story_block(entry, Digest(DigestKind.ALERT, (), at), names, tr)
