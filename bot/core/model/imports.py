"""A file of topics that is being taken in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportJob:
    """Topics that are added to a chat's in the background, in the order of the file.

    ``answer_to`` is the chat that sent it: another one where it manages a channel. ``number`` is that of the update,
    ``topics`` as ``core.takeout.pack`` writes them; the first ``position`` of them are done, ``added`` of them new.
    """

    chat_id: int
    answer_to: int
    number: int
    topics: str
    position: int = 0
    added: int = 0
