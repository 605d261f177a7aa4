"""Kazakh words: their stems in an article, and the likely bases of what a reader typed."""

from bot.language.kazakh.stemming import allomorphs, bases, relatives, restored, stems

__all__ = ["allomorphs", "bases", "relatives", "restored", "stems"]
