"""Kazakh words: their stems in an article (``stemming``), and the likely bases of what a reader typed (``bases``)."""

from bot.language.kazakh.bases import allomorphs, bases, relatives
from bot.language.kazakh.stemming import stems

__all__ = ["allomorphs", "bases", "relatives", "stems"]
