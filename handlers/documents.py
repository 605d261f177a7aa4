"""Documents that readers send: one way in for lists of feeds and for what ``/export`` wrote."""

from collections.abc import Callable
from typing import TypeVar

from telegram import Update

from bot.errors import FeedError, ReaderError
from bot.services.sources import list_error
from handlers.context import BotContext
from handlers.errands import LIST_BYTES, Errand

T = TypeVar("T")


def read_document(update: Update, context: BotContext, read: Callable[[str], Errand[T]]) -> T | None:
    """Return what ``read``, given the id of the file, makes of the document that came; None where none came.

    Raises:
        ReaderError: ``list-too-large``, or why it cannot be read.
    """
    document = update.effective_message.document if update.effective_message else None
    if document is None:
        return None
    if (document.file_size or 0) > LIST_BYTES:
        raise ReaderError("list-too-large")
    try:
        return context.result_of(read(document.file_id))
    except FeedError as error:
        raise list_error(error) from error
