"""The way back to the panel of settings."""

from bot.core import actions
from bot.core.model import Keyboard
from bot.core.texts import Translator


def to_settings(tr: Translator) -> Keyboard:
    """Return the row that leads to all settings."""
    return actions.button(str(tr("button-settings")), actions.OpenSettings("main"))
