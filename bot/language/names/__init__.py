"""Names across scripts: how one name is spelled in Kazakh, Russian and English."""

from bot.language.names.respelling import MAX_VARIANTS, cyrillic_readings, spoken, spoken_variants

__all__ = ["MAX_VARIANTS", "cyrillic_readings", "spoken", "spoken_variants"]
