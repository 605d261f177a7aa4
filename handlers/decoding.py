"""From the JSON of an update to PTB's objects."""

import json
from contextlib import suppress

from telegram import Bot, Update

from bot.core.updates import essentials


def read_update(payload: str, bot: Bot) -> Update:
    """Return an update, whichever version of the Bot API its server speaks.

    PTB refuses objects that lack a field which its own version has. A local server may be older: then what Jarshy does
    not read is left out.

    Raises:
        TypeError, ValueError, KeyError, AttributeError: what Jarshy reads is missing or malformed.
    """
    with suppress(TypeError, ValueError, KeyError, AttributeError):
        return Update.de_json(json.loads(payload), bot)
    return Update.de_json(essentials(json.loads(payload)), bot)
