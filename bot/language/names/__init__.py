"""Names across scripts: how one name is spelled in Kazakh, Russian and English."""

from bot.language.names.respelling import MOST_VARIANTS, cyrillic_readings, spoken, spoken_variants, variants

__all__ = ["MOST_VARIANTS", "cyrillic_readings", "spoken", "spoken_variants", "variants"]
